/** A capture file read as it comes, in pieces of any size: constant memory however long it is. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { CaptureEnd, CaptureInfo } from './capture-data.ts';
import { CaptureFacts } from './capture-facts.ts';
import { foreignFormat } from './foreign.ts';
import type { FormatReader, Shown } from './format-reader.ts';
import { dialectsOf } from './pcap-dialects.ts';
import { PcapReader } from './pcap-reader.ts';
import { SECTION_HEADER } from './pcapng-numbers.ts';
import { PcapngReader } from './pcapng-reader.ts';

/** Is handed the frames in the order of the file. */
export type TakeFrame = (frame: RecordedFrame) => void;

/** How the file ended, and one line with the offset where it did not end well. */
export interface Outcome {
  readonly end: CaptureEnd;
  readonly problem: string;
}

/** The longest beginning that tells what a file is. */
const BEGINNING = 16;

/**
 * Never throws. What a piece leaves over is kept for the next one: at most one record, and never more than has really come,
 * whatever lengths the file claims.
 */
export class CaptureParser {
  readonly #facts = new CaptureFacts();
  /** Pieces that wait for the rest of their record. */
  #waiting: Uint8Array[] = [];
  #length = 0;
  /** In the file, of the first waiting byte. */
  #offset = 0;
  #needed = BEGINNING;
  #reader: FormatReader | undefined = undefined;
  #outcome: Outcome | undefined = undefined;

  /** What the file says beside its frames, as far as it has come. */
  get info(): CaptureInfo {
    return this.#facts;
  }

  /** Bytes of the file that have been looked at. */
  get offset(): number {
    return this.#offset;
  }

  /** It is known how the file ends: what still comes is not looked at. */
  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** @param piece is not to be changed afterwards: the frames' bytes are views into it, where they need not be put together */
  push(piece: Uint8Array, take: TakeFrame): void {
    if (this.isOver || piece.length === 0) return;
    this.#waiting.push(piece);
    this.#length += piece.length;
    if (this.#length >= this.#needed) this.#read(false, take);
  }

  /** The file ends here. May be called again. */
  finish(take: TakeFrame): Outcome {
    if (!this.isOver) this.#read(true, take);
    if (this.#outcome !== undefined) return this.#outcome;
    const shown = this.#shown(true);
    if (shown.bytes.length === 0) this.#outcome = { end: 'complete', problem: '' };
    else this.#outcome = { end: 'truncated', problem: this.#reader!.cut(shown) };
    this.#waiting = [];
    return this.#outcome;
  }

  #read(isEnd: boolean, take: TakeFrame): void {
    const shown = this.#shown(isEnd);
    this.#reader ??= this.#choose(shown);
    if (this.#reader === undefined) return;
    const { used, needed, problem } = this.#reader.read(shown, take);
    this.#offset += used;
    this.#length -= used;
    this.#waiting = this.#length === 0 ? [] : [shown.bytes.subarray(used)];
    this.#needed = needed;
    if (problem !== undefined) this.#fail(problem);
  }

  #fail(problem: string): void {
    this.#outcome = { end: 'damaged', problem };
    this.#waiting = [];
  }

  /** All that waits, in one piece. */
  #shown(isEnd: boolean): Shown {
    if (this.#waiting.length !== 1) this.#waiting = [concatenate(this.#waiting, this.#length)];
    const bytes = this.#waiting[0]!;
    return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: this.#offset, isEnd };
  }

  #choose({ bytes, view }: Shown): FormatReader | undefined {
    if (bytes.length >= 4 && view.getUint32(0) === SECTION_HEADER) return new PcapngReader(this.#facts);
    if (bytes.length >= 4 && dialectsOf(view).length > 0) return new PcapReader(this.#facts);
    const found = bytes.length === 0 ? 'an empty file' : [...bytes.subarray(0, 4)].map(twoDigits).join(' ');
    const advice = foreignFormat(bytes);
    this.#fail(
      `offset 0: expected a capture, pcapng (0a 0d 0d 0a) or pcap (a1 b2 c3 d4, a1 b2 3c 4d, or either reversed), found ${found}${
        advice === undefined ? '' : `: ${advice}`
      }`,
    );
    return undefined;
  }
}

function concatenate(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const twoDigits = (octet: number): string => octet.toString(16).padStart(2, '0');
