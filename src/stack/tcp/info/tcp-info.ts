/**
 * TCP_INFO: everything that can be asked of a connection, by the names and in the units of Linux's `struct tcp_info`
 * (include/uapi/linux/tcp.h), so that whoever knows `ss -ti` knows these. Segments are counted in frames, times are microseconds
 * unless the name's comment says milliseconds.
 */

import type { Micros } from '../../time.ts';
import { MILLISECOND, SECOND } from '../../time.ts';
import { NO_THRESHOLD } from '../congestion/control.ts';
import type { Connection } from '../connection.ts';
import type { CaState } from '../loss/ca-state.ts';
import { caState } from '../loss/ca-state.ts';
import type { State } from '../state.ts';
import { NO_SAMPLE } from '../time/rtt.ts';
import { inFlightOf } from './in-flight.ts';
import type { TcpInfo } from './tcp-info-fields.ts';

/** Linux's numbers of the states, include/net/tcp_states.h. */
export const STATE_NUMBERS: Readonly<Record<State, number>> = {
  ESTABLISHED: 1,
  'SYN-SENT': 2,
  'SYN-RECEIVED': 3,
  'FIN-WAIT-1': 4,
  'FIN-WAIT-2': 5,
  'TIME-WAIT': 6,
  CLOSED: 7,
  'CLOSE-WAIT': 8,
  'LAST-ACK': 9,
  LISTEN: 10,
  CLOSING: 11,
};

const CA_STATES: Readonly<Record<CaState, number>> = { Open: 0, Disorder: 1, CWR: 2, Recovery: 3, Loss: 4 };
const OPTION_TIMESTAMPS = 1;
const OPTION_SACK = 2;
const OPTION_WINDOW_SCALE = 4;
const OPTION_ECN = 8;
const OPTION_ECN_SEEN = 16;
const OPTION_SYN_DATA = 32;
/** No round-trip time has been seen. */
const NO_RTT = 0xffff_ffff;
/** How much faster than a window a round trip is paced: while the window doubles, and after (tcp_pacing_ss_ratio and _ca_ratio). */
const PACING_IN_SLOW_START = 2;
const PACING_AFTER = 1.2;
/** Initial window of the receive space that right-sizing begins with, in segments. */
const FIRST_SPACE = 10;

/** What a connection can be asked, at `now`. The object is a copy: later changes do not show. */
export function tcpInfo(tcb: Connection, now: Micros): TcpInfo {
  return { ...handshake(tcb), ...timing(tcb, now), ...window(tcb), ...receiving(tcb, now), ...counts(tcb), ...limits(tcb) };
}

function handshake(tcb: Connection) {
  const { state, agreement, sender, rtt } = tcb;
  return {
    // our FIN is out although the handshake goes on: Linux has left SYN-RECEIVED then
    tcpi_state: STATE_NUMBERS[state === 'SYN-RECEIVED' && sender.finSent ? 'FIN-WAIT-1' : state],
    tcpi_ca_state: CA_STATES[caState(tcb)],
    tcpi_retransmits: sender.recovery.expiries,
    tcpi_probes: sender.probes,
    tcpi_backoff: rtt.backOffs,
    tcpi_options: agreedOptions(tcb),
    tcpi_snd_wscale: agreement.sendShift,
    tcpi_rcv_wscale: agreement.receiveShift,
    tcpi_fastopen_client_fail: 0,
    tcpi_pmtu: agreement.pathMtu,
    tcpi_advmss: agreement.receiveMss,
    tcpi_rehash: 0,
  };
}

function agreedOptions({ agreement, options, ecn, fastOpen }: Connection): number {
  return (
    (agreement.timestamps ? OPTION_TIMESTAMPS : 0) |
    (agreement.sack ? OPTION_SACK : 0) |
    (agreement.peerScales && options.windowScale ? OPTION_WINDOW_SCALE : 0) |
    (ecn !== undefined ? OPTION_ECN : 0) |
    (ecn?.peerMarks === true ? OPTION_ECN_SEEN : 0) |
    (fastOpen?.textAccepted === true ? OPTION_SYN_DATA : 0)
  );
}

function timing({ rtt, sender, heardAt, traffic }: Connection, now: Micros) {
  const since = (at: Micros): number => Math.floor((now - at) / MILLISECOND);
  const { received } = traffic;
  return {
    tcpi_rto: rtt.rto,
    tcpi_rtt: Math.round(rtt.smoothed),
    tcpi_rttvar: Math.round(rtt.smoothed === 0 ? rtt.rto / 4 : rtt.variation),
    tcpi_min_rtt: rtt.minimum === NO_SAMPLE ? NO_RTT : Math.round(rtt.minimum),
    tcpi_last_data_sent: since(sender.lastSentAt),
    tcpi_last_ack_sent: 0, // "Not remembered, sorry": Linux never filled it
    tcpi_last_data_recv: since(received.segments > 0 ? received.lastAt : heardAt),
    tcpi_last_ack_recv: since(heardAt),
  };
}

