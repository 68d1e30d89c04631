/** Two addresses: does each find the other on its own link, or does it ask a router? */
import type { Prefix } from '../stack/ip/prefix.ts';
import { commonBits, joiningPrefix } from './subnet.ts';

/** An address, and its network where that was said. */
export interface Standing {
  readonly address: number;
  readonly prefix?: Prefix;
}

export interface Pair {
  readonly a: Standing;
  readonly b: Standing;
  /** What a host asks itself before it sends: is the other in my network? undefined for one whose network was not said. */
  readonly aReachesB?: boolean;
  readonly bReachesA?: boolean;
  /** Leading bits that are the same in both. */
  readonly common: number;
  /** The longest prefix in which both can be hosts. */
  readonly joined: Prefix;
}

/** RFC 1122 §3.3.1.1: each end decides with its own mask, so that of two masks the answers may differ. */
export function pairOf(a: Standing, b: Standing): Pair {
  return {
    a,
    b,
    ...(a.prefix !== undefined && { aReachesB: a.prefix.contains(b.address) }),
    ...(b.prefix !== undefined && { bReachesA: b.prefix.contains(a.address) }),
    common: commonBits(a.address, b.address),
    joined: joiningPrefix(a.address, b.address),
  };
}

/** Whether the two share a network in the eyes of all that have one; undefined when neither was told its network. */
export function shared({ aReachesB, bReachesA }: Pair): boolean | 'one way' | undefined {
  const views = [aReachesB, bReachesA].filter((view) => view !== undefined);
  if (views.length === 0) return undefined;
  return views.every((view) => view === views[0]) ? views[0] : 'one way';
}
