/** A test as a table of text that users of iperf3 know by heart. */
import { SECOND } from '../../stack/index.ts';
import type { Half } from './halves.ts';
import { halfOf, halvesOf, sumOf } from './halves.ts';
import type { Begin, Interval, Sample, Summary, TestObserver } from './observer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';
import { bytesText, rateText } from './units.ts';

export interface TableOptions {
  readonly isServer: boolean;
  /** Told of each line as it comes. */
  readonly print?: (line: string) => void;
}

/** Of the text that is kept: a day of a hundred streams would be too long for anybody. */
const LONGEST_TEXT = 256 * 1024;
const RULE = '- - - - - - - - - - - - - - - - - - - - - - - - -';

export class Table implements TestObserver {
  readonly #options: TableOptions;
  readonly #lines: string[] = [];
  #length = 0;
  #parameters: Iperf3Parameters = DEFAULT_PARAMETERS;
  #isFirst = true;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** All lines so far. */
  get text(): string {
    return this.#lines.join('');
  }

  onBegin({ parameters, streams, control }: Begin): void {
    this.#parameters = parameters;
    const { isServer } = this.#options;
    const { address, port } = control.remote;
    this.#print(isServer ? `Accepted connection from ${address}, port ${port}` : `Connecting to host ${address}, port ${port}`);
    if (!isServer && parameters.direction === 'reverse') this.#print(`Reverse mode, remote host ${address} is sending`);
    for (const { id, ends } of streams) {
      this.#print(
        `[${nameOf(id)}] local ${ends.local.address} port ${ends.local.port} connected to ${ends.remote.address} port ${ends.remote.port}`,
      );
    }
  }

  onInterval({ start, end, omitted, samples }: Interval): void {
    if (this.#isFirst) this.#print(this.#header(false));
    else if (samples.length > 1) this.#print(RULE);
    this.#isFirst = false;
    const seconds = (end - start) / SECOND;
    const note = omitted ? '(omitted)' : '';
    const row = (name: string, isSender: boolean, half: Half, info?: Sample['info']): void => {
      const cwnd = info === undefined ? '' : `   ${bytesText(info.tcpi_snd_cwnd * info.tcpi_snd_mss)}`;
      const times = [start / SECOND, end / SECOND] as const;
      this.#print(`${this.#front(name, isSender, times, half)}${this.#details(half, isSender, false)}${cwnd}  ${note}`.trimEnd());
    };
    for (const isSender of [true, false]) {
      const those = samples.filter(({ stream }) => stream.isSender === isSender);
      const halves = those.map((sample) => halfOf(sample, seconds));
      for (const [i, { stream, info }] of those.entries()) row(nameOf(stream.id), isSender, halves[i]!, info);
      if (those.length > 1) row('SUM', isSender, sumOf(halves));
    }
  }

  onEnd(summary: Summary): void {
    this.#print(RULE);
    this.#print(this.#header(true));
    const all = halvesOf(summary);
    for (const isSender of [true, false]) {
      const those = all.filter(({ sample }) => sample.stream.isSender === isSender);
      for (const { sample, sender, receiver } of those) {
        this.#ends(nameOf(sample.stream.id), isSender, sender, receiver);
      }
      if (those.length < 2) continue;
      const [sent, received] = [those.map(({ sender }) => sender), those.map(({ receiver }) => receiver)];
      this.#ends('SUM', isSender, sumOfKnown(sent), sumOfKnown(received));
    }
    const { serverOutput } = summary.peer ?? {};
    if (serverOutput !== undefined)
      for (const line of ['', 'Server output:', ...serverOutput.trimEnd().split('\n')]) this.#print(line);
  }

  /** What the sender and what the receiver counted; whichever is known. */
  #ends(name: string, isSender: boolean, sender: Half | undefined, receiver: Half | undefined): void {
    if (sender !== undefined) {
      // a sender of datagrams knows neither jitter nor loss
      const half = this.#isUdp ? { ...sender, jitter: 0, lost: 0 } : sender;
      this.#print(`${this.#front(name, isSender, [0, sender.seconds], half)}${this.#details(half, true, true)}  sender`);
    }
    if (receiver !== undefined) {
      const details = this.#details(receiver, false, true);
      this.#print(`${this.#front(name, isSender, [0, receiver.seconds], receiver)}${details}  receiver`);
    }
  }

  get #isUdp(): boolean {
    return this.#parameters.protocol === 'udp';
  }

  get #isBoth(): boolean {
    return this.#parameters.direction === 'both';
  }

  /** Whether rows of this end's senders occur. */
  get #hasSenders(): boolean {
    return this.#isBoth || (this.#parameters.direction === 'reverse') === this.#options.isServer;
  }

  #header(isSummary: boolean): string {
    const front = `[ ID]${this.#isBoth ? '[Role]' : ''} Interval           Transfer     Bitrate       `;
    const hasLoss = isSummary || this.#isBoth || !this.#hasSenders;
    if (this.#isUdp) return `${front}  ${hasLoss ? 'Jitter    Lost/Total Datagrams' : 'Total Datagrams'}`;
    if (isSummary) return `${front}  Retr`;
    return `${front}  ${this.#hasSenders ? 'Retr  Cwnd' : ''}`.trimEnd();
  }

  /** `[  1]   0.00-1.00   sec   554 MBytes  4.64 Gbits/sec` */
  #front(name: string, isSender: boolean, [start, end]: readonly [number, number], { bytes, seconds }: Half): string {
    const role = this.#isBoth ? `[${isSender ? 'TX' : 'RX'}-${this.#options.isServer ? 'S' : 'C'}]` : '';
    const times = `${start.toFixed(2).padStart(6)}-${end.toFixed(2).padEnd(6)}`;
    const rate = seconds > 0 ? (bytes * 8) / seconds : 0;
    return `[${name}]${role} ${times} sec  ${bytesText(bytes)}  ${rateText(rate)}`;
  }

  #details({ retransmits, jitter, lost, packets }: Half, isSender: boolean, isSummary: boolean): string {
    if (!this.#isUdp) {
      const text = isSender && retransmits !== undefined ? `  ${`${retransmits}`.padStart(3)}` : '';
      return isSummary ? text.padEnd(16) : text;
    }
    if (isSender && !isSummary) return `  ${this.#isBoth ? ' '.repeat(10) : ''}${packets}`;
    const percent = packets > 0 ? Number(((lost / packets) * 100).toPrecision(2)) : 0;
    return `  ${(jitter * 1000).toFixed(3)} ms  ${lost}/${packets} (${percent}%)`;
  }

  #print(line: string): void {
    this.#options.print?.(line);
    if (this.#length > LONGEST_TEXT) return;
    this.#length += line.length + 1;
    this.#lines.push(`${line}\n`);
  }
}

const nameOf = (id: number): string => `${id}`.padStart(3);

function sumOfKnown(halves: readonly (Half | undefined)[]): Half | undefined {
  const known = halves.filter((half) => half !== undefined);
  return known.length === 0 ? undefined : sumOf(known);
}
