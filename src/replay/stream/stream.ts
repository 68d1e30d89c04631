/**
 * One TCP connection of a host with rules of its own, compared by what it means and not segment by segment: what was said in which
 * place, when connections begin and end, and that everything was acknowledged. How text is cut, which acknowledgments leave by
 * themselves, windows, and what is sent again are up to each implementation.
 */
import * as tcp from '../../stack/wire/tcp.ts';
import type { Conversation } from '../conversation.ts';
import type { Facts } from '../facts.ts';
import { payloadLength, tcpAck, tcpFlags, tcpLength, tcpSeq } from '../facts.ts';
import { hex } from '../fields.ts';
import type { Field } from '../mask.ts';
import type { Recorded } from '../recorded.ts';
import { placeOf, RecordedText } from './recorded-text.ts';

/** A field of a segment that cannot be reconciled with what was recorded. */
export interface Mismatch {
  readonly field: Field;
  readonly recorded: string;
  readonly sent: string;
  /** The recorded frame that says so. */
  readonly frame: Recorded | undefined;
}

export class Stream {
  /** Segments of the stack. */
  segments = 0;
  readonly #isn: number;
  readonly #peerIsn: number;
  readonly #text = new RecordedText();
  #syns: Recorded[] = [];
  #fin: { readonly place: number; readonly frame: Recorded } | undefined = undefined;
  #resets: Recorded[] = [];
  /** How far anything that the peer said may be acknowledged. */
  #mostAck = 0;
  /** What the stack has said: behind its last byte, and behind the last that it acknowledged. */
  #sentTo = 0;
  #ackedTo = 0;
  #hasReset = false;

  constructor({ frames, hostIsn, peerOffer }: Conversation) {
    this.#isn = hostIsn ?? 0;
    this.#peerIsn = peerOffer?.isn ?? 0;
    for (const frame of frames) {
      if (frame.isHosts) this.#records(frame);
      else if (frame.checksum !== 'bad') this.#mostAck = Math.max(this.#mostAck, endOf(frame.facts, this.#peerIsn));
    }
  }

