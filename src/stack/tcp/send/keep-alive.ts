/** Keep-alive: RFC 9293 §3.8.4. */
import type { Micros } from '../../time.ts';
import type { TcpOptions } from '../options.ts';

export type KeepAliveStep = 'wait' | 'probe' | 'give up';

/**
 * @param idle how long nothing was heard from the peer
 * @param sent probes sent in that time
 */
export function keepAliveStep(
  idle: Micros,
  sent: number,
  options: Pick<TcpOptions, 'keepAliveIdle' | 'keepAliveInterval' | 'keepAliveProbes' | 'userTimeout'>,
): KeepAliveStep {
  if (idle < options.keepAliveIdle + sent * options.keepAliveInterval) return 'wait';
  // with a user timeout the number of probes does not matter (RFC 5482 §4.2, and Linux)
  if (options.userTimeout > 0) return sent === 0 || idle < options.userTimeout ? 'probe' : 'give up';
  return sent < options.keepAliveProbes ? 'probe' : 'give up'; // MUST-29: one unanswered probe does not kill
}
