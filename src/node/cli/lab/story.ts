/** A performance told on a terminal: the story, the ladder, what to look at, where the files are. */
import { drawLadder } from '../../../capture/ladder/text.ts';
import { wrap } from '../../../capture/words/wrap.ts';
import type { Performance } from '../../../scenarios/perform.ts';
import { ladderOf } from '../../../scenarios/perform.ts';
import { showsColor, terminalWidth } from '../terminal.ts';

/** @param all every packet in the ladder, long runs too */
export function storyText(performance: Performance, files: readonly string[], all: boolean): string {
  const { scenario } = performance;
  const width = terminalWidth();
  const color = showsColor();
  const widest = Math.max(0, ...scenario.look.map(({ filter }) => filter.length));
  const look = scenario.look.map(({ filter, meaning }) => `  ${filter.padEnd(widest)}   ${meaning}\n`).join('');
  return [
    `${scenario.title}${scenario.rfcs.length === 0 ? '' : ` (${scenario.rfcs.join(', ')})`}\n\n`,
    scenario.story === '' ? '' : `${paragraph(scenario.story, width)}\n`,
    scenario.withoutLadder && !all
      ? ''
      : `${drawLadder(
          ladderOf(performance, (name, address) => `${name} ${address}`),
          { width, color, all },
        )}\n`,
    scenario.question === '' ? '' : `${paragraph(`For the class: ${scenario.question}`, width)}\n`,
    look === '' ? '' : `What to look at, as display filters of Wireshark:\n${look}`,
    files.length === 0 ? '' : `\nFiles: ${files.join(' ')}\n`,
  ].join('');
}

const paragraph = (text: string, width: number): string => `${wrap(text, width).join('\n')}\n`;
