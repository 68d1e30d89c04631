/** What happens when a timer of the connection expires: RFC 9293 §3.10.8. */

import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Connection } from '../connection.ts';
import { lossByTimeout, seekLosses } from '../loss/alert.ts';
import { isPatient } from '../open/defer-accept.ts';
import { noteTimeout } from '../open/fast-open.ts';
import { countUnanswered } from '../problem.ts';
import { keepAliveStep } from '../send/keep-alive.ts';
import { suspectBlackHole } from '../send/mtu-probe.ts';
import { WindowProbes } from '../send/persist.ts';
import { isCountUsedUp, isInHandshake, keepsRto } from './handshake-timeouts.ts';
import { userTimeoutOf } from './user-timeout.ts';

export function onTimeout(tcb: Connection, now: Micros): void {
  const { timers } = tcb;
  if (timers.linger <= now) {
    if (tcb.state === 'FIN-WAIT-2' && tcb.options.finWait2 === 0) tcb.abort();
    else tcb.move(tcb.state === 'TIME-WAIT' ? 'TIME-WAIT is over' : 'delete');
    return;
  }
  if (timers.tailProbe <= now) {
    timers.tailProbe = NEVER;
    timers.retransmit = now + tcb.rtt.rto; // RFC 8985 §7.3: the probe comes first, also when both are due
    tcb.sender.tail.due = true;
  }
  if (timers.retransmit <= now) retransmissionTimeout(tcb, now);
  if (timers.reorder <= now) {
    timers.reorder = NEVER;
    tcb.sender.sample.begin(now, tcb.snd.flight); // nothing arrives
    seekLosses(tcb, now);
  }
  if (timers.persist <= now) persistTimeout(tcb, now);
  if (timers.delayedAck <= now) {
    timers.delayedAck = NEVER;
    tcb.acks.linux?.missed(tcb.rtt.rto);
    tcb.acks.now('delayed ACK');
  }
  if (timers.keepAlive <= now) keepAliveTimeout(tcb, now);
}

/** RFC 6298 (5.4) to (5.6), and the limit of RFC 9293 §3.8.3. */
function retransmissionTimeout(tcb: Connection, now: Micros): void {
  const { sender, timers, rtt } = tcb;
  timers.retransmit = NEVER;
  if (sender.sent.isEmpty) return;
  if (tcb.fastOpen !== undefined) noteTimeout(tcb, tcb.fastOpen, now);
  if (gaveUp(tcb, now)) return;
  tcb.traffic.sent.timedOut(now);
  suspectBlackHole(tcb, now); // first, so that one segment of the new size goes out
  const inHandshake = isInHandshake(tcb);
  // a lost SYN says nothing about the path's capacity: ssthresh must not be pinned by it
  if (!inHandshake) lossByTimeout(tcb, now);
  else if (!isPatient(tcb)) sender.sent.markAllLost();
  timers.reorder = NEVER;
  countUnanswered(tcb, sender.recovery.expiries);
  sender.recovery.expiries++;
  rtt.backOff(keepsRto(tcb));
  dropSynOptions(tcb);
  timers.retransmit = now + rtt.rto;
  if (tcb.state === 'SYN-SENT' && tcb.options.habits.endsAttemptOnTime)
    timers.retransmit = Math.min(timers.retransmit, sender.stalledSince + patience(tcb));
}

/** FreeBSD's third retransmission of a SYN: some hosts of the nineties could not read options that they did not know. */
const PLAIN_SYN = 3;

function dropSynOptions(tcb: Connection): void {
  if (tcb.state !== 'SYN-SENT' || tcb.rtt.backOffs !== PLAIN_SYN || !tcb.options.habits.dropsSynOptions) return;
  tcb.options = { ...tcb.options, windowScale: false, timestamps: false, sack: false };
}

/** R2, or what the application set in its place (MUST-20, MUST-21, MUST-22). */
function gaveUp(tcb: Connection, now: Micros): boolean {
  const { options, sender } = tcb;
  const inHandshake = isInHandshake(tcb);
  const isEnough = inHandshake && isCountUsedUp(tcb) === true;
  const isOver = sender.stalledSince !== NEVER && now - sender.stalledSince >= patience(tcb);
  // man tcp: TCP_USER_TIMEOUT is also how long text may wait for a window, however often the peer says that it is closed
  const limit = userTimeoutOf(tcb);
  const closedSince = sender.probing?.since ?? -1;
  const isClosedTooLong = limit > 0 && closedSince >= 0 && now - closedSince >= limit;
  if (!isEnough && !isOver && !isClosedTooLong) return false;
  // the peer may still be there; before that it has nothing to lose
  tcb.app.resetDue = options.resetOnTimeout && !inHandshake ? 'RST: nothing was acknowledged for too long' : '';
  tcb.fail(tcb.app.softError ?? 'timed out');
  return true;
}

/** R2 as it is for this connection. */
function patience(tcb: Connection): Micros {
  const { options, app } = tcb;
  const limit = userTimeoutOf(tcb);
  if (limit > 0) return limit;
  if (isInHandshake(tcb)) return isCountUsedUp(tcb) === undefined ? options.r2Syn : NEVER;
  return app.isOrphan ? Math.min(options.orphanTimeout, options.r2) : options.r2;
}

/** RFC 9293 §3.8.6.1: ask again, twice as late each time; as long as the peer answers, for ever (MUST-37). */
function persistTimeout(tcb: Connection, now: Micros): void {
  tcb.timers.persist = NEVER;
  if (gaveUp(tcb, now)) return;
  tcb.sender.probing ??= new WindowProbes();
  const { probing } = tcb.sender;
  probing.isDue = true;
  if (tcb.snd.wnd > 0) return;
  if (probing.since < 0) probing.since = now;
  probing.sent++;
}

/** MUST-26: only when nothing is outstanding and nothing was heard. */
function keepAliveTimeout(tcb: Connection, now: Micros): void {
  const { options, timers } = tcb;
  const idle = now - tcb.heardAt;
  if (!options.keepAlive || !tcb.sender.sent.isEmpty) {
    timers.keepAlive = options.keepAlive ? now + options.keepAliveIdle : NEVER;
    return;
  }
  switch (keepAliveStep(idle, tcb.keepAliveProbes, options)) {
    case 'wait':
      break;
    case 'probe':
      tcb.keepAliveDue = true;
      tcb.keepAliveProbes++;
      break;
    case 'give up':
      tcb.app.resetDue = 'RST: keep-alive has no answer';
      tcb.fail('keep-alive timed out');
      return;
  }
  timers.keepAlive = tcb.heardAt + options.keepAliveIdle + tcb.keepAliveProbes * options.keepAliveInterval;
}
