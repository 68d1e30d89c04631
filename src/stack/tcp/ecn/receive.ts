/** The receiver's part of RFC 3168 §6.1.3: a mark that a router made is echoed until the sender says that it has heard. */
import type { Segment } from '../../wire/tcp.ts';
import { CWR } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { CE, NOT_ECT } from './ecn.ts';

/**
 * Text within the window has arrived (§6.1.5: what lies outside of it says nothing, and neither does a bare acknowledgment).
 * Whoever marked it, the sender's window may be one segment by now: it gets its next acknowledgments at once, as from Linux.
 */
export function noteMark({ ecn, acks }: Connection, { ecn: mark }: Segment): void {
  if (ecn === undefined) return;
  if (mark === NOT_ECT) {
    if (ecn.peerMarks) acks.quicken(); // new text would be ECN-capable: it is a retransmission
    return;
  }
  ecn.peerMarks = true;
  if (mark !== CE || ecn.echoes) return;
  ecn.echoes = true;
  acks.quicken();
}

/**
 * The peer says CWR: it has reduced its window, and a mark from now on is another one. New text should carry the flag, but
 * on anything else it means the same, and a peer whose flag were passed over would hear ECE for ever.
 */
export function noteReduction({ ecn, acks }: Connection, segment: Segment): void {
  if (ecn === undefined || !segment.has(CWR)) return;
  ecn.echoes = false;
  if (segment.payloadLength > 0) acks.now('ACK: the peer has reduced its window');
}
