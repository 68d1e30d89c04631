/** A test as one JSON object, by the names of iperf3 --json: what reads that reads this. */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Half } from './halves.ts';
import { halfOf, halvesOf, sumOf } from './halves.ts';
import type { Begin, CpuShare, Extremes, Interval, Sample, Summary, TestObserver } from './observer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';

export interface JsonReportOptions {
  readonly host: IpAddress;
  readonly port: number;
  readonly version: string;
  readonly systemInfo: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** The same for people: `Thu, 01 Jan 1970 00:00:00 GMT`. */
  readonly startedAtText: string;
}

type Json = Record<string, unknown>;

export class JsonReport implements TestObserver {
  readonly #start: Json;
  readonly #intervals: Json[] = [];
  #end: Json = {};
  #parameters: Iperf3Parameters = DEFAULT_PARAMETERS;

  constructor({ host, port, version, systemInfo, startedAt, startedAtText }: JsonReportOptions) {
    this.#start = {
      connected: [],
      version,
      system_info: systemInfo,
      timestamp: { time: startedAtText, timesecs: startedAt },
      connecting_to: { host: `${host}`, port },
    };
  }

  /** @param error what went wrong, if anything did */
  result(error?: string): Json {
    return { start: this.#start, intervals: this.#intervals, end: this.#end, ...(error === undefined ? {} : { error }) };
  }

  onBegin({ parameters: p, streams, cookie, mss }: Begin): void {
    this.#parameters = p;
    Object.assign(this.#start, {
      connected: streams.map(({ id, ends: { local, remote } }) => ({
        socket: id,
        local_host: `${local.address}`,
        local_port: local.port,
        remote_host: `${remote.address}`,
        remote_port: remote.port,
      })),
      cookie: cookie.replace('\0', ''),
      ...(p.protocol === 'tcp' ? { tcp_mss_default: mss } : {}),
      target_bitrate: p.rate,
      sock_bufsize: p.window,
      test_start: {
        protocol: p.protocol.toUpperCase(),
        num_streams: p.parallel,
        blksize: p.blockSize,
        omit: p.omit / SECOND,
        duration: p.duration / SECOND,
        bytes: p.bytes,
        blocks: p.blocks,
        reverse: p.direction === 'reverse' ? 1 : 0,
        tos: p.trafficClass,
        target_bitrate: p.rate,
        bidir: p.direction === 'both' ? 1 : 0,
      },
    });
  }

  onInterval({ start, end, omitted, samples }: Interval): void {
    const times = timesOf(start, end);
    const one = (half: Half, isSender: boolean, sample?: Sample): Json => ({
      ...(sample === undefined ? {} : { socket: sample.stream.id }),
      ...times,
      ...this.#amounts(half, isSender),
      ...(sample?.info === undefined
        ? {}
        : {
            snd_cwnd: sample.info.tcpi_snd_cwnd * sample.info.tcpi_snd_mss,
            snd_wnd: sample.info.tcpi_snd_wnd,
            rtt: sample.info.tcpi_rtt,
            rttvar: sample.info.tcpi_rttvar,
            pmtu: sample.info.tcpi_pmtu,
          }),
      omitted,
      sender: isSender,
    });
    const halves = new Map(samples.map((sample) => [sample, halfOf(sample, times.seconds)]));
    const sum = (isSender: boolean): Json =>
      one(sumOf(samples.filter(({ stream }) => stream.isSender === isSender).map((sample) => halves.get(sample)!)), isSender);
    const firstIsSender = samples[0]?.stream.isSender ?? false;
    this.#intervals.push({
      streams: samples.map((sample) => one(halves.get(sample)!, sample.stream.isSender, sample)),
      sum: sum(firstIsSender),
      ...(this.#parameters.direction === 'both' ? { sum_bidir_reverse: sum(!firstIsSender) } : {}),
    });
  }

  onEnd(summary: Summary): void {
    const all = halvesOf(summary);
    const isUdp = this.#parameters.protocol === 'udp';
    const ours = (wanted: boolean) => all.filter(({ sample }) => sample.stream.isSender === wanted);
    const forward = this.#parameters.direction !== 'reverse';
    this.#end = {
      streams: all.map(({ sample, sender, receiver }) => {
        const { id, isSender } = sample.stream;
        if (isUdp) return { udp: { socket: id, ...this.#whole(sender, receiver, isSender) } };
        return {
          sender: { socket: id, ...this.#half(sender, true, isSender), ...extremesOf(summary.extremes.get(id)) },
          receiver: { socket: id, ...this.#half(receiver, false, isSender) },
        };
      }),
      ...this.#sums('', ours(forward), forward),
      ...(this.#parameters.direction === 'both' ? this.#sums('_bidir_reverse', ours(false), false) : {}),
      cpu_utilization_percent: { ...cpuOf('host', summary.cpu), ...cpuOf('remote', summary.peer?.cpu) },
      ...congestionOf(summary, forward),
      ...(summary.peer?.serverOutput === undefined ? {} : { server_output_text: summary.peer.serverOutput }),
    };
  }

  #sums(suffix: string, those: ReturnType<typeof halvesOf>, isSender: boolean): Json {
    const sent = sumOf(those.flatMap(({ sender }) => (sender === undefined ? [] : [sender])));
    const received = sumOf(those.flatMap(({ receiver }) => (receiver === undefined ? [] : [receiver])));
    return {
      ...(this.#parameters.protocol === 'udp' ? { [`sum${suffix}`]: this.#whole(sent, received, isSender) } : {}),
      [`sum_sent${suffix}`]: this.#half(sent, true, isSender),
      [`sum_received${suffix}`]: this.#half(received, false, isSender),
    };
  }

  /** What one end counted over the whole test. */
  #half(half: Half | undefined, isSendingEnd: boolean, isSender: boolean): Json {
    if (half === undefined) return {};
    const known = isSendingEnd && this.#parameters.protocol === 'udp' ? { ...half, lost: 0, jitter: 0 } : half;
    return {
      ...timesOf(0, half.seconds * SECOND),
      ...this.#amounts(known, isSendingEnd, true),
      sender: isSender,
    };
  }

  /** Datagrams as sent, with what the receiver says became of them. */
  #whole(sender: Half | undefined, receiver: Half | undefined, isSender: boolean): Json {
    const sent = sender ?? receiver;
    if (sent === undefined) return {};
    const { jitter, lost, outOfOrder, packets } = receiver ?? sent;
    const half = { ...sent, packets: receiver === undefined ? sent.packets : packets, jitter, lost, outOfOrder };
    return { ...timesOf(0, sent.seconds * SECOND), ...this.#amounts(half, false), out_of_order: outOfOrder, sender: isSender };
  }

  #amounts({ bytes, seconds, retransmits, jitter, lost, packets }: Half, isSender: boolean, always = false): Json {
    const amount = { bytes, bits_per_second: seconds > 0 ? (bytes * 8) / seconds : 0 };
    if (this.#parameters.protocol === 'tcp') return isSender && retransmits !== undefined ? { ...amount, retransmits } : amount;
    if (isSender && !always) return { ...amount, packets };
    const lost_percent = packets > 0 ? (lost / packets) * 100 : 0;
    return { ...amount, jitter_ms: jitter * 1000, lost_packets: lost, packets, lost_percent };
  }
}

function timesOf(start: Micros, end: Micros): { readonly start: number; readonly end: number; readonly seconds: number } {
  return { start: start / SECOND, end: end / SECOND, seconds: (end - start) / SECOND };
}

function extremesOf(extremes: Extremes | undefined): Json {
  if (extremes === undefined) return { max_snd_cwnd: 0, max_snd_wnd: 0, max_rtt: 0, min_rtt: 0, mean_rtt: 0 };
  const { maxWindow, maxSendWindow, maxRtt, minRtt, rttSum, rttCount } = extremes;
  return {
    max_snd_cwnd: maxWindow,
    max_snd_wnd: maxSendWindow,
    max_rtt: maxRtt,
    min_rtt: minRtt,
    mean_rtt: Math.round(rttSum / rttCount),
  };
}

const cpuOf = (whose: string, { user, system }: CpuShare = { user: 0, system: 0 }): Json => ({
  [`${whose}_total`]: (user + system) * 100,
  [`${whose}_user`]: user * 100,
  [`${whose}_system`]: system * 100,
});

function congestionOf({ congestion, peer }: Summary, weSend: boolean): Json {
  const [sender, receiver] = weSend ? [congestion, peer?.congestion] : [peer?.congestion, congestion];
  return {
    ...(sender === undefined ? {} : { sender_tcp_congestion: sender }),
    ...(receiver === undefined ? {} : { receiver_tcp_congestion: receiver }),
  };
}
