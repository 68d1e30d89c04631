/** One sentence per packet in tcpdump's spirit, made here and used everywhere: logs, failed assertions, terminal and page. */
import * as tcp from '../../stack/wire/tcp.ts';
import type { Dissected, Ipv4, Ipv6, Tcp } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import * as phrases from './phrases.ts';
import type { SequenceBases, SequenceTracker } from './sequence-tracker.ts';
import { ABSOLUTE } from './sequence-tracker.ts';

export interface DescribeOptions {
  /** Makes TCP's numbers relative to the beginning of their conversation; learns from every packet described. */
  readonly relative?: SequenceTracker;
}

/** @example "10.0.0.1:43210 > 10.0.0.2:80 [S] seq 0 win 64240 <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>" */
export function describe(packet: Dissected, { relative }: DescribeOptions = {}): string {
  const tags = packet.ethernet?.vlans.map(({ id }) => `vlan ${id} `).join('') ?? '';
  const faults = packet.faults.length > 0 ? ` (${packet.faults.join('; ')})` : '';
  return tags + describeNetwork(packet, relative) + faults;
}

function describeNetwork(packet: Dissected, relative: SequenceTracker | undefined): string {
  const { network } = packet;
  if (network === undefined) return describeLink(packet);
  if (network.kind === 'arp') return phrases.arpParts(network).join(' ');
  return describeIp(packet, network, relative);
}

function describeLink({ ethernet, payload }: Dissected): string {
  if (ethernet === undefined) return `no frame, ${phrases.bytesPhrase(payload.length)}`;
  const name = ethernet.llc === undefined ? ethernet.typeName : `802.3 ${ethernet.llc.name}`;
  return `${ethernet.source} > ${ethernet.destination} ${name}, ${phrases.bytesPhrase(payload.length)}`;
}

function describeIp(packet: Dissected, network: Ipv4 | Ipv6, relative: SequenceTracker | undefined): string {
  const { transport, payload } = packet;
  const from = phrases.endpoint(network.source, phrases.sourcePortOf(transport));
  const to = phrases.endpoint(network.destination, phrases.destinationPortOf(transport));
  const ecn = phrases.ecnPhrase(network.trafficClass);
  return `${from} > ${to} ${describeTransport()}${ecn === '' ? '' : ` ${ecn}`}`;

  function describeTransport(): string {
    if (network.kind === 'ipv4' && phrases.isFragment(network)) return phrases.fragmentPhrase(network);
    switch (transport?.kind) {
      case 'tcp':
        return describeTcp(
          transport,
          payload.length,
          relative?.observe(network.source, network.destination, transport) ?? ABSOLUTE,
        );
      case 'udp':
        return `UDP, ${phrases.bytesPhrase(payload.length)}`;
      case 'icmp':
        return phrases.icmpParts(transport, network.kind === 'ipv6').join(' ');
      default:
        return `${protocolName(network.protocol)}, ${phrases.bytesPhrase(payload.length)}`;
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
