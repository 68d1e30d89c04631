/**
 * Traceroute: packets that live one hop, two hops, three hops; whoever lets one die says so by ICMP, and so the routers on the
 * way show themselves. As Van Jacobson's: UDP to a port where nobody listens, another one for each probe, one probe after the
 * other; the port unreachable of the destination is the end (RFC 1812 §4.3.3.1 has routers answer as they do).
 */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { fromV4, openUdp, SECOND, UdpError } from '../../stack/index.ts';
import { claimIdentifier, probe as echoProbe } from '../ping.ts';
import type { ToolHost } from './tool-host.ts';
import { pause } from './tool-host.ts';

export interface TracerouteOptions {
  /** Hops at most. @default 30 */
  readonly maxHops?: number;
  /** Probes for each hop. @default 3 */
  readonly queries?: number;
  /** How long an answer is waited for. @default 1 s */
  readonly timeout?: Micros;
  /** Echo requests instead of UDP. @default false */
  readonly icmp?: boolean;
  /** Bytes of a probe behind its headers. @default 32 */
  readonly size?: number;
  /** The port of the first UDP probe. @default 33434 */
  readonly port?: number;
}

/** What came of one probe. */
export interface TraceProbe {
  /** Undefined: nobody answered in time. */
  readonly from: IpAddress | undefined;
  readonly rtt: Micros;
  /** Why it went no further although its time to live was not over: "!H", "!N" and so on; '' when all is well. */
  readonly mark: string;
}

/** What the probes with one time to live have found. */
export interface Hop {
  readonly ttl: number;
  readonly probes: readonly TraceProbe[];
  /** The destination itself has answered. */
  readonly reached: boolean;
}

/** What a probe tells; `isEnd`: nothing lies behind. */
interface Finding extends TraceProbe {
  readonly isEnd: boolean;
}

const FIRST_PORT = 33_434;
const MAX_PORT = 65_535;
const SILENCE: Finding = { from: undefined, rtt: 0, mark: '', isEnd: false };

/** By what the ICMP error says, in the words of UDP and of ping. */
const MARKS: Readonly<Record<string, string>> = {
  'host unreachable': '!H',
  'host unknown': '!H',
  'network unreachable': '!N',
  'net unreachable': '!N',
  'net unknown': '!N',
  'no route': '!N',
  'protocol unreachable': '!P',
  'source route failed': '!S',
  'message too long': '!F',
  'fragmentation needed': '!F',
  'administratively prohibited': '!X',
  'net prohibited': '!X',
  'host prohibited': '!X',
};

/**
 * Yields hop after hop, the last one when the destination has answered, or nothing leads further. Leaving the loop ends it.
 * @throws RangeError when a number is none that can be
 */
export async function* traceroute(
  host: ToolHost,
  target: IpAddress,
  options: TracerouteOptions = {},
): AsyncGenerator<Hop, void, void> {
  const { maxHops = 30, queries = 3, port = FIRST_PORT } = options;
  checkRange('hops', maxHops, 255);
  checkRange('probes for each hop', queries, 10);
  checkRange('the first port', port, MAX_PORT - maxHops * queries);
  for (let ttl = 1; ttl <= maxHops; ttl++) {
    const findings: Finding[] = [];
    while (findings.length < queries) {
      const number = (ttl - 1) * queries + findings.length;
      findings.push(await send(host, target, { ttl, number, port: port + number }, options));
    }
    const reached = findings.some(({ isEnd, mark }) => isEnd && mark === '');
    const stopped = findings.filter(({ mark }) => mark !== '').length;
    yield { ttl, reached, probes: findings.map(({ from, rtt, mark }) => ({ from, rtt, mark })) };
    if (reached || stopped >= Math.max(1, queries - 1)) return;
  }
}

function checkRange(what: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) throw new RangeError(`${what}: 1 to ${most}, not ${value}`);
}

interface Numbers {
  readonly ttl: number;
  /** Of the probe, from 0. */
  readonly number: number;
  readonly port: number;
}

const send = (host: ToolHost, target: IpAddress, numbers: Numbers, options: TracerouteOptions): Promise<Finding> =>
  options.icmp === true ? sendEcho(host, target, numbers, options) : sendDatagram(host, target, numbers, options);

async function sendDatagram(
  host: ToolHost,
  target: IpAddress,
  { ttl, port }: Numbers,
  { timeout = SECOND, size = 32 }: TracerouteOptions,
): Promise<Finding> {
  const { stack, time } = host;
  const socket = openUdp(stack, { ttl });
  const cancel = time.after(timeout, () => socket.close()); // ends the waiting
  const sentAt = time.now();
  try {
    socket.connect(target, port);
    await socket.send(payloadOf(size));
    const answer = await socket.receive();
    if (answer === undefined) return SILENCE;
    return { from: target, rtt: time.now() - sentAt, mark: '', isEnd: true }; // somebody listens there after all
  } catch (error) {
    if (!(error instanceof UdpError)) throw error;
    return findingOf(host, target, error.reason, error.reporter, time.now() - sentAt);
  } finally {
    cancel();
    socket.close();
  }
}

async function sendEcho(
  host: ToolHost,
  target: IpAddress,
  { ttl, number }: Numbers,
  { timeout = SECOND, size = 32 }: TracerouteOptions,
): Promise<Finding> {
  const { stack, time } = host;
  const identifier = claimIdentifier(stack);
  try {
    const request = { target, identifier, sequence: number + 1, payload: payloadOf(size) };
    const clock = { now: time.now, sleep: (duration: Micros) => pause(time, duration) };
    const { outcome, from, rtt } = await echoProbe(stack, request, { ...clock, ttl, timeout });
    if (outcome === 'timed out') return SILENCE;
    if (outcome === 'reply') return { from, rtt, mark: '', isEnd: true };
    return findingOf(host, target, outcome, from, rtt);
  } finally {
    stack.icmp.echoListeners.delete(identifier);
  }
}

/** What an error says about the way. @param reporter absent: this host itself found out */
function findingOf(host: ToolHost, target: IpAddress, reason: string, reporter: IpAddress | undefined, rtt: Micros): Finding {
  const from = reporter ?? ownAddress(host, target);
  if (reason === 'time to live exceeded') return { from, rtt, mark: '', isEnd: false };
  if (reason === 'port unreachable') return { from, rtt, mark: '', isEnd: true };
  return { from, rtt, mark: MARKS[reason] ?? '!', isEnd: true };
}

/** The address from which this host would speak. */
function ownAddress({ stack }: ToolHost, target: IpAddress): IpAddress | undefined {
  const route = stack.routes.lookup(target.w3);
  const own = stack.addresses.list().find(({ interfaceId }) => route === undefined || interfaceId === route.interfaceId);
  return own === undefined ? undefined : fromV4(route?.source ?? own.address);
}

/** "@ABC...", as always. */
const payloadOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => 0x40 + (i & 0x3f));
