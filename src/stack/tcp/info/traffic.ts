/** What an observer can learn of a connection's text: from the first of it on, so that one without any pays nothing. */
import type { Micros } from '../../time.ts';
import { add, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { DeliveryObserver } from '../loss/sent-list.ts';
import type { SentSegment } from '../loss/sent-segment.ts';
import type { Sender } from '../send/sender.ts';
import type { Occupation } from './chrono.ts';
import { Chrono } from './chrono.ts';
import { ReceiveCounts, SendCounts } from './counts.ts';
import { DeliveryRate } from './delivery-rate.ts';

export class Traffic implements DeliveryObserver {
  readonly sent = new SendCounts();
  readonly received = new ReceiveCounts();
  readonly chrono = new Chrono();
  readonly rate = new DeliveryRate();
  readonly #sender: Sender;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** The peer has it: RACK learns from that, and so does the rate. */
  delivered(record: SentSegment): void {
    this.#sender.rack.delivered(record);
    this.rate.arrived(record, segmentsIn(record, this.#sender.control.mss));
  }
}

/** Frames that a record stands for; one that carries nothing but a FIN is a frame too. */
export const segmentsIn = ({ length }: SentSegment, mss: number): number => Math.max(Math.ceil(length / mss), 1);

const framesOf = ({ payloadLength, gsoSize }: Segment): number => (gsoSize > 0 ? Math.ceil(payloadLength / gsoSize) : 1);

/** A segment leaves. Like Linux, a connection that a listener began counts from the end of its handshake on. */
export function countSent(tcb: Connection, out: Segment): void {
  if (tcb.listener !== undefined) return;
  const frames = framesOf(out);
  tcb.segmentsOut += frames;
  if (out.payloadLength === 0) return;
  const { sent } = tcb.traffic;
  sent.segments += frames;
  sent.bytes += out.payloadLength;
}

/** A segment for this connection has arrived, whatever becomes of it. */
export function countReceived(tcb: Connection, segment: Segment, now: Micros): void {
  const frames = framesOf(segment);
  tcb.segmentsIn += frames;
  if (segment.payloadLength === 0) return;
  const { received } = tcb.traffic;
  received.segments += frames;
  received.lastAt = now;
}

/** Nothing more can be sent now: why? */
export function noteOccupation(tcb: Connection, now: Micros): void {
  if (!tcb.hasTraffic) return;
  const { chrono, rate } = tcb.traffic;
  const occupation = occupationOf(tcb);
  chrono.enter(occupation, now);
  const { sender } = tcb;
  const { mss } = sender.control;
  if (sender.unsent < mss && sender.sent.lostLength === 0 && sender.room > 0)
    rate.applicationIsTheLimit(Math.ceil(sender.pipe(mss) / mss));
}

function occupationOf({ sender, snd, app }: Connection): Occupation {
  const { unsent } = sender;
  if (sender.sent.isEmpty && unsent <= 0) return 'idle';
  if (unsent <= 0) return app.wantsWritable ? 'send buffer' : 'busy';
  const room = diff(add(snd.una, snd.wnd), snd.nxt);
  return room < Math.min(unsent, sender.control.mss) ? 'receive window' : 'busy';
}
