/** A network cut into parts of one size, or into parts that fit what is asked of each (VLSM, RFC 1878). */
import { Prefix } from '../stack/ip/prefix.ts';
import { addressesOf, lengthFor } from './subnet.ts';

/** More parts than anybody reads. */
export const MOST_PARTS = 4096;

/** @returns the parts in order @throws RangeError in words for the person who asked */
export function splitTo(network: Prefix, length: number): readonly Prefix[] {
  if (network.length === 32) throw new RangeError(`${network} is one address, which has no parts`);
  if (length < network.length) {
    throw new RangeError(
      `${network} cannot be split into parts of /${length}: a part has a longer prefix, /${network.length + 1} to /32`,
    );
  }
  const count = 2 ** (length - network.length);
  if (count > MOST_PARTS) {
    const least = network.length + 31 - Math.clz32(MOST_PARTS);
    throw new RangeError(
      `${network} in parts of /${length} is ${count.toLocaleString('en-US')} networks; parts of /${least} are ${MOST_PARTS.toLocaleString('en-US')}, the most that are listed`,
    );
  }
  const size = 2 ** (32 - length);
  return Array.from({ length: count }, (_, index) => new Prefix((network.network + index * size) | 0, length));
}

/** The length of the parts when at least `count` are wanted: parts come in powers of two. @throws RangeError */
export function lengthOfParts(network: Prefix, count: number): number {
  const length = network.length + 32 - Math.clz32(count - 1);
  if (length > 32) {
    throw new RangeError(
      `${network} has ${addressesOf(network).toLocaleString('en-US')} addresses, which cannot be split into ${count.toLocaleString('en-US')} parts`,
    );
  }
  return length;
}

/** What is asked of a part of the network. */
export interface Wish {
  /** Such as a department. */
  readonly name?: string;
  readonly hosts: number;
}

export interface PlannedNetwork extends Wish {
  readonly prefix: Prefix;
}

export interface Plan {
  /** Biggest first, as they lie in the network. */
  readonly networks: readonly PlannedNetwork[];
  /** What is left over, in as few networks as can be. */
  readonly free: readonly Prefix[];
}

/**
 * Gives each wish the smallest network that fits, biggest first, one behind the other: sizes are powers of two, so that each
 * then begins at a multiple of its size and no gap is left between them.
 * @throws RangeError when they do not fit
 */
export function planOf(network: Prefix, wishes: readonly Wish[]): Plan {
  const bySize = [...wishes].sort((a, b) => b.hosts - a.hosts);
  const lengths = bySize.map(({ hosts }) => lengthFor(hosts));
  const needed = lengths.reduce((sum, length) => sum + 2 ** (32 - length), 0);
  const size = addressesOf(network);
  if (needed > size) {
    const parts = lengths.map((length) => `/${length}`).join(' + ');
    throw new RangeError(
      `${network} has ${size.toLocaleString('en-US')} addresses; ${parts} need ${needed.toLocaleString('en-US')}`,
    );
  }
  let used = 0;
  const networks = bySize.map((wish, index) => {
    const prefix = new Prefix((network.network + used) | 0, lengths[index]!);
    used += addressesOf(prefix);
    return { ...wish, prefix };
  });
  return { networks, free: freeBehind(network, used) };
}

/** The rest of a network behind its first `used` addresses: each part as big as its place and the end allow. */
function freeBehind(network: Prefix, used: number): Prefix[] {
  const size = addressesOf(network);
  const free: Prefix[] = [];
  for (let at = used; at < size; ) {
    const part = at === 0 ? size : 2 ** (31 - Math.clz32(at & -at)); // the largest power of two that divides the place
    free.push(new Prefix((network.network + at) | 0, Math.clz32(part - 1)));
    at += part;
  }
  return free;
}
