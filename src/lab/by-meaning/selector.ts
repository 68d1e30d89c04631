/** Which frames are meant: of what kind, which of them, from whom, in which connection, when. */
import type { Micros } from '../../stack/time.ts';
import { inWindow, seq } from '../../stack/wire/seq.ts';
import type { WireEnds } from './wire.ts';
import { isFrom } from './wire.ts';
import type { Sighting } from './wire-watch.ts';

/** Asked about every frame of the wire in turn, because it counts. True: this one is meant. */
export type Matcher = (sighting: Sighting) => boolean;

/** What is meant, before it is told whose and when. */
export interface Kind {
  /** "data segment", for messages. */
  readonly name: string;
  /** Makes a test of its own for each run; a kind without memory gives the same one always. */
  readonly test: (ends: WireEnds) => (sighting: Sighting) => boolean;
  /** What the frames are counted within: one connection, one datagram, or the wire. */
  readonly within: 'connection' | 'datagram' | 'wire';
}

interface Scope {
  readonly who?: string;
  readonly port?: number;
  /** Which connection or datagram, in the order in which they are seen; `each`: count in each of them anew. */
  readonly group?: number | 'each';
  readonly between?: readonly [Micros, Micros];
}

/** Groups that are remembered while something is counted in each of them. */
const MAX_GROUPS = 4096;

/**
 * Reads like what it says: `data(7).from('alice').port(80)`. It never changes: every word gives another selector, and each may
 * be used in several faults and runs. Counting begins with the frames that fit all that is said: `data(3).between(a, b)` is the
 * third data segment in that time.
 *
 * With a number, and when no connection is named, it speaks of the first connection (to that port); without, of all.
 */
export class Selector {
  readonly kind: Kind;
  /** Which of them, counted from 1; empty: all. */
  readonly numbers: readonly number[];
  readonly #scope: Scope;

  /** @throws RangeError when a number is not a whole one from 1 on */
  constructor(kind: Kind, numbers: readonly number[] = [], scope: Scope = {}) {
    for (const number of numbers) {
      if (!(Number.isSafeInteger(number) && number >= 1))
        throw new RangeError(`frames are counted from 1 on: there is no ${kind.name} ${number}`);
    }
    this.kind = kind;
    this.numbers = numbers;
    this.#scope = scope;
  }

  /** Only what this host sends: the name of an end of the wire, or the address of a sender. */
  from(who: string): Selector {
    return this.#with({ who });
  }

  /** Only segments and datagrams with this port on either side. */
  port(port: number): Selector {
    return this.#with({ port });
  }

  /** The n-th connection that is seen (with that port), from 1. */
  connection(n: number): Selector {
    return this.#with({ group: n });
  }

  /** The n-th datagram that is seen in fragments, from 1. */
  datagram(n: number): Selector {
    return this.#with({ group: n });
  }

  /** The third of each connection, say, instead of the third of the first one. */
  ofEach(): Selector {
    return this.#with({ group: 'each' });
  }

  /** From a moment on, and before another. */
  between(from: Micros, to: Micros): Selector {
    if (!(from >= 0 && to > from)) throw new RangeError(`a time that begins at ${from} µs does not end at ${to} µs`);
    return this.#with({ between: [from, to] });
  }

  /** Others of the same kind and scope: what `swap(data(3), 4)` means by 4. */
  others(...numbers: readonly number[]): Selector {
    return new Selector(this.kind, numbers, this.#scope);
  }

  /** @throws RangeError when somebody is named who is at neither end */
  matcher(ends: WireEnds): Matcher {
    const { who, port, between } = this.#scope;
    const isOfKind = this.kind.test(ends);
    const isSender = who === undefined ? (): boolean => true : isFrom(ends, who);
    const groups = new Groups(this.kind.within, this.#group());
    const counts = new Map<number | string, number>();
    return (sighting) => {
      const isKind = isOfKind(sighting); // asked whatever else holds: some remember what they have seen
      const { facts, now } = sighting;
      if (port !== undefined && facts.sourcePort !== port && facts.destinationPort !== port) return false;
      const group = groups.find(sighting);
      if (!isKind || !isSender(sighting) || group === undefined) return false;
      if (between !== undefined && (now < between[0] || now >= between[1])) return false;
      if (this.numbers.length === 0) return true;
      const count = (counts.get(group) ?? 0) + 1;
      remember(counts, group, count);
      return this.numbers.includes(count);
    };
  }

  #group(): number | 'each' | 'any' {
    return this.#scope.group ?? (this.numbers.length > 0 ? 1 : 'any');
  }

  #with(more: Scope): Selector {
    return new Selector(this.kind, this.numbers, { ...this.#scope, ...more });
  }
}

/** Connections or datagrams in the order in which they are seen. */
class Groups {
  readonly #within: Kind['within'];
  readonly #wanted: number | 'each' | 'any';
  readonly #ordinals = new Map<number | string, number>();

  constructor(within: Kind['within'], wanted: number | 'each' | 'any') {
    this.#within = within;
    this.#wanted = wanted;
  }

  /** What the frame is counted within; undefined when it belongs to none, or to one that is not meant. */
  find(sighting: Sighting): number | string | undefined {
    const key = keyOf(sighting, this.#within);
    if (key === undefined || this.#within === 'wire') return key;
    if (this.#wanted === 'any' || this.#wanted === 'each') return key;
    const ordinal = this.#ordinals.get(key) ?? this.#ordinals.size + 1;
    if (ordinal <= this.#wanted) this.#ordinals.set(key, ordinal); // the others need not be remembered
    return ordinal === this.#wanted ? key : undefined;
  }
}

function keyOf({ facts, connection }: Sighting, within: Kind['within']): number | string | undefined {
  if (within === 'wire') return 0;
  if (within === 'connection') return connection === 0 ? undefined : connection;
  if (facts.kind !== 'fragment') return undefined;
  return `${facts.source} ${facts.destination} ${facts.protocol} ${facts.identification}`;
}

/** With a bound: of what was counted longest ago the count is forgotten. */
function remember(counts: Map<number | string, number>, group: number | string, count: number): void {
  counts.delete(group);
  counts.set(group, count);
  const [oldest] = counts.keys();
  if (counts.size > MAX_GROUPS && oldest !== undefined) counts.delete(oldest);
}

/**
 * The test for what repeats a segment that another selector means: the same first sequence number, in the same direction of the
 * same connection, sent again.
 */
export function repeats(original: Selector): Kind['test'] {
  return (ends) => {
    const isOriginal = original.matcher(ends);
    const sent: { readonly connection: number; readonly direction: string; readonly seq: number }[] = [];
    return (sighting) => {
      const { facts, connection, direction, isRepeated } = sighting;
      const repeatsOne =
        isRepeated &&
        sent.some(
          (one) =>
            one.connection === connection && one.direction === direction && inWindow(seq(one.seq), seq(facts.seq), facts.length),
        );
      if (!isOriginal(sighting) || facts.kind !== 'tcp' || facts.length === 0) return repeatsOne;
      sent.push({ connection, direction, seq: facts.seq });
      if (sent.length > MAX_GROUPS) sent.shift();
      return repeatsOne;
    };
  };
}
