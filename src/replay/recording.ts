/** A capture as the replay uses it: the conversations of one host, each with its frames in the order in which that host saw them. */
import type { CapturedInterface } from '../capture/file/capture-data.ts';
import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import type { Micros } from '../stack/time.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { isMulticastV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import * as tcp from '../stack/wire/tcp.ts';
import { Conversation } from './conversation.ts';
import type { Facts } from './facts.ts';
import { conversationOf } from './facts.ts';
import type { Notes } from './notes.ts';
import { asProcessed } from './processing-order.ts';
import type { Recorded } from './recorded.ts';
import type { Sighting } from './vantage.ts';
import { findVantage } from './vantage.ts';

export interface Recording {
  /** The word of the address. */
  readonly host: number;
  readonly hostMac: MacAddress;
  readonly conversations: readonly Conversation[];
  /** The frames of all conversations that can be replayed, in the host's order. */
  readonly frames: readonly Placed[];
  /** Frames of the host that belong to no conversation that can be replayed: one may be what a damaged frame became. */
  readonly strays: readonly Recorded[];
  /** It was recorded at the host's own interface. */
  readonly isHosts: boolean;
  readonly begin: Micros;
  readonly end: Micros;
}

/** A frame with the conversation that it belongs to. */
export interface Placed {
  readonly frame: Recorded;
  readonly conversation: Conversation;
}

export interface RecordingOptions {
  /** The word of the address. */
  readonly host: number;
  readonly delay: Micros | undefined;
}

/** @throws ReplayError when the host is not in the capture */
export function readRecording(
  frames: readonly RecordedFrame[],
  interfaces: readonly CapturedInterface[],
  { host, delay }: RecordingOptions,
  notes: Notes,
): Recording {
  const vantage = findVantage(frames, interfaces, host, delay, notes);
  const sorted = new Sorted(host, notes);
  for (const sighting of vantage.frames) sorted.take(sighting);
  const left = vantage.frames.filter(({ checksum }) => checksum === 'left').length;
  if (left > 0) notes.say(`${left} frames were recorded before a card had completed their checksums: completed here`);
  const { placed, strays } = sorted.finish();
  const times = vantage.frames.map(({ at }) => at);
  return {
    host,
    hostMac: vantage.hostMac,
    conversations: [...new Set(placed.map(({ conversation }) => conversation))],
    frames: vantage.isHosts ? placed : asProcessed(placed),
    strays,
    isHosts: vantage.isHosts,
    begin: times.reduce((a, b) => Math.min(a, b), times[0] ?? 0),
    end: times.reduce((a, b) => Math.max(a, b), times[0] ?? 0),
  };
}

/** Frames in, conversations out. */
class Sorted {
  readonly #host: number;
  readonly #notes: Notes;
  readonly #current = new Map<string, Conversation>();
  readonly #all: { readonly sighting: Sighting; readonly conversation: Conversation }[] = [];
  readonly #strays: Recorded[] = [];

  constructor(host: number, notes: Notes) {
    this.#host = host;
    this.#notes = notes;
  }

  take(sighting: Sighting): void {
    const why = this.#strangeness(sighting);
    if (why !== undefined) {
      if (why !== '') this.#notes.about(sighting.number, why);
      if (sighting.isHosts) this.#strays.push({ ...sighting, gsoSize: 0 });
      return;
    }
    if (!sighting.isHosts && sighting.checksum === 'bad') this.#notes.about(sighting.number, 'its checksum is wrong, and fed so');
    const conversation = this.#conversationOf(sighting);
    conversation.observe(sighting);
    this.#all.push({ sighting, conversation });
  }

  finish(): { placed: Placed[]; strays: Recorded[] } {
    const placed: Placed[] = [];
    for (const { sighting, conversation } of this.#all) {
      const pieces = conversation.pieces(sighting);
      if (pieces.length > 1 || pieces[0]!.gsoSize > 0)
        this.#notes.about(sighting.number, 'several segments in one, before a card cut them or after one joined them');
      if (conversation.isReplayable) placed.push(...pieces.map((frame) => ({ frame, conversation })));
      else {
        this.#notes.about(sighting.number, `${conversation.name} began before the capture: left out`);
        if (sighting.isHosts) this.#strays.push(...pieces);
      }
    }
    return { placed, strays: this.#strays };
  }

  /** Why a frame has no part in the replay; '' when that goes without saying. */
  #strangeness({ facts, isHosts, bytes }: Sighting): string | undefined {
    const { kind, source, destination } = facts;
    if (kind === 'other') return nameOfType(facts, bytes);
    if (isHosts && source !== this.#host) return 'from the host, but not from this address: left out';
    if (kind === 'arp') return undefined;
    if (isMulticastV4(destination)) return 'multicast: left out';
    if (isHosts) return kind === 'protocol' ? 'a protocol that the stack does not speak: left out' : undefined;
    const isForAll = ethernet.destination(facts.view, 0) === 0xffff_ffff_ffff;
    return destination === this.#host || isForAll ? undefined : '';
  }

  #conversationOf(sighting: Sighting): Conversation {
    const { facts } = sighting;
    const name = conversationOf(facts, this.#host);
    const current = this.#current.get(name);
    if (current !== undefined && !current.isEndedBy(sighting)) return current;
    const conversation = new Conversation(name, facts, sighting.isHosts);
    this.#current.set(name, conversation);
    return conversation;
  }
}

function nameOfType({ view }: Facts, bytes: Uint8Array): string {
  if (!ethernet.isValid(0, bytes.length)) return 'no Ethernet frame: left out';
  const type = ethernet.etherType(view, 0);
  if (type === ethernet.TYPE_IPV6) return 'IPv6: left out';
  if (type === ethernet.TYPE_IPV4 || type === ethernet.TYPE_ARP) return 'malformed: left out';
  return 'neither IPv4 nor ARP: left out';
}

export const isSyn = (flags: number): boolean => (flags & (tcp.SYN | tcp.ACK)) === tcp.SYN;
