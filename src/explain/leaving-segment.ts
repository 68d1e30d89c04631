/** Why a segment goes out: the stack's short reason with the numbers and the rule that belong to it, and what else is news. */
import type { Connection } from '../stack/tcp/connection.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { CWR, ECE, FIN, RST, SYN } from '../stack/wire/tcp.ts';
import { milliseconds } from './numbers.ts';
import { retransmissionReason } from './retransmission-reason.ts';
import type { Told } from './told.ts';
import { bytes, theirs } from './words.ts';

/** The reason in full; empty for text that is sent because there is text. */
export function fullReason(told: Told, tcb: Connection, segment: Segment): string {
  const { reason } = segment;
  switch (reason) {
    case 'ACK':
      return tcb.options.ackDelay === 0 ? 'ACK at once: none is delayed' : 'ACK of the second segment';
    case 'quick ACK':
      return quickAck(told);
    case 'delayed ACK':
      return tcb.options.ackPolicy === 'linux' ? 'delayed ACK timer' : `delayed ACK timer: ${milliseconds(tcb.options.ackDelay)}`;
    case 'duplicate ACK: segment missing':
      told.duplicatesSent++;
      return `duplicate ACK ${told.duplicatesSent}: ${theirs(tcb, tcb.rcv.nxt, tcb.rcv.nxt).split(':')[0]} is missing`;
    case 'window update':
      return `window update: ${bytes(tcb.rcv.wnd)}`;
    case 'zero-window probe':
      return `zero-window probe ${tcb.sender.probes}`;
    case 'keep-alive probe':
      return `keep-alive probe ${tcb.keepAliveProbes} of ${tcb.options.keepAliveProbes}`;
    case 'tail loss probe':
      return `tail loss probe: ${segment.seq === tcb.sender.sent.last?.seq && isAgain(tcb) ? 'the last segment again' : 'new text'}`;
    default:
      return retransmissionReason(told, tcb, segment);
  }
}

/** Explained once: a dozen of them follow each other. */
function quickAck(told: Told): string {
  const { isQuickExplained: was } = told;
  told.isQuickExplained = true;
  return was ? 'quick ACK' : 'quick ACK: not delayed, the peer is in slow start';
}

const isAgain = ({ sender }: Connection): boolean => (sender.sent.last?.retransmissions ?? 0) > 0;

/** What else is new with it. */
export function leavingWords(told: Told, tcb: Connection, segment: Segment): string[] {
  const { failure } = tcb.app;
  return [
    ...closeWords(told, segment),
    ...(segment.reason === '' && segment.payloadLength > 0 ? textWords(told, tcb, segment) : []),
    ...windowWords(told, tcb, segment),
    ...markWords(told, segment),
    ...(tcb.state === 'CLOSED' && failure !== undefined && failure !== 'aborted' ? [failure] : []),
  ];
}

/** The application has closed, and this is not yet the FIN. */
function closeWords({ states }: Told, segment: Segment): string[] {
  const last = states.at(-1);
  const isClosing = (last === 'FIN-WAIT-1' || last === 'LAST-ACK') && !segment.has(FIN);
  return isClosing ? ['closed by the application, the FIN follows the text'] : [];
}

/** New text that is not sent just because there is text and room. */
function textWords(told: Told, tcb: Connection, segment: Segment): string[] {
  const { recovery, sent, control } = tcb.sender;
  if (hasRestarted(told, tcb, segment)) return ['restart after idleness: cwnd is small again'];
  if (recovery.frto === 'new text') return ['F-RTO: new text asks whether the time-out was spurious'];
  const hasDuplicates = recovery.duplicates > 0 || sent.sackedLength > 0;
  if (recovery.phase === 'open' && hasDuplicates && tcb.snd.flight > control.window)
    return ['limited transmit: a duplicate ACK lets new text go'];
  const { isHeld } = told.before;
  told.before.isHeld = false;
  const isSmall = segment.payloadLength < control.mss && tcb.snd.flight <= segment.length;
  return isHeld && isSmall ? ['Nagle: all before it is acknowledged, so this small segment may go'] : [];
}

/** The window that we offer closes or opens. */
function windowWords(told: Told, tcb: Connection, segment: Segment): string[] {
  if (segment.has(RST | SYN)) return [];
  const { offered } = told;
  told.offered = tcb.rcv.wnd;
  if (told.offered === 0 && offered !== 0) return ['closes our window: the receive buffer is full'];
  const isSaid = segment.reason === 'window update';
  return offered === 0 && told.offered > 0 && !isSaid ? [`opens our window: ${bytes(told.offered)}`] : [];
}

/** Explicit Congestion Notification, RFC 3168: said once for each mark. */
function markWords(told: Told, segment: Segment): string[] {
  if (segment.has(SYN)) return [];
  const isEcho = segment.has(ECE);
  const isFirst = isEcho && !told.isEchoing;
  told.isEchoing = isEcho;
  return [
    ...(isFirst ? ['ECE: echoes a congestion mark until the peer answers'] : []),
    ...(segment.has(CWR) ? ['CWR: cwnd is reduced'] : []),
  ];
}

/** RFC 5681 §4.1: nothing was in flight for longer than an RTO, and nothing was lost, yet cwnd is smaller. */
function hasRestarted(told: Told, { sender, snd }: Connection, segment: Segment): boolean {
  const { control, recovery } = sender;
  const isAlone = told.cwnd !== '' && recovery.phase === 'open' && snd.flight <= segment.length;
  return isAlone && Math.floor(control.window) < Number(told.cwnd);
}
