/** What is in the way and not yet the end: soft errors, and the time between R1 and R2; RFC 9293 §3.8.3, §3.9.1.8. */
import type { TcpFailure } from './application-side.ts';
import { PROBLEM } from './application-side.ts';
import type { Connection } from './connection.ts';

/** MUST-47: remembered as the reason should it end in a time-out, and told unless the application has no ear for it (SHLD-20). */
export function reportProblem({ app, options }: Connection, problem: TcpFailure): void {
  app.softError = problem;
  if (options.reportProblems) app.raise(PROBLEM);
}

/**
 * The retransmission timer has expired once more, after so many retransmissions in a row without an answer. From R1 on IP is
 * asked to look whether its next hop is still there (MUST-20; for a SYN too, MUST-22), and the application hears of it (SHLD-9).
 */
export function countUnanswered(tcb: Connection, retransmissions: number): void {
  const { app, options } = tcb;
  if (retransmissions < options.r1) return;
  tcb.host?.doubtPath(tcb);
  if (retransmissions === options.r1) reportProblem(tcb, app.softError ?? 'timed out');
}
