/** What a descriptor refers to, and how a call that may have to wait is written. */
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import type { SocketAddress } from './address.ts';
import type { Outcome } from './sut.ts';
import { failed } from './sut.ts';

/**
 * A call as often as it is tried: each try may move something, and gives the outcome or undefined while it has to wait.
 */
export interface Attempt {
  readonly attempt: () => Outcome | undefined;
  /** What the call says instead of waiting, on a descriptor that does not block. */
  readonly wouldBlock: Outcome;
  /** When waiting ends by itself. */
  readonly deadline: Micros;
  /** What it says then. */
  readonly atDeadline: Outcome;
}

export function waits(attempt: () => Outcome | undefined, options: Partial<Attempt> = {}): Attempt {
  const wouldBlock = options.wouldBlock ?? failed('EAGAIN');
  return { attempt, wouldBlock, deadline: options.deadline ?? NEVER, atDeadline: options.atDeadline ?? wouldBlock };
}

export const done = (outcome: Outcome): Attempt => waits(() => outcome);

/** What all descriptors can be asked. What a kind of file cannot do it says with an error number, as the kernel does. */
export interface File {
  nonBlocking: boolean;
  /** The POLL... bits that hold now. */
  ready(): number;
  close(): Attempt;
  bind(address: SocketAddress): Outcome;
  listen(backlog: number): Outcome;
  connect(address: SocketAddress): Attempt;
  /** `adopt` gives the new file its number. */
  accept(adopt: (file: File) => Outcome): Attempt;
  read(length: number, flags: number): Attempt;
  /** @param to where a datagram goes, when that was said */
  write(length: number, flags: number, to: SocketAddress | undefined): Attempt;
  shutdown(how: number): Outcome;
  setOption(name: string, value: Expr): Outcome;
  getOption(name: string): number | string | Fields | Outcome;
  /** Bytes that wait to be read, bytes not yet acknowledged, and of those the ones never sent. */
  queued(): { readonly input: number; readonly output: number; readonly unsent?: number };
  /** Counts what wakes those who wait: edge-triggered epoll asks for it. */
  readonly wakes?: number;
  /** The stack has run. */
  settle?(): void;
}

/** What getsockopt writes into a structure, by all the names that a field has. */
export interface Fields {
  readonly [name: string]: number;
}

/** The options that a kind of file has, by name. A string says why one cannot be had yet. */
export type OptionTable<F> = Readonly<Record<string, SocketOption<F> | string>>;

export interface SocketOption<F> {
  readonly set?: (file: F, value: number, raw: Expr) => void;
  readonly get?: (file: F) => number | string | Fields;
  /** The error number with which a value is refused. */
  readonly refuses?: (file: F, value: number, raw: Expr) => string | undefined;
}

/** @throws Unsupported for what the table refuses or does not know */
export function optionOf<F>(table: OptionTable<F>, name: string): SocketOption<F> {
  const option = table[name];
  if (option === undefined) throw new Unsupported(`the socket option ${name}`);
  if (typeof option === 'string') throw new Unsupported(`the socket option ${name}: ${option}`);
  return option;
}
