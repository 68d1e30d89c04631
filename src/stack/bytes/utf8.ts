/** Text as UTF-8, RFC 3629: the core has no TextEncoder, which is neither in the language nor in every host. */

const REPLACEMENT = 0xfffd;

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;

/** Half a surrogate pair is not a character and becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const ascii = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return encodePoints(text);
    ascii[i] = code;
  }
  return ascii;
}

function encodePoints(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? REPLACEMENT;
    pushPoint(bytes, isSurrogate(point) ? REPLACEMENT : point);
  }
  return new Uint8Array(bytes);
}

function pushPoint(bytes: number[], point: number): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >>> 6), continuation(point));
  else if (point < 0x1_0000) bytes.push(0xe0 | (point >>> 12), continuation(point >>> 6), continuation(point));
  else bytes.push(0xf0 | (point >>> 18), continuation(point >>> 12), continuation(point >>> 6), continuation(point));
}

const continuation = (bits: number): number => 0x80 | (bits & 0x3f);

/** What is not UTF-8 becomes U+FFFD, one for each byte. */
export function decodeUtf8(bytes: Uint8Array): string {
  return bytes.length <= SHORT && isAscii(bytes) ? asciiText(bytes) : decodePoints(bytes);
}

/** Fits into the arguments of one call. */
const SHORT = 1024;

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

/** A function takes any list of numbers for its arguments; to spread one instead takes twenty times as long. */
const asciiText = (bytes: Uint8Array): string => Reflect.apply(String.fromCharCode, undefined, bytes);

function decodePoints(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const size = sizeOf(bytes[i]!);
    const point = pointAt(bytes, i, size);
    text += String.fromCodePoint(point < 0 ? REPLACEMENT : point);
    i += point < 0 ? 1 : size;
  }
  return text;
}

/** By the first byte; 0 when no character begins with it. */
function sizeOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0; // a continuation, or more bytes than the character needs
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x1_0000];

function pointAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 0 || at + size > bytes.length) return -1;
  if (size === 1) return bytes[at]!;
  let point = bytes[at]! & (0xff >>> (size + 1));
  for (let i = at + 1; i < at + size; i++) {
    if ((bytes[i]! & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (bytes[i]! & 0x3f);
  }
  return point < SMALLEST[size]! || point > 0x10_ffff || isSurrogate(point) ? -1 : point;
}
