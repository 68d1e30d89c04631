/** The urgent pointer of a segment, RFC 9293 §3.10.7.4 sixth. */
import type { Seq } from '../../wire/seq.ts';
import { add, after, before, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { SYN, URG } from '../../wire/tcp.ts';
import { URGENT } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import { nextToRead, UrgentMark } from '../receive/urgent-mark.ts';
import { mayReceiveText } from '../state.ts';

/** Before the seventh step and whatever becomes of the text: MUST-66 wants it heard also while the window is closed. */
export function urgentArrives(tcb: Connection, segment: Segment, bytes: Uint8Array): undefined {
  if (segment.has(URG) && mayReceiveText(tcb.state)) pointTo(tcb, lastUrgent(segment, tcb.options.stdUrg));
  const mark = tcb.urgentMark;
  if (mark !== undefined && mark.phase === 'awaited') takeOctet(tcb, mark, segment, bytes);
}

/** @param literally the pointer names the octet itself (RFC 1122 §4.2.2.4), and not the one behind it (MUST-62, RFC 6093 §3.1) */
const lastUrgent = ({ seq, urgent }: Segment, literally: boolean): Seq =>
  add(seq, literally || urgent === 0 ? urgent : urgent - 1);

function pointTo(tcb: Connection, at: Seq): void {
  const { urgentMark: old, rcv, receiver } = tcb;
  const next = nextToRead(tcb);
  // what is read already, or lies there to be read, cannot become urgent any more; an old pointer says nothing new
  if (before(at, next) || before(at, rcv.nxt) || (old !== undefined && !after(at, old.at))) return;
  // the octet at the old mark was urgent and nobody wanted it: it does not turn into text now
  if (old !== undefined && old.at === next && receiver.available > 0 && !tcb.options.oobInline) receiver.skip(1);
  tcb.urgentMark = new UrgentMark(at);
  tcb.app.raise(URGENT); // MUST-32
}

/** The octet is taken from the segment as it passes, in order or not. */
function takeOctet(tcb: Connection, mark: UrgentMark, segment: Segment, bytes: Uint8Array): void {
  const index = diff(mark.at, segment.has(SYN) ? add(segment.seq, 1) : segment.seq);
  if (index < 0 || index >= segment.payloadLength) return;
  mark.octet = bytes[segment.payloadAt + index]!;
  mark.phase = 'here';
  tcb.app.raise(URGENT);
}
