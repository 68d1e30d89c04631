/** Was the time-out spurious? F-RTO, RFC 5682, with and without selective acknowledgments. */
import { add, after } from '../../wire/seq.ts';
import type { Connection } from '../connection.ts';
import { undoReduction } from './reduction.ts';

/**
 * An acknowledgment during the recovery from a time-out. When it covers text that was sent once only, before the time-out, then
 * the originals have been on their way all the time: nothing else could have caused it.
 * @returns whether the recovery is over by it
 */
export function judgeTimeout(tcb: Connection): boolean {
  const { sender, snd } = tcb;
  const { recovery, sample, rack } = sender;
  const { history } = recovery;
  if (history === undefined || history.frto === 'off') return false;
  if (rack.originalDelivered && !after(rack.originalEnd, recovery.recover)) {
    history.counters.spuriousTimeouts++;
    undoReduction(tcb, true); // §2.1 step 3b, §3.1 step 3b
    rack.onSpuriousTimeout();
    return true;
  }
  if (after(snd.nxt, recovery.recover)) {
    if (sample.sacked > 0 || sample.isRepeated) history.frto = 'off'; // step 3a: the loss was real
    return false;
  }
  // step 2b: the first acknowledgment covers the retransmission; two segments of new text are the question to the peer
  const mayAsk =
    sample.acked > 0 && after(recovery.recover, snd.una) && sender.unsent > 0 && after(add(snd.una, snd.wnd), snd.nxt);
  history.frto = mayAsk ? 'new text' : 'off';
  return false;
}

/** Nothing new could be sent, or enough was: what is believed lost has its turn again, or waits for the verdict. */
export function endOfNewText({ sender, snd }: Connection): boolean {
  const { history, recover } = sender.recovery;
  if (history === undefined || history.frto !== 'new text') return false;
  history.frto = after(snd.nxt, recover) ? 'waiting' : 'off';
  return history.frto === 'off';
}
