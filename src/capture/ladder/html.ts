/** The ladder as a page of one file: the picture, what is known of each packet when one points at it, and a filter. */

import { page } from '../picture/page.ts';
import { DARK, LIGHT } from '../picture/palette.ts';
import { escapeXml } from '../picture/xml.ts';
import { foldRuns } from './fold.ts';
import { PAGE_SCRIPT } from './html/script.ts';
import { PAGE_STYLE } from './html/style.ts';
import type { Ladder, LadderRow } from './ladder.ts';
import { type TimeUnit, timeUnit } from './svg/time-unit.ts';
import { drawSvg, ladderStyle } from './svg.ts';

export interface LadderHtmlOptions {
  /** Of the picture, in pixels. @default 1200 */
  readonly width?: number;
  /** @default "Ladder" and who is in it */
  readonly title?: string;
  /** Every segment, instead of folding long runs of ordinary ones. @default false */
  readonly all?: boolean;
}

export function ladderHtml(ladder: Ladder, options: LadderHtmlOptions = {}): string {
  const { width = 1200, all = false } = options;
  const title = options.title ?? `Ladder: ${ladder.hosts.map(({ name }) => name).join(', ') || 'no packets'}`;
  const rows = all ? ladder.rows : foldRuns(ladder.rows);
  const unit = timeUnit(rows);
  const svg = drawSvg({ ...ladder, rows }, { width, all: true }, '');
  return page({
    title,
    style: [
      PAGE_STYLE,
      ladderStyle(LIGHT, 'svg.ladder '),
      `@media screen and (prefers-color-scheme: dark) {\n${ladderStyle(DARK, 'svg.ladder ')}\n}`,
    ].join('\n'),
    body: `<header>
<h1>${escapeXml(title)}</h1>
<label>Filter <input id="filter" type="search" placeholder="SYN, retransmission, seq 1449, cwnd ..." autocomplete="off" spellcheck="false"></label>
<output id="count" for="filter"></output>
</header>
<main>
<div id="picture" tabindex="0">
${svg}</div>
<aside id="details" aria-live="polite"><p class="hint">Point at a packet to read all of it; click to keep it here. Arrow keys step through the packets that the filter leaves.</p></aside>
</main>`,
    data: rows.map((row) => detailsOf(row, ladder, unit)),
    scripts: [PAGE_SCRIPT],
  });
}

/** What the page tells of one packet: names and values, in the order in which they are read. */
function detailsOf(row: LadderRow, { hosts }: Ladder, unit: TimeUnit): { id: number; head: string; lines: [string, string][] } {
  const nameOf = (index: number): string => hosts[index]?.name ?? 'everyone';
  const time = (at: number): string => `${unit.text(at)} ${unit.name}`;
  const lines: [string, string][] = [
    ['packet', row.packets > 1 ? `${row.packets} packets from number ${row.number} on` : `number ${row.number}`],
    [row.seenAtEnd ? 'seen' : 'sent', `${time(row.at)} by ${nameOf(row.seenAtEnd ? row.to : row.from)}`],
    ...row.arrivals.map(({ at, to, number }): [string, string] => [
      'arrived',
      `${time(at)} at ${nameOf(to)}, ${time(at - row.at)} later, as number ${number}`,
    ]),
    ...(row.lost ? [['arrived', 'never: lost on the way'] as [string, string]] : []),
    ...(row.mark === undefined ? [] : [['mark', row.mark] as [string, string]]),
    ...row.parts.slice(1).map((part): [string, string] => ['', part]),
    ...[{ note: row.note, of: row.seenAtEnd ? row.to : row.from }, ...row.arrivals.map(({ note, to }) => ({ note, of: to }))]
      .filter(({ note }) => note !== '')
      .flatMap(({ note, of }) => note.split('\n').map((line, index): [string, string] => [index === 0 ? nameOf(of) : '', line])),
  ];
  return { id: row.number, head: `${nameOf(row.from)} to ${nameOf(row.to)}: ${row.parts[0] ?? ''}`, lines };
}
