/** Makes the IPv4 packets that a script injects. */
import * as icmp from '../../stack/wire/icmpv4.ts';
import type { Ipv4Fields } from '../../stack/wire/ipv4.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';
import type { TcpOption } from '../script/ast.ts';
import { AE } from '../script/ast.ts';
import { encodeOptions } from './option-list.ts';
import { fillPayload } from './payload.ts';

export interface Endpoints {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface TcpFields {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
  readonly payloadLength: number;
  /** Of the first byte, in the peer's stream. */
  readonly payloadPlace: number;
}

export interface IpFields {
  readonly tos: number;
  readonly ttl: number;
}

export const PLAIN_IP: IpFields = { tos: 0, ttl: 255 };

/** Options longer than the 40 bytes that the header has room for. */
export class OptionsTooLong extends Error {
  override readonly name = 'OptionsTooLong';
}

export function buildTcp(ends: Endpoints, fields: TcpFields, ip: IpFields): Uint8Array {
  const options = encodeOptions(fields.options);
  if (options.length > tcp.MAX_HEADER - tcp.HEADER) throw new OptionsTooLong(`${options.length} bytes of TCP options, 40 fit`);
  const header = tcp.HEADER + options.length;
  const { bytes, view, at } = frame(header + fields.payloadLength);
  view.setUint16(at, ends.sourcePort);
  view.setUint16(at + 2, ends.destinationPort);
  view.setUint32(at + 4, fields.seq >>> 0);
  view.setUint32(at + 8, fields.ack >>> 0);
  view.setUint8(at + 12, (header << 2) | (fields.flags & AE ? 1 : 0));
  view.setUint8(at + 13, fields.flags & 255);
  view.setUint16(at + 14, fields.window);
  view.setUint16(at + 18, fields.urgent);
  bytes.set(options, at + tcp.HEADER);
  fillPayload('in', fields.payloadPlace, bytes, at + header, bytes.length);
  tcp.writeChecksum(view, at, bytes.length, ends.source, ends.destination);
  return finish(bytes, view, ends, ipv4.PROTOCOL_TCP, ip);
}

export function buildUdp(ends: Endpoints, length: number, ip: IpFields): Uint8Array {
  const { bytes, view, at } = frame(udp.HEADER + length);
  fillPayload('in', 0, bytes, at + udp.HEADER, bytes.length);
  const from = { address: ends.source, port: ends.sourcePort };
  udp.encode(view, at, bytes.length, from, { address: ends.destination, port: ends.destinationPort });
  return finish(bytes, view, ends, ipv4.PROTOCOL_UDP, ip);
}

/** An ICMP error with the quoted packet behind it, or an echo with `rest` as identifier and sequence number. */
export function buildIcmp(
  ends: Pick<Endpoints, 'source' | 'destination'>,
  message: { readonly type: number; readonly code: number; readonly rest: number; readonly quoted: Uint8Array },
  ip: IpFields,
): Uint8Array {
  const { bytes, view, at } = frame(icmp.HEADER + message.quoted.length);
  bytes.set(message.quoted, at + icmp.HEADER);
  icmp.encode(view, at, bytes.length, message.type, message.code, message.rest);
  return finish(bytes, view, ends, ipv4.PROTOCOL_ICMP, ip);
}

/** What a router quotes of a packet that the host under test sent: IP header and the first eight bytes (RFC 792). */
export function quote(ends: Endpoints, protocol: number, length: number, seqOrLength: number): Uint8Array {
  const bytes = new Uint8Array(ipv4.HEADER + 8);
  const view = new DataView(bytes.buffer);
  ipv4.encode(view, 0, { ...fieldsOf(ends, protocol, PLAIN_IP), dontFragment: true, ttl: 64 }, length);
  view.setUint16(ipv4.HEADER, ends.sourcePort);
  view.setUint16(ipv4.HEADER + 2, ends.destinationPort);
  if (protocol === ipv4.PROTOCOL_TCP) view.setUint32(ipv4.HEADER + 4, seqOrLength >>> 0);
  else view.setUint16(ipv4.HEADER + 4, seqOrLength);
  return bytes;
}

function frame(length: number): { bytes: Uint8Array; view: DataView; at: number } {
  const bytes = new Uint8Array(ipv4.HEADER + length);
  return { bytes, view: new DataView(bytes.buffer), at: ipv4.HEADER };
}

const fieldsOf = (
  { source, destination }: Pick<Endpoints, 'source' | 'destination'>,
  protocol: number,
  ip: IpFields,
): Ipv4Fields => ({
  source,
  destination,
  protocol,
  ttl: ip.ttl,
  trafficClass: ip.tos,
  identification: 0,
  dontFragment: false,
});

function finish(
  bytes: Uint8Array,
  view: DataView,
  ends: Pick<Endpoints, 'source' | 'destination'>,
  protocol: number,
  ip: IpFields,
): Uint8Array {
  ipv4.encode(view, 0, fieldsOf(ends, protocol, ip), bytes.length);
  return bytes;
}
