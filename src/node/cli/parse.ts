/** Words of the command line turned into values; what cannot be one is refused in a line that says what would be right. */
import { InvalidArgumentError } from 'commander';
import { parseFault } from '../../lab/by-meaning/sentence.ts';
import type { FaultRule } from '../../lab/by-meaning/verbs.ts';
import { FaultSentenceError } from '../../lab/by-meaning/words.ts';
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';
import type { Micros } from '../../stack/time.ts';
import { MICROSECOND, MILLISECOND, SECOND } from '../../stack/time.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import { TAP_ENDS } from '../tap-ends.ts';

export function port(text: string): number {
  return integer(text, 1, 65_535, 'a port is a whole number from 1 to 65535');
}

export function mtu(text: string): number {
  return integer(text, 68, 65_521, 'an MTU is a whole number from 68 to 65521'); // the kernel's bounds for a TAP
}

export function count(text: string): number {
  return integer(text, 1, 1_000_000_000, 'a count is a whole number from 1 on');
}

export function ringSize(text: string): number {
  return integer(text, 1, 1_000_000, 'a ring has from 1 to 1000000 frames');
}

export function snapLength(text: string): number {
  const rule = 'a snap length is a whole number of bytes from 14 to 262144; 96 keeps all headers';
  return integer(text, 14, 262_144, rule); // no less than an Ethernet header, no more than what readers expect
}

export function size(text: string): number {
  return integer(text, 0, 65_507, 'a size is a whole number of bytes from 0 to 65507');
}

/** `8081,8082` */
export function ports(text: string): number[] {
  return text.split(',').map(port);
}

export function hops(text: string): number {
  return integer(text, 1, 255, 'hops are a whole number from 1 to 255');
}

export function queries(text: string): number {
  return integer(text, 1, 10, 'a hop is asked from 1 to 10 times');
}

export function seed(text: string): number {
  return integer(text, 0, 0xffff_ffff, 'a seed is a whole number from 0 to 4294967295');
}

function integer(text: string, minimum: number, maximum: number, rule: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) throw new InvalidArgumentError(rule);
  return value;
}

/** `5%` or `0.05`. */
export function probability(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a rate is written 5% or 0.05, at most 100%');
  return value;
}

const UNITS: Readonly<Record<string, Micros>> = { us: MICROSECOND, ms: MILLISECOND, s: SECOND };

/** `20ms`, `1.5s`, `300us`; a bare number is milliseconds. */
export function duration(text: string): Micros {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a time is written 20ms, 1.5s or 300us');
  return Math.round(Number(match[1]) * UNITS[match[2] ?? 'ms']!);
}

const LONG_UNITS: Readonly<Record<string, Micros>> = { s: SECOND, min: 60 * SECOND, h: 3_600 * SECOND, d: 86_400 * SECOND };

/** `90s`, `30min`, `1h`, `7d`. */
export function leaseTime(text: string): Micros {
  const match = /^(\d{1,9})(s|min|h|d)$/.exec(text);
  const time = match === null ? 0 : Number(match[1]) * LONG_UNITS[match[2]!]!;
  if (time === 0) throw new InvalidArgumentError('a lease time is written 90s, 30min, 1h or 7d');
  return time;
}

/** Joined by commas. */
export function addresses(text: string): string[] {
  return text.split(',').map((each) => address(each.trim()));
}

/** An address with its prefix length, as interfaces have it. */
export function interfaceAddress(text: string): string {
  try {
    parseInterfaceAddress(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function address(text: string): string {
  if (parseV4(text) === undefined) throw new InvalidArgumentError(`"${text}" is not an IPv4 address such as 10.0.0.1`);
  return text;
}

export function macAddress(text: string): MacAddress {
  const parsed = mac.parse(text);
  if (parsed === undefined || mac.isGroup(parsed)) {
    throw new InvalidArgumentError(`"${text}" is not the Ethernet address of one station, such as 02:00:00:00:00:02`);
  }
  return parsed;
}

/** A sentence such as `lose data 7 from stack`, behind those that were said before. */
export function fault(sentence: string, before: readonly FaultRule[] = []): readonly FaultRule[] {
  try {
    const rule = parseFault(sentence);
    rule.play(TAP_ENDS); // whether everybody it names is there
    return [...before, rule];
  } catch (error) {
    if (error instanceof FaultSentenceError) throw new InvalidArgumentError(error.problem);
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
