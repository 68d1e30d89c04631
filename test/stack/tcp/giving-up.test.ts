/** How long a connection waits for its peer, by time, by count, with and without an application: RFC 9293 §3.8.3, RFC 5482. */
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

const SLOW = { minRto: SECOND };

test(
  'RFC 5482, MUST-21: the user timeout ends the wait for a window too, although the peer answers each probe',
  established({ tcp: { ...SLOW, userTimeout: 3 * SECOND, resetOnTimeout: false }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    for (const wait of [1, 2]) {
      peer.expectsAfter(wait * SECOND, ACK, { payload: 1 });
      peer.sends(ACK, { ack: 1, window: 0 });
    }
    peer.expectsSilence(4 * SECOND);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
  }),
);

test(
  'MUST-37: without a user timeout answered probes go on, and a window that opened starts the count anew',
  established({ tcp: { ...SLOW, userTimeout: 4 * SECOND }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(1);
    peer.expectsAfter(SECOND, ACK | PSH, { payload: 1 });
    peer.sends(ACK, { window: 1 });
    app.writes(1);
    peer.expects(ACK | PSH, { payload: 1 });
    peer.sends(ACK, { window: 0 });
    app.writes(1);
    peer.expectsAfter(SECOND, ACK | PSH, { payload: 1 });
    peer.sends(ACK, { window: 100 });
    talk.is('ESTABLISHED');
  }),
);

const HOURLY = { keepAlive: true, keepAliveIdle: 60 * MINUTE, keepAliveInterval: MINUTE, keepAliveProbes: 2 };

test(
  'RFC 5482 §4.2: with a user timeout keep-alive gives up by time and not by count',
  established({ tcp: { ...HOURLY, userTimeout: 63.5 * MINUTE } }, (talk) => {
    const { peer, app } = talk;
    peer.expectsAfter(60 * MINUTE, ACK, { seq: 0, reason: 'keep-alive probe' });
    for (let i = 0; i < 3; i++) peer.expectsAfter(MINUTE, ACK, { seq: 0 });
    peer.expectsAfter(MINUTE, RST | ACK);
    expect(app.failure()).toBe('keep-alive timed out');
  }),
);

test(
  'RFC 5482 §4.2: a user timeout that is shorter than the silence before the first probe waits for that probe',
  established({ tcp: { ...HOURLY, userTimeout: 10 * SECOND } }, (talk) => {
    const { peer } = talk;
    peer.expectsAfter(60 * MINUTE, ACK, { seq: 0 });
    peer.expectsAfter(MINUTE, RST | ACK);
  }),
);

test(
  'an orphan in FIN-WAIT-1 is given up sooner than a connection that has an application',
  established({ tcp: { ...SLOW, orphanTimeout: 5 * SECOND, resetOnTimeout: false } }, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK);
    for (const wait of [1, 2]) peer.expectsAfter(wait * SECOND, FIN | ACK);
    peer.expectsSilence(4 * SECOND - 1);
    talk.is('FIN-WAIT-1');
    peer.expectsSilence(1);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
  }),
);

test(
  'half closed is no orphan: R2 of RFC 9293 §3.8.3 decides',
  established({ tcp: { ...SLOW, orphanTimeout: 2 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.closesWrite();
    peer.expects(FIN | ACK);
    for (let wait = 1; wait <= 16; wait *= 2) peer.expectsAfter(wait * SECOND, FIN | ACK);
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'an orphan whose peer keeps its window closed is given up too, or a peer could hold our memory for ever',
  established({ tcp: { ...SLOW, orphanTimeout: 5 * SECOND }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    app.closes();
    for (const wait of [1, 2]) {
      peer.expectsAfter(wait * SECOND, ACK, { payload: 1 });
      peer.sends(ACK, { ack: 1, window: 0 });
    }
    peer.expectsAfter(4 * SECOND, RST | ACK);
    talk.is('CLOSED');
  }),
);

test(
  'TCP_LINGER2 below zero: no FIN-WAIT-2 for an orphan',
  established({ tcp: { finWait2: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK);
    peer.sends(ACK);
    peer.waits(1);
    peer.expects(RST | ACK, { seq: 2 });
    talk.is('CLOSED');
  }),
);

test(
  'SO_LINGER with zero: close is a reset, also with text that was never sent',
  established({ tcp: { abortOnClose: true }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    app.closes();
    peer.expects(RST | ACK, { seq: 1 });
    talk.is('CLOSED');
  }),
);

test(
  'shutdown(SHUT_RD): what arrives is acknowledged and can be read; with our direction closed too it is answered with RST',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closesRead();
    app.sees('READABLE');
    expect(talk.connection.isAtEnd).toBe(true);
    peer.sends(ACK | PSH, { payload: 10 });
    peer.expects(ACK, { ack: 11 });
    app.reads(10);
    app.closesWrite();
    peer.expects(FIN | ACK);
    peer.sends(ACK);
    peer.expectsSilence(10 * MINUTE);
    talk.is('FIN-WAIT-2');
    expect(peer.sends(ACK | PSH, { payload: 10 })).toBe('text after the application closed');
    peer.expects(RST, { seq: 2 });
  }),
);

test(
  'RFC 7323 §3.2: a RST of ours carries timestamps where they were agreed',
  established({ tcp: { timestamps: true }, peer: { timestamps: [1000, 0] } }, (talk) => {
    const { peer, app } = talk;
    app.aborts();
    peer.expects(RST | ACK, { seq: 1, hasTimestamps: true, tsEcho: 1000 });
  }),
);
