/**
 * How wide words are, so that labels neither overlap nor are cut: the advance widths of Helvetica, which Arial and Liberation
 * Sans share, in hundredths of the font size. No font is asked, so the same words give the same picture on every machine.
 */

/** Code points 32 to 126. */
const REGULAR = widths(
  '28 28 35 56 56 89 67 19 33 33 39 58 28 33 28 28 56 56 56 56 56 56 56 56 56 56 28 28 58 58 58 56 102 67 67 72 72 67 61 78 72 ' +
    '28 50 67 56 83 72 78 67 78 72 67 61 72 67 94 67 67 61 28 28 28 47 56 33 56 56 50 56 56 28 56 56 22 22 50 22 83 56 56 56 ' +
    '56 33 50 28 56 50 72 50 50 50 33 26 33 58',
);
const BOLD = widths(
  '28 33 47 56 56 89 72 24 33 33 39 58 28 33 28 28 56 56 56 56 56 56 56 56 56 56 33 33 58 58 58 61 98 72 72 72 72 67 61 78 72 ' +
    '28 56 72 61 83 72 78 67 78 72 67 61 72 67 94 67 67 61 33 28 33 58 56 33 56 61 56 61 56 33 61 61 28 28 56 28 89 61 61 61 ' +
    '61 39 56 33 61 56 78 56 56 50 39 28 39 58',
);
/** Of what is not in the table: no letter is wider than the font is high. */
const OTHER = 100;
/** A font that stands in for Helvetica is a little wider. */
const SLACK = 1.04;

function widths(text: string): readonly number[] {
  return text.split(' ').map(Number);
}

/** @returns in the unit of `size` */
export function textWidth(text: string, size: number, bold = false): number {
  const table = bold ? BOLD : REGULAR;
  let sum = 0;
  for (const character of text) sum += table[(character.codePointAt(0) ?? 0) - 32] ?? OTHER;
  return (sum / 100) * size * SLACK;
}

/** Cut to the width, with an ellipsis in place of what had to go. */
export function cutText(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, bold) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines no wider than that, broken at spaces; a word that is too wide alone is broken where it must be. */
export function wrapText(text: string, width: number, size: number, bold = false): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, width, size, bold))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size, bold) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A word in pieces that fit; nearly always the word itself. */
function pieces(word: string, width: number, size: number, bold: boolean): string[] {
  if (textWidth(word, size, bold) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character, size, bold) > width) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}
