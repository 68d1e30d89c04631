/** A TCP header for people, RFC 9293 §3.1, with every option named. */
import * as tcp from '../../stack/wire/tcp.ts';
import { hex } from '../file/capture-data.ts';
import type { Ports, Span, Tcp, TcpOption } from './dissected.ts';
import { portsOf } from './ports.ts';
import type { TransportRange } from './range.ts';
import { checksumState, isPartial } from './range.ts';

/** Of the IANA registry, those that one meets. */
const OPTION_NAMES: Record<number, string> = {
  14: 'alternate checksum request',
  19: 'MD5 signature',
  28: 'user timeout',
  29: 'TCP-AO',
  30: 'MPTCP',
  34: 'fast open',
  69: 'encryption negotiation',
  253: 'experiment 1',
  254: 'experiment 2',
};

export function dissectTcp(
  view: DataView,
  range: TransportRange,
  faults: string[],
): { transport: Tcp | Ports | undefined; payload: Span; payloadLength: number } {
  const { at, end } = range;
  const size = end - at;
  if (size < tcp.HEADER) {
    if (!isPartial(range)) faults.push(`TCP header too short: ${size} of 20 bytes`);
    return { transport: portsOf(view, at, end, 'TCP'), payload: { at: end, length: 0 }, payloadLength: 0 };
  }
  const headerLength = tcp.headerLength(view, at);
  if (headerLength < tcp.HEADER) faults.push(`TCP data offset ${headerLength / 4} is below 5`);
  if (headerLength > size && !isPartial(range)) faults.push(`TCP header too short: ${size} of ${headerLength} bytes`);
  const payloadAt = Math.min(at + Math.max(headerLength, tcp.HEADER), end);
  const checksum = checksumState(view, range);
  if (checksum === 'bad') faults.push(`TCP checksum ${hex(view.getUint16(at + tcp.CHECKSUM_OFFSET), 4)} is wrong`);
  const transport: Tcp = {
    kind: 'tcp',
    at,
    sourcePort: tcp.sourcePort(view, at),
    destinationPort: tcp.destinationPort(view, at),
    seq: tcp.sequence(view, at) >>> 0,
    ack: tcp.acknowledgment(view, at) >>> 0,
    flags: tcp.flags(view, at),
    window: tcp.window(view, at),
    urgent: tcp.urgent(view, at),
    headerLength,
    options: dissectOptions(view, at + tcp.HEADER, payloadAt, headerLength > size ? [] : faults),
    checksum,
  };
  const payloadLength = Math.max(range.wireEnd - at - Math.max(headerLength, tcp.HEADER), end - payloadAt);
  return { transport, payload: { at: payloadAt, length: end - payloadAt }, payloadLength };
}

function dissectOptions(view: DataView, from: number, end: number, faults: string[]): TcpOption[] {
  const options: TcpOption[] = [];
  let at = from;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) {
      options.push({ kind: 'end', at, length: 1 });
      break;
    }
    if (kind === 1) {
      options.push({ kind: 'no operation', at, length: 1 });
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > end) {
      faults.push(`TCP option ${kind} has length ${length}, with ${end - at} bytes left`);
      break;
    }
    options.push(dissectOption(view, at, kind, length));
    at += length;
  }
  return options;
}

function dissectOption(view: DataView, at: number, kind: number, length: number): TcpOption {
  const span = { at, length };
  if (kind === 2 && length === 4) return { ...span, kind: 'mss', value: view.getUint16(at + 2) };
  if (kind === 3 && length === 3) return { ...span, kind: 'window scale', shift: view.getUint8(at + 2) };
  if (kind === 4 && length === 2) return { ...span, kind: 'SACK permitted' };
  if (kind === 5 && length > 2 && length % 8 === 2)
    return { ...span, kind: 'SACK', blocks: sackBlocks(view, at + 2, at + length) };
  if (kind === 8 && length === 10)
    return { ...span, kind: 'timestamps', value: view.getUint32(at + 2), echo: view.getUint32(at + 6) };
  return { ...span, kind: 'other', number: kind, name: OPTION_NAMES[kind] ?? `option ${kind}` };
}

function sackBlocks(view: DataView, from: number, end: number): { left: number; right: number }[] {
  const blocks: { left: number; right: number }[] = [];
  for (let at = from; at < end; at += 8) blocks.push({ left: view.getUint32(at), right: view.getUint32(at + 4) });
  return blocks;
}
