/**
 * A conversation over a TCP connection, in the pieces that a protocol is made of: lines and portions of a known length, however
 * they were cut on the way. A peer has a time for each piece and a length that it may have; whoever keeps to neither is given up.
 */
import type { Micros, TcpSocket } from '../../stack/index.ts';
import { decodeUtf8, encodeUtf8, SECOND } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { Intake } from './intake.ts';
import { PeerFault } from './peer-fault.ts';

const LF = 0x0a;
const CR = 0x0d;
/** A long portion may take so much longer than `patience` for each of its bytes: 10,000 bytes a second are asked of a peer. */
const PER_BYTE: Micros = 100;
/** How long a peer that was told goodbye may still send what nobody reads. */
const LINGER: Micros = 2 * SECOND;
/** Longer lines are no lines, in any protocol of ours. */
const LONGEST_LINE = 1024;

export interface TalkOptions {
  readonly time: Timekeeper;
  /** How long the peer may take for one piece, or to take one of ours. @default 30 s */
  readonly patience?: Micros;
}

export interface PortionOptions {
  readonly onBytes?: (count: number) => void;
  /** @default by the length */
  readonly patience?: Micros;
}

export class Talk {
  readonly socket: TcpSocket;
  readonly #time: Timekeeper;
  readonly #patience: Micros;
  readonly #intake = new Intake();

  constructor(socket: TcpSocket, { time, patience = 30 * SECOND }: TalkOptions) {
    this.socket = socket;
    this.#time = time;
    this.#patience = patience;
  }

  /** How long so many bytes may take, in one direction or the other. */
  patienceFor(bytes: number): Micros {
    return this.#patience + bytes * PER_BYTE;
  }

  /**
   * The next line as UTF-8, without its LF or CR LF.
   * @param limit of bytes
   * @returns undefined when the peer has closed where a line would begin
   * @throws PeerFault
   */
  async line(limit: number = LONGEST_LINE, patience: Micros = this.#patience): Promise<string | undefined> {
    const bytes = await this.until(endOfLine, limit + 2, patience);
    if (bytes === undefined) return undefined;
    const end = bytes.length - (bytes[bytes.length - 2] === CR ? 2 : 1);
    checkLine(end, limit);
    return strictUtf8(bytes.subarray(0, end));
  }

  /**
   * Everything up to an end and with it.
   * @param endOf gives the offset behind the end in `bytes[from, to)`, or -1; an end may reach three bytes back
   * @param limit of bytes
   * @returns undefined when the peer has closed where it would begin
   * @throws PeerFault
   */
  until(
    endOf: (bytes: Uint8Array, from: number, to: number) => number,
    limit: number,
    patience: Micros = this.#patience,
  ): Promise<Uint8Array | undefined> {
    return this.#inTime(patience, async (more) => {
      for (let looked = 0; ; ) {
        const length = this.#intake.find(endOf, Math.max(0, looked - 3));
        checkLine(length < 0 ? this.#intake.length : length, limit);
        if (length >= 0) return this.#intake.take(length);
        looked = this.#intake.length;
        if (await more()) continue;
        if (this.#intake.length === 0) return undefined;
        throw new PeerFault('ended in the middle');
      }
    });
  }

  /**
   * So many bytes.
   * @param options.onBytes told of how many have come since the last call; what it throws ends the waiting
   * @returns undefined when the peer has closed before the first of them
   * @throws PeerFault
   */
  portion(length: number, { onBytes = () => {}, patience }: PortionOptions = {}): Promise<Uint8Array | undefined> {
    return this.#inTime(patience ?? this.patienceFor(length), async (more) => {
      for (let counted = 0; ; ) {
        const here = Math.min(length, this.#intake.length);
        if (here > counted) onBytes(here - counted);
        counted = here;
        if (here === length) return this.#intake.take(length);
        if (await more()) continue;
        if (counted === 0) return undefined;
        throw new PeerFault('ended in the middle', `${counted} of ${length} bytes came`);
      }
    });
  }

  /** Everything until the peer closes. @param limit of bytes @throws PeerFault */
  rest(limit: number): Promise<Uint8Array> {
    return this.#inTime(this.patienceFor(limit), async (more) => {
      do if (this.#intake.length > limit) throw new PeerFault('larger than allowed', `${limit} bytes are allowed`);
      while (await more());
      return this.#intake.take(this.#intake.length);
    });
  }

  /** Whatever has come, as soon as something has; undefined: nothing will. @throws PeerFault */
  some(patience: Micros = this.#patience): Promise<Uint8Array | undefined> {
    return this.#inTime(patience, async (more) => {
      if (this.#intake.length === 0 && !(await more())) return undefined;
      return this.#intake.take(this.#intake.length);
    });
  }

  /** Text is sent as UTF-8. @throws PeerFault when the peer takes nothing for too long */
  async say(what: string | Uint8Array): Promise<void> {
    const bytes = typeof what === 'string' ? encodeUtf8(what) : what;
    let isLate = false;
    const cancel = this.#time.after(this.patienceFor(bytes.length), () => {
      isLate = true;
      this.socket.abort(); // ends the waiting
    });
    try {
      await this.socket.write(bytes);
    } catch (error) {
      if (isLate) throw new PeerFault('took nothing for too long');
      throw error;
    } finally {
      cancel();
    }
  }

  /** Our last word is said: what the peer still sends is read and forgotten for a while, so that no RST overtakes that word. */
  async farewell(): Promise<void> {
    const { socket } = this;
    socket.closeWrite();
    const cancelReading = this.#time.after(LINGER, () => socket.closeRead());
    const cancel = this.#time.after(LINGER + this.#patience, () => socket.abort());
    try {
      while ((await socket.read()) !== undefined);
      cancelReading();
      await socket.close();
    } finally {
      cancelReading();
      cancel();
    }
  }

  /** @param work is given a way to wait for more bytes, which is false when none will come */
  async #inTime<T>(patience: Micros, work: (more: () => Promise<boolean>) => Promise<T>): Promise<T> {
    let isLate = false;
    const cancel = this.#time.after(patience, () => {
      isLate = true;
      this.socket.closeRead(); // ends the waiting
    });
    const more = async (): Promise<boolean> => {
      const bytes = await this.socket.read();
      if (isLate) throw new PeerFault('said nothing for too long');
      if (bytes !== undefined) this.#intake.push(bytes);
      return bytes !== undefined;
    };
    try {
      return await work(more);
    } finally {
      cancel();
    }
  }
}

function checkLine(length: number, limit: number): void {
  if (length > limit) throw new PeerFault('line too long', `${limit} bytes are allowed`);
}

const endOfLine = (bytes: Uint8Array, from: number, to: number): number => {
  const at = bytes.indexOf(LF, from);
  return at < 0 || at >= to ? -1 : at + 1;
};

/** @throws PeerFault */
export function strictUtf8(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text.includes('\ufffd') && !areEqual(encodeUtf8(text), bytes)) throw new PeerFault('not UTF-8');
  return text;
}

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
