/** The retransmission timeout, RFC 6298. */
import type { Micros } from '../../time.ts';
import { MILLISECOND, SECOND } from '../../time.ts';

export interface TimeoutOptions {
  /**
   * Floor of the retransmission timeout. RFC 6298 (2.4) says 1 s; Linux has used 200 ms for twenty years, which still
   * lies above every delayed acknowledgment in use. @default 200 ms
   */
  readonly minRto: Micros;
  /**
   * What `minRto` is the floor of: the timeout, as RFC 6298 (2.4) says, or its variance term, so that the timeout is
   * SRTT + max(4 * RTTVAR, minRto), as Linux counts; then what SACK newly reports is timed too. @default 'timeout'
   */
  readonly minRtoBounds: 'timeout' | 'variance';
  /** Before the first round-trip sample, RFC 6298 (2.1). @default 1 s */
  readonly initialRto: Micros;
  /** Added to every timeout, FreeBSD's rexmit_slop. @default 0 */
  readonly rtoSlop: Micros;
  /** Ceiling of the retransmission timeout, RFC 6298 (2.5). @default 60 s */
  readonly maxRto: Micros;
  /** The retransmission timeout for ever: neither measured nor doubled; 0: RFC 6298 computes it. @default 0 */
  readonly fixedRto: Micros;
}

export const TIMEOUT_DEFAULTS: TimeoutOptions = {
  minRto: 200 * MILLISECOND,
  minRtoBounds: 'timeout',
  initialRto: 1 * SECOND,
  rtoSlop: 0,
  maxRto: 60 * SECOND,
  fixedRto: 0,
};
