/** The ladder in the language of Mermaid, which Markdown on many sites draws: https://mermaid.js.org/syntax/sequenceDiagram.html */
import { readComment } from '../words/comment.ts';
import { foldRuns } from './fold.ts';
import type { Ladder, LadderRow } from './ladder.ts';
import { timeUnit } from './svg/time-unit.ts';
import { isStory, LOST_WORD } from './svg/words.ts';

export interface LadderMermaidOptions {
  /** Every segment, instead of folding long runs of ordinary ones. @default false */
  readonly all?: boolean;
  /** @default none */
  readonly title?: string;
}

export function ladderMermaid(ladder: Ladder, { all = false, title = '' }: LadderMermaidOptions = {}): string {
  const rows = all ? ladder.rows : foldRuns(ladder.rows);
  const unit = timeUnit(rows);
  const lines = [
    ...(title === '' ? [] : ['---', `title: ${JSON.stringify(harmless(title))}`, '---']),
    'sequenceDiagram',
    ...ladder.hosts.map(({ name, address }, index) => {
      const more = address === '' || name.includes(address) ? '' : `<br/>${harmless(address)}`;
      return `    participant ${hostId(index)} as ${harmless(name)}${more}`;
    }),
    ...rows.flatMap((row) => messageOf(row, `${unit.text(row.at)} ${unit.name}`, ladder.hosts.length)),
  ];
  return `${lines.join('\n')}\n`;
}

const hostId = (index: number): string => `h${index}`;

function messageOf(row: LadderRow, time: string, hosts: number): string[] {
  const to = row.to >= 0 ? row.to : row.from === hosts - 1 ? 0 : hosts - 1;
  const arrow = row.lost ? '-x' : row.packets > 1 ? '-->>' : '->>';
  const words = [...(row.lost ? [LOST_WORD] : []), ...(row.mark === undefined ? [] : [row.mark]), ...row.parts.filter(isStory)];
  const text = row.packets > 1 ? `… ${words.join(', ')} …` : words.join(' ');
  return [
    `    ${hostId(row.from)}${arrow}${hostId(to)}: ${harmless(`${time}: ${text}`)}`,
    ...noteOf(row.note, row.seenAtEnd ? to : row.from),
    ...row.arrivals.flatMap((arrival) => noteOf(arrival.note, Math.max(arrival.to, 0))),
  ];
}

function noteOf(comment: string, host: number): string[] {
  const { happened, change, numbers } = readComment(comment);
  const parts = [...(change === undefined ? [] : [change.to]), ...happened, ...(numbers === '' ? [] : [numbers])].map(harmless);
  return parts.length === 0 ? [] : [`    Note over ${hostId(host)}: ${parts.join('<br/>')}`];
}

/** Whatever means something to Mermaid, or to the page that it makes, as a number. */
const harmless = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N}\p{M} .,:()[\]/+*=?!'…>_-]|>/gu, (character) => `#${character.codePointAt(0)};`)
    .trim();
