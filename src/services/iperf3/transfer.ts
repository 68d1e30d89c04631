/** The streams of one end of a test while it runs: begun together, measured at intervals, ended together. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { CpuShare, Extremes, Interval, Sample, Summary, TestObserver } from './observer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import type { Stream } from './stream.ts';
import type { Tally } from './tally.ts';
import { since } from './tally.ts';

/** The processor's time taken so far. */
export type CpuClock = () => { readonly user: Micros; readonly system: Micros };

export interface TransferOptions {
  readonly parameters: Iperf3Parameters;
  readonly time: Timekeeper;
  readonly cpu?: CpuClock | undefined;
  /** Between two reports; 0: none. @default 1 s */
  readonly interval?: Micros | undefined;
  readonly observers: readonly TestObserver[];
}

/** What a stream had counted at some moment. */
interface Mark {
  readonly tally: Tally;
  readonly retransmits: number | undefined;
}

/** A rest after the last full interval that is shorter than this part of one goes into the sums alone. */
const SHORTEST_REST = 0.05;

export class Transfer {
  readonly streams: Stream[] = [];
  readonly parameters: Iperf3Parameters;
  readonly #time: Timekeeper;
  readonly #options: TransferOptions;
  readonly #interval: Micros;
  readonly #extremes = new Map<number, Extremes>();
  /** Of every stream: when counting began, and when the last interval ended. */
  #base: Mark[] = [];
  #last: Mark[] = [];
  #startedAt: Micros = 0;
  #lastAt: Micros = 0;
  #endedAt: Micros | undefined = undefined;
  #cpuAtStart = { user: 0, system: 0 };
  #cpuAtEnd = { user: 0, system: 0 };
  #isOmitting = false;
  readonly #timers = new Set<() => void>();

  constructor(options: TransferOptions) {
    this.parameters = options.parameters;
    this.#time = options.time;
    this.#options = options;
    this.#interval = options.interval ?? SECOND;
  }

  get isRunning(): boolean {
    return this.#base.length > 0 && this.#endedAt === undefined;
  }

  start(): void {
    const { omit } = this.parameters;
    this.#isOmitting = omit > 0;
    this.#begin();
    if (omit > 0) this.#after(omit, () => this.#endOmission());
    for (const stream of this.streams) stream.start();
  }

  /** Bytes that the senders, or else the receivers, of this end have moved. */
  moved(senders: boolean): number {
    let sum = 0;
    for (const { isSender, tally } of this.streams) if (isSender === senders) sum += tally.bytes;
    return sum;
  }

  stop(): void {
    if (!this.isRunning) return;
    for (const stream of this.streams) stream.stop();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    const now = this.#time.now();
    this.#reportRest(now);
    this.#endedAt = now;
    this.#cpuAtEnd = this.#cpu();
  }

  close(): void {
    for (const stream of this.streams) stream.close();
  }

  abort(): void {
    this.stop();
    for (const cancel of this.#timers) cancel();
    for (const stream of this.streams) stream.abort();
  }

  /** After `stop`. */
  summary(): Summary {
    const now = this.#endedAt ?? this.#time.now();
    const samples = this.streams.map((stream, i) => this.#sample(stream, this.#base[i] ?? this.#mark(stream), now));
    return {
      duration: now - this.#startedAt,
      samples,
      extremes: this.#extremes,
      cpu: this.#cpuShare(now),
      congestion: this.parameters.protocol === 'tcp' ? (this.parameters.congestion ?? 'cubic') : undefined,
      peer: undefined,
    };
  }

  /** What was counted before counting began, for the stream at this place. */
  omitted(index: number): Readonly<Tally> | undefined {
    return this.#base[index]?.tally;
  }

  #begin(): void {
    const now = this.#time.now();
    this.#startedAt = now;
    this.#lastAt = now;
    this.#base = this.streams.map((stream) => this.#mark(stream));
    this.#last = [...this.#base];
    this.#cpuAtStart = this.#cpu();
    this.#tick(now);
  }

  #endOmission(): void {
    const now = this.#time.now();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#reportRest(now);
    this.#isOmitting = false;
    this.#extremes.clear();
    for (const { tally } of this.streams) tally.jitter = 0;
    this.#begin();
  }

  /** Reports at whole intervals from the start, however late one of them was. */
  #tick(now: Micros): void {
    if (this.#interval === 0) return;
    const next = this.#startedAt + (Math.floor((now - this.#startedAt) / this.#interval) + 1) * this.#interval;
    this.#after(next - now, () => {
      const at = this.#time.now();
      this.#report(at);
      this.#tick(at);
    });
  }

  /** However short a test was, it has one. */
  #reportRest(now: Micros): void {
    const isOnly = this.#lastAt === this.#startedAt;
    if (this.#interval > 0 && (isOnly || now - this.#lastAt > this.#interval * SHORTEST_REST)) this.#report(now);
  }

  #report(now: Micros): void {
    const samples = this.streams.map((stream, i) => this.#sample(stream, this.#last[i]!, now));
    const interval: Interval = {
      start: this.#lastAt - this.#startedAt,
      end: now - this.#startedAt,
      omitted: this.#isOmitting,
      samples,
    };
    this.#last = this.streams.map((stream) => this.#mark(stream));
    this.#lastAt = now;
    for (const sample of samples) this.#noteExtremes(sample);
    for (const observer of this.#options.observers) observer.onInterval?.(interval);
  }

  #mark(stream: Stream): Mark {
    return { tally: { ...stream.tally }, retransmits: stream.info?.(this.#time.now()).tcpi_total_retrans };
  }

  #sample(stream: Stream, from: Mark, now: Micros): Sample {
    const info = stream.info?.(now);
    const retransmits = info === undefined ? undefined : info.tcpi_total_retrans - (from.retransmits ?? 0);
    return { stream, ...since(from.tally, stream.tally), retransmits, info };
  }

  #noteExtremes({ stream, info }: Sample): void {
    if (info === undefined || info.tcpi_rtt === 0) return;
    const known = this.#extremes.get(stream.id) ?? {
      maxWindow: 0,
      maxSendWindow: 0,
      minRtt: info.tcpi_rtt,
      maxRtt: 0,
      rttSum: 0,
      rttCount: 0,
    };
    known.maxWindow = Math.max(known.maxWindow, info.tcpi_snd_cwnd * info.tcpi_snd_mss);
    known.maxSendWindow = Math.max(known.maxSendWindow, info.tcpi_snd_wnd);
    known.minRtt = Math.min(known.minRtt, info.tcpi_rtt);
    known.maxRtt = Math.max(known.maxRtt, info.tcpi_rtt);
    known.rttSum += info.tcpi_rtt;
    known.rttCount++;
    this.#extremes.set(stream.id, known);
  }

  #after(delay: Micros, call: () => void): void {
    const cancel = this.#time.after(delay, () => {
      this.#timers.delete(cancel);
      call();
    });
    this.#timers.add(cancel);
  }

  #cpu(): { readonly user: Micros; readonly system: Micros } {
    return this.#options.cpu?.() ?? { user: 0, system: 0 };
  }

  #cpuShare(now: Micros): CpuShare {
    const duration = Math.max(now - this.#startedAt, 1);
    const share = (key: keyof CpuShare): number => (this.#cpuAtEnd[key] - this.#cpuAtStart[key]) / duration;
    return { user: share('user'), system: share('system') };
  }
}
