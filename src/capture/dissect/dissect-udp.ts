/** The header of UDP, RFC 768. */
import * as udp from '../../stack/wire/udp.ts';
import { hex } from '../file/capture-data.ts';
import type { ChecksumState, Ports, Span, Udp } from './dissected.ts';
import { portsOf } from './ports.ts';
import type { TransportRange } from './range.ts';
import { checksumState, isPartial } from './range.ts';

export function dissectUdp(
  view: DataView,
  range: TransportRange,
  faults: string[],
): { transport: Udp | Ports | undefined; payload: Span; payloadLength: number } {
  const { at, end, wireEnd } = range;
  const size = end - at;
  if (size < udp.HEADER) {
    if (!isPartial(range)) faults.push(`UDP header too short: ${size} of 8 bytes`);
    return { transport: portsOf(view, at, end, 'UDP'), payload: { at: end, length: 0 }, payloadLength: 0 };
  }
  const length = udp.length(view, at);
  const fits = length >= udp.HEADER && length <= size;
  const isPlausible = length >= udp.HEADER && (range.partial || length <= wireEnd - at);
  if (!isPlausible) faults.push(`UDP length ${length}, but ${size} bytes are there`);
  const state = fits ? udpChecksum(view, { ...range, end: at + length }, size - length) : 'unchecked';
  if (state === 'illegal') faults.push('UDP without a checksum, which IPv6 does not allow');
  if (state === 'bad') faults.push(`UDP checksum ${hex(udp.checksumField(view, at), 4)} is wrong`);
  const [sourcePort, destinationPort] = [udp.sourcePort(view, at), udp.destinationPort(view, at)];
  const transport: Udp = { kind: 'udp', at, sourcePort, destinationPort, length, checksum: state };
  const payloadAt = at + udp.HEADER;
  const payloadLength = isPlausible ? length - udp.HEADER : end - payloadAt;
  return { transport, payload: { at: payloadAt, length: (fits ? at + length : end) - payloadAt }, payloadLength };
}

/** @param excess how much longer the IP payload is than UDP says: the pseudo-header takes UDP's own length (RFC 768) */
function udpChecksum(view: DataView, range: TransportRange, excess: number): ChecksumState {
  if (udp.checksumField(view, range.at) === 0) return range.isV6 && !range.partial ? 'illegal' : 'absent';
  return checksumState(view, { ...range, pseudoSum: range.pseudoSum === undefined ? undefined : range.pseudoSum - excess });
}
