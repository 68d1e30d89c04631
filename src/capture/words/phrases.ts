/** The parts of a sentence about a packet, so that the line, the ladder and the page use the same words. */
import * as arp from '../../stack/wire/arp.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { Arp, Icmp, IpPacket, Ipv4, Tcp, TcpOption, Transport } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import type { SequenceBases } from './sequence-tracker.ts';
import { relativeTo } from './sequence-tracker.ts';

export const UNSPECIFIED = '0.0.0.0';

/** 48,720: grouped by hand, because a locale would make output depend on the machine. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export const bytesPhrase = (count: number): string => (count === 1 ? '1 byte' : `${grouped(count)} bytes`);

/** What matters most first, here and below: who has little room leaves out the last. */
export function arpParts({ operation, senderIp, senderMac, targetIp }: Arp): string[] {
  if (operation === arp.REPLY) return [`ARP ${senderIp} is at ${senderMac}`];
  if (operation !== arp.REQUEST) return [`ARP operation ${operation}`];
  if (senderIp === UNSPECIFIED) return [`ARP probe: who has ${targetIp}?`]; // RFC 5227 §1.1
  if (senderIp === targetIp) return [`ARP announcement: ${senderIp} is at ${senderMac}`];
  return [`ARP who has ${targetIp}?`, `tell ${senderIp}`];
}

export function icmpParts(icmp: Icmp, isV6: boolean): string[] {
  const name = `${isV6 ? 'ICMPv6' : 'ICMP'} ${icmp.name}`;
  if (icmp.name === 'echo request' || icmp.name === 'echo reply')
    return [name, `id ${icmp.identifier} seq ${icmp.sequence},`, bytesPhrase(icmp.length)];
  if (icmp.quoted === undefined) return [`${name},`, bytesPhrase(icmp.length)];
  const mtu = icmp.nextHopMtu > 0 ? [`(next hop MTU ${icmp.nextHopMtu})`] : [];
  return [name, ...mtu, `for ${quotedPhrase(icmp.quoted)}`];
}

function quotedPhrase({ network, transport }: IpPacket): string {
  const route = `${endpoint(network.source, sourcePortOf(transport))} > ${endpoint(network.destination, destinationPortOf(transport))}`;
  if (transport?.kind === 'icmp') return `${route} ${icmpParts(transport, network.kind === 'ipv6').join(' ')}`;
  return `${route} ${protocolName(network.protocol)}`;
}

/** An address, with its port where there is one. */
export function endpoint(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const hasPorts = (transport: Transport | undefined) => transport !== undefined && transport.kind !== 'icmp';
export const sourcePortOf = (transport: Transport | undefined): number | undefined =>
  hasPorts(transport) ? (transport as Tcp).sourcePort : undefined;
export const destinationPortOf = (transport: Transport | undefined): number | undefined =>
  hasPorts(transport) ? (transport as Tcp).destinationPort : undefined;

export const isFragment = ({ moreFragments, fragmentOffset }: Ipv4): boolean => moreFragments || fragmentOffset > 0;

/** "UDP fragment id 7, bytes 1,480 to 2,959, more follow" */
export function fragmentPhrase(network: Ipv4): string {
  const { identification, fragmentOffset, moreFragments, totalLength, headerLength, protocol } = network;
  const last = fragmentOffset + Math.max(totalLength - headerLength, 1) - 1;
  const which = moreFragments ? 'more follow' : 'the last';
  return `${protocolName(protocol)} fragment id ${identification}, bytes ${grouped(fragmentOffset)} to ${grouped(last)}, ${which}`;
}

const FLAG_NAMES: readonly (readonly [bit: number, letter: string, name: string])[] = [
  [tcp.FIN, 'F', 'FIN'],
  [tcp.SYN, 'S', 'SYN'],
  [tcp.RST, 'R', 'RST'],
  [tcp.PSH, 'P', 'PSH'],
  [tcp.ACK, '.', 'ACK'],
  [tcp.URG, 'U', 'URG'],
  [tcp.ECE, 'E', 'ECE'],
  [tcp.CWR, 'W', 'CWR'],
];

/** In tcpdump's letters: "S." is SYN with ACK. */
export const flagLetters = (flags: number): string =>
  FLAG_NAMES.map(([bit, letter]) => (flags & bit ? letter : '')).join('') || 'none';

export const flagNames = (flags: number): string =>
  FLAG_NAMES.flatMap(([bit, , name]) => (flags & bit ? [name] : [])).join(' ') || 'no flags';

/** The field of RFC 3168 §5 in the words of the RFC; empty where the sender does not speak ECN. */
export const ecnPhrase = (trafficClass: number): string => ['', 'ECT(1)', 'ECT(0)', 'CE'][trafficClass & 3] ?? '';

/** "seq 1" or, with data, "seq 1:1461" as tcpdump has it: up to, but not including. */
export function sequencePhrase(segment: Tcp, length: number, bases: SequenceBases): string {
  const first = relativeTo(bases.seq, segment.seq);
  const seq = length > 0 ? `seq ${first}:${first + length}` : `seq ${first}`;
  return segment.flags & tcp.ACK ? `${seq} ack ${relativeTo(bases.ack, segment.ack)}` : seq;
}

/** Padding has no words: the empty string. */
export function optionPhrase(option: TcpOption, bases: SequenceBases): string {
  switch (option.kind) {
    case 'mss':
      return `mss ${option.value}`;
    case 'window scale':
      return `wscale ${option.shift}`;
    case 'SACK permitted':
      return 'sackOK';
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echo}`;
    case 'SACK':
      return `sack ${option.blocks.map(({ left, right }) => `${relativeTo(bases.ack, left)}:${relativeTo(bases.ack, right)}`).join(' ')}`;
    case 'other':
      return option.name;
    default:
      return '';
  }
}
