/** Text made harmless for XML and HTML. What stands in a capture was written by whoever sent or recorded it. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters, lone surrogates and the two non-characters have no place in XML 1.0 §2.2, not even escaped. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** For the content of an element and for the value of an attribute. */
export const escapeXml = (text: string): string =>
  text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A number with at most one decimal: a tenth of a pixel is not seen, and files stay small. */
export const num = (value: number): string => String(Math.round(value * 10) / 10 || 0);
