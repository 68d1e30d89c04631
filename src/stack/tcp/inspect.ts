/** A connection at a glance: a copy, in the words of the RFCs. In full and by Linux's names: info/tcp-info.ts. */
import type { Micros } from '../time.ts';
import type { Connection } from './connection.ts';
import type { CaState } from './loss/ca-state.ts';
import { caState } from './loss/ca-state.ts';
import type { LossCounters } from './loss/history.ts';
import type { RecoveryPhase } from './loss/recovery.ts';
import type { State } from './state.ts';

export interface ConnectionSummary {
  readonly state: State;
  readonly local: string;
  readonly remote: string;
  /** SRTT, RTTVAR and RTO in microseconds; SRTT is 0 before the first sample. */
  readonly rtt: Micros;
  readonly rttVariation: Micros;
  readonly rto: Micros;
  /** In bytes. */
  readonly cwnd: number;
  readonly ssthresh: number;
  readonly flight: number;
  readonly sendWindow: number;
  readonly receiveWindow: number;
  readonly mss: number;
  readonly recovery: RecoveryPhase;
  /** ECN is asked for or agreed on; the peer's text comes ECN-capable; cwnd is reduced for a mark until the flight is over. */
  readonly ecn: boolean;
  readonly peerMarks: boolean;
  readonly reducedForMark: boolean;
  /** The same in Linux's five words. */
  readonly caState: CaState;
  /** In bytes: reported above a hole; believed lost, sent again or not; sent again and on its way. */
  readonly sacked: number;
  readonly lost: number;
  readonly resent: number;
  /** What the losses so far were, and which of them were none; undefined: nothing was ever sent again. */
  readonly losses: Readonly<LossCounters> | undefined;
  /** Duplicates that the peer has reported, RFC 2883. */
  readonly duplicatesReported: number;
  /** RACK has seen segments overtake others, RFC 8985 §6.2 step 3. */
  readonly reorderingSeen: boolean;
  /** Bytes written and not acknowledged; bytes received and not read. */
  readonly sendQueue: number;
  readonly receiveQueue: number;
  /** Consecutive expiries of the retransmission timer without progress, and doublings of the timeout now in force. */
  readonly expiries: number;
  readonly backOffs: number;
}

export function inspect(tcb: Connection): ConnectionSummary {
  const { id, sender, rtt, snd, rcv, receiver } = tcb;
  return {
    state: tcb.state,
    local: `${id.local}:${id.localPort}`,
    remote: `${id.remote}:${id.remotePort}`,
    rtt: Math.round(rtt.smoothed),
    rttVariation: Math.round(rtt.variation),
    rto: rtt.rto,
    cwnd: sender.control.window,
    ssthresh: sender.control.threshold,
    flight: snd.flight,
    sendWindow: snd.wnd,
    receiveWindow: rcv.wnd,
    mss: sender.control.mss,
    recovery: sender.recovery.phase,
    ecn: tcb.ecn !== undefined,
    peerMarks: tcb.ecn?.peerMarks === true,
    reducedForMark: tcb.ecn?.holdsForEcho(snd.una) === true,
    caState: caState(tcb),
    sacked: sender.sent.sackedLength,
    lost: sender.sent.lostLength + sender.sent.resentLength(),
    resent: sender.sent.resentLength(),
    losses: sender.recovery.history === undefined ? undefined : { ...sender.recovery.history.counters },
    duplicatesReported: sender.duplicatesReported,
    reorderingSeen: sender.rack.reorderingSeen,
    sendQueue: sender.buffered,
    receiveQueue: receiver.available,
    expiries: sender.recovery.expiries,
    backOffs: rtt.backOffs,
  };
}
