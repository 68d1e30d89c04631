/** Names that come over the network: of people, and of files, which must not lead out of their folder. */

const MAX_FILE_NAME = 255;
const MAX_PERSON = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;

/**
 * Why a name is none for a file; undefined when it is one: a single step, in the folder and nowhere else, on every system.
 * @param length of the name in bytes of UTF-8
 */
export function fileNameFault(name: string, length: number): string | undefined {
  if (name === '') return 'the name is empty';
  if (length > MAX_FILE_NAME) return `the name is longer than ${MAX_FILE_NAME} bytes`;
  if (CONTROL.test(name)) return 'the name has a control character';
  if (name === '.' || name === '..') return 'the name is a way out of the folder';
  if (/[/\\]/.test(name)) return 'the name has a slash';
  return undefined;
}

/** Why a name is none for a person in a chat; undefined when it is one. */
export function personNameFault(name: string): string | undefined {
  if (name.trim() !== name || name === '') return 'the name is empty or has spaces at its ends';
  if ([...name].length > MAX_PERSON) return `the name is longer than ${MAX_PERSON} letters`;
  if (CONTROL.test(name) || name.includes(':')) return 'the name has a colon or a control character';
  return undefined;
}
