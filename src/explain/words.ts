/** Phrases that comments are made of. Numbers in text are grouped, sequence numbers are relative and written as tcpdump does. */
import type { Connection } from '../stack/tcp/connection.ts';
import type { State } from '../stack/tcp/state.ts';
import type { Seq } from '../stack/wire/seq.ts';
import { diff } from '../stack/wire/seq.ts';

/** 2920 as "2,920 bytes", 1 as "1 byte". */
export const bytes = (count: number): string =>
  `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? 'byte' : 'bytes'}`;

export const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** "the first", "2nd": of what happens again and again. */
export function ordinal(n: number): string {
  const words = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
  return words[n - 1] ?? `${n}th`;
}

/** A stretch `[left, right)` of the peer's text: "1461:2921". */
export const theirs = ({ rcv }: Connection, left: Seq, right: Seq): string =>
  `${diff(left, rcv.irs) >>> 0}:${diff(right, rcv.irs) >>> 0}`;

/** The same of ours. */
export const ours = ({ snd }: Connection, left: Seq, right: Seq): string =>
  `${diff(left, snd.iss) >>> 0}:${diff(right, snd.iss) >>> 0}`;

/** "a, b and c" */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * "SYN-SENT to ESTABLISHED", one for each step.
 * @param states the first is where it began
 */
export function stateSteps(states: readonly State[]): string[] {
  const from = states[0] === 'CLOSED' && states[1] === 'LISTEN' ? 1 : 0; // a listener's connection begins where the listener is
  return states.slice(from, -1).map((state, i) => `${state} to ${states[from + i + 1]}`);
}
