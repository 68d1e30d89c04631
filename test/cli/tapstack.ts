/** The command line as its users run it: a process of its own, in a network of its own, with real programs beside it. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildFolder } from '../node/child.ts';

export interface Result {
  /** null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
}

export interface RunOptions {
  /** What standard input holds. @default nothing */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Another program in front, such as setpriv with its arguments. */
  readonly before?: readonly string[];
}

/** A process that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Result>;
  /** Resolves when it has written these words to standard output or error; rejects when it ends before. */
  says(words: string): Promise<void>;
}

/** The program, compiled from the sources as they are, and a folder for its files. */
export class Tapstack {
  readonly folder = mkdtempSync(join(tmpdir(), 'tapstack-cli-'));
  readonly #program: ChildFolder;

  /** @param also sources that the program loads by their path */
  constructor(also: readonly string[] = []) {
    this.#program = new ChildFolder(['node/cli/main.ts', ...also]);
  }

  get main(): string {
    return join(this.#program.path, 'node/cli/main.js');
  }

  /** @param args of the command line */
  start(args: readonly string[], { before = [], ...options }: RunOptions = {}): Running {
    const words = [...before, process.execPath, this.main, ...args];
    return start(words[0]!, words.slice(1), { cwd: this.folder, ...options });
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.start(args, options).ended;
  }

  /** `up --private`, with a shell script beside the stack. */
  beside(script: string, options: readonly string[] = []): Promise<Result> {
    return this.run(['up', '--private', ...options, '--', 'sh', '-c', script]);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    this.#program.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Any program, with what it prints collected. */
export function start(
  command: string,
  args: readonly string[],
  { input, env = {}, cwd }: Omit<RunOptions, 'before'> = {},
): Running {
  const { TAPSTACK_PRIVATE: _, ...outside } = process.env; // each child gets a network of its own
  const child = spawn(command, args, {
    cwd,
    env: { ...outside, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {}); // a child that does not read to the end
  child.stdin?.end(input);
  const said: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
  const listeners: (() => void)[] = [];
  for (const [name, stream] of [['out', child.stdout] as const, ['err', child.stderr] as const]) {
    stream?.on('data', (chunk: Buffer) => {
      said[name].push(chunk);
      for (const look of listeners) look();
    });
  }
  const text = (name: 'out' | 'err'): string => Buffer.concat(said[name]).toString();
  const ended = new Promise<Result>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const look of listeners) look();
      resolve({ code, signal, out: text('out'), err: text('err'), bytes: Buffer.concat(said.out) });
    });
  });
  const says = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (`${text('out')}${text('err')}`.includes(words)) resolve();
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`ended without "${words}": ${text('out')}${text('err')}`));
      };
      listeners.push(look);
      look();
    });
  return { process: child, ended, says };
}

/** The interfaces of this process's own network: what a test compares before and after. */
export async function interfaces(): Promise<string[]> {
  const { out } = await start('ip', ['-o', 'link', 'show']).ended;
  return out
    .trim()
    .split('\n')
    .map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? line);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What tshark makes of a capture with every checksum checked: one line of chosen fields per frame. */
export async function tshark(path: string, fields: readonly string[], filter = ''): Promise<string[]> {
  const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
  const wanted = fields.flatMap((field) => ['-e', field]);
  const args = ['-r', path, ...checks, ...(filter === '' ? [] : ['-Y', filter]), '-T', 'fields', '-E', 'separator=;', ...wanted];
  const { code, out, err } = await start('tshark', args).ended;
  if (code !== 0) throw new Error(`tshark failed: ${err}`);
  return out === '' ? [] : out.replace(/\n$/, '').split('\n');
}

/**
 * Frames that tshark finds fault with. Not a TCP checksum of 0xffff: Linux writes it for zero when it sums in software, once in
 * 65,536 segments; both are zero in ones' complement, every receiver takes it, and our own stack writes 0.
 */
export const faultyFrames = (path: string): Promise<string[]> =>
  tshark(
    path,
    ['frame.number', '_ws.col.Info'],
    '_ws.malformed || ip.checksum.status == "Bad" || (tcp.checksum.status == "Bad" && tcp.checksum != 0xffff) || udp.checksum.status == "Bad" || icmp.checksum.status == "Bad"',
  );
