/** The sender's part of RFC 3168 §6.1.2: what routers may mark, and what an echoed mark does to the congestion window. */
import type { Micros } from '../../time.ts';
import { before } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { CWR, ECE, SYN } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { beginEchoReduction, endEchoReduction } from '../loss/reduction.ts';
import { ECT0 } from './ecn.ts';

/**
 * New text leaves. It alone is ECN-capable: a mark on a SYN or an acknowledgment would be answered by nobody (§6.1.1, §6.1.4),
 * one on a retransmission could be a forger's (§6.1.5), and one on a window probe is dropped with it (§6.1.6).
 */
export function markNewText({ ecn, snd }: Connection, out: Segment): void {
  if (ecn === undefined || out.payloadLength === 0 || snd.wnd === 0) return;
  out.ecn = ECT0;
  if (!ecn.cwrDue) return;
  out.flags |= CWR;
  ecn.cwrDue = false;
}

/**
 * An acknowledgment has been taken, and what it says of losses too.
 * @param flight bytes that were in flight before it
 */
export function echoArrives(tcb: Connection, segment: Segment, flight: number, now: Micros): void {
  const { ecn, snd, sender } = tcb;
  const { recovery } = sender;
  if (ecn === undefined) return;
  const isEcho = flight > 0 && echoes(tcb, segment);
  if (isEcho) recovery.history?.undo.forget(); // what has been reduced for a loss is due in any case
  if (ecn.holds(snd.una)) return;
  endEchoReduction(tcb);
  if (isEcho && recovery.phase === 'open') beginEchoReduction(tcb, flight, now);
}

/** Slow start and congestion avoidance wait while the window is being reduced. */
export const withholdsGrowth = (tcb: Connection, segment: Segment): boolean =>
  tcb.ecn !== undefined && tcb.sender.recovery.phase === 'open' && (tcb.ecn.holdsForEcho(tcb.snd.una) || echoes(tcb, segment));

/** A SYN-ACK with ECE is an answer to our SYN; an old acknowledgment says what was known before. */
const echoes = ({ snd }: Connection, segment: Segment): boolean =>
  segment.has(ECE) && !segment.has(SYN) && !before(segment.ack, snd.una);
