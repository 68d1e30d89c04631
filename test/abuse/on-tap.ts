/** A shell script beside a stack of ours on a TAP, in a network of its own: what real tools say to it and hear from it. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { MARK } from '../../src/node/private-namespace.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const CROWD_CLIENT = join(import.meta.dirname, 'crowd-client.js');

/**
 * Runs the script with the stack at 10.0.0.2 and the kernel at 10.0.0.1.
 * @param options of `tapstack up`
 * @returns what it printed
 * @throws when it fails
 */
export function onTap(script: string, ...options: readonly string[]): string {
  const { [MARK]: _, ...env } = process.env; // a stack inside of a private network makes another
  const command = ['up', '--private', ...options, '--', 'bash', '-euc', script];
  const path = `${env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'scripts/tapstack'), command, {
    env: { ...env, PATH: path },
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`the script ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** True when the program is installed. */
export const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0;
