/** A port outside that leads to a host inside. */
import { formatV4, parseV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';

export interface Forward {
  readonly protocol: number;
  /** The address outside; undefined: each of the NAT's. */
  readonly address: number | undefined;
  /** A range, inclusive. */
  readonly first: number;
  readonly last: number;
  /** The host inside, and the port there of the first of the range. */
  readonly to: number;
  readonly toPort: number;
}

const FORM = /^(tcp|udp)\s+(?:port\s+)?(?:([\d.]+):)?(\d+)(?:-(\d+))?\s+to\s+([\d.]+)(?::(\d+))?$/i;
const EXAMPLE = 'write it as "tcp 80 to 192.168.1.10:8080"';

/**
 * Reads "tcp 80 to 192.168.1.10:8080", "udp 203.0.113.1:5000-5009 to 192.168.1.10".
 * @throws RangeError in words for the person who wrote it
 */
export function parseForward(text: string): Forward {
  const [, name, out, low, high = low, within, port] = FORM.exec(text.trim()) ?? [];
  if (name === undefined || low === undefined || high === undefined || within === undefined)
    throw new RangeError(`"${text}" forwards no port: ${EXAMPLE}`);
  const [first, last] = [portOf(low, text), portOf(high, text)];
  if (last < first) throw new RangeError(`"${text}": the range ${first}-${last} ends before it begins`);
  const toPort = port === undefined ? first : portOf(port, text);
  if (toPort + last - first > 65_535) throw new RangeError(`"${text}": the ports behind it end above 65535`);
  const protocol = name.toLowerCase() === 'tcp' ? ipv4.PROTOCOL_TCP : ipv4.PROTOCOL_UDP;
  const address = out === undefined ? undefined : addressOf(out, text);
  return { protocol, address, first, last, to: addressOf(within, text), toPort };
}

/** "tcp 80 to 192.168.1.10:8080" */
export function formatForward({ protocol, address, first, last, to, toPort }: Forward): string {
  const name = protocol === ipv4.PROTOCOL_TCP ? 'tcp' : 'udp';
  const range = first === last ? String(first) : `${first}-${last}`;
  const out = address === undefined ? range : `${formatV4(address)}:${range}`;
  return `${name} ${out} to ${formatV4(to)}:${toPort}`;
}

/** The port inside for one outside; undefined when it is not forwarded. */
export function forwardedTo(forward: Forward, protocol: number, address: number, port: number): number | undefined {
  if (forward.protocol !== protocol || port < forward.first || port > forward.last) return undefined;
  return forward.address === undefined || forward.address === address ? forward.toPort + port - forward.first : undefined;
}

/** The port outside for one inside; undefined when none leads there. */
export function forwardedFrom(forward: Forward, protocol: number, address: number, port: number): number | undefined {
  const place = port - forward.toPort;
  const isIn = forward.protocol === protocol && forward.to === address && place >= 0 && place <= forward.last - forward.first;
  return isIn ? forward.first + place : undefined;
}

function portOf(digits: string, text: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new RangeError(`"${text}": ${digits} is no port: they go from 1 to 65535`);
  return port;
}

function addressOf(dotted: string, text: string): number {
  const word = parseV4(dotted);
  if (word === undefined) throw new RangeError(`"${text}": "${dotted}" is not an IPv4 address: ${EXAMPLE}`);
  return word;
}
