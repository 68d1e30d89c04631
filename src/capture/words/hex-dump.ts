/** Bytes as text: offset, sixteen bytes in hexadecimal, and the same as characters. */

const PER_LINE = 16;
/** Three characters a byte and one between the halves. */
const HEX_WIDTH = PER_LINE * 3;

export function hexDump(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PER_LINE) text += lineOf(bytes.subarray(at, at + PER_LINE), at);
  return text;
}

function lineOf(bytes: Uint8Array, at: number): string {
  const pairs = Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0'));
  const halves = `${pairs.slice(0, PER_LINE / 2).join(' ')}  ${pairs.slice(PER_LINE / 2).join(' ')}`.trimEnd();
  const characters = Array.from(bytes, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');
  return `${at.toString(16).padStart(4, '0')}  ${halves.padEnd(HEX_WIDTH)}  ${characters}\n`;
}
