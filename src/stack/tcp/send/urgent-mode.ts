/** Urgent data on its way out: RFC 9293 §3.8.5, RFC 6093. What the peer hears is how far it reaches, never how it looks. */
import type { Seq } from '../../wire/seq.ts';
import { after, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { SYN, URG } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';

/** The pointer has 16 bits; urgent text may be longer (MUST-31), and the segments that follow say the rest. */
const MAX_POINTER = 0xffff;

/** There from an urgent SEND until all of it is acknowledged. */
export class UrgentMode {
  /** SND.UP: the number behind the last urgent octet, which is what pointers name (MUST-62; RFC 6093 §3.1 tells the history). */
  up: Seq;
  /** No segment has said so yet. */
  isNews = true;

  constructor(up: Seq) {
    this.up = up;
  }
}

/** Everything written so far is urgent. */
export function enterUrgentMode(tcb: Connection): void {
  tcb.urgentMode = new UrgentMode(tcb.sender.end);
}

/** Until the peer has acknowledged the last urgent octet. */
export const isUrgent = ({ urgentMode: mode, snd }: Connection): boolean => mode !== undefined && after(mode.up, snd.una);

/** Flag and pointer on whatever begins before SND.UP: text, probes, and acknowledgments while the text still waits. */
export function markUrgent(tcb: Connection, out: Segment): void {
  const mode = tcb.urgentMode;
  if (mode === undefined || out.has(SYN)) return;
  if (!isUrgent(tcb)) {
    tcb.urgentMode = undefined; // here and not at the acknowledgment: before the circle turns, something is always sent
    return;
  }
  if (!after(mode.up, out.seq)) return;
  out.flags |= URG;
  out.urgent = Math.min(diff(mode.up, out.seq), MAX_POINTER);
  mode.isNews = false;
}
