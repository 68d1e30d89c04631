/** What the numbers on the cables mean, in lines below the picture. */
import { wrapText } from '../../capture/picture/text-width.ts';
import { escapeXml, num } from '../../capture/picture/xml.ts';
import type { Step } from './way.ts';

interface Entry {
  readonly number: number;
  readonly part: Step['part'];
  readonly lines: readonly string[];
}

export interface Legend {
  readonly entries: readonly Entry[];
  readonly height: number;
}

const SIZE = 11.5;
const STEP = 16;
const INDENT = 26;

/** Copies with one number are said in one entry. */
export function legendOf(way: readonly Step[], width: number): Legend {
  const numbers = [...new Set(way.map(({ number }) => number))];
  const entries = numbers.map((number) => {
    const steps = way.filter((step) => step.number === number);
    return { number, part: steps[0]!.part, lines: steps.flatMap(({ words }) => wrapText(words, width - INDENT, SIZE)) };
  });
  return { entries, height: entries.reduce((sum, { lines }) => sum + lines.length * STEP + 4, 0) };
}

export function drawLegend({ entries }: Legend, x: number, top: number): string[] {
  let y = top;
  return entries.map(({ number, part, lines }) => {
    const words = lines.map(
      (text, index) => `<text class="step" x="${num(x + INDENT)}" y="${num(y + index * STEP + 12)}">${escapeXml(text)}</text>`,
    );
    const drawn = badge(number, part, x + 8, y + 8) + words.join('');
    y += lines.length * STEP + 4;
    return drawn;
  });
}

/** A number in a disc. */
export const badge = (number: number, part: Step['part'], x: number, y: number): string =>
  `<circle class="${part}" cx="${num(x)}" cy="${num(y)}" r="8"/><text class="number" x="${num(x)}" y="${num(y + 3.4)}">${number}</text>`;
