/** What setting an option does to a connection that is open already, beside that the option is read anew. */

import { NEVER } from '../time.ts';
import { successorOf } from './congestion/choose.ts';
import type { Connection } from './connection.ts';
import type { TcpOptions } from './options.ts';
import { preferQuick } from './receive/linux-ack-schedule.ts';
import { NO_CLAMP } from './receive/receiver.ts';
import { routeChanged } from './source-routing.ts';
import { userTimeoutChanged } from './time/user-timeout.ts';

/** @param changes what was set; `tcb.options` has them already */
export function optionsChanged(tcb: Connection, changes: Partial<TcpOptions>): void {
  const { sender, receiver, options, rtt } = tcb;
  rtt.limits = options;
  if (changes.congestionControl !== undefined && changes.congestionControl !== sender.control.name)
    sender.control = successorOf(sender.control, options);
  if (changes.sendBuffer !== undefined || changes.maxSendBuffer !== undefined)
    sender.setBuffer(options.sendBuffer, options.maxSendBuffer);
  if (changes.receiveBuffer !== undefined || changes.maxReceiveBuffer !== undefined)
    receiver.setBuffer(options.receiveBuffer, options.maxReceiveBuffer);
  if (changes.windowClamp !== undefined) receiver.clamp = changes.windowClamp || NO_CLAMP;
  // Linux: to set TCP_NODELAY pushes what waits, also out of a corked socket; for what is written later the cork counts again
  if (changes.noDelay === true && sender.unsent > 0) sender.pushed = true;
  if (changes.cork === false) sender.more = false;
  if ('sourceRoute' in changes) routeChanged(tcb);
  keepAliveChanged(tcb, changes);
  if (changes.userTimeout !== undefined) userTimeoutChanged(tcb);
}

function keepAliveChanged({ timers, options }: Connection, changes: Partial<TcpOptions>): void {
  if (changes.keepAlive === false) timers.keepAlive = NEVER;
  else if (changes.keepAlive !== undefined || changes.keepAliveIdle !== undefined)
    timers.keepAlive = options.keepAlive ? 0 : NEVER; // now: the timer itself sees how long the peer has been silent
}

/** TCP_QUICKACK: acknowledge at once for a while, and what waits right now; off: delay again. Neither is for ever, as in Linux. */
export function quickAck(tcb: Connection, on: boolean): void {
  tcb.acks.setQuick(on);
  preferQuick(tcb, on);
  if (on && tcb.acks.isPending) tcb.acks.now('quick ACK');
  tcb.host?.ready(tcb);
}
