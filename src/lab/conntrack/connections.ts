/** Who speaks with whom, remembered by a device in the middle of a path: what makes a firewall stateful. */
import type { Timed } from '../../stack/deadlines.ts';
import { Deadlines } from '../../stack/deadlines.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { ACK, RST, SYN } from '../../stack/wire/tcp.ts';
import { endKey, Flow, formatEnd, protocolName, readQuote } from './flow.ts';
import type { Way } from './tcp-life.ts';
import { TcpLife } from './tcp-life.ts';
import type { TimeOuts } from './time-outs.ts';
import { patience, timeOutsOf } from './time-outs.ts';

/**
 * - new: it begins something, or nobody has answered yet
 * - established: part of something that was answered, or the answer
 * - related: an ICMP error about a packet of something that is known
 * - invalid: it belongs to nothing and begins nothing
 */
export const CONNECTION_STATES = ['new', 'established', 'related', 'invalid'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export interface ConnectionsOptions {
  readonly timeOuts?: Partial<TimeOuts> | undefined;
  /** @default 4096 */
  readonly maxConnections?: number | undefined;
}

class Connection implements Timed {
  readonly protocol: number;
  /** Of the side that began. */
  readonly from: number;
  readonly fromPort: number;
  readonly to: number;
  readonly toPort: number;
  readonly life = new TcpLife();
  isAnswered = false;
  deadline: Micros = NEVER;
  deadlineIndex = -1;
  readonly #onExpiry: (connection: Connection) => void;

  constructor({ protocol, source, sourcePort, destination, destinationPort }: Flow, onExpiry: (over: Connection) => void) {
    this.protocol = protocol;
    this.from = source;
    this.fromPort = sourcePort;
    this.to = destination;
    this.toPort = destinationPort;
    this.#onExpiry = onExpiry;
  }

  nextTimeout(): Micros {
    return this.deadline;
  }

  onTimeout(): void {
    this.#onExpiry(this);
  }
}

/** What was found, and which way the packet goes in it. */
interface Found {
  readonly connection: Connection;
  readonly way: Way;
}

/** By protocol, the end that began, the other end. */
type Index = Map<number, Map<number, Map<number, Connection>>>;

export class Connections {
  readonly #timeOuts: TimeOuts;
  readonly #max: number;
  readonly #index: Index = new Map();
  readonly #all = new Set<Connection>();
  readonly #deadlines = new Deadlines();
  readonly #quote = new Flow();
  readonly #onExpiry = (over: Connection): void => this.#remove(over);

  /** @throws RangeError in words for the person who wrote the options */
  constructor({ timeOuts, maxConnections = 4096 }: ConnectionsOptions = {}) {
    if (!Number.isInteger(maxConnections) || maxConnections < 1)
      throw new RangeError(`maxConnections is a whole number from 1 on, not ${maxConnections}`);
    this.#timeOuts = timeOutsOf(timeOuts);
    this.#max = maxConnections;
  }

  get size(): number {
    return this.#all.size;
  }

  /** When one is forgotten next; NEVER when there is none. */
  nextTimeout(): Micros {
    return this.#deadlines.next();
  }

  /** Forgets what was silent for too long. */
  expire(now: Micros): void {
    this.#deadlines.runDue(now);
  }

  /** What a packet, which ends at `end`, is to what is known. Nothing is remembered of it. */
  stateOf(flow: Flow, view: DataView, end: number): ConnectionState {
    if (flow.kind === 'error') return this.#stateOfError(flow, view, end);
    const found = this.#find(flow);
    if (found === undefined) return begins(flow) ? 'new' : 'invalid';
    return found.way === 'back' || found.connection.isAnswered ? 'established' : 'new';
  }

  /** The packet goes on. @returns false when it would have to be remembered and there is no room */
  pass(flow: Flow, now: Micros): boolean {
    if (flow.kind === 'error') return true;
    const found = this.#find(flow) ?? this.#begin(flow);
    if (found === undefined) return !begins(flow); // what begins nothing needs no room
    const { connection, way } = found;
    if (flow.kind === 'tcp') connection.life.see(flow.flags, way);
    if (way === 'back') connection.isAnswered = true;
    connection.deadline = now + patience(this.#timeOuts, connection.protocol, connection.life);
    this.#deadlines.schedule(connection);
    return true;
  }

  /** For people: protocol, from, to, state, and when it is forgotten. */
  rows(): { readonly words: readonly [protocol: string, from: string, to: string, state: string]; readonly deadline: Micros }[] {
    return [...this.#all].map((one) => {
      const { protocol, from, fromPort, to, toPort, deadline } = one;
      const ends = [formatEnd(protocol, from, fromPort), formatEnd(protocol, to, toPort)] as const;
      return { words: [protocolName(protocol), ...ends, stateWords(one)], deadline };
    });
  }

  #stateOfError(about: Flow, view: DataView, end: number): ConnectionState {
    if (readQuote(view, about, end, this.#quote) !== 'ok') return 'invalid';
    return this.#find(this.#quote) === undefined ? 'invalid' : 'related';
  }

  #find({ protocol, source, sourcePort, destination, destinationPort }: Flow): Found | undefined {
    const byFrom = this.#index.get(protocol);
    if (byFrom === undefined) return undefined;
    const [one, other] = [endKey(source, sourcePort), endKey(destination, destinationPort)];
    const forth = byFrom.get(one)?.get(other);
    if (forth !== undefined) return { connection: forth, way: 'forth' };
    const back = byFrom.get(other)?.get(one);
    return back && { connection: back, way: 'back' };
  }

  #begin(flow: Flow): Found | undefined {
    if (!begins(flow) || this.#all.size >= this.#max) return undefined;
    const connection = new Connection(flow, this.#onExpiry);
    const byFrom = branch(this.#index, flow.protocol);
    branch(byFrom, endKey(flow.source, flow.sourcePort)).set(endKey(flow.destination, flow.destinationPort), connection);
    this.#all.add(connection);
    return { connection, way: 'forth' };
  }

  #remove(connection: Connection): void {
    this.#deadlines.remove(connection);
    this.#all.delete(connection);
    const byFrom = this.#index.get(connection.protocol);
    const key = endKey(connection.from, connection.fromPort);
    const byTo = byFrom?.get(key);
    byTo?.delete(endKey(connection.to, connection.toPort));
    if (byTo?.size === 0) byFrom?.delete(key);
  }
}

function branch<T>(tree: Map<number, Map<number, T>>, key: number): Map<number, T> {
  let found = tree.get(key);
  if (found === undefined) {
    found = new Map();
    tree.set(key, found);
  }
  return found;
}

/** A packet with which something may begin: of TCP a SYN, of ICMP a query. */
function begins({ kind, flags }: Flow): boolean {
  if (kind === 'tcp') return (flags & (SYN | ACK | RST)) === SYN;
  return kind !== 'reply' && kind !== 'error';
}

function stateWords({ protocol, life, isAnswered }: Connection): string {
  if (protocol === ipv4.PROTOCOL_TCP) return life.phase;
  return isAnswered ? 'answered' : 'unanswered';
}
