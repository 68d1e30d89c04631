/** `tapstack capture ladder`: the conversation in a file as a sequence diagram. */
import type { Command } from 'commander';
import { ladderText } from '../../../capture/ladder/text.ts';
import { readCaptureFile } from './input.ts';

export function addLadder(capture: Command, exit: (code: number) => void): void {
  capture
    .command('ladder')
    .summary('who said what to whom, as a sequence diagram')
    .argument('<file>', 'a capture')
    .option('--all', 'every packet, long runs too')
    .action((file: string, options: { readonly all?: boolean }) => {
      const width = Math.max(Math.min(process.stdout.columns ?? 110, 140), 80);
      process.stdout.write(ladderText(readCaptureFile(file).frames, { all: options.all === true, width }));
      exit(0);
    });
}
