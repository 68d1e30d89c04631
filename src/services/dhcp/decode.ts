/** From bytes to a message of DHCP, RFC 2131 §2 and §4.1, RFC 3396; or to the name of what is wrong with them. Nothing throws. */
import type { DhcpMessage } from './message.ts';
import { MESSAGE_TYPES } from './message.ts';
import { END, MESSAGE_TYPE, mayHaveLength, OVERLOAD, PAD } from './options.ts';
import * as wire from './wire.ts';

export const DHCP_FAULTS = [
  'shorter than a DHCP message',
  'neither a request nor a reply',
  'hardware address is not of Ethernet',
  'hardware address is no single station',
  'magic cookie missing',
  'option runs past its field',
  'option of a wrong length',
  'message type missing',
  'message type unknown',
] as const;
export type DhcpFault = (typeof DHCP_FAULTS)[number];

/** @returns the message, or what is wrong */
export function decode(bytes: Uint8Array): DhcpMessage | DhcpFault {
  const view = wire.viewOf(bytes);
  const fault = checkHeader(bytes, view);
  if (fault !== undefined) return fault;
  const options = readOptions(bytes);
  if (typeof options === 'string') return options;
  const code = options.get(MESSAGE_TYPE)?.[0];
  if (code === undefined) return 'message type missing';
  const type = MESSAGE_TYPES[code - 1];
  if (type === undefined) return 'message type unknown';
  options.delete(MESSAGE_TYPE);
  options.delete(OVERLOAD);
  return {
    op: view.getUint8(0) === wire.BOOTREQUEST ? 'request' : 'reply',
    type,
    hops: view.getUint8(wire.HOPS),
    xid: view.getUint32(wire.XID),
    secs: view.getUint16(wire.SECS),
    broadcast: (view.getUint16(wire.FLAGS) & wire.BROADCAST_FLAG) !== 0,
    ciaddr: view.getInt32(wire.CIADDR),
    yiaddr: view.getInt32(wire.YIADDR),
    siaddr: view.getInt32(wire.SIADDR),
    giaddr: view.getInt32(wire.GIADDR),
    chaddr: wire.readMac(view, wire.CHADDR),
    options,
  };
}

/** What stands at fixed places. It is also all that a relay agent looks at. */
export function checkHeader(bytes: Uint8Array, view: DataView): DhcpFault | undefined {
  if (bytes.length < wire.OPTIONS) return 'shorter than a DHCP message';
  const op = view.getUint8(0);
  if (op !== wire.BOOTREQUEST && op !== wire.BOOTREPLY) return 'neither a request nor a reply';
  if (view.getUint8(1) !== wire.ETHERNET || view.getUint8(2) !== wire.ETHERNET_LENGTH)
    return 'hardware address is not of Ethernet';
  const isGroup = (view.getUint8(wire.CHADDR) & 1) === 1;
  if (isGroup || wire.readMac(view, wire.CHADDR) === 0) return 'hardware address is no single station';
  return view.getUint32(wire.COOKIE) === wire.MAGIC_COOKIE ? undefined : 'magic cookie missing';
}

/** Parts of a value that was too long for one option, RFC 3396 §5: in the order options, file, sname. */
type Parts = Map<number, Uint8Array[]>;

const FILE_HAS_OPTIONS = 1;
const SNAME_HAS_OPTIONS = 2;

function readOptions(bytes: Uint8Array): Map<number, Uint8Array> | DhcpFault {
  const parts: Parts = new Map();
  if (!readField(bytes.subarray(wire.OPTIONS), parts)) return 'option runs past its field';
  const overload = parts.get(OVERLOAD)?.[0]?.[0] ?? 0;
  const isWhole =
    (!(overload & FILE_HAS_OPTIONS) || readField(bytes.subarray(wire.FILE, wire.FILE + wire.FILE_LENGTH), parts)) &&
    (!(overload & SNAME_HAS_OPTIONS) || readField(bytes.subarray(wire.SNAME, wire.SNAME + wire.SNAME_LENGTH), parts));
  if (!isWhole) return 'option runs past its field';
  const options = new Map<number, Uint8Array>();
  for (const [code, pieces] of parts) {
    const value = join(pieces);
    if (!mayHaveLength(code, value.length)) return 'option of a wrong length';
    options.set(code, value);
  }
  return options;
}

/** Up to the end option; some leave it out, and nobody minds. @returns false when an option runs past the field */
function readField(field: Uint8Array, parts: Parts): boolean {
  for (let at = 0; at < field.length; ) {
    const code = field[at]!;
    if (code === END) return true;
    if (code === PAD) {
      at++;
      continue;
    }
    const length = field[at + 1] ?? field.length;
    const end = at + 2 + length;
    if (end > field.length) return false;
    const known = parts.get(code);
    const piece = field.subarray(at + 2, end);
    if (known === undefined) parts.set(code, [piece]);
    else known.push(piece);
    at = end;
  }
  return true;
}

/** Into bytes of its own: what arrived is not held. */
function join(pieces: readonly Uint8Array[]): Uint8Array {
  const value = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    value.set(piece, at);
    at += piece.length;
  }
  return value;
}
