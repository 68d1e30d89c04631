/** TCP_INFO by Linux's names: every number is counted, and means what `ss -ti` says it means. */
import { expect, test } from 'vitest';
import { tcpInfo } from '../../../src/stack/tcp/info/tcp-info.ts';
import type { TcpInfo } from '../../../src/stack/tcp/info/tcp-info-fields.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { conversation, established } from '../../conversation.ts';
import { RTT, selective } from './selective.ts';

/** What it says now, of the fields named. */
function says(talk: Conversation, expected: Partial<TcpInfo>): void {
  const info = tcpInfo(talk.connection, talk.now);
  const named = Object.fromEntries(Object.keys(expected).map((name) => [name, info[name as keyof TcpInfo]]));
  expect(named).toEqual(expected);
}

test('every field is a number, before and after text', () => {
  established({}, (talk) => {
    const check = (): void => {
      const values = Object.entries(tcpInfo(talk.connection, talk.now));
      expect(values.length).toBe(61);
      expect(values.filter(([, value]) => !Number.isFinite(value))).toEqual([]);
    };
    check();
    talk.app.writes(10);
    talk.peer.expects(ACK | PSH, { payload: 10 });
    check();
    talk.peer.sends(ACK, { ack: 11 });
    check();
  })();
});

test(
  'after a passive open, Linux: one segment in, none out, the SYN delivered and not in bytes_acked',
  established({ tcp: { windowScale: true, sack: true }, peer: { windowShift: 3, sackPermitted: true } }, (talk) => {
    says(talk, {
      tcpi_state: 1,
      tcpi_ca_state: 0,
      tcpi_options: 2 | 4,
      tcpi_snd_wscale: 3,
      tcpi_rcv_wscale: 7,
      tcpi_segs_in: 1,
      tcpi_segs_out: 0,
      tcpi_data_segs_in: 0,
      tcpi_data_segs_out: 0,
      tcpi_delivered: 1,
      tcpi_bytes_acked: 0,
      tcpi_snd_mss: 1000,
      tcpi_advmss: 1460,
      tcpi_rcv_mss: 536,
      tcpi_pmtu: 1500,
      tcpi_snd_cwnd: 10,
      tcpi_snd_ssthresh: 0x7fff_ffff,
      tcpi_unacked: 0,
      tcpi_ato: 0,
      tcpi_reordering: 3,
    });
  }),
);

test(
  'after an active open: SYN and ACK out, one in, and the SYN counts as acknowledged (RFC 4898: in sequence space)',
  conversation({}, (talk) => {
    talk.connects();
    talk.peer.expects(SYN, { seq: 0 });
    says(talk, { tcpi_state: 2, tcpi_segs_out: 1, tcpi_unacked: 1, tcpi_bytes_acked: 0, tcpi_min_rtt: 0xffff_ffff });
    talk.peer.waits(RTT);
    talk.peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000 });
    talk.peer.expects(ACK, { seq: 1, ack: 1 });
    says(talk, {
      tcpi_state: 1,
      tcpi_segs_out: 2,
      tcpi_segs_in: 1,
      tcpi_bytes_acked: 1,
      tcpi_delivered: 1,
      tcpi_rtt: RTT,
      tcpi_rttvar: RTT / 2,
      tcpi_min_rtt: RTT,
      tcpi_rto: 3 * RTT,
    });
  }),
);

test(
  'text and what is in flight are counted in segments, and what waits in bytes',
  selective({ noDelay: true }, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { seq: 1, payload: 10 });
    app.writes(10);
    peer.expects(ACK | PSH, { seq: 11, payload: 10 });
    says(talk, { tcpi_unacked: 2, tcpi_data_segs_out: 2, tcpi_bytes_sent: 20, tcpi_delivered: 1 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 21 });
    says(talk, { tcpi_unacked: 0, tcpi_bytes_acked: 20, tcpi_delivered: 3, tcpi_busy_time: RTT, tcpi_segs_in: 2 });
    peer.waits(3 * RTT);
    says(talk, { tcpi_busy_time: RTT, tcpi_last_ack_recv: 300, tcpi_last_data_sent: 400 });
    app.writes(15_000);
    peer.takes(10_021, 1000);
    says(talk, { tcpi_unacked: 10, tcpi_notsent_bytes: 5000, tcpi_data_segs_out: 12 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 10_021 });
    peer.takes(15_021, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 15_021 });
    says(talk, { tcpi_notsent_bytes: 0, tcpi_bytes_sent: 15_020, tcpi_bytes_retrans: 0, tcpi_total_retrans: 0 });
  }),
);

