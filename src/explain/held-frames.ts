/**
 * A frame is recorded when the device hands it up, and what the host makes of it is known a moment later. This sink keeps the
 * frame until then, and whatever is sent meanwhile behind it, so that the capture has both in the order of the wire.
 */
import type { FrameSink, InterfaceDetails, RecordedFrame } from '../capture/record/frame-sink.ts';

/** Room that is kept for the next frame; a longer one, the longest super-segment, gets its own. */
const FIRST_ROOM = 4096;

/** What is held of a frame: its bytes lie in the common buffer. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly frame: RecordedFrame;
}

export class HeldFrames implements FrameSink {
  readonly #sink: FrameSink;
  readonly #held: Held[] = [];
  #buffer = new Uint8Array(FIRST_ROOM);
  #length = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  get snapLength(): number | undefined {
    return this.#sink.snapLength;
  }

  addInterface(name: string, details?: InterfaceDetails): number {
    return this.#sink.addInterface(name, details);
  }

  /** What arrives is held until `release`, and so is all that comes while something is held. */
  frame(frame: RecordedFrame): void {
    if (frame.direction === 'in' || this.#held.length > 0) this.#hold(frame);
    else this.#sink.frame(frame);
  }

  /**
   * The host is done with the frame.
   * @param comment what there is to say of it; on the first, when it was a super-segment that stands for several
   */
  release(comment: string): void {
    let left = comment;
    for (const { frame, from, to } of this.#held) {
      const bytes = this.#buffer.subarray(from, to);
      if (frame.direction === 'in') {
        this.#sink.frame({ ...frame, bytes, comment: left });
        left = '';
      } else this.#sink.frame({ ...frame, bytes });
    }
    this.#held.length = 0;
    this.#length = 0;
  }

  #hold(frame: RecordedFrame): void {
    const from = this.#length;
    const to = from + frame.bytes.length;
    if (to > this.#buffer.length) this.#grow(to);
    this.#buffer.set(frame.bytes, from);
    this.#length = to;
    this.#held.push({ from, to, frame });
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
