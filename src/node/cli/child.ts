/** Real programs as children: their output passed through or collected, their exit code passed on, none of them left behind. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];

const STDERR_FD = 2;

/** How long a child may take to obey a signal. */
const OBEY_MS = 1_000;

/** No proxy can be reached from a private network, and none is between a program and the stack beside it. */
export function withoutProxy(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(all|http|https|ftp)_proxy$/i.test(name)));
}

/**
 * Runs a program that has the terminal to itself. Signals are passed on to it, and end it even where it does not obey:
 * from the moment of the call, so that whoever handled them before may stop then.
 *
 * @param isOutputTaken our standard output carries a capture: what the program prints goes to standard error
 * @returns the exit code as a shell counts it: 127 when there is no such program, 126 when it cannot be run, 128 + n after
 *   a signal, to it or to us
 */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  isOutputTaken = false,
): Promise<number> {
  return new Promise((resolve) => {
    const signals = new PassedOnSignals(); // first: as soon as the child runs, somebody may want to end both
    const child = spawn(command, args, { stdio: ['inherit', isOutputTaken ? STDERR_FD : 'inherit', 'inherit'], env });
    signals.target = child;
    child.on('error', (error: NodeJS.ErrnoException) => {
      signals.stop();
      const isMissing = error.code === 'ENOENT';
      const what = isMissing ? `there is no program "${command}"` : `cannot run "${command}": ${reasonOf(error)}`;
      process.stderr.write(`tapstack: ${what}\n`);
      resolve(isMissing ? 127 : 126);
    });
    child.on('exit', (code, signal) => {
      const ended = signals.stop() ?? signal;
      resolve(ended === null ? (code ?? 1) : 128 + constants.signals[ended]);
    });
  });
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => (code === 'EACCES' ? 'permission denied' : message);

/** While they are passed on they do not end us. */
class PassedOnSignals {
  target: ChildProcess | undefined = undefined;
  #received: Signal | undefined = undefined;
  #impatience: NodeJS.Timeout | undefined = undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    process.on('exit', this.#onExit);
  }

  /** @returns the signal that was passed on */
  stop(): Signal | undefined {
    clearTimeout(this.#impatience);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.off('exit', this.#onExit);
    return this.#received;
  }

  readonly #onSignal = (signal: Signal): void => {
    // Ctrl-C reaches everybody on the terminal: the child has it, and a shell or an editor goes on after it
    if (signal === 'SIGINT' && isatty(0)) return;
    this.#received ??= signal;
    this.target?.kill(signal);
    this.#impatience ??= setTimeout(() => this.target?.kill('SIGKILL'), OBEY_MS);
  };

  readonly #onExit = (): void => void this.target?.kill('SIGKILL');
}

export interface Collected {
  readonly code: number;
  readonly output: string;
}

/** Runs a program and keeps what it prints, in English; `show` is handed every piece as it comes. It ends when we do. */
export function collect(command: string, args: readonly string[], show: (text: string) => void): Promise<Collected> {
  return new Promise((resolve) => {
    const env = { ...withoutProxy(process.env), LC_ALL: 'C' };
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const onExit = (): void => void child.kill('SIGKILL');
    process.on('exit', onExit);
    const finish = (code: number): void => {
      process.off('exit', onExit);
      resolve({ code, output });
    };
    let output = '';
    const take = (chunk: Buffer): void => {
      const text = chunk.toString();
      output += text;
      show(text);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', () => finish(127));
    child.on('close', (code) => finish(code ?? 1));
  });
}
