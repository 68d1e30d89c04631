/** What stands in a filter beside a field, read as the kind of value that the field has, and compared with it. */

import { encodeUtf8 } from '../../stack/bytes/utf8.ts';
import type { FieldInfo, FieldValue } from '../dissect/layers/field.ts';
import { formatBytes } from '../dissect/layers/field.ts';
import { parseAddress, parseMac } from '../file/address-text.ts';
import type { Comparison, Literal } from './expression.ts';
import { FilterError } from './filter-error.ts';

/** Numbers and moments; addresses, of which only the network may count; text; bytes. */
export type Value =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'address'; readonly bytes: Uint8Array; readonly prefixLength: number }
  | { readonly kind: 'text'; readonly text: string };

const RULES: Readonly<Record<FieldInfo['type'], string>> = {
  number: 'a number such as 80 or 0x50',
  flag: '1 or 0, true or false',
  seconds: 'seconds such as 0.25',
  ipv4: 'an IPv4 address such as 10.0.0.1 or a network such as 10.0.0.0/24',
  ipv6: 'an IPv6 address such as 2001:db8::1 or a network such as 2001:db8::/32',
  mac: 'an Ethernet address such as 02:00:00:00:00:01',
  text: 'text, in quotes if it has spaces',
  bytes: 'bytes such as 47:45:54, or text in quotes',
  none: 'nothing: this field is there or not',
};

/** @throws FilterError that says what would be right */
export function readValue(literal: Literal, name: string, { type }: FieldInfo): Value {
  const value = readers[type](literal);
  if (value === undefined) throw new FilterError(literal.column, `${name} takes ${RULES[type]}, not "${literal.text}"`);
  return value;
}

const readers: Readonly<Record<FieldInfo['type'], (literal: Literal) => Value | undefined>> = {
  number: ({ text }) => (/^(0x[0-9a-f]+|-?\d+)$/i.test(text) ? { kind: 'number', number: Number(text) } : undefined),
  flag: ({ text }) => {
    const known = ['0', '1', 'false', 'true'].indexOf(text.toLowerCase());
    return known < 0 ? undefined : { kind: 'number', number: known % 2 };
  },
  seconds: ({ text }) => (/^-?(\d+\.?\d*|\.\d+)$/.test(text) ? { kind: 'number', number: Number(text) } : undefined),
  ipv4: ({ text }) => addressOf(text, 4),
  ipv6: ({ text }) => addressOf(text, 16),
  mac: ({ text }) => {
    const bytes = parseMac(text);
    return bytes === undefined ? undefined : { kind: 'address', bytes, prefixLength: 48 };
  },
  text: ({ text }) => ({ kind: 'text', text }),
  bytes: (literal) => {
    const bytes = bytesOf(literal);
    return bytes === undefined ? undefined : { kind: 'text', text: formatBytes(bytes) };
  },
  none: () => undefined,
};

function addressOf(text: string, length: number): Value | undefined {
  const address = parseAddress(text);
  return address?.bytes.length === length ? { kind: 'address', ...address } : undefined;
}

/** Hexadecimal with colons, or the bytes of quoted text. */
export function bytesOf({ text, isQuoted }: Literal): Uint8Array | undefined {
  if (isQuoted) return encodeUtf8(text);
  if (!/^[0-9a-f]{2}([:-]?[0-9a-f]{2})*$/i.test(text)) return undefined;
  const digits = text.replace(/[:-]/g, '').match(/../g) ?? [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

/** Below 0, 0 or above, as the field's value is less, equal or greater. */
export function order(value: FieldValue, other: Value): number {
  switch (other.kind) {
    case 'number':
      return Number(value) - other.number;
    case 'address':
      return orderOfBytes(addressBytes(String(value)), other.bytes, other.prefixLength);
    case 'text': {
      const text = value instanceof Uint8Array ? formatBytes(value) : String(value);
      return text < other.text ? -1 : text > other.text ? 1 : 0;
    }
  }
}

const addressBytes = (text: string): Uint8Array => parseMac(text) ?? parseAddress(text)?.bytes ?? new Uint8Array(0);

/** @param bits how many count */
function orderOfBytes(a: Uint8Array, b: Uint8Array, bits: number): number {
  for (let i = 0; i < b.length && i * 8 < bits; i++) {
    const mask = (0xff00 >>> Math.min(bits - i * 8, 8)) & 0xff;
    const difference = ((a[i] ?? 0) & mask) - (b[i]! & mask);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function holds(comparison: Comparison, difference: number): boolean {
  switch (comparison) {
    case '==':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}
