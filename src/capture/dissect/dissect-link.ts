/** What stands in front of the packet: Ethernet, a Linux "cooked" header, an address family, or nothing. */
import * as wire from '../../stack/wire/ethernet.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { dissectEthernet } from './dissect-ethernet.ts';
import type { Cooked, Loopback } from './dissected.ts';
import { etherTypeName, IPV6_FAMILIES } from './names.ts';
import type { LinkContent } from './range.ts';

/** As in the registry of LINKTYPE values. */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_LOOP = 108;
export const LINK_COOKED = 113;
export const LINK_COOKED_2 = 276;
/** Raw IP; 12 and 14 are what some systems wrote before 101 was agreed upon. */
const RAW: readonly number[] = [101, 12, 14, 228, 229];

const COOKED_HEADER = 16;
const COOKED_2_HEADER = 20;
const FAMILY_IPV4 = 2;

/** True for the link types whose frames can be taken apart. */
export const isKnownLinkType = (linkType: number): boolean =>
  [LINK_NULL, LINK_ETHERNET, LINK_LOOP, LINK_COOKED, LINK_COOKED_2, ...RAW].includes(linkType);

/** @param isCut when the capture kept only the beginning: then nobody is to blame for a header that is not whole */
export function dissectLink(view: DataView, linkType: number, isCut: boolean, faults: string[]): LinkContent {
  const found: string[] = [];
  const content = dissectByType(view, linkType, found);
  if (!isCut) faults.push(...found);
  return content;
}

function dissectByType(view: DataView, linkType: number, faults: string[]): LinkContent {
  const end = view.byteLength;
  switch (linkType) {
    case LINK_ETHERNET:
      return dissectEthernet(view, faults);
    case LINK_NULL:
    case LINK_LOOP:
      return dissectLoopback(view, linkType === LINK_LOOP, faults);
    case LINK_COOKED:
      return dissectCooked(view, faults);
    case LINK_COOKED_2:
      return dissectCooked2(view, faults);
    default:
      if (RAW.includes(linkType)) return { link: undefined, etherType: typeByVersion(view, faults), at: 0, end };
      faults.push(`link type ${linkType} is none that is taken apart`);
      return { link: undefined, etherType: undefined, at: 0, end };
  }
}

function typeByVersion(view: DataView, faults: string[]): number | undefined {
  const version = view.byteLength > 0 ? view.getUint8(0) >>> 4 : 0;
  if (version === 4) return wire.TYPE_IPV4;
  if (version === 6) return wire.TYPE_IPV6;
  faults.push(view.byteLength === 0 ? 'no bytes' : `raw IP, but version ${version}`);
  return undefined;
}

const tooShort = (name: string, view: DataView, wanted: number): string =>
  `${name} header too short: ${view.byteLength} of ${wanted} bytes`;

function dissectLoopback(view: DataView, isNetworkOrder: boolean, faults: string[]): LinkContent {
  const end = view.byteLength;
  if (end < 4) {
    faults.push(tooShort('loopback', view, 4));
    return { link: undefined, etherType: undefined, at: 0, end };
  }
  // LINKTYPE_NULL is in the order of the machine that recorded: families are small numbers
  const littleEndian = !isNetworkOrder && view.getUint32(0) > 0xffff;
  const family = view.getUint32(0, littleEndian);
  const etherType = family === FAMILY_IPV4 ? wire.TYPE_IPV4 : IPV6_FAMILIES.includes(family) ? wire.TYPE_IPV6 : undefined;
  const link: Loopback = { kind: 'loopback', family, littleEndian };
  return { link, etherType, at: 4, end };
}

function dissectCooked(view: DataView, faults: string[]): LinkContent {
  const end = view.byteLength;
  if (end < COOKED_HEADER) {
    faults.push(tooShort('Linux cooked', view, COOKED_HEADER));
    return { link: undefined, etherType: undefined, at: 0, end };
  }
  const etherType = view.getUint16(14);
  const addressLength = view.getUint16(4);
  const link: Cooked = {
    kind: 'cooked',
    version: 1,
    packetType: view.getUint16(0),
    addressType: view.getUint16(2),
    addressLength,
    source: addressLength === mac.LENGTH ? mac.format(mac.read(view, 6)) : '',
    etherType,
    typeName: etherTypeName(etherType),
    interfaceIndex: 0,
  };
  return { link, etherType, at: COOKED_HEADER, end };
}

function dissectCooked2(view: DataView, faults: string[]): LinkContent {
  const end = view.byteLength;
  if (end < COOKED_2_HEADER) {
    faults.push(tooShort('Linux cooked', view, COOKED_2_HEADER));
    return { link: undefined, etherType: undefined, at: 0, end };
  }
  const etherType = view.getUint16(0);
  const addressLength = view.getUint8(11);
  const link: Cooked = {
    kind: 'cooked',
    version: 2,
    packetType: view.getUint8(10),
    addressType: view.getUint16(8),
    addressLength,
    source: addressLength === mac.LENGTH ? mac.format(mac.read(view, 12)) : '',
    etherType,
    typeName: etherTypeName(etherType),
    interfaceIndex: view.getUint32(4),
  };
  return { link, etherType, at: COOKED_2_HEADER, end };
}
