/** TCP_INFO as the host under test tells it: Linux's structure, or FreeBSD's, which counts bytes where Linux counts segments. */

import { tcpInfo } from '../../stack/tcp/info/tcp-info.ts';
import type { TcpInfo } from '../../stack/tcp/info/tcp-info-fields.ts';
import type { State } from '../../stack/tcp/state.ts';
import type { TcpFile } from './tcp-file.ts';

type Fields = Readonly<Record<string, number>>;

/** Of a socket that has no connection; of a listener, the connections that wait and those that may. */
function unconnected(file: TcpFile): Fields {
  const { listener } = file;
  const common = { tcpi_snd_mss: 536, tcpi_snd_cwnd: 10, tcpi_snd_ssthresh: 0x7fff_ffff, tcpi_rto: 1_000_000, tcpi_rtt: 0 };
  if (listener === undefined) return { ...common, tcpi_state: 7, tcpi_unacked: 0, tcpi_sacked: 0 };
  return { ...common, tcpi_state: 10, tcpi_unacked: listener.queued.waiting, tcpi_sacked: listener.backlog };
}

/** What getsockopt(TCP_INFO) says, and the names that code in a script may use. */
export function infoOf(file: TcpFile): Fields {
  const { connection, host } = file;
  if (connection === undefined) return unconnected(file);
  const info = tcpInfo(connection, host.now);
  if (host.personality.name === 'linux') return { ...info };
  return { ...info, ...inFreeBsd(info, connection.state), ...inBytes(connection) };
}

/** FreeBSD's numbers of the states, netinet/tcp_fsm.h. */
const FREEBSD_STATES: Readonly<Record<State, number>> = {
  CLOSED: 0,
  LISTEN: 1,
  'SYN-SENT': 2,
  'SYN-RECEIVED': 3,
  ESTABLISHED: 4,
  'CLOSE-WAIT': 5,
  'FIN-WAIT-1': 6,
  CLOSING: 7,
  'LAST-ACK': 8,
  'FIN-WAIT-2': 9,
  'TIME-WAIT': 10,
};

/** What FreeBSD's structure keeps a place for, and leaves at zero: its names begin with two underscores. */
const UNFILLED = [
  'ca_state',
  'retransmits',
  'probes',
  'backoff',
  'ato',
  'unacked',
  'sacked',
  'lost',
  'retrans',
  'fackets',
  'last_data_sent',
  'last_ack_sent',
  'last_ack_recv',
  'pmtu',
  'rcv_ssthresh',
  'advmss',
  'reordering',
  'rcv_rtt',
] as const;

function inFreeBsd(info: TcpInfo, state: State): Fields {
  const zeros = Object.fromEntries(UNFILLED.map((name) => [`__tcpi_${name}`, 0]));
  return { ...zeros, tcpi_state: FREEBSD_STATES[state], tcpi_rttmin: info.tcpi_min_rtt };
}

/** netinet/tcp_usrreq.c, tcp_fill_info: windows and thresholds in bytes, and where the sequence spaces stand. */
function inBytes({ sender, snd, rcv, traffic, receiver }: NonNullable<TcpFile['connection']>): Fields {
  const { control } = sender;
  return {
    tcpi_snd_cwnd: control.window,
    tcpi_snd_ssthresh: control.threshold,
    tcpi_snd_bwnd: 0,
    tcpi_snd_nxt: snd.nxt >>> 0,
    tcpi_snd_una: snd.una >>> 0,
    tcpi_snd_max: snd.nxt >>> 0,
    tcpi_rcv_nxt: rcv.nxt >>> 0,
    tcpi_rcv_adv: rcv.edge >>> 0,
    tcpi_rcv_space: rcv.wnd,
    tcpi_rcv_numsacks: receiver.islands.islands,
    tcpi_dupacks: sender.recovery.duplicates,
    tcpi_toe_tid: 0,
    tcpi_snd_rexmitpack: traffic.sent.segmentsAgain,
    tcpi_snd_zerowin: sender.probes,
  };
}
