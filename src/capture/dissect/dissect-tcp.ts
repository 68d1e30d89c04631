/** A TCP header for people, RFC 9293 §3.1, with every option named. */
import { isZero } from '../../stack/bytes/checksum.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import { hex } from '../file/capture-data.ts';
import type { ChecksumState, Ports, Span, Tcp, TcpOption } from './dissected.ts';

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

export interface TransportRange {
  readonly at: number;
  readonly end: number;
  /** Sum of the pseudo-header, or undefined when not all bytes are there that the checksum covers. */
  readonly pseudoSum: number | undefined;
  /** Inside an ICMP error, where only the first bytes need be there. */
  readonly quoted: boolean;
}

export function dissectTcp(
  view: DataView,
  range: TransportRange,
  faults: string[],
): { transport: Tcp | Ports | undefined; payload: Span } {
  const { at, end, quoted } = range;
  const size = end - at;
  if (size < tcp.HEADER) {
    if (!quoted) faults.push(`TCP header too short: ${size} of 20 bytes`);
    return { transport: portsOf(view, at, end, 'TCP'), payload: { at: end, length: 0 } };
  }
  const headerLength = tcp.headerLength(view, at);
  if (headerLength < tcp.HEADER) faults.push(`TCP data offset ${headerLength / 4} is below 5`);
  if (headerLength > size && !quoted) faults.push(`TCP header too short: ${size} of ${headerLength} bytes`);
  const payloadAt = Math.min(at + Math.max(headerLength, tcp.HEADER), end);
  const checksum = checksumState(view, range);
  if (checksum === 'bad') faults.push(`TCP checksum ${hex(view.getUint16(at + tcp.CHECKSUM_OFFSET), 4)} is wrong`);
  const transport: Tcp = {
    kind: 'tcp',
    sourcePort: tcp.sourcePort(view, at),
    destinationPort: tcp.destinationPort(view, at),
    seq: tcp.sequence(view, at) >>> 0,
    ack: tcp.acknowledgment(view, at) >>> 0,
    flags: tcp.flags(view, at),
    window: tcp.window(view, at),
    urgent: tcp.urgent(view, at),
    headerLength,
    options: dissectOptions(view, at + tcp.HEADER, payloadAt, faults),
    checksum,
  };
  return { transport, payload: { at: payloadAt, length: end - payloadAt } };
}

export const checksumState = (view: DataView, { at, end, pseudoSum }: TransportRange): ChecksumState =>
  pseudoSum === undefined ? 'unchecked' : isZero(view, at, end, pseudoSum) ? 'good' : 'bad';

export function portsOf(view: DataView, at: number, end: number, protocol: 'TCP' | 'UDP'): Ports | undefined {
  if (end - at < 4) return undefined;
  return { kind: 'ports', protocol, sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
}

function dissectOptions(view: DataView, from: number, end: number, faults: string[]): TcpOption[] {
  const options: TcpOption[] = [];
  let at = from;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) {
      options.push({ kind: 'end' });
      break;
    }
    if (kind === 1) {
      options.push({ kind: 'no operation' });
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
  if (kind === 2 && length === 4) return { kind: 'mss', value: view.getUint16(at + 2) };
  if (kind === 3 && length === 3) return { kind: 'window scale', shift: view.getUint8(at + 2) };
  if (kind === 4 && length === 2) return { kind: 'SACK permitted' };
  if (kind === 5 && length > 2 && length % 8 === 2) return { kind: 'SACK', blocks: sackBlocks(view, at + 2, at + length) };
  if (kind === 8 && length === 10) return { kind: 'timestamps', value: view.getUint32(at + 2), echo: view.getUint32(at + 6) };
  return { kind: 'other', number: kind, name: OPTION_NAMES[kind] ?? `option ${kind}`, length };
}

function sackBlocks(view: DataView, from: number, end: number): { left: number; right: number }[] {
  const blocks: { left: number; right: number }[] = [];
  for (let at = from; at < end; at += 8) blocks.push({ left: view.getUint32(at), right: view.getUint32(at + 4) });
  return blocks;
}
