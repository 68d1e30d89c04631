/** The checks on an IPv4 packet that arrives, in the order of RFC 1122 §3.2.1 and RFC 1812 §5.2.2. */
import * as ip from '../wire/ip-address.ts';
import * as ipv4 from '../wire/ipv4.ts';
import * as options from '../wire/ipv4-options.ts';
import * as udp from '../wire/udp.ts';
import type { AddressTable, DestinationKind } from './address-table.ts';
import { SOURCE_DROPS } from './address-table.ts';
import type { InterfaceId } from './route-table.ts';

/** What is wrong with a header by itself. */
export const HEADER_DROPS = [
  'IP header too short',
  'IP version is not 4',
  'IP header length wrong',
  'IP total length wrong',
  'IP header checksum wrong',
  'IP option malformed',
  'IP source route refused',
] as const;
export type HeaderDrop = (typeof HEADER_DROPS)[number];

/** What is wrong with whom a packet comes from or goes to. */
export const ADDRESS_DROPS = [
  ...SOURCE_DROPS,
  'source is no address yet',
  'destination is a loopback address from outside',
] as const;
export type AddressDrop = (typeof ADDRESS_DROPS)[number];

/** Everything for which an arriving packet is dropped before its protocol is looked at; the last is a host's word for 'other'. */
export const INPUT_DROPS = [...HEADER_DROPS, ...ADDRESS_DROPS, 'not for us'] as const;
export type InputDrop = (typeof INPUT_DROPS)[number];

/**
 * Checks the header in `[at, end)`. Of the reasons only 'IP option malformed' is worth an ICMP parameter problem; its
 * pointer is `ipv4-options.findFault`.
 *
 * @param allowSourceRoute RFC 7126 §4.3 and §4.4: refused by default
 */
export function checkHeader(view: DataView, at: number, end: number, allowSourceRoute = false): 'ok' | HeaderDrop {
  if (end - at < ipv4.HEADER) return 'IP header too short';
  if (ipv4.version(view, at) !== 4) return 'IP version is not 4';
  const headerLength = ipv4.headerLength(view, at);
  if (headerLength < ipv4.HEADER || at + headerLength > end) return 'IP header length wrong';
  const totalLength = ipv4.totalLength(view, at);
  if (totalLength < headerLength || at + totalLength > end) return 'IP total length wrong';
  if (!ipv4.isChecksumValid(view, at)) return 'IP header checksum wrong';
  if (headerLength === ipv4.HEADER) return 'ok';
  if (options.findFault(view, at) >= 0) return 'IP option malformed';
  return !allowSourceRoute && options.hasSourceRoute(view, at) ? 'IP source route refused' : 'ok';
}

/** Where a checked packet goes. 'other' is a router's work; a host counts it as 'not for us'. */
export type Arrival = Exclude<DestinationKind, 'loopback'> | AddressDrop;

/**
 * Checks the addresses of a packet that came in from outside, whose header is ok.
 * A packet that a host sends to itself has no reason to pass here.
 */
export function checkAddresses(view: DataView, at: number, addresses: AddressTable, interfaceId: InterfaceId): Arrival {
  const source = ipv4.source(view, at);
  const fault = addresses.checkSource(source, interfaceId);
  if (fault !== 'ok') return fault;
  const kind = addresses.classify(ipv4.destination(view, at), interfaceId);
  // RFC 1122 §3.2.1.3 (a): a host that does not know its address yet, as DHCP's clients (RFC 2131 §4.1), speaks to everybody
  if (source === 0 && !isBootstrap(view, at)) return 'source is no address yet';
  // RFC 1122 §3.2.1.3 (g): even when 127.0.0.1 is configured, and so 'ours', it is not so for others
  if (kind === 'loopback' || ip.isLoopbackV4(ipv4.destination(view, at))) return 'destination is a loopback address from outside';
  if (kind === 'other' && isToNewcomer(view, at) && !addresses.hasAny(interfaceId)) return 'ours';
  return kind;
}

/** The port of DHCP's clients. */
const CLIENT_PORT = 68;

/**
 * RFC 2131 §4.1: a server sends to the address that it gives, and a client has that address only afterwards: until then "any IP
 * packets delivered to the client's hardware address" are its own, of which it hears what is for DHCP.
 */
function isToNewcomer(view: DataView, at: number): boolean {
  if (ipv4.protocol(view, at) !== ipv4.PROTOCOL_UDP || ipv4.isFragment(view, at)) return false;
  const header = ipv4.headerLength(view, at);
  return ipv4.totalLength(view, at) >= header + udp.HEADER && udp.destinationPort(view, at + header) === CLIENT_PORT;
}

const isBootstrap = (view: DataView, at: number): boolean =>
  ipv4.destination(view, at) === ip.LIMITED_BROADCAST && ipv4.protocol(view, at) === ipv4.PROTOCOL_UDP;
