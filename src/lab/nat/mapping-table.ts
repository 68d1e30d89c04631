/** All mappings of a NAT: found from either side, forgotten when they were silent for too long, bounded. */
import { Deadlines } from '../../stack/deadlines.ts';
import type { Micros } from '../../stack/time.ts';
import { endKey } from '../conntrack/flow.ts';
import type { TimeOuts } from '../conntrack/time-outs.ts';
import { patience } from '../conntrack/time-outs.ts';
import type { End, MappingFacts } from './mapping.ts';
import { Mapping, Session } from './mapping.ts';
import type { Dependence } from './options.ts';

/** What a NAT tells of its table. */
export interface MappingEvent {
  /** When it happened: an expiry is told when the table is looked at next, with the time at which it was due. */
  readonly at: Micros;
  readonly kind: 'created' | 'expired';
  readonly mapping: Mapping;
}

interface Limits {
  readonly mapping: Dependence;
  readonly timeOuts: TimeOuts;
  readonly maxSessions: number;
}

const keyOf = ({ address, port }: End): number => endKey(address, port);

/** Of one protocol: by the end inside and, below it, by the one outside that it speaks with. */
class Index {
  readonly sessions = new Map<number, Map<number, Session>>();
  readonly byInside = new Map<number, Map<number, Mapping>>();
  readonly byOutside = new Map<number, Mapping>();
}

export class MappingTable {
  readonly #limits: Limits;
  readonly #onEvent: (event: MappingEvent) => void;
  readonly #indexes = new Map<number, Index>();
  readonly #deadlines = new Deadlines();
  readonly #mappings = new Set<Mapping>();
  #sessions = 0;
  readonly #onExpiry = (session: Session): void => this.#remove(session);

  constructor(limits: Limits, onEvent: (event: MappingEvent) => void) {
    this.#limits = limits;
    this.#onEvent = onEvent;
  }

  /** In the order in which they were made. */
  get mappings(): ReadonlySet<Mapping> {
    return this.#mappings;
  }

  get sessions(): number {
    return this.#sessions;
  }

  get isFull(): boolean {
    return this.#sessions >= this.#limits.maxSessions;
  }

  /** When the next session is forgotten; NEVER when there is none. */
  nextTimeout(): Micros {
    return this.#deadlines.next();
  }

  /** Forgets what was silent for too long. */
  expire(now: Micros): void {
    this.#deadlines.runDue(now);
  }

  /** What an end inside and one outside have said to each other before. */
  session(protocol: number, inside: End, remote: End): Session | undefined {
    return this.#indexes.get(protocol)?.sessions.get(keyOf(inside))?.get(keyOf(remote));
  }

  /** RFC 4787 §4.1: the mapping that an end inside has already, for this end outside. */
  fromInside(protocol: number, inside: End, remote: End): Mapping | undefined {
    return this.#indexes.get(protocol)?.byInside.get(keyOf(inside))?.get(this.#scope(remote));
  }

  fromOutside(protocol: number, outside: End): Mapping | undefined {
    return this.#indexes.get(protocol)?.byOutside.get(keyOf(outside));
  }

  /** Makes a session, and its mapping if it is a new one. It has to be refreshed before anything else. */
  open(mapping: Mapping | MappingFacts, remote: End, now: Micros): Session {
    const known = mapping instanceof Mapping ? mapping : this.#make(mapping, remote, now);
    const session = new Session(known, remote, this.#onExpiry);
    const { sessions } = this.#index(known.protocol);
    const key = keyOf(known.inside);
    const siblings = sessions.get(key);
    if (siblings === undefined) sessions.set(key, new Map([[keyOf(remote), session]]));
    else siblings.set(keyOf(remote), session);
    known.add(session);
    this.#sessions++;
    return session;
  }

  /** Something was said: the time-out begins anew, as long as the state of the session has it. */
  refresh(session: Session, now: Micros): void {
    this.#setDeadline(session, now + patience(this.#limits.timeOuts, session.mapping.protocol, session.life));
  }

  /** Something was said from outside, which does not make the mapping live longer: RFC 4787 §4.3 (REQ-6). */
  limit(session: Session, now: Micros): void {
    const end = now + patience(this.#limits.timeOuts, session.mapping.protocol, session.life);
    const isFirst = session.mapping.sessions.size === 1;
    this.#setDeadline(session, isFirst ? end : Math.min(end, lastOf(session.mapping, session)));
  }

  /** Forgets a mapping and its sessions. */
  drop(mapping: Mapping): void {
    for (const session of mapping.sessions) this.#remove(session);
  }

  #setDeadline(session: Session, deadline: Micros): void {
    session.deadline = deadline;
    this.#deadlines.schedule(session);
  }

  #make(facts: MappingFacts, remote: End, now: Micros): Mapping {
    const mapping = new Mapping(facts);
    const { byInside, byOutside } = this.#index(facts.protocol);
    byOutside.set(keyOf(facts.outside), mapping);
    const key = keyOf(facts.inside);
    const scope = this.#scope(remote);
    const siblings = byInside.get(key);
    if (siblings === undefined) byInside.set(key, new Map([[scope, mapping]]));
    else if (!siblings.has(scope)) siblings.set(scope, mapping);
    this.#mappings.add(mapping);
    this.#onEvent({ at: now, kind: 'created', mapping });
    return mapping;
  }

  #remove(session: Session): void {
    const { mapping, remote } = session;
    this.#deadlines.remove(session);
    const { sessions } = this.#index(mapping.protocol);
    const key = keyOf(mapping.inside);
    const siblings = sessions.get(key);
    if (siblings?.get(keyOf(remote)) === session) siblings.delete(keyOf(remote));
    if (siblings?.size === 0) sessions.delete(key);
    mapping.remove(session);
    this.#sessions--;
    if (mapping.sessions.size === 0) this.#forget(mapping, session.deadline);
  }

  #forget(mapping: Mapping, at: Micros): void {
    const { byInside, byOutside } = this.#index(mapping.protocol);
    byOutside.delete(keyOf(mapping.outside));
    const key = keyOf(mapping.inside);
    const siblings = byInside.get(key);
    for (const [scope, sibling] of siblings ?? []) if (sibling === mapping) siblings?.delete(scope);
    if (siblings?.size === 0) byInside.delete(key);
    this.#mappings.delete(mapping);
    this.#onEvent({ at, kind: 'expired', mapping });
  }

  #index(protocol: number): Index {
    let index = this.#indexes.get(protocol);
    if (index === undefined) {
      index = new Index();
      this.#indexes.set(protocol, index);
    }
    return index;
  }

  /** What of the end outside makes another mapping. */
  #scope(remote: End): number {
    switch (this.#limits.mapping) {
      case 'endpoint-independent':
        return 0;
      case 'address-dependent':
        return remote.address >>> 0;
      default:
        return keyOf(remote);
    }
  }
}

/** When the last of the other sessions is forgotten. */
function lastOf(mapping: Mapping, except: Session): Micros {
  let last = 0;
  for (const session of mapping.sessions) if (session !== except) last = Math.max(last, session.deadline);
  return last;
}
