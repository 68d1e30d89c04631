/** One conversation among those of a capture, as a person names it: by its ends, or by its place in the list. */
import type { Dissected, IpPacket } from '../dissect/dissected.ts';
import { destinationPortOf, endpoint, sourcePortOf } from '../words/phrases.ts';

/** Addresses with ports, such as 10.0.0.1:43210. */
export type Ends = readonly [string, string];

/** The ends of a TCP or UDP packet, the sender first; of an ICMP error those of the packet that it is about. */
export function endsOf({ network, transport }: Pick<Dissected, 'network' | 'transport'>): Ends | undefined {
  if (network === undefined || network.kind === 'arp' || transport === undefined) return undefined;
  if (transport.kind === 'icmp') return transport.quoted === undefined ? undefined : endsOfQuoted(transport.quoted);
  return [endpoint(network.source, sourcePortOf(transport)), endpoint(network.destination, destinationPortOf(transport))];
}

const endsOfQuoted = ({ network, transport }: IpPacket): Ends | undefined => endsOf({ network, transport });

/** The same for both directions. */
export const conversationKey = ([one, other]: Ends): string => (one < other ? `${one} ${other}` : `${other} ${one}`);

/** Conversations in the order in which they begin: the first is number 1. */
export class ConversationList {
  readonly #keys = new Map<string, Ends>();

  /** To be told of every packet, in order. */
  observe(packet: Pick<Dissected, 'network' | 'transport'>): void {
    if (packet.transport?.kind === 'icmp') return; // an error begins no conversation
    const ends = endsOf(packet);
    if (ends !== undefined && !this.#keys.has(conversationKey(ends))) this.#keys.set(conversationKey(ends), ends);
  }

  /** By number: [0] is number 1. The key as `conversationKey` makes it. */
  get list(): readonly { readonly key: string; readonly ends: Ends }[] {
    return [...this.#keys].map(([key, ends]) => ({ key, ends }));
  }
}

/** "10.0.0.1:43210-10.0.0.2:80", in either order; undefined when it is written in another way. */
export function parseEnds(text: string): Ends | undefined {
  const match = /^(\S+:\d{1,5})\s*(?:-|<?->)\s*(\S+:\d{1,5})$/.exec(text.trim());
  return match === null ? undefined : [match[1]!, match[2]!];
}
