/** One conversation as it was recorded: what its first packets agreed on, and its frames cut into what the wire saw. */
import { Segmenter } from '../capture/record/segmentation.ts';
import { Packet } from '../stack/bytes/packet.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Facts, Kind } from './facts.ts';
import { factsOf, payloadLength, tcpAck, tcpFlags, tcpOptions, tcpSeq } from './facts.ts';
import type { Recorded } from './recorded.ts';
import type { Sighting } from './vantage.ts';

/** What one side's SYN says. */
export interface Offer {
  readonly isn: number;
  /** 0: none. */
  readonly mss: number;
  /** -1: none. */
  readonly shift: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
  readonly window: number;
  readonly flags: number;
}

const USUAL_MSS = 1460;
const TIMESTAMPS_ROOM = 12;

export class Conversation {
  readonly name: string;
  readonly kind: Kind;
  /** Words and ports, of an echo its identifier. */
  readonly peer: number;
  readonly peerPort: number;
  readonly hostPort: number;
  /** Frames of both sides in the host's order. */
  readonly frames: Recorded[] = [];
  hostOffer: Offer | undefined = undefined;
  peerOffer: Offer | undefined = undefined;
  /** The host sent a SYN without ACK. */
  hostOpens = false;
  #peerOpens = false;
  #hostFin = false;
  #peerFin = false;
  #reset = false;
  #onlyResets = true;
  #firstPeerAck: number | undefined = undefined;

  constructor(name: string, facts: Facts, isHosts: boolean) {
    this.name = name;
    this.kind = facts.kind;
    this.peer = isHosts ? facts.destination : facts.source;
    this.peerPort = isHosts ? facts.destinationPort : facts.sourcePort;
    this.hostPort = isHosts ? facts.sourcePort : facts.destinationPort;
  }

  /** Of TCP: it has a beginning, or the host only said that there is no such connection. */
  get isReplayable(): boolean {
    return this.kind !== 'tcp' || this.hostOpens || this.#peerOpens || this.#onlyResets;
  }

  /** The host's initial sequence number as recorded; the peer's acknowledgment tells it where the SYN is damaged. */
  get hostIsn(): number | undefined {
    return this.hostOffer?.isn ?? (this.#firstPeerAck === undefined ? undefined : (this.#firstPeerAck - 1) >>> 0);
  }

  /** Payload of a full segment, as both SYNs allow it. */
  get segmentSize(): number {
    const { hostOffer, peerOffer } = this;
    const sizes = [hostOffer?.mss ?? 0, peerOffer?.mss ?? 0].filter((mss) => mss > 0);
    const timestamps = (hostOffer?.timestamps ?? true) && (peerOffer?.timestamps ?? true);
    return Math.min(...sizes, sizes.length > 0 ? Number.POSITIVE_INFINITY : USUAL_MSS) - (timestamps ? TIMESTAMPS_ROOM : 0);
  }

  /** The same addresses and ports are used once more: this SYN begins another conversation. */
  isEndedBy({ facts, isHosts }: Sighting): boolean {
    if (this.kind !== 'tcp' || (tcpFlags(facts) & (tcp.SYN | tcp.ACK)) !== tcp.SYN) return false;
    const known = isHosts ? this.hostOffer : this.peerOffer;
    const isOver = this.#reset || (this.#hostFin && this.#peerFin) || !this.isReplayable;
    return isOver && known?.isn !== tcpSeq(facts);
  }

  /** Learns from a frame; all frames are to be shown before any is cut. */
  observe({ facts, isHosts }: Sighting): void {
    if (this.kind !== 'tcp') return;
    const flags = tcpFlags(facts);
    if (flags & tcp.SYN) this.#begin(facts, isHosts, flags);
    if (flags & tcp.RST) this.#reset = true;
    if (flags & tcp.FIN) {
      if (isHosts) this.#hostFin = true;
      else this.#peerFin = true;
    }
    if (isHosts && (flags & tcp.RST) === 0) this.#onlyResets = false;
    if (!isHosts && flags & tcp.ACK && (flags & tcp.RST) === 0) this.#firstPeerAck ??= tcpAck(facts);
  }

  #begin(facts: Facts, isHosts: boolean, flags: number): void {
    const { mss, windowShift, sackPermitted, hasTimestamps, window } = tcpOptions(facts);
    const offer: Offer = {
      isn: tcpSeq(facts),
      mss,
      shift: windowShift,
      sack: sackPermitted,
      timestamps: hasTimestamps,
      window,
      flags,
    };
    if (isHosts) this.hostOffer ??= offer;
    else this.peerOffer ??= offer;
    if (flags & tcp.ACK) return;
    if (isHosts) this.hostOpens = true;
    else this.#peerOpens = true;
  }

  /** What the wire saw of a frame, in order: the host's large ones are cut, the peer's are handed to the stack as they are. */
  pieces(sighting: Sighting): Recorded[] {
    const { facts, isHosts, kept, bytes } = sighting;
    const isLarge = this.kind === 'tcp' && payloadLength(facts) > this.segmentSize;
    const whole: Recorded = { ...sighting, gsoSize: isLarge ? this.segmentSize : 0 };
    const pieces =
      isLarge && isHosts ? cut(bytes, facts, this.segmentSize).map((piece) => ({ ...whole, ...piece, gsoSize: 0 })) : [whole];
    // of one that is cut off, only the first piece has its bytes
    if (pieces.length > 1 && kept < facts.end)
      for (const [i, piece] of pieces.entries())
        if (i > 0) pieces[i] = { ...piece, kept: piece.facts.payload, checksum: 'unknown' };
    if (this.isReplayable) this.frames.push(...pieces);
    return pieces;
  }
}

/** A super-segment as a card cuts it. */
export function cut(bytes: Uint8Array, facts: Facts, size: number): { bytes: Uint8Array; facts: Facts; kept: number }[] {
  const packet = new Packet(bytes.length + 1);
  packet.reset(0);
  packet.append(bytes);
  packet.end = facts.end;
  packet.network = facts.network;
  packet.transport = facts.transport;
  packet.gsoSize = size;
  const pieces: { bytes: Uint8Array; facts: Facts; kept: number }[] = [];
  new Segmenter().eachFrame(packet, (frame) => {
    const copy = frame.slice();
    pieces.push({ bytes: copy, facts: factsOf(copy), kept: copy.length });
  });
  return pieces;
}
