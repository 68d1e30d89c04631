/** The fields of a header: each with its name, its value and the bytes it was read from. */
import type { Span } from '../dissected.ts';

/** 'none': a field that only says by being there that something is. */
export type FieldType = 'number' | 'flag' | 'ipv4' | 'ipv6' | 'mac' | 'text' | 'bytes' | 'seconds' | 'none';

/** What is known of a field before there is any frame. */
export interface FieldInfo {
  /** As the RFCs call it. */
  readonly name: string;
  readonly type: FieldType;
  /** Numbers that are read in hexadecimal: with how many digits. */
  readonly hexDigits?: number;
}

/** By the name that Wireshark's display filters use, such as "tcp.srcport". */
export type FieldTable = Readonly<Record<string, FieldInfo>>;

/** Addresses and names are text; a field of type 'none' has the value true. */
export type FieldValue = number | boolean | string | Uint8Array;

export interface Field extends Span {
  /** The name that Wireshark's display filters use. */
  readonly key: string;
  readonly info: FieldInfo;
  readonly value: FieldValue;
  /** What the value means: "IPv4", "SYN, ACK"; empty where it speaks for itself. */
  readonly meaning: string;
  /** Which bits of the bytes it is, counted in the number that they make; 0 when it is all of them. */
  readonly mask: number;
  /** The parts of which it is made. */
  readonly children: readonly Field[];
}

/** One header, or what stands for one. */
export interface Layer extends Span {
  /** As display filters call it: "eth", "tcp". */
  readonly protocol: string;
  /** As people call it: "Ethernet II", "TCP". */
  readonly name: string;
  /**
   * The layer of the OSI model, ISO/IEC 7498-1: '2-3' for ARP, which stands between, '5-7' for what the Internet does not part,
   * empty for data that is in no transport: an echo's, a fragment's.
   */
  readonly osi: '1' | '2' | '2-3' | '3' | '4' | '5-7' | '';
  readonly fields: readonly Field[];
  /** The packet that an ICMP error quotes. */
  readonly quoted: readonly Layer[];
}

export const number = (name: string): FieldInfo => ({ name, type: 'number' });
export const hex = (name: string, hexDigits: number): FieldInfo => ({ name, type: 'number', hexDigits });
export const flag = (name: string): FieldInfo => ({ name, type: 'flag' });
export const ipv4 = (name: string): FieldInfo => ({ name, type: 'ipv4' });
export const ipv6 = (name: string): FieldInfo => ({ name, type: 'ipv6' });
export const mac = (name: string): FieldInfo => ({ name, type: 'mac' });
export const text = (name: string): FieldInfo => ({ name, type: 'text' });
export const bytes = (name: string): FieldInfo => ({ name, type: 'bytes' });
export const seconds = (name: string): FieldInfo => ({ name, type: 'seconds' });
export const none = (name: string): FieldInfo => ({ name, type: 'none' });

/** Bytes as "de:ad:be:ef". */
export const formatBytes = (value: Uint8Array): string =>
  Array.from(value, (octet) => octet.toString(16).padStart(2, '0')).join(':');

/** The value in the notation of its kind: 80, 0x0800, "10.0.0.1", de:ad; without its meaning. */
export function valueText({ info, value }: Pick<Field, 'info' | 'value'>): string {
  if (value instanceof Uint8Array) return formatBytes(value);
  if (typeof value === 'boolean') return info.type === 'none' ? '' : value ? '1' : '0';
  if (typeof value === 'number' && info.hexDigits !== undefined) return `0x${value.toString(16).padStart(info.hexDigits, '0')}`;
  if (typeof value === 'number' && info.type === 'seconds') return value.toFixed(6);
  return String(value);
}

/** A field and all below it, in the order in which they stand. */
export function* flatten(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    yield field;
    yield* flatten(field.children);
  }
}
