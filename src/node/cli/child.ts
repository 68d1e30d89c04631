/** Real programs as children: their output passed through or collected, their exit code passed on. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @returns the exit code as a shell counts it: 127 when there is no such program, 128 + n after a signal */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      process.stderr.write(`${isMissing ? `there is no program "${command}"` : `cannot run ${command}: ${error.message}`}\n`);
      resolve(isMissing ? 127 : 126);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

export interface Collected {
  readonly code: number;
  readonly output: string;
}

/** Runs a program and keeps what it prints; `show` is handed every piece as it comes. */
export function collect(command: string, args: readonly string[], show: (text: string) => void): Promise<Collected> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      const text = chunk.toString();
      output += text;
      show(text);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', () => resolve({ code: 127, output }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
