/** Numbered datagrams, as fast as the socket's queue takes them or as the pacer lets them. */
import type { UdpLimits, UdpSocket } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import * as datagram from './datagram.ts';
import type { Pacer } from './pacer.ts';
import { Reception } from './reception.ts';
import type { Stream, StreamEnds, StreamHooks } from './stream.ts';
import { emptyTally } from './tally.ts';

/**
 * To send: one run of the stack's worth, so that others have their turn between two. To receive: what may arrive while one run of
 * the stack lasts, and between two.
 */
export const STREAM_LIMITS: UdpLimits = {
  send: { bytes: 2 * 1024 * 1024, datagrams: 256 },
  receive: { bytes: 8 * 1024 * 1024, datagrams: 4096 },
};

export interface UdpStreamParts extends StreamEnds {
  readonly id: number;
  /** Connected. */
  readonly socket: UdpSocket;
  readonly time: Timekeeper;
  readonly wideCounters: boolean;
  readonly hooks: StreamHooks;
  /** The server answers a greeting that comes again: its first answer was lost. */
  readonly answersGreetings: boolean;
}

export class UdpSender implements Stream {
  readonly isSender = true;
  readonly id: number;
  readonly ends: StreamEnds;
  readonly tally = emptyTally();
  readonly underWay = 0;
  readonly #parts: UdpStreamParts;
  readonly #block: Uint8Array;
  readonly #view: DataView;
  readonly #pacer: Pacer;
  readonly #greeting = new Uint8Array(datagram.LONGEST_HEADER);
  #isRunning = false;

  /** @param blockSize bytes of a datagram, from 16 on */
  constructor(parts: UdpStreamParts, blockSize: number, pacer: Pacer) {
    this.id = parts.id;
    this.ends = parts;
    this.#parts = parts;
    this.#block = new Uint8Array(blockSize);
    this.#view = new DataView(this.#block.buffer);
    this.#pacer = pacer;
    parts.socket.onChange = this.#pump;
  }

  start(): void {
    this.#isRunning = true;
    this.#pacer.start();
    this.#pump();
  }

  stop(): void {
    this.#isRunning = false;
    this.#pacer.stop();
  }

  close(): void {
    this.stop();
    this.#parts.socket.close();
  }

  abort(): void {
    this.close();
  }

  /** Fills the socket's queue: it is short, and when there is room again the socket says so. */
  readonly #pump = (): void => {
    const { socket, time, wideCounters, hooks } = this.#parts;
    socket.takeFailure(); // who is no longer there is heard of on the control connection
    const { tally } = this;
    for (let length = socket.receiveNow(this.#greeting); length >= 0; length = socket.receiveNow(this.#greeting)) {
      answer(this.#parts, length);
    }
    while (this.#isRunning && hooks.mayMove() && this.#pacer.admits(tally.bytes, this.#pump)) {
      datagram.write(this.#view, time.now(), tally.packets + 1, wideCounters);
      if (socket.sendNow(this.#block) !== 'queued') break;
      tally.packets++;
      tally.bytes += this.#block.length;
    }
    hooks.changed();
  };
}

export class UdpReceiver implements Stream {
  readonly isSender = false;
  readonly id: number;
  readonly ends: StreamEnds;
  readonly tally = emptyTally();
  readonly underWay = 0;
  readonly #parts: UdpStreamParts;
  readonly #reception = new Reception(this.tally);
  /** Of each datagram only its header is looked at. */
  readonly #header = new Uint8Array(datagram.LONGEST_HEADER);
  readonly #view = new DataView(this.#header.buffer);
  #phase: 'before' | 'running' | 'over' = 'before';

  constructor(parts: UdpStreamParts) {
    this.id = parts.id;
    this.ends = parts;
    this.#parts = parts;
    parts.socket.onChange = this.#drain;
  }

  start(): void {
    this.#phase = 'running';
    this.#drain();
  }

  stop(): void {
    this.#drain();
    this.#phase = 'over';
  }

  close(): void {
    this.#phase = 'over';
    this.#parts.socket.close();
  }

  abort(): void {
    this.close();
  }

  /** Takes all there is, at one reading of the clock: it has arrived by now. */
  readonly #drain = (): void => {
    const { socket, time, wideCounters, hooks, answersGreetings } = this.#parts;
    socket.takeFailure();
    // a server's first datagrams may overtake its word that the test runs: they wait for it
    if (this.#phase === 'before' && !answersGreetings) return;
    const now = time.now();
    for (let length = socket.receiveNow(this.#header); length >= 0; length = socket.receiveNow(this.#header)) {
      answer(this.#parts, length);
      if (this.#phase !== 'running' || length < datagram.header(wideCounters)) continue;
      this.tally.bytes += length;
      this.#reception.onDatagram(datagram.count(this.#view, wideCounters), datagram.sentAt(this.#view), now);
    }
    hooks.changed();
  };
}

function answer({ socket, answersGreetings }: UdpStreamParts, length: number): void {
  if (answersGreetings && datagram.isGreeting(length)) socket.sendNow(datagram.WELCOME);
}
