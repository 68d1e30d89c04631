/** Do both ends speak ECN? RFC 3168 §6.1.1, and what to do when a middlebox does not like the question, §6.1.1.1. */
import type { Segment } from '../../wire/tcp.ts';
import { ACK, CWR, ECE } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { Ecn, NOT_ECT } from './ecn.ts';

/** An ECN-setup SYN has both flags, an ECN-setup SYN-ACK has ECE alone. */
const SETUP_SYN = ECE | CWR;
const SETUP_SYN_ACK = ECE;

/** An active open asks when it is told to. */
export function askForEcn(tcb: Connection): void {
  if (tcb.options.ecn === 'on') tcb.ecn = new Ecn();
}

/**
 * Puts the flags into our SYN or SYN-ACK. Some middleboxes drop a SYN with flags that they do not know, so one that is sent
 * again may have to do without; then it stays without: who has sent a SYN without the flags "MUST NOT set ECT on data packets",
 * whatever a late answer to the first SYN says.
 */
export function offerEcn(tcb: Connection, out: Segment): void {
  const isAnswer = out.has(ACK);
  const { ecnSynRetries, ecnSynAckRetries } = tcb.options;
  if (tcb.rtt.backOffs > (isAnswer ? ecnSynAckRetries : ecnSynRetries)) tcb.ecn = undefined;
  if (tcb.ecn !== undefined) out.flags |= isAnswer ? SETUP_SYN_ACK : SETUP_SYN;
}

/** The peer's first SYN or SYN-ACK. */
export function agreeOnEcn(tcb: Connection, syn: Segment): void {
  if (tcb.state === 'SYN-SENT') confirmEcn(tcb, syn);
  else if (tcb.options.ecn !== 'off' && asksForEcn(syn)) tcb.ecn = new Ecn();
}

/**
 * The answer to our SYN, or the peer's SYN once more. Both flags in a SYN-ACK are those of our SYN, reflected by somebody who
 * does not know them. A peer that repeats its SYN without the flags has given up on ECN, and so do we.
 */
export function confirmEcn(tcb: Connection, syn: Segment): void {
  if ((syn.flags & (ECE | CWR)) !== (syn.has(ACK) ? SETUP_SYN_ACK : SETUP_SYN)) tcb.ecn = undefined;
}

/** A SYN never is ECN-capable: one that arrives so has met somebody who rewrites the octet, and marks would be his. */
export const asksForEcn = (syn: Segment): boolean => (syn.flags & (ECE | CWR)) === SETUP_SYN && syn.ecn === NOT_ECT;