test(
  'a loss: disorder, recovery, lost and retransmitted segments, and what was sent again over the whole life',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(5000);
    peer.takes(5001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    says(talk, { tcpi_ca_state: 1, tcpi_sacked: 1, tcpi_lost: 0, tcpi_retrans: 0 });
    peer.sends(ACK, { ack: 1, sack: [[1001, 4001]] });
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    says(talk, { tcpi_ca_state: 3, tcpi_sacked: 3, tcpi_lost: 1, tcpi_retrans: 1, tcpi_total_retrans: 1, tcpi_unacked: 5 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 5001 });
    says(talk, {
      tcpi_ca_state: 0,
      tcpi_sacked: 0,
      tcpi_lost: 0,
      tcpi_retrans: 0,
      tcpi_total_retrans: 1,
      tcpi_bytes_retrans: 1000,
      tcpi_bytes_sent: 6000,
      tcpi_data_segs_out: 6,
      tcpi_delivered: 6,
      tcpi_reord_seen: 0,
    });
  }),
);

test(
  'a time-out: loss state, back-off, and how often and how long',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { seq: 1, payload: 1000 });
    const { rto } = talk.connection.rtt;
    peer.expectsAfter(rto, ACK | PSH, { seq: 1, payload: 1000 });
    says(talk, { tcpi_ca_state: 4, tcpi_retransmits: 1, tcpi_backoff: 1, tcpi_rto: 2 * rto, tcpi_lost: 1, tcpi_total_rto: 1 });
    peer.expectsAfter(2 * rto, ACK | PSH, { seq: 1, payload: 1000 });
    peer.waits(10 * MILLISECOND);
    peer.sends(ACK, { ack: 1001 });
    says(talk, {
      tcpi_retransmits: 0,
      tcpi_total_rto: 2,
      tcpi_total_rto_recoveries: 1,
      tcpi_total_rto_time: Math.floor((2 * rto) / MILLISECOND) + 10,
      tcpi_total_retrans: 2,
      tcpi_ca_state: 0,
    });
  }),
);

test(
  'what is received: segments, bytes, those above a hole, and the FIN in sequence space',
  established({}, (talk) => {
    const { peer } = talk;
    peer.sends(ACK, { seq: 1001, payload: 1000 });
    peer.expects(ACK, { ack: 1 });
    says(talk, { tcpi_rcv_ooopack: 1, tcpi_bytes_received: 0, tcpi_data_segs_in: 1 });
    peer.sends(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK, { ack: 2001 });
    says(talk, { tcpi_bytes_received: 2000, tcpi_data_segs_in: 2, tcpi_segs_in: 3, tcpi_rcv_mss: 1000, tcpi_ato: 40_000 });
    peer.waits(70 * MILLISECOND);
    says(talk, { tcpi_last_data_recv: 70 });
    peer.sends(FIN | ACK, { seq: 2001 });
    peer.expects(ACK, { ack: 2002 });
    says(talk, { tcpi_state: 8, tcpi_bytes_received: 2001, tcpi_segs_out: 3 });
  }),
);

test(
  'where the time goes: limited by the peer’s window, and by the send buffer',
  established({ tcp: { sendBuffer: 2000, maxSendBuffer: 2000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(3000, 2000);
    peer.takes(2001, 1000);
    peer.waits(50 * MILLISECOND);
    says(talk, { tcpi_sndbuf_limited: 50_000, tcpi_busy_time: 50_000 });
    peer.sends(ACK, { ack: 1001, window: 1000 });
    peer.waits(50 * MILLISECOND);
    peer.sends(ACK, { ack: 2001, window: 0 });
    app.writes(1000);
    peer.waits(100 * MILLISECOND);
    says(talk, { tcpi_rwnd_limited: 100_000, tcpi_busy_time: 200_000, tcpi_sndbuf_limited: 50_000 });
    peer.sends(ACK, { ack: 2001, window: 65_535 });
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK, { ack: 3001 });
  }),
);

test(
  'the rate of delivery: ten segments in a round trip, and whether the application was the limit',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(20_000);
    peer.takes(10_001, 1000);
    says(talk, { tcpi_delivery_rate: 0, tcpi_delivery_rate_app_limited: 0 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 10_001 });
    says(talk, { tcpi_delivery_rate: (10_000 * SECOND) / RTT, tcpi_delivery_rate_app_limited: 0 });
    peer.takes(20_001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 20_001 });
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 21_001 });
    says(talk, { tcpi_delivery_rate: (10_000 * SECOND) / RTT });
  }),
);
