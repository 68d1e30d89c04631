/** Which live conversation is which recorded one, and how far their numbers are apart. */
import * as tcp from '../stack/wire/tcp.ts';
import type { Conversation } from './conversation.ts';
import type { Facts } from './facts.ts';
import { conversationOf, tcpFlags, tcpSeq } from './facts.ts';
import type { Recording } from './recording.ts';
import type { Quoted, Translation } from './rewrite.ts';
import { TimestampMap } from './translate/timestamp-map.ts';

export interface LiveConversation extends Translation {
  readonly recorded: Conversation;
  livePort: number;
  shift: number;
  /** The host's SYN has been seen. */
  isNumbered: boolean;
}

export class LiveConversations {
  readonly #recording: Recording;
  readonly #byRecorded = new Map<Conversation, LiveConversation>();
  readonly #byName = new Map<string, LiveConversation>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** The peer speaks: from here on what the stack says there belongs to this conversation. */
  heard(recorded: Conversation): LiveConversation {
    const live = this.#of(recorded);
    this.#byName.set(nameAt(recorded, live.livePort), live);
    return live;
  }

  /** What a frame of the stack belongs to, learning from it; undefined: to nothing that was recorded. */
  sent(facts: Facts): LiveConversation | undefined {
    const name = conversationOf(facts, this.#recording.host);
    const isSyn = facts.kind === 'tcp' && (tcpFlags(facts) & tcp.SYN) !== 0;
    const isOpening = isSyn && (tcpFlags(facts) & tcp.ACK) === 0;
    const known = this.#byName.get(name);
    const isAnother =
      isOpening && known?.isNumbered === true && tcpSeq(facts) !== ((known.recorded.hostIsn ?? 0) + known.shift) >>> 0;
    const live = known === undefined || isAnother ? (this.#begin(facts, name, isOpening) ?? known) : known;
    if (live === undefined) return undefined;
    this.#byName.set(name, live);
    if (isSyn && !live.isNumbered) {
      live.shift = (tcpSeq(facts) - (live.recorded.hostIsn ?? 0)) | 0;
      live.isNumbered = true;
    }
    return live;
  }

  /** What an ICMP error of the peer is about. */
  quoted({ protocol, at, destination }: Quoted, view: DataView): LiveConversation | undefined {
    const [ours, theirs] = [view.getUint16(at), view.getUint16(at + 2)];
    const kind = protocol === 6 ? 'tcp' : 'udp';
    const found = this.#recording.conversations.findLast(
      (one) =>
        one.kind === kind &&
        one.peer === destination &&
        one.peerPort === theirs &&
        one.hostPort === ours &&
        this.#byRecorded.has(one),
    );
    return found === undefined ? undefined : this.#byRecorded.get(found);
  }

  /** The host speaks first: it is the next conversation that began so, under whatever port of ours. */
  #begin(facts: Facts, name: string, isOpening: boolean): LiveConversation | undefined {
    const { kind, destination, sourcePort, destinationPort } = facts;
    const fresh = this.#recording.conversations.filter((one) => one.kind === kind && !this.#byRecorded.has(one));
    const same = fresh.find((one) => nameAt(one, one.hostPort) === name && (kind !== 'tcp' || one.hostOpens || !isOpening));
    const alike = fresh.find(
      (one) =>
        one.peer === destination && (kind === 'echo' || one.peerPort === destinationPort) && (kind !== 'tcp' || one.hostOpens),
    );
    const mayHaveOtherPort = kind === 'udp' || kind === 'echo' || isOpening;
    const recorded = same ?? (mayHaveOtherPort ? alike : undefined);
    if (recorded === undefined) return undefined;
    const live = this.#of(recorded);
    live.livePort = sourcePort;
    return live;
  }

  #of(recorded: Conversation): LiveConversation {
    const known = this.#byRecorded.get(recorded);
    if (known !== undefined) return known;
    const { hostPort } = recorded;
    const live: LiveConversation = {
      recorded,
      livePort: hostPort,
      recordedPort: hostPort,
      shift: 0,
      isNumbered: false,
      timestamps: new TimestampMap(false),
    };
    this.#byRecorded.set(recorded, live);
    return live;
  }
}

/** A conversation's name with the live port in the place of the recorded one. */
const nameAt = ({ name, hostPort }: Conversation, port: number): string =>
  port === hostPort ? name : name.replace(/\d+$/, String(port));
