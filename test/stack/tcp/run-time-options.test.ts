/** Options set while a connection is open: what changes at once, and what goes on as it was. */
import { expect, test } from 'vitest';
import { controlFor, successorOf } from '../../../src/stack/tcp/congestion/choose.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, PSH } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

test(
  'SO_SNDBUF: a smaller buffer counts for the next write, and does not grow any more',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.sets({ sendBuffer: 1500, maxSendBuffer: 1500 });
    app.writes(2000, 1500);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { payload: 500 });
    peer.sends(ACK);
    app.sees('WRITABLE');
    app.writes(2000, 1500);
    peer.expects(ACK, { payload: 1000 });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { payload: 500 });
    peer.sends(ACK);
    expect(talk.connection.sender.limit).toBe(1500);
  }),
);

test(
  'SO_RCVBUF, SHLD-14: a smaller buffer takes nothing back that was offered, a larger one is offered at once',
  established({ tcp: { receiveBuffer: 3000, maxReceiveBuffer: 3000 } }, (talk) => {
    const { peer, app } = talk;
    app.sets({ receiveBuffer: 1000, maxReceiveBuffer: 1000 });
    peer.sends(ACK | PSH, { payload: 500 });
    peer.expects(ACK, { ack: 501, window: 2500 });
    app.reads(500);
    app.sets({ receiveBuffer: 6000, maxReceiveBuffer: 6000 });
    peer.sends(ACK | PSH, { payload: 500 });
    peer.expects(ACK, { ack: 1001, window: 5500 });
    app.reads(500);
  }),
);

test(
  'TCP_WINDOW_CLAMP: no larger window than this, however large the buffer',
  established({ tcp: { windowClamp: 2000 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK | PSH, { payload: 500 });
    peer.expects(ACK, { ack: 501, window: 1500 });
    app.reads(500);
    peer.sends(ACK | PSH, { payload: 500 });
    peer.expects(ACK, { ack: 1001, window: 2000 });
    app.sets({ windowClamp: 0 });
    app.reads(500);
    peer.expects(ACK, { ack: 1001, window: 65_535, reason: 'window update' });
  }),
);

test(
  'TCP_CONGESTION: another control goes on with cwnd and ssthresh of the last',
  established({ tcp: { congestionControl: 'reno', initialWindow: 4, minRto: SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(8000);
    peer.takes(4001, 1000);
    peer.expectsAfter(SECOND, ACK, { seq: 1, payload: 1000 });
    const { window, threshold } = talk.connection.sender.control;
    expect([window, threshold]).toEqual([1000, 2000]);
    app.sets({ congestionControl: 'cubic' });
    const { control } = talk.connection.sender;
    expect([control.name, control.window, control.threshold, control.mss]).toEqual(['cubic', 1000, 2000, 1000]);
    peer.sends(ACK, { ack: 4001 });
    peer.expects(ACK, { seq: 4001, payload: 1000 });
    peer.sends(ACK);
    peer.takes(7001, 1000); // slow start up to ssthresh
    peer.expectsSilence();
    peer.sends(ACK);
    peer.takes(8001, 1000);
    peer.sends(ACK);
  }),
);

test('TCP_CONGESTION: from a control that never set a threshold, and from none at all', () => {
  const reno = controlFor({ congestionControl: 'reno', initialWindow: 10 }, 1000);
  const cubic = successorOf(reno, { congestionControl: 'cubic', initialWindow: 10 });
  expect([cubic.window, cubic.threshold]).toEqual([10_000, 0x7fff_ffff]);
  const unlimited = successorOf(cubic, { congestionControl: 'unlimited', initialWindow: 10 });
  expect([unlimited.mss, unlimited.window]).toEqual([1000, 0x4000_0000]);
  expect(successorOf(unlimited, { congestionControl: 'reno', initialWindow: 3 }).window).toBe(3000);
});

test(
  'MUST-24: keep-alive switched on counts the silence that there already was',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.expectsSilence(30 * MINUTE);
    app.sets({ keepAlive: true, keepAliveIdle: 60 * MINUTE });
    peer.expectsAfter(30 * MINUTE, ACK, { seq: 0, reason: 'keep-alive probe' });
    peer.sends(ACK);
    app.sets({ keepAliveIdle: 10 * MINUTE });
    peer.expectsAfter(10 * MINUTE, ACK, { seq: 0 });
    peer.sends(ACK);
    app.sets({ keepAlive: false });
    peer.expectsSilence(120 * MINUTE);
  }),
);

test(
  'the floor of the retransmission timeout counts from the next sample on',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.sets({ minRto: 2 * SECOND });
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    peer.sends(ACK);
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    peer.expectsAfter(2 * SECOND, ACK | PSH, { payload: 100 });
    peer.sends(ACK);
  }),
);
