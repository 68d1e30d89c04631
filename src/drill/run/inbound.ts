/** A packet that the script injects. */
import { FRAGMENTATION_NEEDED } from '../../stack/wire/icmpv4.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcpWire from '../../stack/wire/tcp.ts';
import * as udpWire from '../../stack/wire/udp.ts';
import type { Ecn, Icmp, IpItem, PacketAction, TcpOption } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import type { Endpoints, IpFields } from '../wire/build.ts';
import { buildIcmp, buildTcp, buildUdp, PLAIN_IP, quote } from '../wire/build.ts';
import { numbersOf } from '../wire/icmp-names.ts';
import type { Flow } from './flow.ts';
import type { Session } from './session.ts';

export function inject(session: Session, action: PacketAction): void {
  session.sut.inject(build(session, action));
}

function build(session: Session, action: PacketAction): Uint8Array {
  const { body } = action;
  if (body.kind === 'foreign') throw new Unsupported(`packets of ${body.name}`);
  const { flows, settings, unread, sut } = session;
  const listening = sut.states().findLast(({ state }) => state === 'LISTEN');
  const flow = flows.forInbound(action, unread, listening?.localPort ?? settings.bindPort);
  const ends: Endpoints = {
    source: settings.remoteAddress,
    destination: settings.localAddress,
    sourcePort: flow.remotePort,
    destinationPort: flow.localPort,
  };
  const ip = ipFields(action.ip);
  switch (body.kind) {
    case 'tcp':
      if (body.udp !== undefined) throw new Unsupported('TCP in UDP');
      if (body.options !== 'any') for (const option of body.options) refuse(option);
      return buildTcp(ends, flow.toLive(body), ip);
    case 'udp':
      return buildUdp(ends, body.length, ip);
    case 'icmp':
      return icmpPacket(body, ends, flow, ip);
  }
}

function refuse(option: TcpOption): void {
  if (option.kind === 'unknown') throw new Unsupported(`the TCP option "${option.text}"`);
  if (option.kind === 'md5') throw new Unsupported('MD5 signatures (RFC 2385)');
}

const ECN: Readonly<Record<Ecn, number>> = { noecn: 0, ect1: 1, ect0: 2, ect01: 2, ce: 3 };

function ipFields(items: readonly IpItem[]): IpFields {
  let { tos, ttl } = PLAIN_IP;
  for (const item of items) {
    if (item.kind === 'tos') tos = item.value;
    else if (item.kind === 'ttl') ttl = item.value;
    else if (item.kind === 'ecn') tos = (tos & ~3) | ECN[item.value];
    else throw new Unsupported('IPv6');
  }
  return { tos, ttl };
}

/** A router's or the peer's message about a packet of the host's: it quotes the host's numbers. */
function icmpPacket(icmp: Icmp, ends: Endpoints, flow: Flow, ip: IpFields): Uint8Array {
  if (icmp.version === 6) throw new Unsupported('IPv6');
  const numbers = numbersOf(icmp);
  if (numbers === undefined) throw new Unsupported(`ICMP ${icmp.type} ${icmp.code ?? ''}`.trim());
  const rest = numbers.code === FRAGMENTATION_NEEDED && numbers.type === 3 ? (icmp.mtu ?? 0) : (icmp.id ?? 0) * 65_536;
  return buildIcmp(ends, { ...numbers, rest, quoted: quotedPacket(icmp, ends, flow) }, ip);
}

function quotedPacket({ quoted }: Icmp, ends: Endpoints, flow: Flow): Uint8Array {
  if (quoted === undefined) return new Uint8Array(0);
  const sent: Endpoints = {
    source: ends.destination,
    destination: ends.source,
    sourcePort: ends.destinationPort,
    destinationPort: ends.sourcePort,
  };
  if (quoted.kind === 'udp') {
    const length = udpWire.HEADER + quoted.length;
    return quote(sent, ipv4.PROTOCOL_UDP, ipv4.HEADER + length, length);
  }
  const from = quoted.kind === 'any' ? 1 : quoted.from;
  const absolute = quoted.kind === 'range' && quoted.absolute;
  const seq = absolute ? from : (flow.localIsn ?? 0) + from;
  return quote(sent, ipv4.PROTOCOL_TCP, ipv4.HEADER + tcpWire.HEADER + quoted.length, seq);
}
