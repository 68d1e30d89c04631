/** What each end has counted, as JSON by iperf3's names. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { JsonObject } from './control.ts';
import type { CpuShare } from './observer.ts';
import type { Transfer } from './transfer.ts';

/** Of one stream; without what was omitted. */
export interface PeerStream {
  readonly bytes: number;
  /** Undefined: not known, or not the peer's to send. */
  readonly retransmits: number | undefined;
  /** Seconds. */
  readonly jitter: number;
  readonly lost: number;
  readonly packets: number;
  readonly duration: Micros;
}

export interface PeerResults {
  /** By stream number. */
  readonly streams: ReadonlyMap<number, PeerStream>;
  readonly cpu: CpuShare;
  readonly congestion: string | undefined;
  /** The server's own words, where they were asked for. */
  readonly serverOutput: string | undefined;
}

/** In place of a number that is not known. */
const UNKNOWN = -1;
/** iperf3's unknown, when it was printed as a number without sign. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** @param output the server's words for its client */
export function encodeResults(transfer: Transfer, output: string | undefined): JsonObject {
  const { cpu, congestion, samples, duration } = transfer.summary();
  const knowsRetransmits = samples.some(({ retransmits }) => retransmits !== undefined);
  return {
    cpu_util_total: (cpu.user + cpu.system) * 100,
    cpu_util_user: cpu.user * 100,
    cpu_util_system: cpu.system * 100,
    sender_has_retransmits: knowsRetransmits ? 1 : UNKNOWN,
    ...(congestion === undefined ? {} : { congestion_used: congestion }),
    ...(output === undefined ? {} : { server_output_text: output }),
    streams: samples.map(({ stream, bytes, retransmits = UNKNOWN, jitter }, index) => {
      const { tally } = transfer.streams[index]!;
      const omitted = transfer.omitted(index) ?? { lost: 0, packets: 0 };
      return {
        id: stream.id,
        bytes,
        retransmits,
        jitter,
        errors: tally.lost,
        omitted_errors: omitted.lost,
        packets: tally.packets,
        omitted_packets: omitted.packets,
        start_time: 0,
        end_time: duration / SECOND,
      };
    }),
  };
}

/** What of it makes sense; the rest is 0 or missing. */
export function decodeResults(json: JsonObject, transfer: Transfer): PeerResults {
  const streams = new Map<number, PeerStream>();
  for (const each of Array.isArray(json['streams']) ? json['streams'] : []) {
    if (typeof each !== 'object' || each === null) continue;
    const stream = each as JsonObject;
    const id = numberOf(stream, 'id');
    // iperf3 before 3.13 does not say how many it left out: then as many as we
    const ours = transfer.omitted(transfer.streams.findIndex((one) => one.id === id))?.packets ?? 0;
    streams.set(id, decodeStream(stream, ours));
  }
  const { server_output_text: output, congestion_used: congestion } = json;
  return {
    streams,
    cpu: { user: numberOf(json, 'cpu_util_user') / 100, system: numberOf(json, 'cpu_util_system') / 100 },
    congestion: typeof congestion === 'string' ? congestion : undefined,
    serverOutput: typeof output === 'string' ? output : undefined,
  };
}

/** @param omitted packets, where the peer does not say */
function decodeStream(stream: JsonObject, omitted: number): PeerStream {
  const retransmits = numberOf(stream, 'retransmits', UNKNOWN);
  return {
    bytes: Math.max(numberOf(stream, 'bytes'), 0),
    retransmits: retransmits >= 0 && retransmits <= LARGEST ? retransmits : undefined,
    jitter: Math.max(numberOf(stream, 'jitter'), 0),
    lost: Math.max(numberOf(stream, 'errors') - numberOf(stream, 'omitted_errors'), 0),
    packets: Math.max(numberOf(stream, 'packets') - numberOf(stream, 'omitted_packets', omitted), 0),
    duration: Math.max(Math.round((numberOf(stream, 'end_time') - numberOf(stream, 'start_time')) * SECOND), 0),
  };
}

function numberOf(json: JsonObject, name: string, otherwise = 0): number {
  const value = json[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
