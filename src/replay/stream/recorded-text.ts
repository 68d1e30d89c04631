/** What the host said in one direction of a TCP connection, put together: bytes by their place in the stream. */
import * as tcp from '../../stack/wire/tcp.ts';
import { payloadLength, tcpFlags, tcpSeq } from '../facts.ts';
import type { Recorded } from '../recorded.ts';

interface Chunk {
  readonly from: number;
  /** Behind the last place. */
  readonly to: number;
  /** As far as the capture holds them. */
  readonly bytes: Uint8Array;
  readonly frame: Recorded;
}

/** The first byte that is not as it was recorded. */
export interface OtherByte {
  readonly place: number;
  readonly recorded: number;
  readonly sent: number;
  readonly frame: Recorded;
}

/** Places count from the SYN, which is 0: the first byte of text is 1. */
export class RecordedText {
  readonly #chunks: Chunk[] = [];
  /** Behind the last byte of text. */
  end = 1;

  /** @param from the place of its first byte; only what is new is taken */
  add(frame: Recorded, from: number): void {
    const { facts, bytes, kept } = frame;
    const to = from + payloadLength(facts);
    if (to <= this.end) return;
    const fresh = Math.max(this.end, from);
    const begin = facts.payload + fresh - from;
    this.#chunks.push({ from: fresh, to, bytes: bytes.subarray(begin, Math.max(begin, Math.min(kept, facts.end))), frame });
    this.end = to;
  }

  /** Where the capture has a hole or was cut, everything is right. */
  firstOther(from: number, text: Uint8Array): OtherByte | undefined {
    for (let i = this.#firstBehind(from); i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i]!;
      if (chunk.from >= from + text.length) return undefined;
      const begin = Math.max(chunk.from, from);
      const end = Math.min(chunk.from + chunk.bytes.length, from + text.length);
      for (let place = begin; place < end; place++) {
        const [recorded, sent] = [chunk.bytes[place - chunk.from]!, text[place - from]!];
        if (recorded !== sent) return { place, recorded, sent, frame: chunk.frame };
      }
    }
    return undefined;
  }

  /** The first chunk that reaches beyond this place; they are in order. */
  #firstBehind(place: number): number {
    let [low, high] = [0, this.#chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]!.to > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Where a segment's text begins, counted from the SYN. */
export const placeOf = (frame: { readonly facts: Recorded['facts'] }, isn: number): number =>
  ((tcpSeq(frame.facts) - isn) >>> 0) + (tcpFlags(frame.facts) & tcp.SYN ? 1 : 0);
