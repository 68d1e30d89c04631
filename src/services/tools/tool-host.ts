/** What the tools of a host stand on: a stack, a clock, and the names that are known where the host lives. */
import type { IpAddress, Micros, Stack } from '../../stack/index.ts';
import { fromV4, parseV4 } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { CommandError } from './command-error.ts';

export interface ToolHost {
  readonly stack: Stack;
  readonly time: Timekeeper;
  /** The address behind a name; undefined: nobody knows it. @default no name is known */
  readonly resolve?: (name: string) => Promise<IpAddress | undefined> | IpAddress | undefined;
  /** The name behind an address, for what is printed. @default none */
  readonly nameOf?: (address: IpAddress) => string | undefined;
}

/** Resolves after so much time. */
export const pause = ({ after }: Timekeeper, duration: Micros): Promise<void> =>
  new Promise((resolve) => {
    after(duration, resolve);
  });

/** @throws CommandError when it is neither an address nor a name that is known */
export async function addressOf(host: ToolHost, word: string): Promise<IpAddress> {
  const literal = parseV4(word);
  if (literal !== undefined) return fromV4(literal);
  // what looks like an address is a slip of the finger, and no name
  if (/^[\d.]+$/.test(word)) throw new CommandError(`"${word}" is not an IPv4 address such as 10.0.0.1`);
  const found = await host.resolve?.(word);
  if (found === undefined) throw new CommandError(`no address is known for "${word}"`);
  return found;
}

/** "r1 (10.0.0.1)", or the address alone. */
export function named({ nameOf }: Pick<ToolHost, 'nameOf'>, address: IpAddress): string {
  const name = nameOf?.(address);
  return name === undefined ? `${address}` : `${name} (${address})`;
}
