/** `tapstack capture ...`: files of packets read as people read them. One file per command. */
import type { Command } from 'commander';
import { addCheck } from './check.ts';
import { addConversations } from './conversations.ts';
import { addCut } from './cut.ts';
import { addDiff } from './diff.ts';
import { addFollow } from './follow.ts';
import { addLadder } from './ladder.ts';
import { addMerge } from './merge.ts';
import { addPlot } from './plot.ts';
import { addReplay } from './replay.ts';
import { addShow } from './show.ts';
import { addStats } from './stats.ts';
import { addToTest } from './to-test.ts';

/** @param exit is told the exit code of the command that ran */
export function addCapture(capture: Command, exit: (code: number) => void): void {
  capture.description('Reads captures, pcapng and pcap, of this stack and of others.');
  addShow(capture, exit);
  addLadder(capture, exit);
  addPlot(capture, exit);
  addStats(capture, exit);
  addConversations(capture, exit);
  addFollow(capture, exit);
  addDiff(capture, exit);
  addCut(capture, exit);
  addMerge(capture, exit);
  addCheck(capture, exit);
  addReplay(capture, exit);
  addToTest(capture, exit);
}
