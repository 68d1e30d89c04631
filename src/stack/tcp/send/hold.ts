/** What a segment that is not full waits for: Nagle's algorithm (RFC 9293 §3.7.4), its modification, and the cork. */
import { add } from '../../wire/seq.ts';
import type { Connection } from '../connection.ts';
import { isUrgent } from './urgent-mode.ts';

/** A SYN-ACK in flight is no small segment that text would have to wait for. */
export const isOnlySyn = ({ snd }: Connection): boolean => !snd.synAcknowledged && snd.nxt === add(snd.iss, 1);

/** May the last, small segment of what was written go out now? */
export function mayGoSmall(tcb: Connection): boolean {
  const { sender, options } = tcb;
  if (sender.finQueued || sender.pushed || isUrgent(tcb)) return true;
  if (options.cork || sender.more) return false;
  return (
    options.noDelay ||
    sender.sent.isEmpty ||
    sender.wasIdle ||
    isOnlySyn(tcb) ||
    (options.nagle === 'minshall' && !isSmallUnderWay(tcb))
  );
}

/** The modification of RFC 9293 appendix A.3: full segments under way do not hold a small one back, another small one does. */
const isSmallUnderWay = ({ sender }: Connection): boolean => sender.history?.smallEnd !== undefined;
