/** An end inside that is seen as another end outside, and whom it speaks with. */
import type { Timed } from '../../stack/deadlines.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import { formatEnd } from '../conntrack/flow.ts';
import { TcpLife } from '../conntrack/tcp-life.ts';

/** An address as a 32-bit word, with a port or an identifier of ICMP. */
export interface End {
  readonly address: number;
  readonly port: number;
}

export interface MappingFacts {
  readonly protocol: number;
  readonly inside: End;
  readonly outside: End;
  /** Somebody wrote it down, and whoever likes may speak to it from outside. */
  readonly isForwarded: boolean;
}

/** It lives as long as one of its sessions does. */
export class Mapping {
  readonly protocol: number;
  readonly inside: End;
  readonly outside: End;
  readonly isForwarded: boolean;
  readonly sessions = new Set<Session>();
  /** How many sessions there are with each address outside. */
  readonly #peers = new Map<number, number>();

  constructor({ protocol, inside, outside, isForwarded }: MappingFacts) {
    this.protocol = protocol;
    this.inside = inside;
    this.outside = outside;
    this.isForwarded = isForwarded;
  }

  /** When the last of its sessions will be forgotten. */
  get deadline(): Micros {
    let last = 0;
    for (const session of this.sessions) last = Math.max(last, session.deadline);
    return last;
  }

  speaksWith(address: number): boolean {
    return this.#peers.has(address);
  }

  add(session: Session): void {
    this.sessions.add(session);
    const { address } = session.remote;
    this.#peers.set(address, (this.#peers.get(address) ?? 0) + 1);
  }

  remove(session: Session): void {
    this.sessions.delete(session);
    const { address } = session.remote;
    const left = (this.#peers.get(address) ?? 1) - 1;
    if (left === 0) this.#peers.delete(address);
    else this.#peers.set(address, left);
  }

  /** "192.168.1.10:50000 = 203.0.113.1:50000" */
  toString(): string {
    const { protocol, inside, outside } = this;
    return `${formatEnd(protocol, inside.address, inside.port)} = ${formatEnd(protocol, outside.address, outside.port)}`;
  }
}

/** A mapping in use with one end outside. */
export class Session implements Timed {
  readonly mapping: Mapping;
  readonly remote: End;
  readonly life = new TcpLife();
  deadline: Micros = NEVER;
  deadlineIndex = -1;
  readonly #onExpiry: (session: Session) => void;

  constructor(mapping: Mapping, remote: End, onExpiry: (session: Session) => void) {
    this.mapping = mapping;
    this.remote = remote;
    this.#onExpiry = onExpiry;
  }

  nextTimeout(): Micros {
    return this.deadline;
  }

  onTimeout(): void {
    this.#onExpiry(this);
  }
}
