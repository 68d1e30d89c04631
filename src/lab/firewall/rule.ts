/** One rule of a firewall: which packets it is about, and what becomes of them. */
import { Prefix, parsePrefix } from '../../stack/ip/prefix.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { ConnectionState } from '../conntrack/connections.ts';
import type { Flow } from '../conntrack/flow.ts';
import { ICMP_TYPES, TCP_FLAGS } from './names.ts';

/** Where a packet is looked at: on its way through, when it is for the host itself, when the host has made it. */
export const CHAINS = ['forward', 'input', 'output'] as const;
export type Chain = (typeof CHAINS)[number];

/** Lets it pass; loses it without a word; loses it and says so: a reset for TCP, else an ICMP error (RFC 1812 §5.2.7.1, code 13). */
export type Action = 'accept' | 'drop' | 'reject';

export interface Rule {
  /** What its drops are recorded under. @default 'rule 1', 'rule 2', ... */
  readonly name?: string;
  readonly action: Action;
  /** @default 'forward' */
  readonly chain?: Chain;
  /** @default any */
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | number;
  /** Networks such as 10.1.0.0/16, and addresses. @default any */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  /** Of the source: "80", "1024-65535". @default any */
  readonly fromPorts?: readonly string[];
  /** Of the destination. @default any */
  readonly ports?: readonly string[];
  /** The interface that it came in by, and the one by which it leaves, by name. @default any */
  readonly in?: string;
  readonly out?: string;
  /** What it is to the connections that are known. @default any */
  readonly states?: readonly ConnectionState[];
  /** Of TCP: those that must be there, and with "!" those that must not: "syn", "!ack". @default any */
  readonly flags?: readonly string[];
  /** Of ICMP, by name ("echo-request") or number. @default any */
  readonly types?: readonly string[];
}

/** A packet as a rule sees it. */
export interface Candidate {
  readonly flow: Flow;
  readonly state: ConnectionState;
  /** Names of interfaces; empty where there is none. */
  readonly in: string;
  readonly out: string;
}

export type Test = (candidate: Candidate) => boolean;

const PROTOCOLS = { tcp: ipv4.PROTOCOL_TCP, udp: ipv4.PROTOCOL_UDP, icmp: ipv4.PROTOCOL_ICMP } as const;

/**
 * What must hold for a packet to be meant.
 * @throws RangeError in words for the person who wrote the rule
 */
export function testsOf(rule: Rule): readonly Test[] {
  checkFit(rule);
  const { from, to, fromPorts, ports, states, flags, types } = rule;
  const tests = [
    protocolTest(rule.protocol),
    from && addressTest(from, ({ flow }) => flow.source),
    to && addressTest(to, ({ flow }) => flow.destination),
    fromPorts && portTest(fromPorts, ({ flow }) => flow.sourcePort),
    ports && portTest(ports, ({ flow }) => flow.destinationPort),
    nameTest(rule.in, (candidate) => candidate.in),
    nameTest(rule.out, (candidate) => candidate.out),
    states && (({ state }: Candidate) => states.includes(state)),
    flags && flagTest(flags),
    types && typeTest(types),
  ];
  return tests.filter((test) => test !== undefined);
}

/** What cannot go together. */
function checkFit({ protocol, ports, fromPorts, flags, types, chain = 'forward', in: inBy, out: outBy }: Rule): void {
  if ((ports !== undefined || fromPorts !== undefined) && protocol !== 'tcp' && protocol !== 'udp')
    throw new RangeError('only tcp and udp have ports: say which, as in "allow tcp to 10.9.0.2 port 80"');
  if (flags !== undefined && protocol !== 'tcp') throw new RangeError('only tcp has flags, as in "drop tcp flags syn,!ack"');
  if (types !== undefined && protocol !== 'icmp')
    throw new RangeError('only icmp has types, as in "allow icmp type echo-request"');
  if (chain === 'output' && inBy !== undefined)
    throw new RangeError('what the host itself makes comes in nowhere: leave out "in"');
  if (chain === 'input' && outBy !== undefined)
    throw new RangeError('what is for the host itself leaves nowhere: leave out "out"');
}

function protocolTest(protocol: Rule['protocol']): Test | undefined {
  if (protocol === undefined) return undefined;
  const number = typeof protocol === 'number' ? protocol : PROTOCOLS[protocol];
  if (!(Number.isInteger(number) && number >= 0 && number <= 255))
    throw new RangeError(`${protocol} is no IP protocol: say tcp, udp, icmp or a number from 0 to 255`);
  return ({ flow }) => flow.protocol === number;
}

function addressTest(texts: readonly string[], wordOf: (candidate: Candidate) => number): Test {
  const prefixes = texts.map(prefixOf);
  return (candidate) => prefixes.some((prefix) => prefix.contains(wordOf(candidate)));
}

/** A network, or an address by itself. */
function prefixOf(text: string): Prefix {
  const address = parseV4(text);
  if (address !== undefined) return new Prefix(address, 32);
  return parsePrefix(text);
}

function portTest(texts: readonly string[], portOf: (candidate: Candidate) => number): Test {
  const ranges = texts.map(rangeOf);
  return (candidate) => ranges.some(([first, last]) => portOf(candidate) >= first && portOf(candidate) <= last);
}

function rangeOf(text: string): readonly [first: number, last: number] {
  const [, low = '', high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(low), Number(high)];
  if (low === '' || first > 65_535 || last > 65_535)
    throw new RangeError(`"${text}" is no port: write a number from 0 to 65535, or a range such as 8000-8080`);
  if (last < first) throw new RangeError(`the range ${text} ends before it begins`);
  return [first, last];
}

const nameTest = (name: string | undefined, nameOf: (candidate: Candidate) => string): Test | undefined =>
  name === undefined ? undefined : (candidate) => nameOf(candidate) === name;

function flagTest(texts: readonly string[]): Test {
  let [wanted, unwanted] = [0, 0];
  for (const text of texts) {
    const isUnwanted = text.startsWith('!');
    const bit = TCP_FLAGS[text.slice(isUnwanted ? 1 : 0).toLowerCase()];
    if (bit === undefined)
      throw new RangeError(
        `"${text}" is no flag of TCP: say ${Object.keys(TCP_FLAGS).join(', ')}, with "!" where it must not be`,
      );
    if (isUnwanted) unwanted |= bit;
    else wanted |= bit;
  }
  return ({ flow }) => (flow.flags & (wanted | unwanted)) === wanted;
}

function typeTest(texts: readonly string[]): Test {
  const types = texts.map((text) => {
    const type = ICMP_TYPES[text.toLowerCase()] ?? (/^\d{1,3}$/.test(text) ? Number(text) : undefined);
    if (type === undefined || type > 255)
      throw new RangeError(`"${text}" is no type of ICMP: say ${Object.keys(ICMP_TYPES).join(', ')} or a number from 0 to 255`);
    return type;
  });
  return ({ flow }) => types.includes(flow.icmpType);
}
