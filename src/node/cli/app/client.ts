/** What the clients of applications have in common: a stack for as long as they talk, and one line when that goes wrong. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Timekeeper } from '../../../services/timekeeper.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { IpAddress } from '../../../stack/wire/ip-address.ts';
import { ipv4 } from '../../../stack/wire/ip-address.ts';
import { hostTimekeeper } from '../../host-timekeeper.ts';
import type { NetworkOptions } from '../network-options.ts';
import { openSession, printer } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export interface Client {
  readonly stack: Stack;
  readonly time: Timekeeper;
  readonly to: { readonly address: IpAddress; readonly port: number };
  readonly print: (line: string) => void;
}

/** @returns the exit code of the work; 1 when it fails, with one line about it */
export async function withClient(
  address: string,
  port: number,
  options: NetworkOptions,
  work: (client: Client) => Promise<number>,
): Promise<number> {
  const session = await openSession(options, { print: printer(options, true) });
  const { stack, clock } = session.host;
  try {
    const to = { address: ipv4(address), port };
    return await work({ stack, time: hostTimekeeper(clock), to, print: printer(options) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await session.close();
  }
}

const LARGEST = 1024 * 1024 * 1024;

/** Before anything is opened. @throws UsageError when a file cannot be read */
export function checkFiles(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK);
      if (!statSync(path).isFile()) throw new Error('no file');
    } catch {
      throw new UsageError(`cannot read ${path}: name a file that is there`);
    }
    if (statSync(path).size > LARGEST) throw new UsageError(`${path} is larger than a gigabyte`);
  }
}

/** By its own name, without its folders. */
export const fileAt = (path: string): { readonly name: string; readonly bytes: Uint8Array } => ({
  name: basename(path),
  bytes: readFileSync(path),
});
