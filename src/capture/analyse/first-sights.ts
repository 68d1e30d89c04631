/** Of a frame that several interfaces saw, the first sight: captures of both ends of a wire have every frame twice. */
import type { RecordedFrame } from '../record/frame-sink.ts';

/** So many stations are remembered. */
const MOST_STATIONS = 65_536;
const ADDRESSES = 12;

export class FirstSights {
  /** The interfaces that a station sends by; its Ethernet address as a number. */
  readonly #sendsBy = new Map<number, number>();

  /** Frames are to be shown to it in their order. @returns false for the arrival of what was seen leaving elsewhere */
  isFirst({ bytes, direction, interfaceId }: RecordedFrame): boolean {
    if (direction === 'unknown' || bytes.length < ADDRESSES) return true;
    const station = sourceOf(bytes);
    const sendsBy = this.#sendsBy.get(station);
    if (direction === 'in') return sendsBy === undefined || sendsBy === interfaceId;
    if (sendsBy === undefined && this.#sendsBy.size < MOST_STATIONS) this.#sendsBy.set(station, interfaceId);
    return true;
  }
}

/** 48 bits are exact in a number. */
function sourceOf(bytes: Uint8Array): number {
  let address = 0;
  for (let at = 6; at < ADDRESSES; at++) address = address * 256 + bytes[at]!;
  return address;
}
