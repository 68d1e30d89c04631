/** One sentence per packet in tcpdump's spirit, made here and used everywhere: logs, failed assertions, terminal and page. */
import * as tcp from '../../stack/wire/tcp.ts';
import type { Dissected, Ipv4, Ipv6, Tcp } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import { applicationPhrase } from './application.ts';
import * as phrases from './phrases.ts';
import type { SequenceBases, SequenceTracker } from './sequence-tracker.ts';
import { ABSOLUTE } from './sequence-tracker.ts';
import { stpPhrase } from './spanning-tree.ts';

export interface DescribeOptions {
  /** Makes TCP's numbers relative to the beginning of their conversation; learns from every packet described. */
  readonly relative?: SequenceTracker;
  /** What TCP's numbers are relative to, where somebody has followed the conversation already. @default 0 */
  readonly bases?: SequenceBases;
}

/** @example "10.0.0.1:43210 > 10.0.0.2:80 [S] seq 0 win 64240 <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>" */
export function describe(packet: Dissected, { relative, bases = ABSOLUTE }: DescribeOptions = {}): string {
  const tags = packet.ethernet?.vlans.map(({ id }) => `vlan ${id} `).join('') ?? '';
  const faults = packet.faults.length > 0 ? ` (${packet.faults.join('; ')})` : '';
  const cut = packet.originalLength > packet.length ? ` (${packet.length} of ${packet.originalLength} bytes captured)` : '';
  return tags + describeNetwork(packet, (source, to, segment) => relative?.observe(source, to, segment) ?? bases) + faults + cut;
}

type BasesOf = (source: string, destination: string, segment: Tcp) => SequenceBases;

function describeNetwork(packet: Dissected, basesOf: BasesOf): string {
  const { network } = packet;
  if (network === undefined) return describeLink(packet);
  if (network.kind === 'arp') return phrases.arpParts(network).join(' ');
  return describeIp(packet, network, basesOf);
}

function describeLink({ link, ethernet, payloadLength }: Dissected): string {
  const length = phrases.bytesPhrase(payloadLength);
  if (link?.kind === 'cooked') return `${link.source === '' ? '' : `${link.source} > `}${link.typeName}, ${length}`;
  if (link?.kind === 'loopback') return `address family ${link.family}, ${length}`;
  if (ethernet === undefined) return `no frame, ${length}`;
  const { stp } = ethernet.llc ?? {};
  if (stp !== undefined) return `${ethernet.source} > ${ethernet.destination} ${stpPhrase(stp)}`;
  const name = ethernet.llc === undefined ? ethernet.typeName : `802.3 ${ethernet.llc.name}`;
  return `${ethernet.source} > ${ethernet.destination} ${name}, ${length}`;
}

function describeIp(packet: Dissected, network: Ipv4 | Ipv6, basesOf: BasesOf): string {
  const { transport, application, payloadLength } = packet;
  const from = phrases.endpoint(network.source, phrases.sourcePortOf(transport));
  const to = phrases.endpoint(network.destination, phrases.destinationPortOf(transport));
  const ecn = phrases.ecnPhrase(network.trafficClass);
  return `${from} > ${to} ${describeTransport()}${ecn === '' ? '' : ` ${ecn}`}`;

  function describeTransport(): string {
    if (network.kind === 'ipv4' && phrases.isFragment(network)) return phrases.fragmentPhrase(network);
    switch (transport?.kind) {
      case 'tcp':
        return describeTcp(transport, payloadLength, basesOf(network.source, network.destination, transport));
      case 'udp':
        return application === undefined ? `UDP, ${phrases.bytesPhrase(payloadLength)}` : applicationPhrase(application);
      case 'icmp':
        return phrases.icmpParts(transport, network.kind === 'ipv6').join(' ');
      default:
        return `${protocolName(network.protocol)}, ${phrases.bytesPhrase(payloadLength)}`;
    }
  }
}

function describeTcp(segment: Tcp, length: number, bases: SequenceBases): string {
  const options = segment.options.map((option) => phrases.optionPhrase(option, bases)).filter((phrase) => phrase !== '');
  return [
    `[${phrases.flagLetters(segment.flags)}]`,
    phrases.sequencePhrase(segment, length, bases),
    `win ${segment.window}`,
    ...(segment.flags & tcp.URG ? [`urg ${segment.urgent}`] : []),
    ...(options.length > 0 ? [`<${options.join(',')}>`] : []),
    ...(length > 0 ? [`length ${length}`] : []),
  ].join(' ');
}
