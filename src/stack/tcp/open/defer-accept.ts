/** TCP_DEFER_ACCEPT: a connection is accepted when its first text is there, or when that has taken too long. In Linux's manner. */
import type { Micros } from '../../time.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { TcpOptions } from '../options.ts';

/** So many time-outs of the SYN-ACK cover `deferAccept`: the limit in Linux's own measure. */
export function deferredTimeouts({ deferAccept, initialRto, maxRto }: TcpOptions): number {
  if (deferAccept === 0) return 0;
  let count = 1;
  for (let rto = initialRto, covered: Micros = rto; deferAccept > covered && count < 255; count++) {
    rto = Math.min(rto * 2, maxRto);
    covered += rto;
  }
  return count;
}

/** True when `ack`, the last segment of a handshake, is passed over because it brings no text. */
export function holdsBack(tcb: Connection, ack: Segment): boolean {
  const { listener, options, rtt } = tcb;
  if (listener === undefined || options.deferAccept === 0) return false;
  if (ack.length > 0 || ack.seq !== tcb.rcv.nxt || rtt.backOffs >= deferredTimeouts(options)) return false;
  listener.holdBack(tcb);
  return true;
}

/** The peer has acknowledged our SYN-ACK: until the last time-out but one there is no need to send it again. */
export const isPatient = (tcb: Connection): boolean =>
  tcb.listener?.isHeldBack(tcb) === true && tcb.rtt.backOffs < deferredTimeouts(tcb.options) - 1;

/** It may not be given up before the time to defer is over. */
export const mustBeKept = (tcb: Connection): boolean =>
  tcb.listener?.isHeldBack(tcb) === true && tcb.rtt.backOffs < deferredTimeouts(tcb.options);
