/** What the connections of one host lend each other: each needs it only while a segment of its own is looked at, or under way. */
import { RingPool } from '../bytes/ring-pool.ts';
import { AckSample } from './congestion/control.ts';
import { FlightPool } from './loss/flight.ts';
import { Agreements } from './open/handshake.ts';
import { TimerPool } from './time/timers.ts';

/** One per host; handed to each of its connections. */
export class SharedParts {
  /** Where the records of what is in flight come from. */
  readonly flights = new FlightPool();
  /** Of both directions. */
  readonly rings = new RingPool();
  readonly timers = new TimerPool();
  readonly agreements = new Agreements();
  /** Filled anew for every acknowledgment. */
  readonly sample = new AckSample();
}
