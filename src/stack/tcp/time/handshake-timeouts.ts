/** How often a SYN or a SYN-ACK goes out again, and when: RFC 9293 §3.8.3 speaks of time, kernels count. */
import type { Connection } from '../connection.ts';
import { mustBeKept } from '../open/defer-accept.ts';

export const isInHandshake = ({ state }: Connection): boolean => state === 'SYN-SENT' || state === 'SYN-RECEIVED';

/** True: enough. False: go on. Undefined: no count was set, time decides (MUST-23). */
export function isCountUsedUp(tcb: Connection): boolean | undefined {
  const { options, rtt, state } = tcb;
  if (mustBeKept(tcb)) return false;
  if (state === 'SYN-SENT')
    return options.synRetries === 0 ? undefined : rtt.backOffs >= options.synRetries + options.synLinearTimeouts;
  // one more for a connection that was accepted with its SYN, as in Linux
  const most = options.synAckRetries + (tcb.fastOpen?.queue === undefined ? 0 : 1);
  return options.synAckRetries === 0 ? undefined : rtt.backOffs >= most;
}

/** The first time-outs of a SYN may come at equal distances: whoever waits for a page does not wait for a back-off. */
export const keepsRto = ({ state, rtt, options }: Connection): boolean =>
  state === 'SYN-SENT' && rtt.backOffs < options.synLinearTimeouts;
