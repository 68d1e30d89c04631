/** TCP Fast Open at both ends: RFC 7413. The scripts of test/drill/fastopen show the same from outside. */
import { expect, test } from 'vitest';
import { FastOpenCache } from '../../../src/stack/tcp/open/fast-open-cache.ts';
import { FastOpenKeys } from '../../../src/stack/tcp/open/fast-open-keys.ts';
import { FastOpenQueue } from '../../../src/stack/tcp/open/fast-open-queue.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { conversation, OURS, PEER } from '../../conversation.ts';
import { pattern } from './application.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => pattern(1 + i));

/** The cookie with which the peer may open fast. */
const cookieFor = (talk: Conversation): string => hex(talk.tcp.fastOpenKeys.make(PEER.w3, OURS.w3));

/** As if the peer had given us a cookie before. */
function acquainted(talk: Conversation, cookie = 'c00c1e5500000001'): void {
  const option = { cookie: Buffer.from(cookie, 'hex'), experimental: false };
  talk.tcp.fastOpenCache.learn(PEER.w3, { option, mss: 1460, unanswered: undefined, synLost: false }, 0, talk.now);
}

test(
  '§4.2.2: an answer leaves before the handshake is over',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens({ fastOpen: 4 });
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { seq: 0, ack: 101 });
    talk.is('SYN-RECEIVED');
    expect(talk.listener?.accept()).toBe(talk.connection);
    app.sees('READABLE');
    app.reads(100);
    app.writes(200);
    peer.expects(PSH | ACK, { seq: 1, ack: 101, payload: 200 });
    peer.sends(ACK, { seq: 101, ack: 201 });
    talk.is('ESTABLISHED');
    app.sees('CONNECTED');
  }),
);

test(
  '§4.2.2: text and FIN in the SYN',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens({ fastOpen: 4 });
    peer.sends(SYN | FIN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { seq: 0, ack: 101 });
    app.reads(100);
    peer.sends(ACK, { seq: 102, ack: 1 });
    peer.expects(ACK, { ack: 102 });
    talk.is('CLOSE-WAIT');
  }),
);

test(
  '§4.2.2: off by default: text and cookie are ignored',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    expect(talk.connection.fastOpen).toBeUndefined();
  }),
);

test(
  '§4.1.2: a cookie of another address is worth nothing',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens({ fastOpen: 4 });
    const stolen = hex(talk.tcp.fastOpenKeys.make(PEER.w3 + 1, OURS.w3));
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: stolen });
    peer.expects(SYN | ACK, { seq: 0, ack: 1, cookie: cookieFor(talk) });
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
  }),
);

test(
  'FreeBSD repeats a good cookie (fastOpenEcho), and a SYN-ACK that is sent again has none',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens({ fastOpen: 4, fastOpenEcho: true });
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { ack: 101, cookie: cookieFor(talk) });
    const again = peer.expectsAfter(SECOND, SYN | ACK, { ack: 101 });
    expect(again.fastOpen).toBeUndefined();
    peer.sends(RST, { seq: 101 });
  }),
);

test(
  '§5.1: a reset of a pending connection fails it and keeps its place for a minute',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    const listener = talk.listens({ fastOpen: 1 });
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { ack: 101 });
    expect(listener.fastOpen?.pending).toBe(1);
    peer.sends(RST, { seq: 101 });
    expect(app.failure()).toBe('reset by peer');
    expect(listener.fastOpen?.pending).toBe(0);
    expect(listener.fastOpen?.hasRoom(talk.now)).toBe(false);
    expect(listener.fastOpen?.hasRoom(talk.now + MINUTE)).toBe(true);
  }),
);

test(
  '§5.1: one that times out gives its place back',
  conversation({}, (talk) => {
    const { peer } = talk;
    const listener = talk.listens({ fastOpen: 1 });
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100, cookie: cookieFor(talk) });
    peer.expects(SYN | ACK, { ack: 101 });
    peer.waits(10 * MINUTE);
    talk.is('CLOSED');
    talk.outgoing.length = 0;
    expect(listener.fastOpen?.pending).toBe(0);
    expect(listener.fastOpen?.hasRoom(talk.now)).toBe(true);
  }),
);

test(
  '§4.2.1: text goes with the SYN, and what does not fit follows the handshake',
  conversation({}, (talk) => {
    const { peer } = talk;
    acquainted(talk);
    talk.connects({ fastOpen: true, data: text(2000) });
    peer.expects(SYN, { seq: 0, payload: 1420, cookie: 'c00c1e5500000001', reason: 'SYN with text' });
    peer.sends(SYN | ACK, { seq: 0, ack: 1421, mss: 1460 });
    peer.expects(PSH | ACK, { seq: 1421, payload: 580 });
    expect(talk.connection.fastOpen?.textAccepted).toBe(true);
    peer.sends(ACK, { ack: 2001 });
  }),
);

test(
  '§4.2.2: neither text nor option after a time-out; the text follows the handshake at once',
  conversation({}, (talk) => {
    const { peer } = talk;
    acquainted(talk);
    talk.connects({ fastOpen: true, data: text(500) });
    peer.expects(SYN, { payload: 500 });
    const again = peer.expectsAfter(SECOND, SYN, { seq: 0, payload: 0 });
    expect(again.fastOpen).toBeUndefined();
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1460 });
    peer.expects(PSH | ACK, { seq: 1, payload: 500 });
    peer.sends(ACK, { ack: 501 });
    expect(talk.connection.fastOpen?.textAccepted).toBe(false);
  }),
);

