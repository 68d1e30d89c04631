/** A line of text for every frame as it passes, for a terminal or a log. */
import type { Micros } from '../../stack/time.ts';
import { dissect } from '../dissect/dissect.ts';
import type { Direction, FrameSink, RecordedFrame } from '../record/frame-sink.ts';
import { describe } from './describe.ts';
import { SequenceTracker } from './sequence-tracker.ts';

const ARROWS: Record<Direction, string> = { in: '<', out: '>', unknown: '-' };

export class FrameLines implements FrameSink {
  readonly #write: (line: string) => void;
  readonly #names: string[] = [];
  readonly #relative = new SequenceTracker();
  #start: Micros | undefined = undefined;

  /** @param write is called with each line, without a line end */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  addInterface(name: string): number {
    return this.#names.push(name) - 1;
  }

  /** Time since the first frame in seconds, the interface, the direction, the packet, and why it was sent. */
  frame({ bytes, at, direction, interfaceId, comment, originalLength }: RecordedFrame): void {
    this.#start ??= at;
    const seconds = ((at - this.#start) / 1_000_000).toFixed(6);
    const name = this.#names[interfaceId] ?? interfaceId;
    const sentence = describe(dissect(bytes, { originalLength }), { relative: this.#relative });
    const said = comment === '' ? '' : `  # ${comment.replace('\n', ' | ')}`;
    this.#write(`${seconds} ${name} ${ARROWS[direction]} ${sentence}${said}`);
  }
}
