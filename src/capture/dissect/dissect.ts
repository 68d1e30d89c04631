/** A frame taken apart for people. Never throws: what is malformed is said in `faults`. Not for the data path. */
import * as arp from '../../stack/wire/arp.ts';
import * as wire from '../../stack/wire/ethernet.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { dissectIpv4, dissectIpv6 } from './dissect-ip.ts';
import type { Arp, Dissected, Ethernet, Llc, Vlan } from './dissected.ts';
import { etherTypeName, sapName } from './names.ts';

const VLAN_TAG = 4;
const TYPE_SERVICE_VLAN = 0x88a8; // IEEE 802.1ad
const LLC_HEADER = 3;

/** @param frame from the Ethernet destination on */
export function dissect(frame: Uint8Array): Dissected {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const faults: string[] = [];
  const length = frame.length;
  if (!wire.isValid(0, length)) {
    faults.push(`Ethernet header too short: ${length} of 14 bytes`);
    return { length, ethernet: undefined, network: undefined, transport: undefined, payload: { at: 0, length }, faults };
  }
  const { ethernet, at, end } = dissectEthernet(view, length, faults);
  return { length, ethernet, ...dissectNetwork(view, ethernet, at, end, faults), faults };
}

/** @returns the header and where what it carries begins and ends */
function dissectEthernet(view: DataView, length: number, faults: string[]): { ethernet: Ethernet; at: number; end: number } {
  const vlans: Vlan[] = [];
  let typeAt = 12;
  let etherType = view.getUint16(typeAt);
  while (etherType === wire.TYPE_VLAN || etherType === TYPE_SERVICE_VLAN) {
    if (typeAt + VLAN_TAG + 2 > length) {
      faults.push(`802.1Q tag too short: ${length - typeAt - 2} of 4 bytes`);
      break;
    }
    const tag = view.getUint16(typeAt + 2);
    vlans.push({ id: tag & 0xfff, priority: tag >>> 13 });
    typeAt += VLAN_TAG;
    etherType = view.getUint16(typeAt);
  }
  const at = typeAt + 2;
  const is8023 = etherType < wire.TYPE_MIN;
  if (is8023 && etherType > length - at) faults.push(`802.3 length ${etherType}, but only ${length - at} bytes are there`);
  const end = is8023 ? Math.min(at + etherType, length) : length;
  const llc = is8023 ? dissectLlc(view, at, end, faults) : undefined;
  const [destination, source] = [mac.format(wire.destination(view, 0)), mac.format(wire.source(view, 0))];
  const typeName = is8023 ? '802.3' : etherTypeName(etherType);
  return {
    ethernet: { destination, source, etherType, typeName, vlans, llc },
    at: llc === undefined ? at : at + LLC_HEADER,
    end,
  };
}

function dissectLlc(view: DataView, at: number, end: number, faults: string[]): Llc | undefined {
  if (end - at < LLC_HEADER) {
    faults.push(`802.2 header too short: ${end - at} of 3 bytes`);
    return undefined;
  }
  const destinationSap = view.getUint8(at);
  return { destinationSap, sourceSap: view.getUint8(at + 1), control: view.getUint8(at + 2), name: sapName(destinationSap) };
}

type Carried = Pick<Dissected, 'network' | 'transport' | 'payload'>;

function dissectNetwork(view: DataView, ethernet: Ethernet, at: number, end: number, faults: string[]): Carried {
  const opaque: Carried = { network: undefined, transport: undefined, payload: { at, length: end - at } };
  switch (ethernet.etherType) {
    case wire.TYPE_ARP:
      return { ...opaque, ...dissectArp(view, at, end, faults) };
    case wire.TYPE_IPV4:
      return dissectIpv4(view, { at, end, quoted: false }, faults) ?? opaque;
    case wire.TYPE_IPV6:
      return dissectIpv6(view, { at, end, quoted: false }, faults) ?? opaque;
    default:
      return opaque;
  }
}

function dissectArp(view: DataView, at: number, end: number, faults: string[]): Partial<Carried> {
  if (end - at < arp.LENGTH) {
    faults.push(`ARP too short: ${end - at} of 28 bytes`);
    return {};
  }
  if (!arp.isValid(view, at, end)) {
    faults.push('ARP for something else than IPv4 over Ethernet');
    return {};
  }
  const network: Arp = {
    kind: 'arp',
    operation: arp.operation(view, at),
    senderMac: mac.format(arp.senderMac(view, at)),
    senderIp: formatV4(arp.senderIp(view, at)),
    targetMac: mac.format(arp.targetMac(view, at)),
    targetIp: formatV4(arp.targetIp(view, at)),
  };
  return { network, payload: { at: at + arp.LENGTH, length: 0 } };
}
