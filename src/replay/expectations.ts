/** What the host is yet to send: each conversation's frames in their order, and which of all is due first. */
import type { Micros } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Conversation } from './conversation.ts';
import { tcpAck, tcpFlags, tcpLength, tcpSeq } from './facts.ts';
import type { Recorded } from './recorded.ts';
import type { Placed, Recording } from './recording.ts';

export class Expectations {
  readonly #order: readonly Placed[];
  readonly #queues = new Map<Conversation, Recorded[]>();
  readonly #open: Set<Recorded>;
  readonly #places = new Map<Recorded, number>();
  #first = 0;

  /** @param isCompared false for a conversation whose frames are all masked */
  constructor({ frames }: Recording, isCompared: (conversation: Conversation) => boolean) {
    this.#order = frames.filter(({ frame, conversation }) => frame.isHosts && isCompared(conversation));
    this.#open = new Set(this.#order.map(({ frame }) => frame));
    for (const [place, { frame }] of frames.entries()) this.#places.set(frame, place);
    for (const { frame, conversation } of this.#order) {
      const queue = this.#queues.get(conversation);
      if (queue === undefined) this.#queues.set(conversation, [frame]);
      else queue.push(frame);
    }
  }

  get count(): number {
    return this.#order.length;
  }

  /** The next frame of a conversation, or the one behind it. */
  next(conversation: Conversation, skip = 0): Recorded | undefined {
    return this.#queues.get(conversation)?.[skip];
  }

  /** The next frame of its conversation has been sent. */
  meet(conversation: Conversation): void {
    const met = this.#queues.get(conversation)?.shift();
    if (met !== undefined) this.#open.delete(met);
  }

  /** The one that is due first. What ARP asks is passed over: whoever knows the answer does not ask. */
  first(): Placed | undefined {
    for (; this.#first < this.#order.length; this.#first++) {
      const placed = this.#order[this.#first]!;
      if (this.#open.has(placed.frame) && !isQuestion(placed.frame)) return placed;
    }
    return undefined;
  }

  /** Questions of ARP that were not asked. */
  unasked(): readonly Recorded[] {
    return [...this.#open].filter(isQuestion);
  }

  /** Frames of other conversations that are near in time: a damaged one may stand there. */
  near(at: Micros, within: Micros): Placed[] {
    return this.#order.filter(({ frame }) => this.#open.has(frame) && Math.abs(frame.at - at) <= within);
  }

  /** What has to be sent before this frame of the peer may arrive; undefined: nothing is missing. */
  neededBy({ frame, conversation }: Placed): Recorded | undefined {
    const next = this.next(conversation);
    if (next === undefined || this.#place(next) > this.#place(frame)) return undefined;
    if (conversation.kind === 'udp' || conversation.kind === 'echo') return next;
    if (conversation.kind !== 'tcp' || (tcpFlags(frame.facts) & tcp.ACK) === 0 || tcpLength(next.facts) === 0) return undefined;
    const end = tcpSeq(next.facts) + tcpLength(next.facts);
    return ((tcpAck(frame.facts) - end) | 0) >= 0 ? next : undefined;
  }

  #place(frame: Recorded): number {
    return this.#places.get(frame) ?? 0;
  }
}

export const isQuestion = ({ facts: { kind, view, network } }: Recorded): boolean =>
  kind === 'arp' && arp.operation(view, network) === arp.REQUEST;
