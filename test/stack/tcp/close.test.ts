/** All orders of closing: RFC 9293 §3.6, §3.10.4 and the eighth step of §3.10.7.4. */
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

test(
  '§3.6 figure 12: we close first, and stay in TIME-WAIT for 2 MSL (MUST-13)',
  established({ silence: 60 * MINUTE }, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK, { seq: 1, ack: 1, reason: 'FIN' });
    talk.is('FIN-WAIT-1');
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
    peer.sends(FIN | ACK, { seq: 1, ack: 2 });
    peer.expects(ACK, { seq: 2, ack: 2 });
    talk.is('TIME-WAIT');
    app.sees('PEER_CLOSED');
    peer.expectsSilence(MINUTE - 1);
    talk.is('TIME-WAIT');
    peer.waits(1);
    talk.is('CLOSED');
    app.sees('CLOSED');
    expect(app.failure()).toBeUndefined();
    expect(talk.tcp.connectionCount).toBe(0);
  }),
);

test(
  '§3.6: the peer closes first',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK);
    peer.expects(ACK, { ack: 2, reason: 'ACK of the FIN' });
    talk.is('CLOSE-WAIT');
    app.sees('PEER_CLOSED', 'READABLE');
    expect(talk.connection.isAtEnd).toBe(true);
    app.closes();
    peer.expects(FIN | ACK, { seq: 1, ack: 2 });
    talk.is('LAST-ACK');
    peer.sends(ACK, { seq: 2, ack: 2 });
    talk.is('CLOSED');
    app.sees('CLOSED');
    expect(app.failure()).toBeUndefined();
  }),
);

test(
  '§3.6 figure 13: both close at once',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK, { seq: 1, ack: 1 });
    peer.sends(FIN | ACK, { seq: 1, ack: 1 });
    peer.expects(ACK, { seq: 2, ack: 2 });
    talk.is('CLOSING');
    peer.sends(ACK, { seq: 2, ack: 2 });
    talk.is('TIME-WAIT');
  }),
);

test(
  'FIN-WAIT-1: a FIN that acknowledges ours leads to TIME-WAIT at once',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK);
    peer.sends(FIN | ACK, { seq: 1, ack: 2 });
    peer.expects(ACK, { seq: 2, ack: 2 });
    talk.is('TIME-WAIT');
  }),
);

test(
  '§3.6: half closed, text flows the other way for as long as the peer likes',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closesWrite();
    peer.expects(FIN | ACK, { seq: 1 });
    peer.sends(ACK);
    for (let i = 0; i < 3; i++) {
      peer.waits(10 * MINUTE);
      peer.sends(ACK | PSH, { payload: 100 });
      peer.expects(ACK, { seq: 2, ack: 101 + 100 * i });
      app.reads(100);
    }
    talk.is('FIN-WAIT-2');
    peer.sends(FIN | ACK);
    peer.expects(ACK, { ack: 302 });
    talk.is('TIME-WAIT');
  }),
);

test(
  'half closed by the peer, we still send',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK);
    peer.expects(ACK, { ack: 2 });
    app.writes(1500);
    peer.expects(ACK, { seq: 1, ack: 2, payload: 1000 });
    app.closes();
    peer.expects(FIN | ACK | PSH, { seq: 1001, payload: 500 });
    talk.is('LAST-ACK');
    peer.sends(ACK);
    talk.is('CLOSED');
  }),
);

test(
  'RFC 6298: a FIN is sent again like text, together with the text before it, and R2 ends the wait',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.sends(ACK);
    app.closes();
    peer.expects(FIN | ACK, { seq: 1001 });
    let wait = 0.2 * SECOND;
    for (let i = 0; i < 5; i++, wait *= 2) peer.expectsAfter(wait, FIN | ACK, { seq: 1001, reason: 'retransmission' });
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'a full segment and its FIN that were lost go out again as one',
  established({ peer: { window: 500 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(500);
    peer.expects(ACK | PSH, { payload: 500 });
    app.writes(1000);
    app.closes();
    peer.expectsSilence();
    peer.sends(ACK, { window: 5000 });
    peer.expects(FIN | ACK | PSH, { seq: 501, payload: 1000 });
    peer.expectsAfter(0.2 * SECOND, FIN | ACK | PSH, { seq: 501, payload: 1000 });
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'bug 081: a FIN out of order is remembered, and counts when the text before it is here',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK, { seq: 201, payload: 100 });
    peer.expects(ACK, { ack: 1 });
    talk.is('ESTABLISHED');
    peer.sends(ACK, { seq: 1, payload: 200 });
    peer.expects(ACK, { ack: 302 });
    talk.is('CLOSE-WAIT');
    app.reads(300);
    expect(talk.connection.isAtEnd).toBe(true);
  }),
);

test(
  'RFC 5681 §4.2: a FIN alone above a hole is answered by a duplicate ACK',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK, { seq: 101 });
    peer.expects(ACK, { ack: 1 });
    peer.sends(ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 102 });
    talk.is('CLOSE-WAIT');
    app.reads(100);
  }),
);

