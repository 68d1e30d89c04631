/** `tapstack capture ...`: files of packets read as people read them. One file per command. */
import type { Command } from 'commander';
import { addLadder } from './ladder.ts';
import { addPlot } from './plot.ts';

/** @param exit is told the exit code of the command that ran */
export function addCapture(root: Command, exit: (code: number) => void): void {
  const capture = root
    .command('capture')
    .summary('captures: read, draw, compare and cut them')
    .description('Reads captures, pcapng and pcap, of this stack and of others.');
  addLadder(capture, exit);
  addPlot(capture, exit);
}
