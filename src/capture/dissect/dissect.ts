/** A frame taken apart for people. Never throws: what is malformed is said in `faults`. Not for the data path. */
import * as arp from '../../stack/wire/arp.ts';
import * as wire from '../../stack/wire/ethernet.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { dissectIpv4, dissectIpv6 } from './dissect-ip.ts';
import { dissectLink } from './dissect-link.ts';
import type { Arp, Dissected, IpPacket } from './dissected.ts';
import type { LinkContent, Range } from './range.ts';
import { isPartial } from './range.ts';

export interface DissectOptions {
  /** Of the interface that recorded it, as in the registry of LINKTYPE values. @default 1, Ethernet */
  readonly linkType?: number | undefined;
  /** On the wire, when the capture kept only the beginning. @default frame.length */
  readonly originalLength?: number | undefined;
}

/** @param frame from the first byte of the link header on, for Ethernet the destination */
export function dissect(frame: Uint8Array, { linkType = 1, originalLength = frame.length }: DissectOptions = {}): Dissected {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const faults: string[] = [];
  const cut = Math.max(originalLength - frame.length, 0);
  const content = dissectLink(view, linkType, cut > 0, faults);
  const carried = dissectNetwork(view, content, cut, faults);
  const trailerAt = Math.min(carried.end, content.end);
  return {
    length: frame.length,
    originalLength: frame.length + cut,
    link: content.link,
    ethernet: content.link?.kind === 'ethernet' ? content.link : undefined,
    network: carried.network,
    transport: carried.transport,
    application: carried.application,
    payload: carried.payload,
    payloadLength: carried.payloadLength,
    trailer: { at: trailerAt, length: frame.length - trailerAt },
    faults,
  };
}

type Carried = Pick<Dissected, 'network' | 'transport' | 'application' | 'payload' | 'payloadLength'> & { readonly end: number };

function dissectNetwork(view: DataView, { link, etherType, at, end }: LinkContent, cut: number, faults: string[]): Carried {
  const is8023 = link?.kind === 'ethernet' && link.etherType < wire.TYPE_MIN;
  const wireEnd = is8023 ? Math.max(end, Math.min(link.etherType + 14 + 4 * link.vlans.length, end + cut)) : end + cut;
  const range = { at, end, wireEnd, partial: false };
  switch (etherType) {
    case wire.TYPE_ARP:
      return dissectArp(view, range, faults) ?? opaque(range);
    case wire.TYPE_IPV4:
      return withEnd(dissectIpv4(view, range, faults), range);
    case wire.TYPE_IPV6:
      return withEnd(dissectIpv6(view, range, faults), range);
    default:
      return opaque(range);
  }
}

const opaque = ({ at, end, wireEnd }: Range): Carried => ({
  network: undefined,
  transport: undefined,
  application: undefined,
  payload: { at, length: end - at },
  payloadLength: wireEnd - at,
  end,
});

const withEnd = (found: { packet: IpPacket; end: number } | undefined, range: Range): Carried =>
  found === undefined ? opaque(range) : { ...found.packet, end: found.end };

function dissectArp(view: DataView, range: Range, faults: string[]): Carried | undefined {
  const { at, end } = range;
  if (end - at < arp.LENGTH) {
    if (!isPartial(range)) faults.push(`ARP too short: ${end - at} of 28 bytes`);
    return undefined;
  }
  if (!arp.isValid(view, at, end)) {
    faults.push('ARP for something else than IPv4 over Ethernet');
    return undefined;
  }
  const network: Arp = {
    kind: 'arp',
    at,
    operation: arp.operation(view, at),
    senderMac: mac.format(arp.senderMac(view, at)),
    senderIp: formatV4(arp.senderIp(view, at)),
    targetMac: mac.format(arp.targetMac(view, at)),
    targetIp: formatV4(arp.targetIp(view, at)),
  };
  const bodyEnd = at + arp.LENGTH;
  return { ...opaque(range), network, payload: { at: bodyEnd, length: 0 }, payloadLength: 0, end: bodyEnd };
}
