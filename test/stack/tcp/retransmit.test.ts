/** The retransmission timer: RFC 6298, RFC 9293 §3.8.1 and §3.8.3, and what an expiry does to the congestion window. */
import { expect, test } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, PSH, RST } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';
import { selective } from './selective.ts';

const RTO = 200 * MILLISECOND; // the handshake took no time at all: the floor

test(
  'MUST-18, RFC 6298 (5.4), (5.5), (5.6): the oldest segment goes out again, twice as late each time up to the ceiling',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.takes(3001, 1000);
    let wait = RTO;
    for (let i = 0; i < 10; i++) {
      peer.expectsAfter(wait, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
      wait = Math.min(wait * 2, MINUTE);
    }
    expect(wait).toBe(MINUTE);
    peer.sends(ACK, { ack: 3001 });
  }),
);

test(
  'MUST-18, RFC 6298 (5.2), (5.3): new data acknowledged starts the timer anew, all acknowledged stops it',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.takes(2001, 1000);
    peer.expectsSilence(RTO - 1);
    peer.sends(ACK, { ack: 1001 }); // a sample of 200 ms: SRTT 25 ms, RTTVAR 50 ms
    expect(talk.connection.rtt.rto).toBe(225 * MILLISECOND - 1);
    peer.expectsAfter(225 * MILLISECOND - 1, ACK | PSH, { seq: 1001, payload: 1000 });
    peer.sends(ACK, { ack: 2001 });
    expect(talk.connection.timers.retransmit).toBe(Number.POSITIVE_INFINITY);
  }),
);

test(
  'RFC 6298 (5.1): an older segment under way keeps its deadline when a new one is sent',
  established({ tcp: { noDelay: true } }, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 1, payload: 100 });
    peer.waits(150 * MILLISECOND);
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 101, payload: 100 });
    peer.expectsAfter(50 * MILLISECOND, ACK, { seq: 1, payload: 100 });
    peer.expects(ACK | PSH, { seq: 101, payload: 100 }); // both fit the one segment that cwnd is now
    peer.sends(ACK, { ack: 201 });
  }),
);

test(
  'MUST-18, RFC 6298 §3, Karn: no sample from what was sent twice',
  established({}, (talk) => {
    const { peer, app } = talk;
    const { rtt } = talk.connection;
    const { smoothed } = rtt;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    peer.expectsAfter(RTO, ACK | PSH, { payload: 100 });
    peer.waits(100 * MILLISECOND);
    peer.sends(ACK);
    expect(rtt.smoothed).toBe(smoothed);
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    peer.waits(80 * MILLISECOND);
    peer.sends(ACK);
    expect(rtt.latest).toBe(80 * MILLISECOND); // and sampling goes on with what follows (256)
  }),
);

test(
  'MUST-19, RFC 5681 §3.1: a timeout halves once, begins again with one segment, and slow start repairs all that was lost',
  established({}, (talk) => {
    const { peer, app } = talk;
    const { control } = talk.connection.sender;
    app.writes(8000);
    peer.takes(8001, 1000);
    peer.expectsAfter(RTO, ACK, { seq: 1, payload: 1000 });
    expect([control.window, control.threshold]).toEqual([1000, 4000]);
    peer.expectsAfter(2 * RTO, ACK, { seq: 1, payload: 1000 });
    expect([control.window, control.threshold]).toEqual([1000, 4000]); // "ssthresh is held constant"
    peer.sends(ACK, { ack: 1001 });
    peer.expects(ACK, { seq: 1001, payload: 1000 });
    peer.expects(ACK, { seq: 2001, payload: 1000 });
    peer.sends(ACK, { ack: 2001 });
    peer.expects(ACK, { seq: 3001, payload: 1000 });
    peer.expects(ACK, { seq: 4001, payload: 1000 });
    peer.sends(ACK, { ack: 8001 }); // the rest had arrived
    expect(talk.connection.sender.recovery.phase).toBe('open');
  }),
);

