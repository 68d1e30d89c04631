/** What the application of a recorded connection must have done for the host to send what it sent: open, write, close, abort. */
import * as tcp from '../stack/wire/tcp.ts';
import type { Conversation } from './conversation.ts';
import { payloadLength, tcpAck, tcpFlags, tcpSeq } from './facts.ts';
import type { Recorded } from './recorded.ts';

export type TcpAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  /** `entirely`: nothing will be read any more, and what still comes is answered with a reset. */
  | { readonly kind: 'close'; readonly entirely: boolean }
  | { readonly kind: 'abort' };

export interface TcpBehavior {
  /** What is done when a frame has its turn: of the host's before it is expected, of the peer's before it is fed. */
  readonly actions: ReadonlyMap<Recorded, readonly TcpAction[]>;
  /** Small segments left while others were not acknowledged. */
  readonly noDelay: boolean;
}

/** @param late text is written when it leaves, as far as that can be, and not when the first of what is pushed together does */
export function deriveTcp(conversation: Conversation, late: boolean): TcpBehavior {
  const actions = new Map<Recorded, TcpAction[]>();
  const writer = new Writer(conversation, actions, late);
  for (const frame of conversation.frames) writer.take(frame);
  writer.finish();
  return { actions, noDelay: writer.noDelay };
}

function add(actions: Map<Recorded, TcpAction[]>, frame: Recorded, action: TcpAction): void {
  const known = actions.get(frame);
  if (known === undefined) actions.set(frame, [action]);
  else known.push(action);
}

/**
 * Writes: a segment without PSH left while more was buffered (RFC 9293 §3.9.1.2), so everything up to the next PSH was written when
 * its first byte left, at the latest.
 */
class Writer {
  noDelay = false;
  readonly #conversation: Conversation;
  readonly #actions: Map<Recorded, TcpAction[]>;
  readonly #isn: number;
  /** Bytes of the stream seen so far, and how much the peer has acknowledged. */
  #sent = 0;
  #acknowledged = 0;
  /** How far the peer lets us go, and the frame that said so. */
  #edge = 0;
  #edgeFrom: Recorded | undefined = undefined;
  #opened = false;
  #closed = false;
  #reset = false;
  /** What is being gathered: the frame at which it is written. */
  #at: Recorded | undefined = undefined;
  #chunks: { readonly frame: Recorded; readonly bytes: Uint8Array }[] = [];
  readonly #late: boolean;
  #closes = false;

  constructor(conversation: Conversation, actions: Map<Recorded, TcpAction[]>, late: boolean) {
    this.#late = late;
    this.#conversation = conversation;
    this.#actions = actions;
    this.#isn = conversation.hostIsn ?? 0;
  }

  take(frame: Recorded): void {
    if (frame.isHosts) this.#sends(frame);
    else this.#receives(frame);
  }

  finish(): void {
    this.#flush();
  }