test(
  '§4.2, figure 8: simultaneous open: the SYN-ACK carries no text, and text that the peer has not got is sent again',
  conversation({}, (talk) => {
    const { peer } = talk;
    acquainted(talk);
    talk.connects({ fastOpen: true, data: text(500) });
    peer.expects(SYN, { payload: 500 });
    peer.sends(SYN, { seq: 0, mss: 1460 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1, payload: 0 });
    talk.is('SYN-RECEIVED');
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1460 });
    talk.is('ESTABLISHED');
    peer.expectsAfter(SECOND, PSH | ACK, { seq: 1, payload: 500 });
    peer.sends(ACK, { ack: 501 });
  }),
);

test(
  'MUST-10 beside Fast Open: a listener that a SYN without option reaches is as it always was',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens({ fastOpen: 4 });
    peer.sends(SYN, { seq: 0, mss: 1000 });
    const answer = peer.expects(SYN | ACK, { ack: 1 });
    expect(answer.fastOpen).toBeUndefined();
    peer.sends(ACK, { seq: 1, ack: 1 });
    expect(talk.connection.fastOpen).toBeUndefined();
  }),
);

test(
  'RFC 9293 §3.10.7.2: text in a SYN may be kept until the handshake is over (synText)',
  conversation({ tcp: { synText: true } }, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000, payload: 100 });
    peer.expects(SYN | ACK, { seq: 0, ack: 101 });
    expect(talk.listener?.accept()).toBeUndefined();
    peer.sends(ACK, { seq: 101, ack: 1 });
    app.sees('READABLE', 'CONNECTED');
    app.reads(100);
  }),
);

test(
  'text in a SYN-ACK is ignored where Linux ignores it (synAckText)',
  conversation({ tcp: { synAckText: false } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1460, payload: 100 });
    peer.expects(ACK, { seq: 1, ack: 1 });
    peer.sends(PSH | ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 101 });
    app.reads(100);
  }),
);

test('§4.1.2: the cookies of Linux for the key of its test suite', () => {
  const [client, server] = [0xc000_0201 | 0, 0xc0a8_0001 | 0];
  const keys = new FastOpenKeys([0xa1a1a1a1, 0xb2b2b2b2, 0xc3c3c3c3, 0xd4d4d4d4]);
  expect(hex(keys.make(client, server))).toBe('3021b9d889017eeb');
  const old = keys.make(client, server);
  keys.rotate([0, 0, 0, 0]);
  expect(hex(keys.make(client, server))).toBe('b7c12350a90dc8f5');
  expect(keys.check(old, client, server)).toBe('previous');
  expect(keys.check(keys.make(client, server), client, server)).toBe('current');
  expect(keys.check(old.slice(0, 4), client, server)).toBe('invalid');
  keys.rotate([1, 0, 0, 0]);
  expect(keys.check(old, client, server)).toBe('invalid');
  keys.bindsServer = false;
  expect(keys.check(keys.make(client, server), client, server + 1)).toBe('current');
});

test('§4.1.3: what is remembered of a server is bounded and ages', () => {
  const cache = new FastOpenCache();
  const option = { cookie: new Uint8Array(8), experimental: false };
  const answer = { option, mss: 1400, unanswered: undefined, synLost: false } as const;
  for (let server = 0; server < 5_000; server++) cache.learn(server, answer, 0, server);
  expect(cache.size).toBe(1024);
  expect(cache.advise(0, 5_000)).toMatchObject({ option: undefined, mss: 0 });
  expect(cache.advise(4_999, 5_000)).toMatchObject({ option, mss: 1400 });
  expect(cache.advise(4_999, 5_000 + 24 * 60 * MINUTE)).toMatchObject({ option: undefined, mss: 1400 });
});

test('§4.1.3.1: the second lost SYN in a row blocks the path, each time for twice as long; success ends it', () => {
  const cache = new FastOpenCache();
  const lost = { option: undefined, mss: 1400, unanswered: undefined, synLost: true } as const;
  cache.learn(1, lost, MINUTE, 0);
  expect(cache.advise(1, 0)).toBeDefined();
  cache.learn(1, lost, MINUTE, 0);
  expect(cache.advise(1, MINUTE - 1)).toBeUndefined();
  expect(cache.advise(1, MINUTE)).toBeDefined();
  cache.swallowed(1, MINUTE, MINUTE);
  expect(cache.advise(1, 3 * MINUTE - 1)).toBeUndefined();
  cache.learn(1, { ...lost, synLost: false }, MINUTE, 3 * MINUTE);
  cache.swallowed(1, MINUTE, 3 * MINUTE);
  expect(cache.advise(1, 4 * MINUTE)).toBeDefined();
  for (let i = 0; i < 20; i++) cache.swallowed(1, MINUTE, 4 * MINUTE);
  expect(cache.advise(1, 4 * MINUTE + 64 * MINUTE)).toBeDefined();
});

test('§5.1: the queue counts what is pending, and resets for a minute', () => {
  const queue = new FastOpenQueue(2);
  queue.begin();
  expect(queue.hasRoom(0)).toBe(true);
  queue.begin();
  expect(queue.hasRoom(0)).toBe(false);
  queue.reset(0);
  queue.end();
  expect(queue.hasRoom(MINUTE - 1)).toBe(false);
  expect(queue.hasRoom(MINUTE)).toBe(true);
});
