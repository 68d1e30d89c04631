/** A whole capture file in memory, of either format. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { Capture } from './capture-data.ts';
import { factsOf } from './capture-data.ts';
import { CaptureParser } from './capture-parser.ts';

/**
 * Never throws: `end` and `problem` say what became of a file that is cut off, damaged, or no capture at all. The work and
 * the memory are proportional to the file.
 */
export function readCapture(bytes: Uint8Array): Capture {
  const parser = new CaptureParser();
  const frames: RecordedFrame[] = [];
  const take = (frame: RecordedFrame): void => void frames.push(frame);
  parser.push(bytes, take);
  const outcome = parser.finish(take);
  return { ...factsOf(parser.info), frames, ...outcome };
}
