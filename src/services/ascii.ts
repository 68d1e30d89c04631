/** Text of the old protocols: seven-bit characters, one byte each. */

/** Characters beyond ASCII become a question mark. */
export function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code < 128 ? code : 0x3f;
  }
  return bytes;
}
