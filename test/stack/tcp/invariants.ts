/** What holds of a connection after every step, whatever the peer, the network and the application do. */
import type { Connection } from '../../../src/stack/tcp/connection.ts';
import { mayTransmitText } from '../../../src/stack/tcp/state.ts';
import { NEVER } from '../../../src/stack/time.ts';
import type { Seq } from '../../../src/stack/wire/seq.ts';
import { add, after, diff } from '../../../src/stack/wire/seq.ts';
import type { Segment } from '../../../src/stack/wire/tcp.ts';
import { ACK, RST, SYN } from '../../../src/stack/wire/tcp.ts';

/** @returns what is broken; undefined when nothing is. To be asked when nothing more can be sent. */
export function checkInvariants(tcb: Connection): string | undefined {
  if (tcb.state === 'CLOSED') return tcb.timers.next() === NEVER ? undefined : 'CLOSED with a timer running';
  return checkSent(tcb) ?? checkReceived(tcb) ?? checkTimers(tcb);
}

function checkSent(tcb: Connection): string | undefined {
  const { snd, sender } = tcb;
  if (after(snd.una, snd.nxt)) return 'SND.UNA is after SND.NXT';
  let at = snd.una;
  let lost = 0;
  let sacked = 0;
  let timed = 0;
  for (let record = sender.sent.first; record !== undefined; record = record.next) {
    if (record.seq !== at) return `the sent list has a gap or overlap at ${diff(at, snd.iss)}`;
    if (record.length <= 0) return 'an empty record in the sent list';
    if (record.lost) lost += record.length;
    else if (record.sacked) sacked += record.length;
    else timed++;
    at = record.end;
  }
  if (at !== snd.nxt) return 'the sent list does not end at SND.NXT';
  if (lost !== sender.sent.lostLength) return `lostLength is ${sender.sent.lostLength}, the records say ${lost}`;
  if (sacked !== sender.sent.sackedLength) return `sackedLength is ${sender.sent.sackedLength}, the records say ${sacked}`;
  for (let record = sender.sent.oldest; record !== undefined; record = record.later) {
    if (record.lost || record.sacked) return 'a record that is lost or delivered waits in the order of transmission';
    if (record.later !== undefined && record.later.sentAt < record.sentAt) return 'the order of transmission is no order';
    timed--;
  }
  if (timed !== 0) return `${timed} records are missing in the order of transmission`;
  if (sender.pipe(sender.control.mss) < 0) return 'a negative amount in flight';
  return undefined;
}

function checkReceived({ rcv, receiver }: Connection): string | undefined {
  const { islands } = receiver;
  if (diff(rcv.edge, rcv.nxt) < 0) return 'RCV.NXT is beyond the advertised edge';
  let previous = rcv.nxt;
  for (let i = 0; i < islands.islands; i++) {
    if (!after(islands.left(i), previous)) return 'islands touch, overlap or lie below RCV.NXT';
    if (!after(islands.right(i), islands.left(i))) return 'an empty island';
    previous = islands.right(i);
  }
  if (islands.islands > 0 && after(previous, rcv.edge)) return 'an island beyond the advertised edge';
  return undefined;
}

function checkTimers(tcb: Connection): string | undefined {
  const { timers, sender, acks } = tcb;
  const waiting = mayTransmitText(tcb.state) && !sender.finSent && (sender.unsent > 0 || sender.finQueued);
  const armed = timers.retransmit !== NEVER || timers.persist !== NEVER;
  if (!sender.sent.isEmpty && !armed) return 'data is outstanding and no timer runs';
  if (waiting && !armed) return 'data is waiting and no timer runs';
  if (tcb.state === 'TIME-WAIT' && timers.linger === NEVER) return 'TIME-WAIT without its timer';
  if (timers.linger !== NEVER && tcb.state !== 'TIME-WAIT' && tcb.state !== 'FIN-WAIT-2') return `a linger timer in ${tcb.state}`;
  if (acks.isPending && !acks.immediate && timers.delayedAck === NEVER) return 'an acknowledgment is owed and no timer runs';
  return undefined;
}

/** SHLD-14: the right edge of the window that our segments offer never moves to the left. */
export class EdgeWatch {
  #edge: Seq | undefined = undefined;

  /** @returns what is wrong */
  sees(segment: Segment, shift: number): string | undefined {
    if (segment.has(SYN | RST) || !segment.has(ACK)) {
      this.#edge = undefined;
      return undefined;
    }
    const edge = add(segment.ack, segment.window << shift);
    const before = this.#edge;
    if (before !== undefined && after(before, edge)) return `the right edge of our window moved left by ${diff(before, edge)}`;
    this.#edge = edge;
    return undefined;
  }
}
