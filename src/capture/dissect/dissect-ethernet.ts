/** Ethernet II, IEEE 802.3 with 802.2, and the tags of 802.1Q and 802.1ad. */
import * as wire from '../../stack/wire/ethernet.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { dissectStp } from './dissect-stp.ts';
import type { Llc, Vlan } from './dissected.ts';
import { etherTypeName, sapName } from './names.ts';
import type { LinkContent } from './range.ts';

const VLAN_TAG = 4;
const TYPE_SERVICE_VLAN = 0x88a8; // IEEE 802.1ad
const LLC_HEADER = 3;
const UNNUMBERED = 3;
/** Subnetwork access protocol, IEEE 802: an organization and a type of its own; organization 0 means Ethernet's types. */
const SAP_SNAP = 0xaa;
const SNAP_HEADER = 5;
const SAP_STP = 0x42;

export function dissectEthernet(view: DataView, faults: string[]): LinkContent {
  const length = view.byteLength;
  if (!wire.isValid(0, length)) {
    faults.push(`Ethernet header too short: ${length} of 14 bytes`);
    return { link: undefined, etherType: undefined, at: 0, end: length };
  }
  const { vlans, typeAt } = dissectTags(view, faults);
  const etherType = view.getUint16(typeAt);
  const at = typeAt + 2;
  const is8023 = etherType < wire.TYPE_MIN;
  if (is8023 && etherType > length - at) faults.push(`802.3 length ${etherType}, but only ${length - at} bytes are there`);
  const end = is8023 ? Math.min(at + etherType, length) : length;
  const llc = is8023 ? dissectLlc(view, at, end, faults) : undefined;
  const [destination, source] = [mac.format(wire.destination(view, 0)), mac.format(wire.source(view, 0))];
  const typeName = is8023 ? '802.3' : etherTypeName(etherType);
  return {
    link: { kind: 'ethernet', destination, source, etherType, typeName, vlans, llc },
    etherType: llc?.snap?.oui === 0 ? llc.snap.etherType : etherType,
    at: llc === undefined ? at : Math.min(at + llc.length + (llc.stp?.length ?? 0), end),
    end,
  };
}

function dissectTags(view: DataView, faults: string[]): { vlans: Vlan[]; typeAt: number } {
  const vlans: Vlan[] = [];
  let typeAt = 12;
  for (;;) {
    const etherType = view.getUint16(typeAt);
    if (etherType !== wire.TYPE_VLAN && etherType !== TYPE_SERVICE_VLAN) return { vlans, typeAt };
    if (typeAt + VLAN_TAG + 2 > view.byteLength) {
      faults.push(`802.1Q tag too short: ${view.byteLength - typeAt - 2} of 4 bytes`);
      return { vlans, typeAt };
    }
    const tag = view.getUint16(typeAt + 2);
    vlans.push({ at: typeAt, id: tag & 0xfff, priority: tag >>> 13 });
    typeAt += VLAN_TAG;
  }
}

/** IEEE 802.2 §3.2: the control field is one byte in unnumbered frames and two in the others. */
function dissectLlc(view: DataView, at: number, end: number, faults: string[]): Llc | undefined {
  if (end - at < LLC_HEADER) {
    faults.push(`802.2 header too short: ${end - at} of 3 bytes`);
    return undefined;
  }
  const destinationSap = view.getUint8(at);
  const control = view.getUint8(at + 2);
  const length = (control & UNNUMBERED) === UNNUMBERED ? LLC_HEADER : LLC_HEADER + 1;
  const fixed = { at, destinationSap, sourceSap: view.getUint8(at + 1), control, name: sapName(destinationSap) };
  const isUnnumbered = length === LLC_HEADER;
  if (destinationSap === SAP_STP && isUnnumbered)
    return { ...fixed, length, snap: undefined, stp: dissectStp(view, at + length, end) };
  if (destinationSap !== SAP_SNAP || !isUnnumbered || end - at < length + SNAP_HEADER)
    return { ...fixed, length, snap: undefined, stp: undefined };
  const snap = { oui: view.getUint32(at + 2) & 0xff_ffff, etherType: view.getUint16(at + 6) };
  return { ...fixed, length: length + SNAP_HEADER, snap, stp: undefined };
}
