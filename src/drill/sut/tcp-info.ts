/** TCP_INFO by Linux's names, from what the stack lets be seen. A name that is missing here cannot be asked for. */
import { NO_THRESHOLD } from '../../stack/tcp/congestion/control.ts';
import type { Connection } from '../../stack/tcp/connection.ts';
import { inspect } from '../../stack/tcp/inspect.ts';
import type { CaState } from '../../stack/tcp/loss/ca-state.ts';
import type { State } from '../../stack/tcp/state.ts';

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
const OPTION_SYN_DATA = 32;
const OPTION_ECN = 8;
const OPTION_ECN_SEEN = 16;

export function tcpInfo(connection: Connection): Readonly<Record<string, number>> {
  const info = inspect(connection);
  const { agreement, peerScales, options, sender, snd } = connection;
  const scales = peerScales && options.windowScale;
  const segments = (bytes: number): number => Math.ceil(bytes / info.mss);
  return {
    // our FIN is out although the handshake goes on: Linux has left SYN-RECEIVED then
    tcpi_state: STATE_NUMBERS[info.state === 'SYN-RECEIVED' && sender.finSent ? 'FIN-WAIT-1' : info.state],
    tcpi_ca_state: CA_STATES[info.caState],
    tcpi_retransmits: info.expiries,
    tcpi_backoff: info.backOffs,
    tcpi_probes: sender.probes,
    tcpi_options:
      (agreement.timestamps ? OPTION_TIMESTAMPS : 0) |
      (agreement.sack ? OPTION_SACK : 0) |
      (scales ? OPTION_WINDOW_SCALE : 0) |
      (info.ecn ? OPTION_ECN : 0) |
      (info.peerMarks ? OPTION_ECN_SEEN : 0) |
      (connection.fastOpen?.textAccepted === true ? OPTION_SYN_DATA : 0),
    tcpi_snd_wscale: agreement.sendShift,
    tcpi_rcv_wscale: agreement.receiveShift,
    tcpi_rto: info.rto,
    tcpi_snd_mss: info.mss,
    tcpi_advmss: agreement.announcedMss,
    tcpi_unacked: segments(snd.flight),
    tcpi_sacked: agreement.sack ? segments(info.sacked) : sender.recovery.duplicates,
    tcpi_lost: segments(info.lost),
    tcpi_retrans: segments(info.resent),
    tcpi_total_retrans: info.losses?.retransmitted ?? 0,
    tcpi_dsack_dups: info.duplicatesReported,
    tcpi_min_rtt: Number.isFinite(connection.rtt.minimum) ? connection.rtt.minimum : 0xffff_ffff,
    tcpi_rtt: info.rtt,
    tcpi_rttvar: info.rttVariation,
    tcpi_snd_cwnd: Math.floor(info.cwnd / info.mss),
    // until something was lost, Linux shows its infinity
    tcpi_snd_ssthresh: info.ssthresh >= NO_THRESHOLD ? NO_THRESHOLD : Math.floor(info.ssthresh / info.mss),
    tcpi_notsent_bytes: Math.max(sender.unsent, 0),
    tcpi_snd_wnd: info.sendWindow,
    tcpi_rcv_wnd: info.receiveWindow,
  };
}