  #receives(frame: Recorded): void {
    const { facts } = frame;
    const flags = tcpFlags(facts);
    if ((flags & tcp.ACK) === 0 || frame.checksum === 'bad') return;
    const acknowledged = (tcpAck(facts) - this.#isn - 1) | 0;
    if (acknowledged > this.#acknowledged && acknowledged <= this.#sent + 1) this.#acknowledged = acknowledged;
    const { hostOffer, peerOffer } = this.#conversation;
    const scales = (flags & tcp.SYN) === 0 && (hostOffer?.shift ?? -1) >= 0 && (peerOffer?.shift ?? -1) >= 0;
    const edge = acknowledged + tcp.window(facts.view, facts.transport) * 2 ** (scales ? peerOffer!.shift : 0);
    if (edge <= this.#edge) return; // a window is not taken back (RFC 9293 §3.8.6)
    this.#edge = edge;
    this.#edgeFrom = frame;
  }

  #sends(frame: Recorded): void {
    const { facts } = frame;
    const flags = tcpFlags(facts);
    if (flags & tcp.SYN && (flags & tcp.ACK) === 0 && !this.#opened) {
      this.#opened = true;
      add(this.#actions, frame, { kind: 'open' });
    }
    if (flags & tcp.RST) {
      this.#flush();
      if (!this.#reset) add(this.#actions, frame, { kind: 'abort' });
      this.#reset = true;
      return;
    }
    const place = (tcpSeq(facts) - this.#isn - 1 + (flags & tcp.SYN ? 1 : 0)) | 0;
    const length = payloadLength(facts);
    const fresh = length === 0 ? 0 : place + length - this.#sent; // behind its FIN a host speaks from one number further
    const isFirstFin = (flags & tcp.FIN) !== 0 && !this.#closed;
    if (isFirstFin) this.#closed = true;
    if (fresh > 0) this.#writes(frame, place, fresh, isFirstFin);
    else if (isFirstFin) {
      this.#flush();
      this.#close(frame);
    }
  }

  #writes(frame: Recorded, place: number, fresh: number, isLast: boolean): void {
    const { facts } = frame;
    const length = payloadLength(facts);
    const end = this.#sent + fresh;
    const isSmall = length < this.#conversation.segmentSize && end < this.#edge && !isLast;
    if (isSmall && this.#sent > this.#acknowledged) this.noDelay = true;
    this.#at ??= end > this.#edge ? (this.#edgeFrom ?? frame) : frame;
    if (place > this.#sent) this.#chunks.push({ frame, bytes: new Uint8Array(place - this.#sent) }); // the capture has a hole
    this.#chunks.push({ frame, bytes: frame.bytes.subarray(facts.end - Math.min(fresh, length), facts.end) });
    this.#sent = end;
    this.#closes = isLast;
    if (isLast || tcpFlags(facts) & tcp.PSH) this.#flush();
  }

  #flush(): void {
    const at = this.#at;
    if (at === undefined) return;
    if (this.#late) this.#writeLate();
    else add(this.#actions, at, { kind: 'write', bytes: joined(this.#chunks.map(({ bytes }) => bytes)) });
    if (this.#closes) this.#close(this.#late ? (this.#chunks.at(-1)?.frame ?? at) : at);
    this.#at = undefined;
    this.#chunks = [];
    this.#closes = false;
  }

  /** Behind each segment all of the next but its last byte: it is not pushed then, and the next does not leave before its time. */
  #writeLate(): void {
    for (const [index, { frame, bytes }] of this.#chunks.entries()) {
      const own = index === 0 ? bytes : bytes.subarray(-1);
      const next = this.#chunks[index + 1]?.bytes;
      add(this.#actions, frame, { kind: 'write', bytes: joined([own, ...(next === undefined ? [] : [next.subarray(0, -1)])]) });
    }
  }

  /** A reset behind our FIN says that nobody was there any more to read. */
  #close(at: Recorded): void {
    const { frames } = this.#conversation;
    const later = frames.slice(frames.indexOf(at) + 1);
    const entirely = later.some(({ isHosts, facts }) => isHosts && (tcpFlags(facts) & tcp.RST) !== 0);
    add(this.#actions, at, { kind: 'close', entirely });
  }
}

/** How far a frame of the host lets its peer go, as a number of the peer's; undefined where it says nothing of that. */
export function offeredEdge({ hostOffer, peerOffer }: Conversation, { facts }: Recorded): number | undefined {
  if (facts.kind !== 'tcp' || (tcpFlags(facts) & (tcp.ACK | tcp.SYN | tcp.RST)) !== tcp.ACK) return undefined;
  const scales = (hostOffer?.shift ?? -1) >= 0 && (peerOffer?.shift ?? -1) >= 0;
  const window = tcp.window(facts.view, facts.transport) * 2 ** (scales ? Math.min(hostOffer!.shift, 14) : 0);
  return (tcpAck(facts) + window) >>> 0;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
