/** Names of DNS with their compression, RFC 1035 §4.1.4. */

export interface DnsName {
  /** "example.com"; empty for the root. What is no printable character stands as \ddd (RFC 1035 §5.1). */
  readonly text: string;
  /** How many labels. */
  readonly labels: number;
  /** Bytes where it stands: a pointer ends it there. */
  readonly length: number;
}

const POINTER = 0xc0;
/** RFC 1035 §2.3.4, in bytes with the lengths. */
const LONGEST = 255;
const LONGEST_LABEL = 63;

/**
 * @param start of the message, from which pointers count
 * @returns undefined where it runs out of the message, or is not to be trusted: a pointer may only point to what stands before
 *   the part that it ends, so that no chain of them comes back
 */
export function readName(view: DataView, start: number, at: number, end: number): DnsName | undefined {
  const labels: string[] = [];
  let [position, partAt, total, length] = [at, at, 1, 0];
  while (position < end) {
    const size = view.getUint8(position);
    if (size === 0) return { text: labels.join('.'), labels: labels.length, length: length || position + 1 - at };
    if (size >= POINTER) {
      length ||= position + 2 - at;
      partAt = pointerTarget(view, start, position, partAt, end);
      position = partAt;
      continue;
    }
    total += size + 1;
    if (size > LONGEST_LABEL || position + 1 + size > end || total > LONGEST) break;
    labels.push(labelText(view, position + 1, size));
    position += 1 + size;
  }
  return undefined;
}

/** @returns where it points to; `end` where it may not */
function pointerTarget(view: DataView, start: number, position: number, partAt: number, end: number): number {
  if (position + 2 > end) return end;
  const target = start + (view.getUint16(position) & 0x3fff);
  return target < partAt ? target : end;
}

function labelText(view: DataView, at: number, size: number): string {
  let text = '';
  for (let i = at; i < at + size; i++) text += characterText(view.getUint8(i));
  return text;
}

const characterText = (octet: number): string => {
  if (octet <= 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  return octet === 0x2e || octet === 0x5c ? `\\${String.fromCharCode(octet)}` : String.fromCharCode(octet);
};