test(
  'duplicates that the repair after a timeout causes do not start a fast retransmit (RFC 6582 §3.2)',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(6000);
    peer.takes(6001, 1000);
    peer.expectsAfter(RTO, ACK, { seq: 1, payload: 1000 });
    for (let i = 0; i < 5; i++) peer.sends(ACK, { ack: 1 });
    peer.expectsSilence();
    peer.sends(ACK, { ack: 6001 });
  }),
);

test(
  'SHLD-11, MUST-20: R2 ends the connection after a quarter of an hour, with a reset and a reason',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    talk.passes(15 * MINUTE);
    talk.is('ESTABLISHED');
    const resent = talk.outgoing.splice(0).length;
    expect(resent).toBeGreaterThan(15);
    peer.expectsAfter(42_200_000, RST | ACK, { seq: 101, ack: 1 }); // the next expiry
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
    app.sees('FAILED', 'CLOSED');
  }),
);

test(
  'R2 counts from the last progress, not from the first loss',
  established({ tcp: { r2: 10 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(5000);
    peer.takes(5001, 1000);
    for (let i = 0; i < 4; i++) {
      talk.passes(9 * SECOND);
      talk.outgoing.length = 0;
      peer.sends(ACK, { ack: 1001 + 1000 * i });
      talk.outgoing.length = 0;
      talk.is('ESTABLISHED');
    }
    peer.sends(ACK, { ack: 5001 });
  }),
);

test(
  'RFC 5482, MUST-21: the user timeout takes the place of R2',
  established({ tcp: { userTimeout: 1 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    for (const wait of [RTO, 2 * RTO]) peer.expectsAfter(wait, ACK | PSH, { payload: 100 });
    peer.expectsAfter(4 * RTO, RST | ACK, { seq: 101 });
    expect(app.failure()).toBe('timed out');
  }),
);

test(
  'MUST-47: a soft error before the end is the reason that the application gets',
  established({ tcp: { userTimeout: 1 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    talk.connection.app.softError = 'host unreachable';
    for (const wait of [RTO, 2 * RTO]) peer.expectsAfter(wait, ACK | PSH, { payload: 100 });
    peer.expectsAfter(4 * RTO, RST | ACK);
    expect(app.failure()).toBe('host unreachable');
  }),
);

test(
  'an acknowledgment of part of a segment: the rest goes out again when its time comes',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK, { ack: 401 });
    peer.expectsAfter(RTO, ACK | PSH, { seq: 401, payload: 600 });
    peer.sends(ACK, { ack: 1001 });
  }),
);

test(
  'RFC 5681 §4.1: after a pause longer than the timeout the window is the initial one at most',
  established({}, (talk) => {
    const { peer, app } = talk;
    const { control } = talk.connection.sender;
    for (const size of [10_000, 20_000]) {
      app.writes(size);
      peer.takes(app.written, 1000);
      peer.sends(ACK);
    }
    expect(control.window).toBe(40_000);
    peer.waits(RTO + 1);
    app.writes(30_000);
    peer.takes(40_001, 1000); // ten segments and no more
    peer.expectsSilence();
    expect(control.window).toBe(10_000);
    peer.sends(ACK);
    peer.takes(60_001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'RFC 6298 (5.3): what is newer than the missing segment does not put its timer off',
  selective({ minRto: SECOND, rack: false, tailLossProbe: false, noDelay: true }, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 1, payload: 100 });
    peer.waits(500 * MILLISECOND);
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 101, payload: 100 });
    peer.waits(100 * MILLISECOND);
    peer.sends(ACK, { ack: 1, sack: [[101, 201]] });
    peer.expectsAfter(400 * MILLISECOND, ACK, { seq: 1, payload: 100, reason: 'retransmission' });
    peer.expects(ACK | PSH, { seq: 101, payload: 100, reason: 'retransmission' }); // without RACK no report survives a time-out
    peer.sends(ACK, { ack: 201 });
  }),
);