function window(tcb: Connection) {
  const { control } = tcb.sender;
  const { mss } = control;
  const { inFlight, sacked, lost, again } = inFlightOf(tcb.sender.sent, mss);
  return {
    tcpi_snd_mss: mss,
    tcpi_unacked: inFlight,
    // without selective acknowledgments duplicates stand for what has arrived
    tcpi_sacked: tcb.agreement.sack ? sacked : tcb.sender.recovery.duplicates,
    tcpi_lost: lost,
    tcpi_retrans: again,
    tcpi_fackets: 0, // no longer counted since forward acknowledgment gave way to RACK
    tcpi_reordering: reorderingDegree(tcb, mss),
    tcpi_snd_cwnd: Math.floor(control.window / mss),
    tcpi_snd_ssthresh: control.threshold >= NO_THRESHOLD ? NO_THRESHOLD : Math.floor(control.threshold / mss),
    tcpi_snd_wnd: tcb.snd.wnd,
    tcpi_notsent_bytes: Math.max(tcb.sender.unsent, 0),
  };
}

/** tcp_reordering and tcp_max_reordering of Linux. */
const LEAST_REORDERING = 3;
const MOST_REORDERING = 300;

/** By how many segments one has been overtaken: tp->reordering, which begins at three. */
const reorderingDegree = ({ sender }: Connection, mss: number): number =>
  sender.reorderingSeen
    ? Math.min(Math.max(Math.ceil(sender.rack.overtakenBy / mss), LEAST_REORDERING), MOST_REORDERING)
    : LEAST_REORDERING;

function receiving({ receiver, rcv, agreement, options, rtt, traffic, app }: Connection, now: Micros) {
  const { received } = traffic;
  return {
    tcpi_ato: received.segments > 0 ? options.ackDelay : 0,
    tcpi_rcv_mss: receiver.segmentSize,
    tcpi_rcv_ssthresh: receiver.limit,
    tcpi_rcv_rtt: Math.round(rtt.smoothed),
    tcpi_rcv_space: Math.min(receiver.limit, Math.max(rcv.wnd, 0), FIRST_SPACE * agreement.receiveMss),
    tcpi_rcv_wnd: rcv.wnd,
    tcpi_rcv_ooopack: received.outOfOrder,
    tcpi_bytes_received: received.bytes + (app.peerClosed ? 1 : 0),
    tcpi_busy_time: traffic.chrono.busyTime(now),
    tcpi_rwnd_limited: traffic.chrono.windowTime(now),
    tcpi_sndbuf_limited: traffic.chrono.bufferTime(now),
  };
}

/** RFC 4898 counts in sequence space: the SYN that was acknowledged is in it when it was ours to begin. */
function counts({ traffic, segmentsIn, segmentsOut, snd, sender, openedActively }: Connection) {
  const { sent, received, rate } = traffic;
  const handshaken = snd.synAcknowledged ? 1 : 0;
  return {
    tcpi_total_retrans: sent.segmentsAgain,
    tcpi_bytes_acked: sent.bytesAcknowledged + (openedActively ? handshaken : 0),
    tcpi_segs_out: segmentsOut,
    tcpi_segs_in: segmentsIn,
    tcpi_data_segs_in: received.segments,
    tcpi_data_segs_out: sent.segments,
    tcpi_delivered: rate.delivered + handshaken,
    tcpi_delivered_ce: rate.deliveredMarked,
    tcpi_bytes_sent: sent.bytes,
    tcpi_bytes_retrans: sent.bytesAgain,
    tcpi_dsack_dups: sender.duplicatesReported,
    tcpi_reord_seen: sender.reorderingSeen ? 1 : 0,
    tcpi_total_rto: sent.timeouts,
    tcpi_total_rto_recoveries: sent.timeoutRecoveries,
    tcpi_total_rto_time: Math.floor(sent.timeoutTime / MILLISECOND),
  };
}

function limits({ sender, rtt, traffic, snd }: Connection) {
  const { control } = sender;
  const { rate } = traffic;
  const slow = control.window < control.threshold / 2;
  const factor = slow ? PACING_IN_SLOW_START : PACING_AFTER;
  const roundTrip = rtt.smoothed === 0 ? MILLISECOND : rtt.smoothed; // before a sample Linux assumes a millisecond
  return {
    tcpi_pacing_rate: Math.floor((factor * Math.max(control.window, snd.flight) * SECOND) / roundTrip),
    tcpi_max_pacing_rate: 2 ** 64,
    tcpi_delivery_rate: rate.bytesPerSecond(control.mss),
    tcpi_delivery_rate_app_limited: rate.isAppLimited ? 1 : 0,
  };
}
