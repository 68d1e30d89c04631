/** What a test tells while it runs, to whoever makes tables or JSON of it. */
import type { Endpoint, Micros, TcpInfo } from '../../stack/index.ts';
import type { Iperf3Parameters } from './parameters.ts';
import type { PeerResults } from './results.ts';
import type { StreamIdentity } from './stream.ts';
import type { Tally } from './tally.ts';

export interface Begin {
  readonly parameters: Iperf3Parameters;
  readonly streams: readonly StreamIdentity[];
  readonly control: { readonly local: Endpoint; readonly remote: Endpoint };
  /** The cookie of the test. */
  readonly cookie: string;
  /** Full segments of the control connection. */
  readonly mss: number;
}

/** One stream in one interval, or in all of a test. */
export interface Sample extends Tally {
  readonly stream: StreamIdentity;
  /** Segments sent again in this time, and the state of the connection at its end; undefined where nobody knows. */
  readonly retransmits: number | undefined;
  readonly info: TcpInfo | undefined;
}

export interface Interval {
  /** From the beginning of the test; or from the end of what is omitted. */
  readonly start: Micros;
  readonly end: Micros;
  readonly omitted: boolean;
  readonly samples: readonly Sample[];
}

/** The processor's time that this program took, per second of the test: 1 is one processor. */
export interface CpuShare {
  readonly user: number;
  readonly system: number;
}

export interface Summary {
  readonly duration: Micros;
  /** Of this end; without what was omitted. */
  readonly samples: readonly Sample[];
  /** The largest congestion window and the round-trip times that the intervals saw, by stream number. */
  readonly extremes: ReadonlyMap<number, Extremes>;
  readonly cpu: CpuShare;
  readonly congestion: string | undefined;
  /** What the other end counted, once it has said so. */
  readonly peer: PeerResults | undefined;
}

export interface Extremes {
  maxWindow: number;
  maxSendWindow: number;
  minRtt: Micros;
  maxRtt: Micros;
  /** For the mean. */
  rttSum: Micros;
  rttCount: number;
}

export interface TestObserver {
  /** All streams are there. */
  onBegin?(begin: Begin): void;
  onInterval?(interval: Interval): void;
  /** Before the ends have exchanged what they counted: with `peer` undefined. */
  onEnd?(summary: Summary): void;
}
