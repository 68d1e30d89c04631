/**
 * Frames with a JSON header in a TCP stream: how long the header is, the header, and the body as long as that says.
 *
 * ```
 *    0   1   2   3   4
 *   +---+---+---+---+------------------------+----------------+
 *   | header length | {"type":..,"size":..}  | size bytes     |
 *   +---+---+---+---+------------------------+----------------+
 *     big endian      JSON in UTF-8, an object  the body
 * ```
 * `type` is "message" or "file", and in answers "ok" or "error"; `name` says who, or which file; `size` is a whole number.
 * Further members are passed over.
 */
import { encodeUtf8 } from '../../stack/index.ts';
import { joined } from '../joined.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { Talk } from '../talk/talk.ts';
import { strictUtf8 } from '../talk/talk.ts';

const FRAME_TYPES = ['message', 'file', 'ok', 'error'] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

export interface FrameHeader {
  readonly type: FrameType;
  readonly name: string;
  /** Bytes of the body. */
  readonly size: number;
}

const LENGTH = 4;
/** Room for every name, however JSON writes it. */
const MAX_HEADER = 4096;

/** @throws RangeError when the header is too long */
export function encodeFrame(type: FrameType, name: string, body: Uint8Array = new Uint8Array()): Uint8Array {
  const header = encodeUtf8(JSON.stringify({ type, name, size: body.length }));
  if (header.length > MAX_HEADER) throw new RangeError(`a header of ${header.length} bytes: ${MAX_HEADER} are allowed`);
  const length = new Uint8Array(LENGTH);
  new DataView(length.buffer).setUint32(0, header.length);
  return joined([length, header, body]);
}

/** The header of the next frame; undefined when the peer has closed between two frames. @throws PeerFault */
export async function readHeader(talk: Talk, patience = talk.patienceFor(LENGTH)): Promise<FrameHeader | undefined> {
  const prefix = await talk.portion(LENGTH, { patience });
  if (prefix === undefined) return undefined;
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0);
  if (length > MAX_HEADER)
    throw new PeerFault('larger than allowed', `a header of ${length} bytes, and ${MAX_HEADER} are allowed`);
  const bytes = await talk.portion(length);
  if (bytes === undefined) throw new PeerFault('ended in the middle', 'no header came');
  return headerIn(strictUtf8(bytes));
}

/** @throws PeerFault */
function headerIn(text: string): FrameHeader {
  const { type, name, size } = objectIn(text);
  if (!FRAME_TYPES.some((each) => each === type)) throw wrong('its "type" is no type of a frame');
  if (typeof name !== 'string') throw wrong('its "name" is no text');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw wrong('its "size" is no whole number');
  return { type: type as FrameType, name, size };
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // as for what is JSON and no object
  }
  throw wrong('it is no JSON object');
}

const wrong = (what: string): PeerFault => new PeerFault('not what the protocol says', `the header: ${what}`);
