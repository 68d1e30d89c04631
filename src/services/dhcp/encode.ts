/** From a message of DHCP to bytes, RFC 2131 §2 and §4.1: options that do not fit in their field go to `file` and `sname`. */
import type { DhcpMessage } from './message.ts';
import { MESSAGE_TYPES } from './message.ts';
import { END, MESSAGE_TYPE, OVERLOAD } from './options.ts';
import * as wire from './wire.ts';

export interface Encoded {
  readonly bytes: Uint8Array;
  /** Options for which there was no room, by number. */
  readonly leftOut: readonly number[];
}

/** RFC 3396 §6: what is longer is cut into several options of one number. */
const LONGEST_PIECE = 255;
const OVERLOAD_OPTION = 3;
const FILE_HAS_OPTIONS = 1;
const SNAME_HAS_OPTIONS = 2;

/** @param maxLength of the message in bytes: what the receiver takes */
export function encode(message: DhcpMessage, maxLength: number = wire.ALWAYS_TAKEN): Encoded {
  const all: [number, Uint8Array][] = [
    [MESSAGE_TYPE, Uint8Array.of(MESSAGE_TYPES.indexOf(message.type) + 1)],
    ...message.options,
  ];
  const room = Math.max(maxLength, wire.SHORTEST) - wire.OPTIONS;
  const whole = new Field(room);
  if (all.every((option) => place(option, [whole]))) return { bytes: write(message, [whole]), leftOut: [] };
  const fields = [new Field(room - OVERLOAD_OPTION), new Field(wire.FILE_LENGTH), new Field(wire.SNAME_LENGTH)];
  const leftOut = all.filter((option) => !place(option, fields)).map(([code]) => code);
  return { bytes: write(message, fields), leftOut };
}

/** A part of the message that options are put in, and the end option behind them. */
class Field {
  readonly bytes: Uint8Array;
  length = 0;

  constructor(room: number) {
    this.bytes = new Uint8Array(room);
  }

  hasRoomFor(length: number): boolean {
    return this.length + 2 + length < this.bytes.length;
  }

  add(code: number, value: Uint8Array): void {
    this.bytes.set([code, value.length], this.length);
    this.bytes.set(value, this.length + 2);
    this.length += 2 + value.length;
  }

  /** What is used of it, ended. */
  ended(): Uint8Array {
    this.bytes[this.length] = END;
    return this.bytes.subarray(0, this.length + 1);
  }
}

/** Puts an option into the first fields that have room, its pieces in their order. @returns false when there is none for all of it */
function place([code, value]: readonly [number, Uint8Array], fields: readonly Field[]): boolean {
  const before = fields.map(({ length }) => length);
  let field = 0;
  for (let at = 0; at === 0 || at < value.length; at += LONGEST_PIECE) {
    const piece = value.subarray(at, at + LONGEST_PIECE);
    while (field < fields.length && !fields[field]!.hasRoomFor(piece.length)) field++;
    if (field === fields.length) {
      for (const [i, each] of fields.entries()) each.length = before[i]!;
      return false;
    }
    fields[field]!.add(code, piece);
  }
  return true;
}

function write(message: DhcpMessage, [options, file, sname]: readonly Field[]): Uint8Array {
  const overload = (file?.length ? FILE_HAS_OPTIONS : 0) | (sname?.length ? SNAME_HAS_OPTIONS : 0);
  if (overload !== 0) addOverload(options!, overload);
  const used = options!.ended();
  const bytes = new Uint8Array(Math.max(wire.SHORTEST, wire.OPTIONS + used.length));
  writeHeader(bytes, message);
  bytes.set(used, wire.OPTIONS);
  if (file?.length) bytes.set(file.ended(), wire.FILE);
  if (sname?.length) bytes.set(sname.ended(), wire.SNAME);
  return bytes;
}

/** There is room for it: the field was made shorter by its length. */
function addOverload(options: Field, fields: number): void {
  const longer = new Field(options.bytes.length + OVERLOAD_OPTION);
  longer.bytes.set(options.bytes);
  longer.length = options.length;
  longer.add(OVERLOAD, Uint8Array.of(fields));
  Object.assign(options, { bytes: longer.bytes, length: longer.length });
}

function writeHeader(bytes: Uint8Array, message: DhcpMessage): void {
  const view = wire.viewOf(bytes);
  bytes.set([message.op === 'request' ? wire.BOOTREQUEST : wire.BOOTREPLY, wire.ETHERNET, wire.ETHERNET_LENGTH, message.hops]);
  view.setUint32(wire.XID, message.xid);
  view.setUint16(wire.SECS, Math.min(message.secs, 0xffff));
  view.setUint16(wire.FLAGS, message.broadcast ? wire.BROADCAST_FLAG : 0);
  view.setInt32(wire.CIADDR, message.ciaddr);
  view.setInt32(wire.YIADDR, message.yiaddr);
  view.setInt32(wire.SIADDR, message.siaddr);
  view.setInt32(wire.GIADDR, message.giaddr);
  wire.writeMac(view, wire.CHADDR, message.chaddr);
  view.setUint32(wire.COOKIE, wire.MAGIC_COOKIE);
}
