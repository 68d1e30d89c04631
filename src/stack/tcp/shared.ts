/** What the connections of one host lend each other: each needs it only while a segment of its own is looked at. */
import { AckSample } from './congestion/control.ts';
import { RecordPool } from './loss/sent-segment.ts';

/** One per host; handed to each of its connections. */
export class SharedParts {
  /** Where the records of what is in flight come from. */
  readonly records = new RecordPool();
  /** Filled anew for every acknowledgment. */
  readonly sample = new AckSample();
}
