#!/usr/bin/env node
/** The command line. Exit codes: 0 it worked, 1 it was tried and failed, 2 it was asked for wrongly or cannot be had here. */
import { CommanderError } from 'commander';
import { program } from './program.ts';
import { UsageError } from './usage-error.ts';

/** What a shell sees of a program that SIGPIPE ended; Node ignores that signal and reports an error instead. */
const READER_LEFT = 128 + 13;

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.stderr.write(`tapstack: cannot write standard output: ${message}\n`);
  process.exit(code === 'EPIPE' ? READER_LEFT : 1);
});
process.stderr.on('error', () => {}); // nobody is left who could be told

let code = 0;
try {
  const root = await program(process.argv.slice(2), (result) => {
    code = result;
  });
  await root.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    code = error.exitCode === 0 ? 0 : 2; // commander has printed it
    if (error.code === 'commander.help') code = 2; // no command was given
  } else if (error instanceof UsageError) {
    process.stderr.write(`tapstack: ${error.message}\n`);
    code = 2;
  } else throw error;
}
// not process.exit: what is still being written to a pipe must get there
process.exitCode = code;
if (process.stdout.writableLength === 0) process.exit();
process.stdout.once('drain', () => process.exit());
