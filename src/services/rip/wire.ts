/** Messages of RIP version 2 as bytes and back, RFC 2453 §3.6 and §4. Nothing throws on what arrives. */
import { Prefix } from '../../stack/index.ts';
import type { RipEntry, RipMessage } from './message.ts';
import { INFINITY_METRIC, MOST_ENTRIES } from './message.ts';

/** Why a whole message was dropped. */
export const RIP_FAULTS = [
  'shorter than a RIP message',
  'longer than 25 entries',
  'not a whole number of entries',
  'command unknown',
  'version 0',
  'version 1: no masks',
  'authenticated, and there is no password here',
] as const;
export type RipFault = (typeof RIP_FAULTS)[number];

/** Why an entry was left out, while the others of its message count (§3.9.2). */
export const ENTRY_FAULTS = [
  'entry of another address family',
  'entry with a metric that is not 1 to 16',
  'entry with a mask of scattered bits',
  'entry for no network of hosts',
] as const;
export type EntryFault = (typeof ENTRY_FAULTS)[number];

export interface Decoded {
  readonly message: RipMessage;
  /** Of the entries that were left out. */
  readonly faults: readonly EntryFault[];
}

const HEADER = 4;
const ENTRY = 20;
const REQUEST = 1;
const RESPONSE = 2;
const VERSION = 2;
const FAMILY_ANY = 0;
const FAMILY_IPV4 = 2;
const FAMILY_AUTHENTICATION = 0xffff;

/** @returns the message, or what is wrong with all of it */
export function decode(bytes: Uint8Array): Decoded | RipFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = checkHeader(view);
  if (fault !== undefined) return fault;
  const command = view.getUint8(0) === REQUEST ? 'request' : 'response';
  if (command === 'request' && asksForAll(view)) return { message: { command, wantsAll: true, entries: [] }, faults: [] };
  const entries: RipEntry[] = [];
  const faults: EntryFault[] = [];
  for (let at = HEADER; at < view.byteLength; at += ENTRY) {
    const entry = readEntry(view, at, command === 'response');
    if (typeof entry === 'string') faults.push(entry);
    else entries.push(entry);
  }
  return { message: { command, wantsAll: false, entries }, faults };
}

/** A later version is read as this one: what it adds stands where we do not look. */
function checkHeader(view: DataView): RipFault | undefined {
  const length = view.byteLength;
  if (length < HEADER) return 'shorter than a RIP message';
  if ((length - HEADER) % ENTRY !== 0) return 'not a whole number of entries';
  if (length > HEADER + MOST_ENTRIES * ENTRY) return 'longer than 25 entries';
  const command = view.getUint8(0);
  if (command !== REQUEST && command !== RESPONSE) return 'command unknown';
  const version = view.getUint8(1);
  if (version < VERSION) return version === 0 ? 'version 0' : 'version 1: no masks';
  const isAuthenticated = length > HEADER && view.getUint16(HEADER) === FAMILY_AUTHENTICATION;
  return isAuthenticated ? 'authenticated, and there is no password here' : undefined; // §4.1
}

/** §3.9.1: exactly one entry, of family 0 and with the metric infinity. */
const asksForAll = (view: DataView): boolean =>
  view.byteLength === HEADER + ENTRY && view.getUint16(HEADER) === FAMILY_ANY && view.getUint32(HEADER + 16) === INFINITY_METRIC;

function readEntry(view: DataView, at: number, isSaid: boolean): RipEntry | EntryFault {
  if (view.getUint16(at) !== FAMILY_IPV4) return 'entry of another address family';
  const metric = view.getUint32(at + 16);
  if (isSaid && (metric < 1 || metric > INFINITY_METRIC)) return 'entry with a metric that is not 1 to 16';
  const mask = view.getInt32(at + 8);
  const length = Math.clz32(~mask);
  const prefix = new Prefix(view.getInt32(at + 4), length);
  if (prefix.mask !== mask) return 'entry with a mask of scattered bits';
  if (!isForHosts(prefix)) return 'entry for no network of hosts';
  return { prefix, nextHop: view.getInt32(at + 12), metric, tag: view.getUint16(at + 2) };
}

/** Networks 0 and 127, groups and what is reserved lie nowhere; 0.0.0.0/0 is everywhere. */
function isForHosts({ network, length }: Prefix): boolean {
  if (length === 0) return true;
  const first = network >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

/** @throws RangeError for more entries than a message holds: they belong into several */
export function encode({ command, wantsAll, entries }: RipMessage): Uint8Array {
  if (entries.length > MOST_ENTRIES)
    throw new RangeError(`a RIP message has up to ${MOST_ENTRIES} entries, not ${entries.length}`);
  const bytes = new Uint8Array(HEADER + (wantsAll ? 1 : entries.length) * ENTRY);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, command === 'request' ? REQUEST : RESPONSE);
  view.setUint8(1, VERSION);
  if (wantsAll) view.setUint32(HEADER + 16, INFINITY_METRIC);
  else for (const [index, entry] of entries.entries()) writeEntry(view, HEADER + index * ENTRY, entry);
  return bytes;
}

function writeEntry(view: DataView, at: number, { prefix, nextHop, metric, tag }: RipEntry): void {
  view.setUint16(at, FAMILY_IPV4);
  view.setUint16(at + 2, tag);
  view.setInt32(at + 4, prefix.network);
  view.setInt32(at + 8, prefix.mask);
  view.setInt32(at + 12, nextHop);
  view.setUint32(at + 16, metric);
}
