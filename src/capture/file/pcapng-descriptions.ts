/** The blocks of pcapng that describe: section, interface, names of hosts, statistics. */

import { decodeUtf8 } from '../../stack/bytes/utf8.ts';
import { formatAddress, formatMac, prefixLengthOf } from './address-text.ts';
import type { CapturedInterface } from './capture-data.ts';
import type { CaptureFacts } from './capture-facts.ts';
import * as ng from './pcapng-numbers.ts';
import type { Options } from './pcapng-options.ts';
import type { Block, PacketContext } from './pcapng-packets.ts';

/** @returns what is wrong, or nothing */
export function readSection({ view, at, end, little }: Block, options: Options, facts: CaptureFacts): string {
  if (end - at < 24) return `expected a section header of at least 28 bytes, found ${end + 4 - at}`;
  const version = view.getUint16(at + 12, little);
  if (version !== 1) return `expected pcapng version 1, found ${version}`;
  if (facts.variant === '') facts.variant = `version 1.${view.getUint16(at + 14, little)}, ${little ? 'little' : 'big'}-endian`;
  options.each(at + 24, end, (code, from, length) => {
    const text = (): string => options.text(from, length);
    if (code === ng.OPTION.comment) facts.addComment(text());
    if (code === ng.SECTION_OPTION.hardware) facts.hardware ||= text();
    if (code === ng.SECTION_OPTION.os) facts.os ||= text();
    if (code === ng.SECTION_OPTION.application) facts.application ||= text();
  });
  return '';
}

export interface FoundInterface {
  readonly description: CapturedInterface;
  /** if_tsresol as it stands there. */
  readonly resolution: number;
  /** if_tsoffset, in seconds. */
  readonly offset: bigint;
}

/** Its description as it grows, option by option. */
type Growing = { -readonly [K in keyof CapturedInterface]: CapturedInterface[K] } & { addresses: string[] };

/** @returns what is wrong when it is none */
export function readInterface({ view, at, end, little }: Block, options: Options): FoundInterface | string {
  if (end - at < 16) return `expected an interface description of at least 20 bytes, found ${end + 4 - at}`;
  const found: Growing = {
    name: '',
    linkType: view.getUint16(at + 8, little),
    snapLength: view.getUint32(at + 12, little),
    addresses: [],
  };
  let resolution = 6;
  let offset = 0n;
  options.each(at + 16, end, (code, from, length) => {
    if (code === ng.INTERFACE_OPTION.resolution && length === 1) resolution = options.u8(from);
    else if (code === ng.INTERFACE_OPTION.timeOffset && length === 8) offset = options.i64(from);
    else if (!readText(found, options, code, from, length)) readNumbers(found, options, code, from, length);
  });
  const { addresses, ...rest } = found;
  return { description: addresses.length === 0 ? rest : found, resolution, offset };
}

/** @returns false when it is another option */
function readText(found: Growing, options: Options, code: number, from: number, length: number): boolean {
  switch (code) {
    case ng.INTERFACE_OPTION.name:
      found.name = options.text(from, length);
      return true;
    case ng.INTERFACE_OPTION.description:
      found.description = options.text(from, length);
      return true;
    case ng.INTERFACE_OPTION.os:
      found.os = options.text(from, length);
      return true;
    case ng.INTERFACE_OPTION.filter: // behind a zero an expression, behind a one a program of BPF
      if (length > 1 && options.u8(from) === 0) found.filter = options.text(from + 1, length - 1);
      return true;
    default:
      return false;
  }
}

const LENGTHS: ReadonlyMap<number, number> = new Map([
  [ng.INTERFACE_OPTION.ipv4, 8],
  [ng.INTERFACE_OPTION.ipv6, 17],
  [ng.INTERFACE_OPTION.mac, 6],
  [ng.INTERFACE_OPTION.speed, 8],
]);

/** Each has one length; with another it is passed over. */
function readNumbers(found: Growing, options: Options, code: number, from: number, length: number): void {
  if (length !== LENGTHS.get(code)) return;
  switch (code) {
    case ng.INTERFACE_OPTION.ipv4:
      found.addresses.push(withLength(options.bytes(from, 8)));
      break;
    case ng.INTERFACE_OPTION.ipv6:
      found.addresses.push(`${formatAddress(options.bytes(from, 16))}/${options.u8(from + 16)}`);
      break;
    case ng.INTERFACE_OPTION.mac:
      found.mac = formatMac(options.bytes(from, 6));
      break;
    case ng.INTERFACE_OPTION.speed:
      found.speed = options.u64(from);
  }
}

/** @param bytes address and mask */
const withLength = (bytes: Uint8Array): string => `${formatAddress(bytes.subarray(0, 4))}/${prefixLengthOf(bytes.subarray(4))}`;

/** Records of an address and its names, each ended by a zero. */
export function readNames({ at, end }: Block, options: Options, facts: CaptureFacts): void {
  options.each(at + 8, end, (code, from, length) => {
    const size = code === ng.NAME_RECORD.ipv4 ? 4 : code === ng.NAME_RECORD.ipv6 ? 16 : 0;
    if (size === 0 || length <= size) return;
    const address = formatAddress(options.bytes(from, size));
    for (const name of decodeUtf8(options.bytes(from + size, length - size)).split('\0'))
      if (name !== '') facts.addName(address, name);
  });
}

/** @returns what is wrong, or nothing */
export function readStatistics(
  { view, at, end, little }: Block,
  options: Options,
  context: PacketContext,
  facts: CaptureFacts,
): string {
  if (end - at < 20) return `expected an interface statistics block of at least 24 bytes, found ${end + 4 - at}`;
  const local = view.getUint32(at + 8, little);
  const clock = context.clockOf(local);
  if (clock === undefined) return `statistics of interface ${local}, which no block describes`;
  const found: { startTime?: number; endTime?: number; received?: number; dropped?: number } = {};
  options.each(at + 20, end, (code, from, length) => {
    if (length !== 8) return;
    if (code === ng.STATISTICS_OPTION.startTime) found.startTime = clock.read(options.u32(from), options.u32(from + 4)).at;
    if (code === ng.STATISTICS_OPTION.endTime) found.endTime = clock.read(options.u32(from), options.u32(from + 4)).at;
    if (code === ng.STATISTICS_OPTION.received) found.received = options.u64(from);
    if (code === ng.STATISTICS_OPTION.dropped) found.dropped = options.u64(from);
  });
  facts.statistics.set(context.numberOf(local), found);
  return '';
}
