/** Who talked to whom in a capture: each conversation with its packets and bytes, and for TCP how it began and ended. */
import type { Micros } from '../../stack/time.ts';
import { ACK, SYN } from '../../stack/wire/tcp.ts';
import type { Dissected, Tcp } from '../dissect/dissected.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { Endpoint, Ends } from './ends.ts';
import { endpointText, endsOf } from './ends.ts';
import { FirstSights } from './first-sights.ts';
import { Repeats } from './repeats.ts';
import type { Beginning, Ending, Side } from './tcp-story.ts';
import { TcpStory } from './tcp-story.ts';

/** What one side has sent. */
export interface Sent {
  readonly packets: number;
  /** Of whole frames as they were on the wire. */
  readonly bytes: number;
  /** Of what TCP and UDP carried; sent again counts again. */
  readonly data: number;
  readonly retransmissions: number;
}

export interface Conversation {
  /** From 1, in the order in which they began. */
  readonly number: number;
  readonly protocol: string;
  /** Whoever was heard first; the client, where the beginning was recorded. */
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly fromA: Sent;
  readonly fromB: Sent;
  /** Times of the first and of the last frame. */
  readonly start: Micros;
  readonly end: Micros;
  /** undefined for other protocols. */
  readonly tcp: { readonly beginning: Beginning; readonly ending: Ending; readonly endedBy: Side | undefined } | undefined;
}

/** Where a frame belongs. */
export interface Belonging {
  readonly conversation: Conversation;
  /** Who sent it. */
  readonly side: Side;
  /** False for a frame that was counted when it left another interface. */
  readonly isFirstSight: boolean;
  readonly isRetransmission: boolean;
  /** The conversation of the packet that an ICMP error quotes. */
  readonly about: Conversation | undefined;
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };

class Entry implements Conversation {
  readonly number: number;
  readonly protocol: string;
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly fromA: Growing<Sent> = { packets: 0, bytes: 0, data: 0, retransmissions: 0 };
  readonly fromB: Growing<Sent> = { packets: 0, bytes: 0, data: 0, retransmissions: 0 };
  readonly start: Micros;
  end: Micros;
  readonly story: TcpStory | undefined;

  constructor(number: number, { protocol, source, destination }: Ends, at: Micros) {
    this.number = number;
    this.protocol = protocol;
    [this.a, this.b] = [source, destination];
    [this.start, this.end] = [at, at];
    this.story = protocol === 'TCP' ? new TcpStory() : undefined;
  }

  get tcp(): Conversation['tcp'] {
    if (this.story === undefined) return undefined;
    const { beginning, ending, endedBy } = this.story;
    return { beginning, ending, endedBy };
  }

  sideOf({ source }: Ends): Side {
    return source.address === this.a.address && source.port === this.a.port ? 'a' : 'b';
  }
}

/** Grows with the number of conversations, not with that of frames. */
export class Conversations {
  readonly #entries: Entry[] = [];
  /** The latest of each pair of ends. */
  readonly #latest = new Map<string, Entry>();
  readonly #sights = new FirstSights();
  readonly #repeats = new Repeats();

  /** In the order in which they began. */
  get list(): readonly Conversation[] {
    return this.#entries;
  }

  /** Frames are to be shown to it in their order. @returns undefined for a frame too short to belong anywhere */
  add(frame: RecordedFrame, packet: Dissected): Belonging | undefined {
    const ends = endsOf(packet);
    if (ends === undefined) return undefined;
    const entry = this.#entryOf(ends, packet, frame.at);
    const side = entry.sideOf(ends);
    const isFirstSight = this.#sights.isFirst(frame);
    entry.end = Math.max(entry.end, frame.at);
    const isRetransmission = isFirstSight && this.#count(entry, side, frame, packet);
    return { conversation: entry, side, isFirstSight, isRetransmission, about: this.#quotedBy(packet) };
  }

  #quotedBy({ transport }: Dissected): Conversation | undefined {
    if (transport?.kind !== 'icmp' || transport.quoted === undefined) return undefined;
    const ends = endsOf({ ethernet: undefined, ...transport.quoted });
    return ends === undefined ? undefined : this.#latest.get(keyOf(ends));
  }

  #entryOf(ends: Ends, { transport }: Dissected, at: Micros): Entry {
    const key = keyOf(ends);
    const known = this.#latest.get(key);
    const isAnother = transport?.kind === 'tcp' && known?.story?.isAnother(known.sideOf(ends), transport) === true;
    if (known !== undefined && !isAnother) return known;
    const entry = new Entry(this.#entries.length + 1, answered(ends, transport?.kind === 'tcp' ? transport : undefined), at);
    this.#entries.push(entry);
    this.#latest.set(key, entry);
    return entry;
  }

  /** @returns whether it is a retransmission */
  #count(entry: Entry, side: Side, frame: RecordedFrame, { transport, payload }: Dissected): boolean {
    const sent = side === 'a' ? entry.fromA : entry.fromB;
    sent.packets++;
    sent.bytes += frame.originalLength ?? frame.bytes.length;
    if (transport?.kind === 'tcp' || transport?.kind === 'udp') sent.data += payload.length;
    if (transport?.kind !== 'tcp') return false;
    entry.story?.read(side, transport, payload.length);
    const flow = `${entry.number}${side}`;
    const repeat = this.#repeats.read(flow, transport, payload.length, frame.at, frame.direction === 'out');
    if (repeat === 'retransmission') sent.retransmissions++;
    return repeat === 'retransmission';
  }
}

/** A recording that begins with the answer to a SYN knows who the client is. */
const answered = (ends: Ends, segment: Tcp | undefined): Ends =>
  segment !== undefined && (segment.flags & (SYN | ACK)) === (SYN | ACK)
    ? { protocol: ends.protocol, source: ends.destination, destination: ends.source }
    : ends;

/** The same for both directions. */
function keyOf({ protocol, source, destination }: Ends): string {
  const [from, to] = [endpointText(source), endpointText(destination)];
  return from < to ? `${protocol} ${from} ${to}` : `${protocol} ${to} ${from}`;
}
