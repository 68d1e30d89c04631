/** Watches one wire: which connection a segment belongs to, and whether it is new or has been sent before. */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { Micros } from '../../stack/time.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import type { Seq } from '../../stack/wire/seq.ts';
import { add, after, seq } from '../../stack/wire/seq.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { Direction } from '../faults.ts';
import { FrameFacts, readFacts } from './frame-facts.ts';

/** A frame, and what the watch makes of it. Good until the next one. */
export interface Sighting {
  readonly packet: Packet;
  readonly facts: FrameFacts;
  readonly direction: Direction;
  /** Since the watch began. */
  readonly now: Micros;
  /** Of a segment: counted from 1 in the order in which connections were first seen; 0 for what is no TCP. */
  readonly connection: number;
  /** It takes sequence space that none before it has taken. */
  readonly isNew: boolean;
  /** All of the sequence space that it takes has been sent before. */
  readonly isRepeated: boolean;
}

/** One direction of a connection. */
interface Flow {
  connection: number;
  /** One past the highest number sent; undefined until something was. */
  top: Seq | undefined;
  initial: Seq | undefined;
}

/** Beyond this the connection that was first seen longest ago is forgotten. */
const MAX_FLOWS = 8192;

export class WireWatch {
  readonly #began: Micros;
  readonly #facts = new FrameFacts();
  readonly #flows = new Map<string, Flow>();
  #connections = 0;

  /** @param began what the times of faults count from */
  constructor(began: Micros = 0) {
    this.#began = began;
  }

  /** The next frame on the wire, lost or not: a sender has sent what is lost. */
  see(packet: Packet, direction: Direction, now: Micros): Sighting {
    const facts = this.#facts;
    readFacts(packet, facts);
    const seen = { packet, facts, direction, now: now - this.#began };
    if (facts.kind !== 'tcp') return { ...seen, connection: 0, isNew: false, isRepeated: false };
    const flow = this.#flowOf(facts);
    const isNew = advance(flow, facts);
    return { ...seen, connection: flow.connection, isNew, isRepeated: facts.length > 0 && !isNew };
  }

  #flowOf(facts: FrameFacts): Flow {
    const { source, sourcePort, destination, destinationPort } = facts;
    const here = `${formatV4(source)}:${sourcePort}`;
    const there = `${formatV4(destination)}:${destinationPort}`;
    const known = this.#flows.get(`${here} ${there}`);
    if (known !== undefined && !isAnotherOpening(known, facts)) return known;
    // both directions at once: the answer belongs to the same connection
    const flow: Flow = { connection: ++this.#connections, top: undefined, initial: undefined };
    this.#keep(`${here} ${there}`, flow);
    this.#keep(`${there} ${here}`, { ...flow });
    return flow;
  }

  #keep(key: string, flow: Flow): void {
    this.#flows.delete(key); // so that it becomes the newest
    this.#flows.set(key, flow);
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > MAX_FLOWS && oldest !== undefined) this.#flows.delete(oldest);
  }
}

/** A SYN of an active open with another number than the last one: the same addresses and ports serve a new connection. */
const isAnotherOpening = ({ initial }: Flow, facts: FrameFacts): boolean =>
  facts.has(tcp.SYN) && !facts.has(tcp.ACK) && initial !== undefined && initial !== facts.seq;

/** @returns whether the segment takes new sequence space */
function advance(flow: Flow, facts: FrameFacts): boolean {
  if (facts.has(tcp.RST)) return false;
  if (facts.has(tcp.SYN)) flow.initial = seq(facts.seq);
  const end = add(seq(facts.seq), facts.length);
  if (flow.top !== undefined && !after(end, flow.top)) return false;
  flow.top = end;
  return facts.length > 0;
}
