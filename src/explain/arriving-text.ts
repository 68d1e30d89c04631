/** What became of the text and the FIN of a segment that arrived. */
import type { Connection } from '../stack/tcp/connection.ts';
import type { Seq } from '../stack/wire/seq.ts';
import { add, after, atOrBefore, before, diff, min } from '../stack/wire/seq.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { FIN, SYN } from '../stack/wire/tcp.ts';
import type { Told } from './told.ts';
import { islandBytes } from './told.ts';
import { bytes, theirs } from './words.ts';

/** Holes that are named; of more only the number. */
const MOST_HOLES = 3;

/** Nothing for text that came in order. */
export function textWords(told: Told, tcb: Connection, segment: Segment): string[] {
  const finWaits = tcb.peerFin !== undefined && !told.before.hasPeerFin && before(tcb.rcv.nxt, tcb.peerFin);
  const fin = finWaits ? ['FIN waits for the text before it'] : [];
  if (segment.payloadLength === 0) return segment.has(FIN) ? fin : [];
  const moved = tcb.rcv.nxt !== told.before.rcvNxt;
  if (moved) told.duplicatesSent = 0;
  return [...(moved ? inOrderWords(told, tcb, segment) : outOfOrderWords(told, tcb, segment)), ...fin];
}

function inOrderWords({ before: was }: Told, tcb: Connection, segment: Segment): string[] {
  const at = segment.has(SYN) ? add(segment.seq, 1) : segment.seq;
  const end = add(at, segment.payloadLength);
  const again = diff(was.rcvNxt, at);
  const words: string[] = [];
  if (segment.has(SYN)) words.push(`text in the SYN taken: ${bytes(diff(tcb.rcv.nxt, was.rcvNxt))}`);
  else if (again > 0) words.push(`${bytes(again)} of it had arrived before`);
  if (was.islands > 0) {
    const hole = theirs(tcb, was.rcvNxt, min(end, tcb.rcv.nxt));
    words.push(tcb.receiver.islands.islands < was.islands ? `fills the hole ${hole}` : `narrows the hole: ${holesOf(tcb)}`);
  }
  if (after(end, tcb.rcv.nxt)) words.push(`window full: ${bytes(diff(end, tcb.rcv.nxt))} did not fit`);
  return words;
}

function outOfOrderWords(told: Told, tcb: Connection, segment: Segment): string[] {
  const { before: was } = told;
  const end = add(segment.seq, segment.payloadLength);
  if (islandBytes(tcb) > was.received) return [`out of order: ${holesOf(tcb)}`];
  if (atOrBefore(end, tcb.rcv.nxt)) return [`nothing new: ${theirs(tcb, segment.seq, end)} had arrived before`];
  if (tcb.receiver.islands.covers(segment.seq, end)) return ['nothing new: held already, above the hole'];
  return tcb.state === 'ESTABLISHED' && tcb.rcv.wnd === 0 ? ['no room: our window is closed'] : [];
}

/** "hole 1461:2921" */
function holesOf(tcb: Connection): string {
  const { islands } = tcb.receiver;
  const holes: string[] = [];
  let left: Seq = tcb.rcv.nxt;
  for (let i = 0; i < islands.islands; i++) {
    if (holes.length < MOST_HOLES) holes.push(theirs(tcb, left, islands.left(i)));
    left = islands.right(i);
  }
  if (islands.islands > MOST_HOLES) return `${islands.islands} holes, the first ${holes[0]}`;
  return `${holes.length === 1 ? 'hole' : 'holes'} ${holes.join(', ')}`;
}
