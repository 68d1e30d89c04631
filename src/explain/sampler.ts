/** Samples the connections of one stack: whenever a segment or a time-out has changed their numbers. */
import type { ConnectionSample, SampleCause, SeriesSink } from '../capture/series/sample.ts';
import type { Packet } from '../stack/bytes/packet.ts';
import type { StackObserver } from '../stack/observer.ts';
import { NO_THRESHOLD } from '../stack/tcp/congestion/control.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import type { Verdict } from '../stack/tcp/drops.ts';
import type { Micros } from '../stack/time.ts';
import type { Segment } from '../stack/wire/tcp.ts';

export class Sampler implements StackObserver {
  readonly #host: string;
  readonly #sink: SeriesSink;
  /** What was last said of each, without time and cause. */
  readonly #last = new WeakMap<Connection, string>();

  /** @param host its name in the samples */
  constructor(host: string, sink: SeriesSink) {
    this.#host = host;
    this.#sink = sink;
  }

  segmentTaken(connection: Connection, _segment: Segment, _verdict: Verdict, now: Micros): void {
    this.#sample(connection, 'received', now);
  }

  timerExpired(connection: Connection, now: Micros): void {
    this.#sample(connection, 'timeout', now);
  }

  segmentLeaves(connection: Connection | undefined, _segment: Segment, _packet: Packet, now: Micros): void {
    if (connection !== undefined) this.#sample(connection, 'sent', now);
  }

  frameArrives(): void {}
  frameDone(): void {}
  dropped(): void {}
  fragmentTaken(): void {}
  redirected(): void {}
  forwarded(): void {}
  pathMtuLearnt(): void {}
  connectionBegins(): void {}
  stateChanges(): void {}
  segmentArrives(): void {}
  timeWaitTook(): void {}
  icmpArrived(): void {}
  answerQueued(): void {}

  #sample(tcb: Connection, cause: SampleCause, at: Micros): void {
    const numbers = numbersOf(tcb);
    const key = Object.values(numbers).join(' ');
    if (this.#last.get(tcb) === key) return;
    this.#last.set(tcb, key);
    const { local, localPort, remote, remotePort } = tcb.id;
    const ends = { local: `${local}:${localPort}`, remote: `${remote}:${remotePort}` };
    this.#sink.sample({ kind: 'connection', at, host: this.#host, ...ends, cause, ...numbers });
  }
}

type Numbers = Omit<ConnectionSample, 'kind' | 'at' | 'host' | 'local' | 'remote' | 'cause'>;

function numbersOf({ state, snd, rcv, sender, receiver, rtt }: Connection): Numbers {
  const { window, threshold } = sender.control;
  return {
    state,
    cwnd: Math.floor(window),
    ...(threshold < NO_THRESHOLD ? { ssthresh: Math.floor(threshold) } : {}),
    flight: snd.flight,
    ...(rtt.smoothed > 0 ? { srtt: Math.round(rtt.smoothed) } : {}),
    rto: Math.round(rtt.rto),
    receiveWindow: rcv.wnd,
    sendWindow: snd.wnd,
    sendQueue: sender.buffered,
    receiveQueue: receiver.available,
  };
}
