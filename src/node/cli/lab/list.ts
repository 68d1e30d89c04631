/** `tapstack lab list`: what there is to be played. */
import type { Command } from 'commander';
import { scenarios, scenariosOf } from '../../../scenarios/catalogue.ts';
import { CHAPTERS } from '../../../scenarios/scenario.ts';

export function addList(lab: Command, exit: (code: number) => void): void {
  lab
    .command('list')
    .summary('the scenarios, by chapter')
    .action(() => {
      process.stdout.write(listText());
      exit(0);
    });
}

/** A heading a chapter, a line a scenario. */
function listText(): string {
  const widest = Math.max(...scenarios().map(({ name }) => name.length));
  const chapters = CHAPTERS.flatMap((chapter) => {
    const lines = scenariosOf(chapter).map(({ name, title }) => `  ${name.padEnd(widest)}  ${title}`);
    return lines.length === 0 ? [] : [[chapter, ...lines].join('\n')];
  });
  return `${chapters.join('\n\n')}\n\nPlay one with: tapstack lab run NAME\n`;
}
