/** The frames of a capture with what a command asks of each: what it is, and whom it belongs to. */
import type { Belonging } from '../../../capture/analyse/conversations.ts';
import { Conversations } from '../../../capture/analyse/conversations.ts';
import { CaptureWalk } from '../../../capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../capture/dissect/captured-frame.ts';
import type { Dissected } from '../../../capture/dissect/dissected.ts';
import type { RecordedFrame } from '../../../capture/record/frame-sink.ts';
import type { CaptureInput } from './input.ts';

export interface Walked {
  readonly frame: RecordedFrame;
  readonly packet: Dissected;
  /** With its number and its fields, as filters want it. */
  readonly captured: CapturedFrame;
  /** undefined for a frame too short to belong anywhere. */
  readonly belonging: Belonging | undefined;
}

/** Frame by frame, with the conversations that have been seen so far. */
export function* walk(input: CaptureInput, conversations = new Conversations()): Generator<Walked> {
  const steps = new CaptureWalk(input.info.interfaces);
  for (const frame of input) {
    const captured = steps.next(frame);
    const { packet } = captured;
    yield { frame, packet, captured, belonging: conversations.add(frame, packet) };
  }
}