test(
  'bug 003: the FIN of a segment that the window cuts off does not count',
  established({ tcp: { receiveBuffer: 100, maxReceiveBuffer: 100 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK, { seq: 1, payload: 120 });
    peer.expects(ACK, { ack: 101, window: 0 });
    talk.is('ESTABLISHED');
    app.reads(100);
    peer.expects(ACK, { ack: 101, window: 100 });
    peer.sends(FIN | ACK, { seq: 1, payload: 120 });
    peer.expects(ACK, { ack: 122 });
    talk.is('CLOSE-WAIT');
    app.reads(20);
  }),
);

test(
  'a FIN just behind the right edge does not count either',
  established({ tcp: { receiveBuffer: 100, maxReceiveBuffer: 100 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 101, window: 0 });
    talk.is('ESTABLISHED');
    peer.sends(FIN | ACK, { seq: 101 });
    peer.expects(ACK, { ack: 101, window: 0 });
    talk.is('ESTABLISHED');
    app.reads(100);
    peer.expects(ACK, { ack: 101, window: 100 });
    peer.sends(FIN | ACK, { seq: 101 });
    peer.expects(ACK, { ack: 102 });
    talk.is('CLOSE-WAIT');
  }),
);

test(
  'bug 270: text beyond the FIN that came before it is forgotten',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { seq: 91, payload: 60 });
    peer.expects(ACK, { ack: 1 });
    peer.sends(FIN | ACK, { seq: 51, payload: 50 }); // the FIN stands at 101
    peer.expects(ACK, { ack: 1 });
    peer.sends(ACK, { seq: 1, payload: 50 });
    peer.expects(ACK, { ack: 102 });
    talk.is('CLOSE-WAIT');
    app.reads(100);
  }),
);

test(
  "bug 084: text after the FIN is nobody's",
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(FIN | ACK);
    peer.expects(ACK, { ack: 2 });
    expect(peer.sends(ACK, { seq: 2, payload: 50 })).toBe('text after the FIN');
    peer.expectsSilence();
    app.reads(0);
    talk.is('CLOSE-WAIT');
  }),
);

test(
  'a FIN once more in CLOSE-WAIT is acknowledged once more',
  established({}, (talk) => {
    const { peer } = talk;
    for (let i = 0; i < 15; i++) {
      peer.sends(FIN | ACK, { seq: 1 });
      peer.expects(ACK, { ack: 2 });
    }
    talk.is('CLOSE-WAIT');
  }),
);

test(
  'SHLD-3, §3.6.1: CLOSE with unread text sends a reset',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 10 });
    peer.expects(ACK, { ack: 11 });
    app.closes();
    peer.expects(RST | ACK, { seq: 1, ack: 11 });
    talk.is('CLOSED');
  }),
);

test(
  'SHLD-3, MAY-1, §3.6.1: text after CLOSE is answered with a reset',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK);
    peer.sends(ACK);
    expect(peer.sends(ACK, { payload: 10 })).toBe('text after the application closed');
    peer.expects(RST, { seq: 2, reason: 'RST: text after the application closed' }); // as for a stranger with an ACK, §3.10.7.1
    talk.is('CLOSED');
  }),
);

test(
  'bug 088: FIN-WAIT-2 ends after a minute when both directions are closed, and never when the application still reads',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closesWrite();
    peer.expects(FIN | ACK);
    peer.sends(ACK);
    peer.expectsSilence(60 * MINUTE);
    talk.is('FIN-WAIT-2');
    app.closes();
    peer.expectsSilence(MINUTE - 1);
    talk.is('FIN-WAIT-2');
    peer.waits(1);
    talk.is('CLOSED');
    expect(app.failure()).toBeUndefined();
  }),
);

test(
  '§3.10.5: ABORT sends a reset, and what is left of the connection answers nothing',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    for (const seq of [1, 1001, 2001]) peer.expects(seq === 2001 ? ACK | PSH : ACK, { seq, payload: 1000 });
    app.aborts();
    peer.expects(RST | ACK, { seq: 3001, ack: 1, reason: 'RST: connection aborted' });
    app.sees('FAILED', 'CLOSED');
    expect(app.failure()).toBe('aborted');
    peer.sends(ACK, { ack: 1001 });
    peer.expects(RST, { seq: 1001, reason: 'RST: no such connection' });
  }),
);

for (const [state, simultaneous] of [
  ['CLOSING', true],
  ['LAST-ACK', false],
] as const)
  test(
    `§3.10.5: ABORT in ${state} sends nothing`,
    established({}, (talk) => {
      const { peer, app } = talk;
      if (simultaneous) app.closes();
      peer.sends(FIN | ACK, { seq: 1, ack: 1 });
      if (!simultaneous) app.closes();
      talk.outgoing.length = 0;
      talk.is(state);
      app.aborts();
      peer.expectsSilence();
      talk.is('CLOSED');
    }),
  );

test(
  'a second CLOSE changes nothing, and neither does a write behind it',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK);
    app.closes();
    app.closesWrite();
    app.writes(10, 0);
    peer.expectsSilence();
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
    peer.sends(SYN, { seq: 500 });
    peer.expects(ACK);
  }),
);
