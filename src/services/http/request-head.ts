/** The head of an HTTP/1 request, as far as it decides how the request is answered (RFC 9112). */

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const DELETE = 0x7f;
const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const VERSION = 'HTTP/';

/** 200: it can be answered; anything else is what to answer instead, and the end of the connection. */
export type HeadStatus = 200 | 400 | 411 | 505;

/** What was read; one object serves for all requests, so that none of them makes garbage. */
export class RequestHead {
  status: HeadStatus = 200;
  /** HEAD: the answer has no body. */
  isHead = false;
  /** 1 for HTTP/1.1 and everything later that begins with 1, else 0. */
  minor = 0;
  /** The connection goes on after the answer (RFC 9112 §9.3). */
  staysOpen = false;
  /** Bytes of a body behind the head. */
  contentLength = 0;
  /** The body comes only when it was asked for: `Expect: 100-continue`. */
  awaitsContinue = false;
  hosts = 0;
  hasLength = false;
  saysClose = false;
  saysKeepAlive = false;
}

/**
 * Where the empty line behind a head ends. A line may end with a bare LF, as RFC 9112 §2.2 allows.
 * @returns -1: not in `bytes[from, to)`
 */
export function findEndOfHead(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== LF || at + 1 >= to) continue;
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && at + 2 < to && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

/** RFC 9112 §2.2: empty lines in front of a request are passed over. @returns where the first other byte stands */
export function skipEmptyLines(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === CR || bytes[at] === LF)) at++;
  return at;
}

/** Reads the head in `bytes[from, to)`, which `findEndOfHead` has found, into `head`. */
export function readHead(bytes: Uint8Array, from: number, to: number, head: RequestHead): void {
  head.status = 200;
  head.contentLength = 0;
  head.awaitsContinue = false;
  head.hosts = 0;
  head.hasLength = false;
  head.saysClose = false;
  head.saysKeepAlive = false;
  let at = readRequestLine(bytes, from, head);
  while (head.status === 200 && at < to && !isEmptyLine(bytes, at)) at = readField(bytes, at, head);
  // §3.2: a request of HTTP/1.1 without Host, and any with two of them, is answered with 400
  if (head.status === 200 && (head.hosts > 1 || (head.hosts === 0 && head.minor > 0))) head.status = 400;
  head.staysOpen = head.status === 200 && !head.saysClose && (head.minor > 0 || head.saysKeepAlive);
}

/** "GET / HTTP/1.1". @returns where the next line begins */
function readRequestLine(bytes: Uint8Array, from: number, head: RequestHead): number {
  let at = from;
  while (isTokenByte(bytes[at]!)) at++;
  head.isHead = equals(bytes, from, at, 'HEAD');
  // a tunnel, which a fixed 200 would promise, is nothing that can be had here
  if (at === from || bytes[at] !== SPACE || equals(bytes, from, at, 'CONNECT')) return refuse(head, 400);
  const target = ++at;
  while (bytes[at]! > SPACE && bytes[at] !== DELETE) at++;
  if (at === target || bytes[at] !== SPACE) return refuse(head, 400);
  return readVersion(bytes, at + 1, head);
}

function readVersion(bytes: Uint8Array, from: number, head: RequestHead): number {
  const at = from + VERSION.length;
  if (!equals(bytes, from, at, VERSION)) return refuse(head, 400);
  if (!isDigit(bytes[at]!) || bytes[at + 1] !== DOT || !isDigit(bytes[at + 2]!)) return refuse(head, 400);
  if (bytes[at] !== ZERO + 1) return refuse(head, 505);
  head.minor = bytes[at + 2] === ZERO ? 0 : 1;
  const end = at + 3;
  if (!isEmptyLine(bytes, end)) return refuse(head, 400);
  return end + (bytes[end] === CR ? 2 : 1);
}

