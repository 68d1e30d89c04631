/** The peer's window: sliding, closed, shrunk, too small. RFC 9293 §3.8.6, §3.8.6.1, §3.8.6.2.1. */
import { expect, test } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

const RTO = 200 * MILLISECOND;

test(
  'RFC 9293 §3.8.6: the window slides, and nothing goes beyond it',
  established({ peer: { window: 2500 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(5000);
    peer.takes(2001, 1000); // the third would be 500 of 1000: silly
    peer.sends(ACK, { ack: 1001 });
    peer.expects(ACK, { seq: 2001, payload: 1000 });
    peer.sends(ACK, { ack: 3001 });
    peer.takes(5001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'MUST-36, SHLD-29, SHLD-30, MUST-37: a closed window is probed after one RTO, then twice as late each time, for ever',
  established({ peer: { window: 1000 }, silence: 1 }, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.expects(ACK, { seq: 1, payload: 1000 });
    peer.sends(ACK, { window: 0 });
    let wait = RTO;
    for (let i = 0; i < 60; i++) {
      peer.expectsAfter(wait, ACK, { seq: 1001, payload: 1, reason: 'zero-window probe' });
      peer.sends(ACK, { ack: 1001, window: 0 });
      wait = Math.min(wait * 2, MINUTE);
    }
    expect(talk.now - talk.begun).toBeGreaterThan(45 * MINUTE);
    talk.is('ESTABLISHED');
  }),
);

test(
  'a window that opens lets the text out at once, the probed octet too',
  established({ peer: { window: 1000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK, { window: 0 });
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 1 });
    peer.sends(ACK, { ack: 1001, window: 0 });
    peer.waits(10 * MILLISECOND);
    peer.sends(ACK, { ack: 1001, window: 5000 });
    peer.expects(ACK, { seq: 1001, payload: 1000 });
    peer.expects(ACK | PSH, { seq: 2001, payload: 1000 });
    peer.sends(ACK);
  }),
);

test(
  'a probe that is accepted octet by octet makes progress',
  established({ peer: { window: 1000 }, silence: 0 }, (talk) => {
    const { peer, app } = talk;
    app.writes(1010);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK, { window: 0 });
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 1 });
    peer.sends(ACK, { ack: 1002, window: 0 });
    peer.expectsAfter(2 * RTO, ACK, { seq: 1002, payload: 1 });
  }),
);

test(
  'R2 ends probing when nobody answers any more',
  established({ peer: { window: 1000 }, tcp: { r2: 20 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK, { window: 0 });
    talk.passes(MINUTE);
    const last = talk.outgoing.pop();
    expect(last?.segment.has(RST)).toBe(true);
    talk.outgoing.length = 0;
    expect(app.failure()).toBe('timed out');
  }),
);

test(
  'a FIN waits for a closed window too, and is the probe',
  established({ peer: { window: 1000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    app.closes();
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK, { window: 0 });
    peer.expectsAfter(RTO, FIN | ACK, { seq: 1001, reason: 'zero-window probe' });
    peer.sends(ACK, { ack: 1001, window: 0 });
    peer.expectsAfter(2 * RTO, FIN | ACK, { seq: 1001 });
    peer.sends(ACK, { ack: 1002, window: 0 });
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'MUST-34, SHLD-15, SHLD-16: a window that shrank: no new text, what lies inside goes out again, what lies beyond waits',
  established({ peer: { window: 4000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(6000);
    peer.takes(4001, 1000);
    peer.sends(ACK, { ack: 1001, window: 1500 });
    peer.expectsSilence();
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 1000 });
    peer.sends(ACK, { ack: 2001, window: 500 });
    peer.expects(ACK, { seq: 2001, payload: 500 }); // as much as fits
    peer.sends(ACK, { ack: 2501, window: 9000 });
    peer.expects(ACK, { seq: 2501, payload: 500 });
    peer.expects(ACK, { seq: 3001, payload: 1000 });
    peer.sends(ACK, { ack: 4001 });
    peer.takes(6001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'MUST-35, SHLD-17, bug 087: shrunk to nothing with text outstanding: probes, and no time-out as long as they are answered',
  established({ peer: { window: 4000 }, tcp: { r2: 30 * SECOND }, silence: 1 }, (talk) => {
    const { peer, app } = talk;
    app.writes(4000);
    peer.takes(4001, 1000);
    peer.sends(ACK, { ack: 1001, window: 0 });
    let wait = RTO;
    for (let i = 0; i < 20; i++) {
      peer.expectsAfter(wait, ACK, { seq: 1001, payload: 1, reason: 'zero-window probe' });
      peer.sends(ACK, { ack: 1001, window: 0 });
      wait = Math.min(wait * 2, MINUTE);
      if (wait > 20 * SECOND) break;
    }
    talk.is('ESTABLISHED');
    expect(talk.connection.sender.recovery.phase).toBe('open'); // the answers look like duplicates and are none
    peer.sends(ACK, { ack: 4001, window: 4000 });
  }),
);

test(
  "bugs 017, 018, 267: with a refused probe outstanding our ACKs carry a number that the peer's closed window accepts",
  established({ peer: { window: 1000 }, silence: 0 }, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK, { window: 0 });
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 1 });
    peer.sends(ACK, { ack: 1001, window: 0, payload: 500 });
    peer.expects(ACK, { seq: 1001, ack: 501 });
  }),
);

