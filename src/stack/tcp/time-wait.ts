/** May a SYN open a new connection out of TIME-WAIT? MAY-2 of RFC 9293 §3.6.1, decided by RFC 6191 §2. */
import { after } from '../wire/seq.ts';
import type { Segment } from '../wire/tcp.ts';
import { ACK, RST, SYN } from '../wire/tcp.ts';
import type { Connection } from './connection.ts';

/** True when nothing of the old connection can be taken for a part of the new one. */
export function mayReopen({ timestamps, rcv, options }: Connection, syn: Segment): boolean {
  if (!syn.has(SYN) || syn.has(ACK | RST)) return false;
  const laterSeq = after(syn.seq, rcv.nxt);
  if (!syn.hasTimestamps || !options.timestamps) return laterSeq;
  if (!timestamps.enabled) return true; // timestamps tell the two apart
  const age = (syn.tsValue - timestamps.recent) | 0;
  return age > 0 || (age === 0 && laterSeq);
}
