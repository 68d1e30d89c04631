/** A performance told on a terminal: the story, the ladder, what to look at, where the files are. */
import { ladderText } from '../../../capture/ladder/text.ts';
import type { Performance } from '../../../scenarios/perform.ts';

const NARROWEST = 80;
const WIDEST = 140;
const WITHOUT_TERMINAL = 110;

/** @param all every packet in the ladder, long runs too */
export function storyText(performance: Performance, files: readonly string[], all: boolean): string {
  const { scenario, frames } = performance;
  const isTerminal = process.stdout.isTTY === true;
  const width = Math.max(Math.min(process.stdout.columns ?? WITHOUT_TERMINAL, WIDEST), NARROWEST);
  const color = isTerminal && !('NO_COLOR' in process.env);
  const names = new Map([...performance.names].map(([address, name]) => [address, `${name} ${address}`]));
  const widest = Math.max(...scenario.look.map(({ filter }) => filter.length));
  const look = scenario.look.map(({ filter, meaning }) => `  ${filter.padEnd(widest)}   ${meaning}\n`).join('');
  return [
    `${scenario.title} (${scenario.rfcs.join(', ')})\n\n`,
    `${wrap(scenario.story, width)}\n`,
    scenario.withoutLadder && !all ? '' : `${ladderText(frames, { names, width, color, all })}\n`,
    `${wrap(`For the class: ${scenario.question}`, width)}\n`,
    `What to look at, as display filters of Wireshark:\n${look}`,
    files.length === 0 ? '' : `\nFiles: ${files.join(' ')}\n`,
  ].join('');
}

/** Lines of words. */
function wrap(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${lines.join('\n')}\n`;
}
