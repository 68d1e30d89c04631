/** The bytes of a conversation in their order: TCP put together again from its segments, UDP datagram by datagram. */
import type { Micros } from '../../stack/time.ts';
import { ACK, RST, SYN } from '../../stack/wire/tcp.ts';
import type { Dissected, Tcp } from '../dissect/dissected.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import type { Side } from './tcp-story.ts';

/** Something that one side said. */
export interface Piece {
  readonly side: Side;
  /** When its last byte was recorded. */
  readonly at: Micros;
  readonly bytes: Uint8Array;
  /** Bytes before these that are not in the capture. */
  readonly missing: number;
}

/** So many bytes may wait for one that is missing; then it is given up. */
const MOST_WAITING = 16 * 1024 * 1024;
/** A hole wider than any window (RFC 7323 §2.3) is no hole: the numbers are of something else. */
const WIDEST = 0x4000_0000;

interface Waiting {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly at: Micros;
}

/** One direction. Numbers are those of the wire. */
interface Flow {
  /** undefined before the first segment. */
  next: number | undefined;
  waiting: Waiting[];
  waitingBytes: number;
}

const minus = (a: number, b: number): number => (a - b) | 0;
const newFlow = (): Flow => ({ next: undefined, waiting: [], waitingBytes: 0 });

/** What is handed to it must be of one conversation, in the order of the capture. */
export class StreamAssembler {
  readonly #flows: Record<Side, Flow> = { a: newFlow(), b: newFlow() };
  readonly #take: (piece: Piece) => void;

  /** @param take is handed the pieces as they become whole: what came first of bytes that overlap is what counts */
  constructor(take: (piece: Piece) => void) {
    this.#take = take;
  }

  add(side: Side, frame: RecordedFrame, { transport, payload }: Dissected): void {
    const bytes = frame.bytes.subarray(payload.at, payload.at + payload.length);
    if (transport?.kind === 'udp') this.#take({ side, at: frame.at, bytes, missing: 0 });
    if (transport?.kind === 'tcp') this.#addSegment(side, transport, bytes, frame.at);
  }

  /** Gives what still waits, with the holes before it. */
  finish(): void {
    for (const side of ['a', 'b'] as const) {
      const flow = this.#flows[side];
      while (flow.waiting.length > 0) this.#giveUp(side, flow);
    }
  }

  #addSegment(side: Side, { seq, ack, flags }: Tcp, bytes: Uint8Array, at: Micros): void {
    const flow = this.#flows[side];
    const textAt = flags & SYN ? (seq + 1) >>> 0 : seq;
    if (flags & RST) return; // its text, if any, is a message about the reset (RFC 9293 §3.5.3)
    flow.next ??= textAt;
    if (bytes.length > 0 && Math.abs(minus(textAt, flow.next)) < WIDEST) this.#insert(side, flow, { seq: textAt, bytes, at });
    if (flags & ACK) this.#onAck(side === 'a' ? 'b' : 'a', ack);
  }

  #insert(side: Side, flow: Flow, one: Waiting): void {
    if (minus(one.seq, flow.next!) <= 0) {
      this.#give(side, flow, one, 0);
    } else {
      const index = flow.waiting.findLastIndex(({ seq }) => minus(seq, one.seq) <= 0);
      flow.waiting.splice(index + 1, 0, { ...one, bytes: one.bytes.slice() });
      flow.waitingBytes += one.bytes.length;
      while (flow.waitingBytes > MOST_WAITING) this.#giveUp(side, flow);
    }
    this.#drain(side, flow);
  }

  /** What the receiver has acknowledged and we have not seen will not come any more. */
  #onAck(side: Side, ack: number): void {
    const flow = this.#flows[side];
    while (flow.waiting.length > 0 && minus(ack, flow.waiting[0]!.seq) > 0) this.#giveUp(side, flow);
  }

  #drain(side: Side, flow: Flow): void {
    for (let first = flow.waiting[0]; first !== undefined && minus(first.seq, flow.next!) <= 0; first = flow.waiting[0]) {
      flow.waiting.shift();
      flow.waitingBytes -= first.bytes.length;
      this.#give(side, flow, first, 0);
    }
  }

  /** Steps over the hole. */
  #giveUp(side: Side, flow: Flow): void {
    const first = flow.waiting.shift()!;
    flow.waitingBytes -= first.bytes.length;
    this.#give(side, flow, first, Math.max(0, minus(first.seq, flow.next!)));
    this.#drain(side, flow);
  }

  /** What of it is new. */
  #give(side: Side, flow: Flow, { seq, bytes, at }: Waiting, missing: number): void {
    const known = missing > 0 ? 0 : minus(flow.next!, seq);
    if (known >= bytes.length) return;
    flow.next = (seq + bytes.length) >>> 0;
    this.#take({ side, at, bytes: bytes.subarray(known), missing });
  }
}
