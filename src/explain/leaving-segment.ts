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
      return 'quick ACK: the peer is in slow start';
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

const isAgain = ({ sender }: Connection): boolean => (sender.sent.last?.retransmissions ?? 0) > 0;

/** What else is new with it. */
export function leavingWords(told: Told, tcb: Connection, segment: Segment): string[] {
  return [
    ...windowWords(told, tcb, segment),
    ...markWords(told, segment),
    ...(hasRestarted(told, tcb, segment) ? ['restart after idleness: cwnd is small again'] : []),
    ...(tcb.state === 'CLOSED' && tcb.app.failure !== undefined && segment.has(RST) ? [tcb.app.failure] : []),
  ].filter((word) => word !== 'aborted');
}

/** The window that we offer closes or opens. */
function windowWords(told: Told, tcb: Connection, segment: Segment): string[] {
  if (segment.has(RST | SYN)) return [];
  const { offered } = told;
  told.offered = tcb.rcv.wnd;
  if (told.offered === 0 && offered > 0) return ['closes our window: the receive buffer is full'];
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
  if (segment.payloadLength === 0 || told.cwnd === '' || recovery.phase !== 'open') return false;
  const isAlone = snd.flight <= segment.payloadLength + (segment.has(FIN) ? 1 : 0);
  return isAlone && segment.reason === '' && Math.floor(control.window) < Number(told.cwnd);
}