/** "Name: value". @returns where the next line begins */
function readField(bytes: Uint8Array, from: number, head: RequestHead): number {
  let at = from;
  while (isTokenByte(bytes[at]!)) at++;
  const colon = at;
  // §5.1: no space before the colon; §5.2: no line that goes on with the one before
  if (colon === from || bytes[colon] !== COLON) return refuse(head, 400);
  at++;
  while (bytes[at]! >= SPACE || bytes[at] === TAB) at++;
  if (!isEmptyLine(bytes, at)) return refuse(head, 400); // a control character, which RFC 9110 §5.5 forbids
  takeField(bytes, from, colon, at, head);
  return at + (bytes[at] === CR ? 2 : 1);
}

/** The few fields that matter; their lengths tell them apart from nearly all others. */
function takeField(bytes: Uint8Array, from: number, colon: number, end: number, head: RequestHead): void {
  switch (colon - from) {
    case 4:
      if (matches(bytes, from, colon, 'host')) head.hosts++;
      break;
    case 6:
      if (matches(bytes, from, colon, 'expect') && hasToken(bytes, colon + 1, end, '100-continue')) head.awaitsContinue = true;
      break;
    case 10:
      if (matches(bytes, from, colon, 'connection')) takeConnection(bytes, colon + 1, end, head);
      break;
    case 14:
      if (matches(bytes, from, colon, 'content-length')) takeLength(bytes, colon + 1, end, head);
      break;
    case 17:
      // RFC 9112 §6.3: where such a body ends is not looked for; RFC 9110 §15.5.12 lets one ask for a length instead
      if (matches(bytes, from, colon, 'transfer-encoding')) refuse(head, 411);
      break;
  }
}

function takeConnection(bytes: Uint8Array, from: number, to: number, head: RequestHead): void {
  if (hasToken(bytes, from, to, 'close')) head.saysClose = true;
  if (hasToken(bytes, from, to, 'keep-alive')) head.saysKeepAlive = true;
}

/** Digits and nothing else, and the same ones if it is said twice (RFC 9110 §8.6). */
function takeLength(bytes: Uint8Array, from: number, to: number, head: RequestHead): void {
  let at = from;
  let end = to;
  while (at < end && isBlank(bytes[at]!)) at++;
  while (end > at && isBlank(bytes[end - 1]!)) end--;
  let length = at < end ? 0 : Number.NaN;
  for (; at < end; at++) length = isDigit(bytes[at]!) ? length * 10 + bytes[at]! - ZERO : Number.NaN;
  const isKnown = head.hasLength && head.contentLength !== length;
  if (!(length <= Number.MAX_SAFE_INTEGER) || isKnown) refuse(head, 400);
  else head.contentLength = length;
  head.hasLength = true;
}

/** A list separated by commas has it among its members. */
function hasToken(bytes: Uint8Array, from: number, to: number, token: string): boolean {
  for (let at = from; at < to; at++) {
    let end = at;
    while (end < to && bytes[end] !== COMMA) end++;
    const next = end;
    while (at < end && isBlank(bytes[at]!)) at++;
    while (end > at && isBlank(bytes[end - 1]!)) end--;
    if (matches(bytes, at, end, token)) return true;
    at = next;
  }
  return false;
}

/** Methods and versions are told apart by upper and lower case. */
function equals(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** @param word in lower case; what is compared may be in either */
function matches(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if ((bytes[from + i]! | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

function refuse(head: RequestHead, status: HeadStatus): number {
  head.status = status;
  return 0;
}

const isEmptyLine = (bytes: Uint8Array, at: number): boolean => bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF);

const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

/** RFC 9110 §5.6.2, one bit a character: letters, digits and !#$%&'*+-.^_`|~ */
const TOKEN_BITS = [0, 0x03ff_6cfa, 0xc7ff_fffe, 0x57ff_ffff] as const;

const isTokenByte = (byte: number): boolean => byte < 128 && ((TOKEN_BITS[byte >> 5]! >>> (byte & 31)) & 1) === 1;