test(
  'MUST-38, §3.8.6.2.1 (3): half of the largest window is worth a segment',
  established({ peer: { window: 1600 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK, { window: 800 });
    app.writes(2000);
    peer.expects(ACK, { seq: 1001, payload: 800 });
    peer.sends(ACK, { window: 5000 });
    peer.takes(2801, 1000);
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2801, payload: 200 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-38, MUST-60, §3.8.6.2.1 (4): a window that stays too small is used after a while, by a segment with a retransmission timer',
  established({ peer: { window: 10_000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK, { window: 300 });
    app.writes(2000);
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 300, reason: 'small segment: the window stayed small' });
    peer.expectsAfter(RTO, ACK, { seq: 1001, payload: 300, reason: 'retransmission' });
    peer.sends(ACK, { window: 200 });
    peer.expectsAfter(2 * RTO, ACK, { seq: 1301, payload: 200 }); // Karn: what was sent twice gives no sample, and the back-off stays
    peer.sends(ACK, { window: 10_000 });
    peer.expects(ACK, { seq: 1501, payload: 1000 });
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2501, payload: 500 });
    peer.sends(ACK);
  }),
);

test(
  'bug 272: an old segment does not change the window, SND.WL1 and SND.WL2',
  established({}, (talk) => {
    const { peer } = talk;
    peer.sends(ACK, { seq: 101, ack: 1, window: 5000 });
    expect(talk.connection.snd.wnd).toBe(5000);
    peer.sends(ACK, { seq: 51, ack: 1, window: 9000 });
    expect(talk.connection.snd.wnd).toBe(5000);
    peer.sends(ACK, { seq: 101, ack: 1, window: 6000 });
    expect(talk.connection.snd.wnd).toBe(6000);
    peer.sends(ACK, { seq: 101, ack: 0, window: 7000 });
    expect(talk.connection.snd.wnd).toBe(6000);
  }),
);

test(
  'a retransmission with a low number that acknowledges more brings its window along',
  established({ peer: { window: 2000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(4000);
    peer.takes(2001, 1000);
    peer.sends(ACK, { seq: 101, ack: 1, payload: 100 });
    peer.expects(ACK, { ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 2001, payload: 100, window: 1000 }); // the edge stays at 3001
    peer.expects(ACK, { seq: 2001, ack: 201, payload: 1000 });
    peer.expectsSilence();
    app.reads(200);
    peer.sends(ACK, { window: 2000 });
    peer.expects(ACK | PSH, { seq: 3001, payload: 1000 });
    peer.sends(ACK);
  }),
);

test(
  'SHLD-7, SHLD-28, MAY-16, §3.7.4, Nagle: small text waits while something is outstanding, and goes out as one',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { seq: 1, payload: 10 });
    app.writes(10);
    app.writes(10);
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 11, payload: 20 });
    app.writes(990);
    peer.expectsSilence();
    app.writes(10);
    peer.expects(ACK | PSH, { seq: 31, payload: 1000 }); // a full segment need not wait (SHLD-28)
    peer.sends(ACK);
  }),
);

test(
  'MUST-61, SHLD-27: PSH on the last segment of what was written, and on no other',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.expects(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK | PSH, { seq: 1001, payload: 1000 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-1: a window of 65,535 is not negative',
  established({ peer: { window: 65_535 } }, (talk) => {
    expect(talk.connection.snd.wnd).toBe(65_535);
  }),
);
