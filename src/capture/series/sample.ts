/** Numbers beside a capture: what a connection or a queue was like at a moment, on the clock of the frames. README.md here names every field. */
import type { Micros } from '../../stack/time.ts';

/** What made somebody look: a segment of the connection left or arrived, or one of its timers expired. */
export type SampleCause = 'sent' | 'received' | 'timeout';

/** One end of a TCP connection, as its host knows it. Windows, queues and flight are bytes, times are microseconds. */
export interface ConnectionSample {
  readonly kind: 'connection';
  readonly at: Micros;
  /** Whose knowledge this is: the name of the interface in the capture. */
  readonly host: string;
  /** Addresses and ports, such as 10.0.0.1:49152. */
  readonly local: string;
  readonly remote: string;
  readonly cause: SampleCause;
  /** A state of RFC 9293 §3.3.2. */
  readonly state: string;
  readonly cwnd: number;
  /** Absent until the first reduction: there is no threshold. */
  readonly ssthresh?: number;
  /** Sent and not cumulatively acknowledged: FlightSize of RFC 5681. */
  readonly flight: number;
  /** Absent until the first round-trip time is measured. */
  readonly srtt?: Micros;
  readonly rto: Micros;
  /** What we offer the peer, and what the peer offers us, scaled. */
  readonly receiveWindow: number;
  readonly sendWindow: number;
  /** Written by the application and not acknowledged; received in order and not read. */
  readonly sendQueue: number;
  readonly receiveQueue: number;
}

/** The queue at one end of a cable: what waits for the line, the frame on it not counted. */
export interface QueueSample {
  readonly kind: 'queue';
  readonly at: Micros;
  readonly cable: string;
  /** The end that sends: the queue in front of the line from there. */
  readonly end: 'a' | 'b';
  readonly packets: number;
  readonly bytes: number;
  /** Frames that found it full and were dropped, since the beginning. */
  readonly dropped: number;
}

export type SeriesSample = ConnectionSample | QueueSample;

/** Takes samples: a file, a log in memory, a plot. */
export interface SeriesSink {
  sample(sample: SeriesSample): void;
}
