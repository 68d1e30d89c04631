/** The head of an HTTP/1 response, read strictly (RFC 9112 §4 and §5): what is not as it says is refused, by name. */
import { PeerFault } from '../talk/peer-fault.ts';

export interface ResponseHead {
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minor: number;
  readonly status: number;
  readonly reason: string;
  /** As they came, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const STATUS_LINE = /^HTTP\/1\.(\d) ([1-5]\d\d)(?: ([^\r\n]*))?$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
const MAX_FIELDS = 100;

/** @param bytes up to and with the empty line. @throws PeerFault */
export function parseResponseHead(bytes: Uint8Array): ResponseHead {
  const [first = '', ...rest] = latin1(bytes).split(/\r?\n/);
  const match = STATUS_LINE.exec(first);
  if (match === null) throw wrong(`"${first.slice(0, 40)}" is no status line`);
  const lines = rest.filter((line) => line !== '');
  if (lines.length > MAX_FIELDS) throw new PeerFault('larger than allowed', `${lines.length} header fields`);
  const fields = lines.map(fieldIn);
  const lengths = new Set(fields.filter(([name]) => name.toLowerCase() === 'content-length').map(([, value]) => value));
  // RFC 9112 §6.3: digits, and the same ones if it is said twice
  if (lengths.size > 1 || [...lengths].some((length) => !/^\d{1,15}$/.test(length))) throw wrong('its length is none');
  return { minor: match[1] === '0' ? 0 : 1, status: Number(match[2]), reason: match[3] ?? '', fields };
}

/** @param name in lower case */
export const fieldOf = ({ fields }: Pick<ResponseHead, 'fields'>, name: string): string | undefined =>
  fields.find(([each]) => each.toLowerCase() === name)?.[1];

/** RFC 9112 §7.1: hexadecimal digits, and extensions that nobody reads. @throws PeerFault */
export function parseChunkSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line);
  if (match === null) throw wrong(`"${line.slice(0, 20)}" is no chunk size`);
  return Number.parseInt(match[1] ?? '', 16);
}

function fieldIn(line: string): readonly [string, string] {
  const match = FIELD.exec(line);
  if (match === null) throw wrong(`"${line.slice(0, 40)}" is no header field`);
  return [match[1] ?? '', match[2] ?? ''];
}

const wrong = (detail: string): PeerFault => new PeerFault('not what the protocol says', detail);

/** RFC 9112 §2.2: a head is octets, of which ASCII matters. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
