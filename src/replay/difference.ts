/** What differs first between a capture and what the stack did, and everything that helps to see why. */
import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import type { Micros } from '../stack/time.ts';
import type { Row } from './compare.ts';
import type { Field } from './mask.ts';

/**
 * 'field': a frame is not as it was recorded. 'time': it is, but too early or too late. 'missing': it was recorded and not sent.
 * 'surplus': it was sent and not recorded.
 */
export type DifferenceKind = 'field' | 'time' | 'missing' | 'surplus';

export interface Difference {
  readonly kind: DifferenceKind;
  /** The first field that differs; undefined where there is only one frame. */
  readonly field: Field | undefined;
  /** One line: "tcp.ack: recorded 78, sent 80". */
  readonly text: string;
  /** Of the capture, from 1 on; undefined for a surplus frame. */
  readonly frame: number | undefined;
  /** Since the beginning of the capture, when the stack sent it, or should have. */
  readonly at: Micros;
  /** "TCP 10.0.0.1:40000 and port 80" */
  readonly conversation: string;
  /** Both frames side by side; empty where there is only one. */
  readonly rows: readonly Row[];
  /** What the stack gave as its reason for the frame; may be empty. */
  readonly reason: string;
}

export interface ReplayResult {
  /** Everything the stack sent is as it was recorded. */
  readonly matches: boolean;
  /** Frames of the host that were compared and are the same. */
  readonly compared: number;
  /** Frames of the host in the capture. */
  readonly expected: number;
  /** Frames of the other side that were fed. */
  readonly fed: number;
  readonly difference: Difference | undefined;
  /** What is worth knowing and decides nothing: artefacts of the recording, what was left out. */
  readonly notes: readonly string[];
  /** The last frames that crossed the stack's interface, in the capture's numbers; directions are the stack's. */
  readonly frames: readonly RecordedFrame[];
  /** For people: the verdict, both frames side by side, the last events and a ladder up to there. */
  readonly report: string;
}
