/** The fields of Linux's `struct tcp_info`, with their units and meanings. */
export interface TcpInfo {
  /** TCP_ESTABLISHED 1, TCP_SYN_SENT 2, ... as in include/net/tcp_states.h. */
  readonly tcpi_state: number;
  /** TCP_CA_Open 0, Disorder 1, CWR 2, Recovery 3, Loss 4. */
  readonly tcpi_ca_state: number;
  /** Expiries of the retransmission timer since the last news, zero-window probes without an answer, and doublings of the timer. */
  readonly tcpi_retransmits: number;
  readonly tcpi_probes: number;
  readonly tcpi_backoff: number;
  /** TCPI_OPT_TIMESTAMPS 1, SACK 2, WSCALE 4, ECN 8, ECN_SEEN 16, SYN_DATA 32. */
  readonly tcpi_options: number;
  /** Shift of the windows that the peer sends, and of ours. */
  readonly tcpi_snd_wscale: number;
  readonly tcpi_rcv_wscale: number;
  /** The last sample of `tcpi_delivery_rate` was taken while the application had too little to send. */
  readonly tcpi_delivery_rate_app_limited: number;
  /** Why a fast open failed; 0: none did. */
  readonly tcpi_fastopen_client_fail: number;
  /** Timeouts of retransmission and of delayed acknowledgments. */
  readonly tcpi_rto: number;
  readonly tcpi_ato: number;
  /** Text in a full segment: of ours, and of the peer's as estimated. */
  readonly tcpi_snd_mss: number;
  readonly tcpi_rcv_mss: number;
  /** Segments in flight; of those, acknowledged selectively, believed lost, and sent again. */
  readonly tcpi_unacked: number;
  readonly tcpi_sacked: number;
  readonly tcpi_lost: number;
  readonly tcpi_retrans: number;
  readonly tcpi_fackets: number;
  /** How long ago, in milliseconds. Before the first text: since the handshake. */
  readonly tcpi_last_data_sent: number;
  readonly tcpi_last_ack_sent: number;
  readonly tcpi_last_data_recv: number;
  readonly tcpi_last_ack_recv: number;
  /** Longest packet that the path takes, IP header included. */
  readonly tcpi_pmtu: number;
  /** How far the window that we offer may open. */
  readonly tcpi_rcv_ssthresh: number;
  /** SRTT (0 before the first sample) and RTTVAR. */
  readonly tcpi_rtt: number;
  readonly tcpi_rttvar: number;
  /** In segments; 0x7fffffff before the first loss. */
  readonly tcpi_snd_ssthresh: number;
  readonly tcpi_snd_cwnd: number;
  /** Text in a full segment as we announced it, less the room of the options that every segment carries. */
  readonly tcpi_advmss: number;
  /** Segments above a hole that mean a loss. */
  readonly tcpi_reordering: number;
  readonly tcpi_rcv_rtt: number;
  readonly tcpi_rcv_space: number;
  /** Segments sent again, over the whole life. */
  readonly tcpi_total_retrans: number;
  /** Bytes a second; the maximum is 2^64 where none was set. */
  readonly tcpi_pacing_rate: number;
  readonly tcpi_max_pacing_rate: number;
  /** In sequence space, RFC 4898 tcpEStatsAppHCThruOctetsAcked and -Received. */
  readonly tcpi_bytes_acked: number;
  readonly tcpi_bytes_received: number;
  /** All segments, and those with text. */
  readonly tcpi_segs_out: number;
  readonly tcpi_segs_in: number;
  readonly tcpi_notsent_bytes: number;
  /** 4294967295 before the first sample. */
  readonly tcpi_min_rtt: number;
  readonly tcpi_data_segs_in: number;
  readonly tcpi_data_segs_out: number;
  /** Bytes a second, of the latest sample. */
  readonly tcpi_delivery_rate: number;
  /** Time with text under way or waiting; of that, limited by the peer's window, and by the send buffer. */
  readonly tcpi_busy_time: number;
  readonly tcpi_rwnd_limited: number;
  readonly tcpi_sndbuf_limited: number;
  /** Segments that arrived at the peer, the SYN included, and those whose arrival was reported with a congestion mark. */
  readonly tcpi_delivered: number;
  readonly tcpi_delivered_ce: number;
  /** Bytes of text, retransmissions included; and those alone. */
  readonly tcpi_bytes_sent: number;
  readonly tcpi_bytes_retrans: number;
  /** Duplicates that the peer reported (RFC 2883), and whether reordering was seen. */
  readonly tcpi_dsack_dups: number;
  readonly tcpi_reord_seen: number;
  /** Segments that arrived above a hole. */
  readonly tcpi_rcv_ooopack: number;
  /** The peer's window, and ours. */
  readonly tcpi_snd_wnd: number;
  readonly tcpi_rcv_wnd: number;
  readonly tcpi_rehash: number;
  /** Expiries of the retransmission timer, flights that suffered any, and in milliseconds how long those waited for news. */
  readonly tcpi_total_rto: number;
  readonly tcpi_total_rto_recoveries: number;
  readonly tcpi_total_rto_time: number;
}
