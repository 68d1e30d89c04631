/**
 * Domain names, RFC 1034 §3.1, as text: labels joined by dots, absolute, without the dot at the end, the root as the empty text.
 * They are compared without regard to case (RFC 4343) and kept as they were written.
 */

const LONGEST_LABEL = 63;
/** RFC 1035 §2.3.4: 255 octets with a length before each label and a zero at the end. */
const LONGEST_NAME = 255;

/** The root of the tree. */
export const ROOT = '';

/**
 * Any printable character but the dot and the backslash, which text forms need for themselves. RFC 2181 §11 allows every octet; a
 * label with a dot, a zero or a control character inside is nobody's host and has been used to slip wrong names into caches.
 */
const LABEL = /^[!-[\]-~]+$/;

/** What is wrong with a name; undefined: nothing. @param name with or without the dot at its end */
export function problemOfName(name: string): string | undefined {
  const plain = withoutDot(name);
  if (plain === ROOT) return undefined;
  if (plain.length + 2 > LONGEST_NAME) return `a name has at most ${LONGEST_NAME - 2} characters, not ${plain.length}`;
  for (const label of plain.split('.')) {
    if (label === '') return 'a name has no empty label: two dots in a row, or one at its beginning';
    if (label.length > LONGEST_LABEL) return `a label has at most ${LONGEST_LABEL} characters, not ${label.length}`;
    if (!LABEL.test(label)) return `"${label}" holds a character that no name here has`;
  }
  return undefined;
}

/** True when the byte may stand in a label. */
export const isLabelByte = (byte: number): boolean => byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c;

/** "example.com." and "example.com" are the same here. */
export const withoutDot = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name);

/** What names are compared and looked up by. */
export const keyOf = (name: string): string => withoutDot(name).toLowerCase();

/** For people: the root has a name too. */
export const shown = (name: string): string => (name === ROOT ? '.' : name);

export const labelsOf = (name: string): string[] => (name === ROOT ? [] : name.split('.'));

/** One label less; of the root: itself. */
export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? ROOT : name.slice(dot + 1);
}

/** True when the name is the zone's own or one below it. Both as keys. */
export const isWithin = (key: string, zone: string): boolean => zone === ROOT || key === zone || key.endsWith(`.${zone}`);

/** The name and those above it, the root last. */
export function ancestorsOf(key: string): string[] {
  const names = [key];
  for (let name = key; name !== ROOT; ) {
    name = parentOf(name);
    names.push(name);
  }
  return names;
}

/** RFC 1035 §3.5: where the name of an IPv4 address is looked up. @param address such as 192.0.2.1 */
export const reverseName = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;
