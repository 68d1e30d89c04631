/** Colours of a terminal. */

/** Codes of Select Graphic Rendition, ECMA-48, that mean the same wherever packets are printed. */
export const DIM = '2';
export const NOTE = '33';

/** @param code of Select Graphic Rendition @param color false: the text as it is */
export const paint = (code: string, text: string, color: boolean): string =>
  color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
