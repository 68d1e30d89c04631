/** Collects the fields of a header. What lies behind the end of the bytes is left out: a frame may have been cut. */
import { formatV4 } from '../../../stack/wire/ip-address.ts';
import * as macAddress from '../../../stack/wire/mac-address.ts';
import { formatV6 } from '../ipv6-address.ts';
import type { Field, FieldTable, FieldValue } from './field.ts';

/** The names are checked against the table when it is compiled. */
export class FieldList<Table extends FieldTable> {
  readonly fields: Field[] = [];
  readonly view: DataView;
  readonly #table: Table;
  readonly #end: number;

  /** @param end behind the last byte that may be read */
  constructor(view: DataView, table: Table, end: number) {
    this.view = view;
    this.#table = table;
    this.#end = end;
  }

  /** Any value. @returns the list for its parts */
  add(key: keyof Table & string, at: number, length: number, value: FieldValue, meaning = '', mask = 0): FieldList<Table> {
    const parts = new FieldList(this.view, this.#table, this.#end);
    const info = this.#table[key];
    if (info !== undefined && this.holds(at, length))
      this.fields.push({ key, info, at, length, value, meaning, mask, children: parts.fields });
    return parts;
  }

  /** True when these bytes are there. */
  holds(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.#end;
  }

  u8(key: keyof Table & string, at: number, meaning?: string): FieldList<Table> {
    return this.#number(key, at, 1, meaning);
  }

  u16(key: keyof Table & string, at: number, meaning?: string): FieldList<Table> {
    return this.#number(key, at, 2, meaning);
  }

  u32(key: keyof Table & string, at: number, meaning?: string): FieldList<Table> {
    return this.#number(key, at, 4, meaning);
  }

  #number(key: keyof Table & string, at: number, length: 1 | 2 | 3 | 4, meaning = ''): FieldList<Table> {
    return this.add(key, at, length, this.#read(at, length), meaning);
  }

  /** Some bits of up to four bytes, as a number of their own. */
  bits(key: keyof Table & string, at: number, length: 1 | 2 | 3 | 4, mask: number, meaning = ''): FieldList<Table> {
    return this.add(key, at, length, bitsOf(this.#read(at, length), mask), meaning, mask);
  }

  flag(key: keyof Table & string, at: number, length: 1 | 2 | 3 | 4, mask: number, meaning = ''): void {
    this.add(key, at, length, bitsOf(this.#read(at, length), mask) !== 0, meaning, mask);
  }

  ipv4(key: keyof Table & string, at: number, meaning?: string): void {
    if (this.holds(at, 4)) this.add(key, at, 4, formatV4(this.view.getInt32(at)), meaning);
  }

  ipv6(key: keyof Table & string, at: number, meaning?: string): void {
    if (this.holds(at, 16)) this.add(key, at, 16, formatV6(this.view, at), meaning);
  }

  mac(key: keyof Table & string, at: number, meaning?: string): FieldList<Table> {
    return this.add(key, at, 6, this.holds(at, 6) ? macAddress.format(macAddress.read(this.view, at)) : '', meaning);
  }

  /** A view, not a copy. Nothing is added for no bytes. */
  bytes(key: keyof Table & string, at: number, length: number, meaning?: string): void {
    if (length <= 0 || !this.holds(at, length)) return;
    this.add(key, at, length, new Uint8Array(this.view.buffer, this.view.byteOffset + at, length), meaning);
  }

  #read(at: number, length: 1 | 2 | 3 | 4): number {
    if (!this.holds(at, length)) return 0;
    if (length === 1) return this.view.getUint8(at);
    if (length === 2) return this.view.getUint16(at);
    return length === 4 ? this.view.getUint32(at) : this.view.getUint16(at) * 256 + this.view.getUint8(at + 2);
  }
}

/** The bits of the mask, moved down to the lowest. */
const bitsOf = (whole: number, mask: number): number => (whole & mask) >>> (31 - Math.clz32(mask & -mask));
