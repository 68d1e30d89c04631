/** What a test shall be: chosen by the client, sent as JSON by iperf3's names, and checked by the server. */
import type { Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { JsonObject } from './control.ts';
import type { ErrorCode } from './states.ts';

/** Who sends: the client, the server, or both at once. */
export type Direction = 'forward' | 'reverse' | 'both';

export interface Iperf3Parameters {
  readonly protocol: 'tcp' | 'udp';
  readonly direction: Direction;
  /** In each direction. */
  readonly parallel: number;
  /** 0: the amount decides. */
  readonly duration: Micros;
  /** Bytes in all, or blocks in all, after which the test is over; 0: the time decides. */
  readonly bytes: number;
  readonly blocks: number;
  /** From the beginning, that does not count: slow start. */
  readonly omit: Micros;
  /** Bytes of a write, or of a datagram. */
  readonly blockSize: number;
  /** Bits per second of each stream; 0: as fast as it goes. */
  readonly rate: number;
  /** Bytes of both buffers; 0: as the stack has them. */
  readonly window: number;
  /** 0: what the path takes. */
  readonly mss: number;
  readonly noDelay: boolean;
  /** The octet with the DSCP. */
  readonly trafficClass: number;
  readonly congestion: 'cubic' | 'reno' | undefined;
  /** The server's words shall come with its results. */
  readonly wantsServerOutput: boolean;
  /** Datagrams are counted in 64 bits. */
  readonly wideCounters: boolean;
}

/** iperf3's own: a write of TCP, and what UDP sends when nothing is said. */
export const TCP_BLOCK = 128 * 1024;
export const UDP_RATE = 1024 * 1024;
export const MIN_DATAGRAM = 16;
export const MAX_DATAGRAM = 65_507;

const MAX_PARALLEL = 128;
const MAX_BLOCK = 1024 * 1024;
const MAX_SECONDS = 86_400;
const MAX_OMIT = 600;
const MAX_WINDOW = 64 * 1024 * 1024;
/** Of all streams together: what a client may make a server keep. */
const MAX_WINDOWS = 512 * 1024 * 1024;
const MAX_MSS = 9 * 1024;
/** Longer pauses between two pieces of a paced stream would look like an end of it. */
const MAX_RATE = 1e15;

export const DEFAULT_PARAMETERS: Iperf3Parameters = {
  protocol: 'tcp',
  direction: 'forward',
  parallel: 1,
  duration: 10 * SECOND,
  bytes: 0,
  blocks: 0,
  omit: 0,
  blockSize: TCP_BLOCK,
  rate: 0,
  window: 0,
  mss: 0,
  noDelay: false,
  trafficClass: 0,
  congestion: undefined,
  wantsServerOutput: false,
  wideCounters: false,
};

/** How the client writes them. */
export function encodeParameters(p: Iperf3Parameters): JsonObject {
  return {
    [p.protocol]: true,
    omit: p.omit / SECOND,
    time: Math.ceil(p.duration / SECOND), // iperf3 servers read whole ones, and take 0 for no limit
    num: p.bytes,
    blockcount: p.blocks,
    ...(p.mss > 0 ? { MSS: p.mss } : {}),
    ...(p.noDelay ? { nodelay: true } : {}),
    parallel: p.parallel,
    ...(p.direction === 'reverse' ? { reverse: true } : {}),
    ...(p.direction === 'both' ? { bidirectional: true } : {}),
    ...(p.window > 0 ? { window: p.window } : {}),
    len: p.blockSize,
    ...(p.rate > 0 ? { bandwidth: p.rate } : {}),
    pacing_timer: 1000,
    ...(p.trafficClass > 0 ? { TOS: p.trafficClass } : {}),
    ...(p.congestion !== undefined ? { congestion: p.congestion } : {}),
    ...(p.wantsServerOutput ? { get_server_output: 1 } : {}),
    ...(p.wideCounters ? { udp_counters_64bit: 1 } : {}),
    client_version: 'tapstack',
  };
}

/** What the server takes them for; a number: the error to answer with. What is not known is passed over. */
export function decodeParameters(json: JsonObject): Iperf3Parameters | ErrorCode {
  if (json['sctp'] !== undefined) return 18;
  const protocol = isOn(json['udp']) ? 'udp' : 'tcp';
  const [parallel, omit, time] = [numberOf(json, 'parallel', 1), numberOf(json, 'omit'), numberOf(json, 'time')];
  const blockSize = numberOf(json, 'len', TCP_BLOCK);
  const [window, mss] = [numberOf(json, 'window'), numberOf(json, 'MSS')];
  const rules: readonly (readonly [holds: boolean, code: ErrorCode])[] = [
    [isWithin(parallel, 1, MAX_PARALLEL), 6],
    [omit >= 0 && omit <= MAX_OMIT, 12],
    [time >= 0 && time <= MAX_SECONDS, 5],
    [protocol === 'tcp' || isWithin(blockSize, MIN_DATAGRAM, MAX_DATAGRAM), 20],
    [isWithin(blockSize, 1, MAX_BLOCK), 7],
    [isWithin(window, 0, Math.min(MAX_WINDOW, MAX_WINDOWS / parallel)), 8],
    [isWithin(mss, 0, MAX_MSS), 10],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken !== undefined) return broken[1];
  const { congestion } = json;
  return {
    protocol,
    direction: isOn(json['bidirectional']) ? 'both' : isOn(json['reverse']) ? 'reverse' : 'forward',
    parallel,
    duration: Math.round(time * SECOND),
    bytes: Math.max(numberOf(json, 'num'), 0),
    blocks: Math.max(numberOf(json, 'blockcount'), 0),
    omit: Math.round(omit * SECOND),
    blockSize,
    rate: Math.min(Math.max(numberOf(json, 'bandwidth'), 0), MAX_RATE),
    window,
    mss,
    noDelay: isOn(json['nodelay']),
    trafficClass: numberOf(json, 'TOS') & 0xff,
    congestion: congestion === 'cubic' || congestion === 'reno' ? congestion : undefined,
    wantsServerOutput: isOn(json['get_server_output']),
    wideCounters: isOn(json['udp_counters_64bit']),
  };
}

/** Streams in all. */
export const streamCount = ({ direction, parallel }: Iperf3Parameters): number =>
  direction === 'both' ? 2 * parallel : parallel;

/** Whether the stream at this place in the order of their making is the client's to send: with both, those come first. */
export const clientSends = ({ direction, parallel }: Iperf3Parameters, index: number): boolean =>
  direction === 'both' ? index < parallel : direction === 'forward';

const isOn = (value: unknown): boolean => value === true || (typeof value === 'number' && value !== 0);
const isWithin = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most;

function numberOf(json: JsonObject, name: string, otherwise = 0): number {
  const value = json[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
