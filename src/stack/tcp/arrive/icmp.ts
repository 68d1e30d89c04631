/** ICMP errors about our segments: RFC 9293 §3.9.2.2, RFC 5927. */
import type { Seq } from '../../wire/seq.ts';
import { inWindow } from '../../wire/seq.ts';
import type { TcpFailure } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import { reportProblem } from '../problem.ts';
import { setPathMtu } from '../send/mtu-probe.ts';

/** What a router or host said about a segment of ours. */
export interface TcpFault {
  readonly kind: 'soft' | 'hard' | 'fragmentation needed' | 'local';
  /** In the words of the application. */
  readonly failure: TcpFailure;
  /** A soft error that says that somebody forbids it. */
  readonly isProhibition?: boolean;
  /** The path MTU as far as known after a `fragmentation needed`. */
  readonly pathMtu: number;
}

/** RFC 5927 §4.1: a segment with this number has been sent and not been acknowledged. */
export const isInFlight = (tcb: Connection, quoted: Seq): boolean =>
  tcb.state !== 'CLOSED' && inWindow(quoted, tcb.snd.una, Math.max(tcb.snd.flight, 1));

/**
 * @param quoted the sequence number in the quoted header
 * @returns false when the error cannot be about anything in flight and is ignored (RFC 5927 §4.1)
 */
export function icmpArrives(tcb: Connection, fault: TcpFault, quoted: Seq): boolean {
  if (!isInFlight(tcb, quoted)) return false;
  const inHandshake = tcb.state === 'SYN-SENT' || tcb.state === 'SYN-RECEIVED';
  if (tcb.options.habits.checks === 'freebsd' && refuses(fault)) return refusesAttempt(tcb, fault);
  switch (fault.kind) {
    case 'fragmentation needed':
      pathMtuChanged(tcb, fault.pathMtu);
      return true;
    case 'local': // our own neighbour discovery failed: nobody forged that
      if (inHandshake) tcb.fail(fault.failure);
      else reportProblem(tcb, fault.failure);
      return true;
    case 'hard':
      // SHLD-26 would abort; RFC 5927 §5.2: not in a synchronized state, where anybody who guesses the ports could do it
      if (inHandshake) tcb.fail(fault.failure === 'port unreachable' ? 'refused' : fault.failure);
      else reportProblem(tcb, fault.failure);
      return true;
    case 'soft':
      if (inHandshake && tcb.options.softErrorEndsAttempt) tcb.fail(fault.failure);
      else reportProblem(tcb, fault.failure); // MUST-56: do not abort; SHLD-25: remember why
      return true;
  }
}

const refuses = ({ kind, isProhibition }: TcpFault): boolean => kind === 'hard' || isProhibition === true;

/** FreeBSD: what refuses ends an attempt to connect, unless that is forbidden, and nothing else. */
function refusesAttempt(tcb: Connection, fault: TcpFault): boolean {
  if (tcb.state === 'SYN-SENT' && tcb.options.habits.icmpMayReset) tcb.fail('refused');
  else tcb.app.softError = fault.failure;
  return true;
}

/** RFC 1191 §6.3, §6.4: smaller segments from now on, and those that were too large again at once; the window stays. */
function pathMtuChanged(tcb: Connection, pathMtu: number): void {
  if (pathMtu >= tcb.agreement.pathMtu || !tcb.options.pathMtuDiscovery) return;
  setPathMtu(tcb, pathMtu);
  const { sent, control, recovery } = tcb.sender;
  sent.markLongerLost(control.mss);
  recovery.duplicates = 0;
  tcb.host?.ready(tcb);
}
