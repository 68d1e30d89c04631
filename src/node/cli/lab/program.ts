/** `tapstack lab ...`: scenarios for lectures and for oneself, in memory and in virtual time. */
import type { Command } from 'commander';
import { addList } from './list.ts';
import { addRun } from './run.ts';
import { addUp } from './up.ts';

/** @param exit is told the exit code of the command that ran */
export function addLab(lab: Command, exit: (code: number) => void): void {
  lab.description('Plays scenarios: a few hosts in memory and in virtual time, the same packets every time, no root needed.');
  addList(lab, exit);
  addRun(lab, exit);
  addUp(lab, exit);
}
