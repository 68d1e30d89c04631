/** Everything that crosses the recorded ends of the wires of a stage, for keeps. */
import type { FrameSink, InterfaceDescription, InterfaceDetails, RecordedFrame } from '../capture/record/frame-sink.ts';

export class Recording implements FrameSink {
  readonly interfaces: InterfaceDescription[] = [];
  readonly frames: RecordedFrame[] = [];

  addInterface(name: string, details: InterfaceDetails = {}): number {
    return this.interfaces.push({ name, ...details }) - 1;
  }

  frame(frame: RecordedFrame): void {
    this.frames.push({ ...frame, bytes: frame.bytes.slice() });
  }

  /** What was recorded so far is no part of the story. */
  forget(): void {
    this.frames.length = 0;
  }
}
