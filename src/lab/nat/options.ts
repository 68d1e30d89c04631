/** How a NAT is to behave, as a person writes it, and as the NAT reads it. */

import { Prefix, parsePrefix } from '../../stack/ip/prefix.ts';
import type { PortRange } from '../../stack/ports.ts';
import { formatV4, parseV4 } from '../../stack/wire/ip-address.ts';
import type { TimeOuts } from '../conntrack/time-outs.ts';
import { timeOutsOf } from '../conntrack/time-outs.ts';
import type { Forward } from './forward.ts';
import { parseForward } from './forward.ts';

/**
 * What of the end outside counts: nothing, its address, or its address and port.
 * RFC 4787 §4.1 for mappings (a NAT that is called symmetric has the last one), §5 for filters.
 */
export type Dependence = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

export interface NatOptions {
  /** The interface that leads outside, by its name. */
  readonly outside: string;
  /** Networks whose addresses are translated, such as 192.168.1.0/24. @default everybody's */
  readonly inside?: readonly string[];
  /**
   * What is seen outside: addresses, and ranges such as "203.0.113.8-203.0.113.15". They are addresses of the outside interface
   * too, or the world has a route for them that leads to it. @default the addresses of the outside interface
   */
  readonly addresses?: readonly string[];
  /** Which mappings an end inside has. @default 'endpoint-independent', as RFC 4787 (REQ-1) wants it */
  readonly mapping?: Dependence;
  /** Whom a mapping lets in. @default 'address-dependent': whose address somebody inside has spoken to (RFC 4787 REQ-8) */
  readonly filtering?: Dependence;
  /** Ports outside. A source port below 1024 stays below (RFC 4787 REQ-3). @default 1024 to 65535 */
  readonly ports?: PortRange;
  /** The port inside is tried first. @default true */
  readonly preservePorts?: boolean;
  /** Ports that lead inside, such as "tcp 80 to 192.168.1.10:8080" or "udp 203.0.113.1:5000-5009 to 192.168.1.10". */
  readonly forward?: readonly (string | Forward)[];
  /** Whole addresses that lead inside, without state: outside to inside. */
  readonly oneToOne?: Readonly<Record<string, string>>;
  readonly timeOuts?: Partial<TimeOuts>;
  /** What comes from outside keeps a mapping of UDP or ICMP alive too (RFC 4787 REQ-6 warns of it). @default false */
  readonly inboundRefresh?: boolean;
  /** Sessions at once. @default 4096 */
  readonly maxSessions?: number;
  /** Mappings of one address inside. @default as many as there are sessions */
  readonly maxPerHost?: number;
  /** What was translated is said beside the frame in captures. @default true */
  readonly notes?: boolean;
}

/** As the NAT reads it. */
export interface NatPlan {
  readonly outside: string;
  readonly inside: readonly Prefix[];
  /** undefined: those of the interface. */
  readonly addresses: readonly number[] | undefined;
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  readonly firstPort: number;
  readonly lastPort: number;
  /** Nobody has said which ports: those below 1024 are there too, for those that are so inside. */
  readonly hasLowPorts: boolean;
  readonly preservePorts: boolean;
  readonly forward: readonly Forward[];
  /** Addresses outside by those inside, and back. */
  readonly outsideOf: ReadonlyMap<number, number>;
  readonly insideOf: ReadonlyMap<number, number>;
  readonly timeOuts: TimeOuts;
  readonly inboundRefresh: boolean;
  readonly maxSessions: number;
  readonly maxPerHost: number;
  readonly notes: boolean;
}

const MAX_ADDRESSES = 256;
const ANYBODY = new Prefix(0, 0);

/** @throws RangeError in words for the person who wrote it */
export function planOf(options: NatOptions): NatPlan {
  const { outside, inside, addresses, ports = {}, forward = [], oneToOne = {}, maxSessions = 4096 } = options;
  if (outside === '') throw new RangeError('a NAT needs the name of the interface that leads outside');
  const { first = 1024, last = 65_535 } = ports;
  const isRange = Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last && last <= 65_535;
  if (!isRange)
    throw new RangeError(`the ports ${first} to ${last} of a NAT: write two numbers from 1 to 65535 in ascending order`);
  const outsideOf = new Map(Object.entries(oneToOne).map(([out, within]) => [wordOf(within), wordOf(out)]));
  const insideOf = new Map([...outsideOf].map(([within, out]) => [out, within]));
  if (insideOf.size < Object.keys(oneToOne).length)
    throw new RangeError('one to one: two addresses outside lead to the same address inside');
  const maxPerHost = options.maxPerHost ?? maxSessions;
  atLeastOne('maxSessions', maxSessions);
  atLeastOne('maxPerHost', maxPerHost);
  return {
    outside,
    inside: inside?.map(parsePrefix) ?? [ANYBODY],
    addresses: addresses?.flatMap(wordsOf),
    mapping: options.mapping ?? 'endpoint-independent',
    filtering: options.filtering ?? 'address-dependent',
    firstPort: first,
    lastPort: last,
    hasLowPorts: options.ports === undefined,
    preservePorts: options.preservePorts ?? true,
    forward: forward.map((each) => (typeof each === 'string' ? parseForward(each) : each)),
    outsideOf,
    insideOf,
    timeOuts: timeOutsOf(options.timeOuts),
    inboundRefresh: options.inboundRefresh ?? false,
    maxSessions,
    maxPerHost,
    notes: options.notes ?? true,
  };
}

function atLeastOne(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} of a NAT is a whole number from 1 on, not ${value}`);
}

function wordOf(text: string): number {
  const word = parseV4(text.trim());
  if (word === undefined) throw new RangeError(`"${text}" is not an IPv4 address such as 203.0.113.1`);
  return word;
}

/** "203.0.113.8-203.0.113.15" as eight addresses. */
function wordsOf(text: string): number[] {
  const [first, last] = text.split('-').map(wordOf);
  if (first === undefined) throw new RangeError(`"${text}" is not an IPv4 address such as 203.0.113.1`);
  if (last === undefined) return [first];
  const count = (last >>> 0) - (first >>> 0) + 1;
  if (count < 1) throw new RangeError(`"${text}": write the lower address first, "${formatV4(last)}-${formatV4(first)}"`);
  if (count > MAX_ADDRESSES) throw new RangeError(`"${text}" are ${count} addresses: a NAT has at most ${MAX_ADDRESSES}`);
  return Array.from({ length: count }, (_, i) => (first + i) | 0);
}