  #records(frame: Recorded): void {
    const { facts } = frame;
    const flags = tcpFlags(facts);
    if (flags & tcp.RST) {
      this.#resets.push(frame);
      return;
    }
    if (flags & tcp.ACK) this.#mostAck = Math.max(this.#mostAck, this.#ackOf(facts));
    if (flags & tcp.SYN) this.#syns.push(frame);
    this.#text.add(frame, placeOf(frame, this.#isn));
    if (flags & tcp.FIN) this.#fin ??= { place: endOf(facts, this.#isn) - 1, frame };
  }

  /** A segment of the stack, in the capture's numbers. @returns what is wrong with it */
  take(facts: Facts): Mismatch | undefined {
    this.segments++;
    const flags = tcpFlags(facts);
    if (flags & tcp.RST) return this.#takeReset(facts);
    const mismatch = this.#mismatch(facts, flags);
    if (mismatch !== undefined) return mismatch;
    this.#sentTo = Math.max(this.#sentTo, endOf(facts, this.#isn));
    if (flags & tcp.ACK) this.#ackedTo = Math.max(this.#ackedTo, this.#ackOf(facts));
    return undefined;
  }

  #mismatch(facts: Facts, flags: number): Mismatch | undefined {
    if (flags & tcp.SYN && this.counterpart(facts) === undefined)
      return { field: 'tcp.flags', recorded: 'no SYN', sent: 'SYN', frame: undefined };
    return this.#wrongText(facts) ?? this.#wrongFin(facts, flags) ?? this.#wrongAck(facts, flags);
  }

  #takeReset(facts: Facts): Mismatch | undefined {
    const [first] = this.#resets;
    if (first === undefined && this.#isOver) return undefined;
    if (first === undefined) return { field: 'tcp.flags', recorded: 'no RST', sent: 'RST', frame: undefined };
    const places = this.#resets.map((one) => placeOf(one, this.#isn));
    const place = placeOf({ facts }, this.#isn);
    if (!places.includes(place)) return { field: 'tcp.seq', recorded: String(places[0]), sent: String(place), frame: first };
    this.#hasReset = true;
    return undefined;
  }

  /**
   * Everything has been said and acknowledged on both sides. What the peer says then was said to a host that had not got its last
   * acknowledgment: it was lost behind the place of the recording, and the stack has forgotten the connection.
   */
  get #isOver(): boolean {
    return this.#fin !== undefined && this.#sentTo > this.#fin.place && this.#ackedTo >= this.#mostAck;
  }

  #wrongText(facts: Facts): Mismatch | undefined {
    const length = payloadLength(facts);
    if (length === 0) return undefined;
    const from = placeOf({ facts }, this.#isn);
    if (from + length > this.#text.end)
      return {
        field: 'payload',
        recorded: `${this.#text.end - 1} bytes of text in all`,
        sent: `text up to byte ${from + length - 1}`,
        frame: undefined,
      };
    const { buffer, byteOffset } = facts.view;
    const other = this.#text.firstOther(from, new Uint8Array(buffer, byteOffset + facts.payload, length));
    if (other === undefined) return undefined;
    const { place, frame } = other;
    return {
      field: 'payload',
      recorded: `${hex(other.recorded, 2)} in place ${place} of the text`,
      sent: hex(other.sent, 2),
      frame,
    };
  }

  #wrongFin(facts: Facts, flags: number): Mismatch | undefined {
    if ((flags & tcp.FIN) === 0) return undefined;
    const place = endOf(facts, this.#isn) - 1;
    if (this.#fin === undefined) return { field: 'tcp.flags', recorded: 'no FIN', sent: 'FIN', frame: undefined };
    if (place === this.#fin.place) return undefined;
    return { field: 'tcp.seq', recorded: `FIN at ${this.#fin.place}`, sent: `FIN at ${place}`, frame: this.#fin.frame };
  }

  #wrongAck(facts: Facts, flags: number): Mismatch | undefined {
    const ack = this.#ackOf(facts);
    if ((flags & tcp.ACK) === 0 || ack <= this.#mostAck) return undefined;
    return { field: 'tcp.ack', recorded: `${this.#mostAck} at most`, sent: String(ack), frame: undefined };
  }

  /** The recorded frame that one of the stack begins with as it does. */
  counterpart(facts: Facts): Recorded | undefined {
    const wanted = tcpFlags(facts) & (tcp.SYN | tcp.ACK);
    if ((wanted & tcp.SYN) === 0) return undefined;
    return this.#syns.find((one) => (tcpFlags(one.facts) & (tcp.SYN | tcp.ACK)) === wanted) ?? this.#syns[0];
  }

  /** Everything that a recorded frame of the host says has been said by the stack. */
  isMet({ facts }: Recorded): boolean {
    const flags = tcpFlags(facts);
    if (flags & tcp.RST) return this.#hasReset;
    return endOf(facts, this.#isn) <= this.#sentTo && ((flags & tcp.ACK) === 0 || this.#ackOf(facts) <= this.#ackedTo);
  }

  /** The peer acknowledges what the stack has not sent yet. */
  isAhead({ facts }: Recorded): boolean {
    if ((tcpFlags(facts) & (tcp.ACK | tcp.RST)) !== tcp.ACK) return false;
    const place = (tcpAck(facts) - this.#isn) >>> 0;
    return place > this.#sentTo && place <= Math.max(this.#text.end, (this.#fin?.place ?? 0) + 1);
  }

  /** Why a recorded frame is not met, where a field says it. */
  unmet({ facts }: Recorded): Pick<Mismatch, 'field' | 'recorded' | 'sent'> | undefined {
    const flags = tcpFlags(facts);
    if (flags & tcp.RST || endOf(facts, this.#isn) > this.#sentTo) return undefined;
    return { field: 'tcp.ack', recorded: String(this.#ackOf(facts)), sent: `${this.#ackedTo} at most` };
  }

  #ackOf(facts: Facts): number {
    return (tcpAck(facts) - this.#peerIsn) >>> 0;
  }
}

/** Behind the last place that a segment takes up. */
const endOf = (facts: Facts, isn: number): number => ((tcpSeq(facts) - isn) >>> 0) + tcpLength(facts);
