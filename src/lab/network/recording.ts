/** Everything that crosses the recorded ends of the wires of a lab, for keeps. */
import { formatComment } from '../../capture/record/comment.ts';
import type { FrameSink, InterfaceDescription, InterfaceDetails, RecordedFrame } from '../../capture/record/frame-sink.ts';
import { readComment } from '../../capture/words/comment.ts';

export class Recording implements FrameSink {
  readonly interfaces: InterfaceDescription[] = [];
  readonly frames: RecordedFrame[] = [];
  /** Where frames go in place of being kept. */
  #elsewhere: FrameSink | undefined = undefined;

  addInterface(name: string, details: InterfaceDetails = {}): number {
    return this.interfaces.push({ name, ...details }) - 1;
  }

  frame(frame: RecordedFrame): void {
    if (this.#elsewhere === undefined) this.frames.push({ ...frame, bytes: frame.bytes.slice() });
    else this.#elsewhere.frame(frame);
  }

  /** From now on nothing is kept, for there is no end: every frame goes to the sink, which learns of the interfaces as they are numbered here. */
  divert(sink: FrameSink): void {
    for (const { name, ...details } of this.interfaces) sink.addInterface(name, details);
    this.#elsewhere = sink;
  }

  /** Says of a frame of this interface, the last one that was recorded, what came of it later in the same instant. */
  amend(interfaceIds: ReadonlySet<number>, events: readonly string[]): void {
    for (let index = this.frames.length - 1; index >= 0; index--) {
      const frame = this.frames[index]!;
      if (!interfaceIds.has(frame.interfaceId)) continue;
      const [first = '', ...rest] = frame.comment.split('\n');
      const isNumbers = rest.length === 0 && readComment(first).happened.length === 0;
      this.frames[index] = {
        ...frame,
        comment: isNumbers ? formatComment(events, first) : formatComment([first, ...events], rest.join('\n')),
      };
      return;
    }
  }

  /** What was recorded so far is no part of the story. */
  forget(): void {
    this.frames.length = 0;
  }
}
