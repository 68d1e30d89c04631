/** Counts and queues of the handshake: how often, for how long, how many, and who gets them. */
import { expect, test } from 'vitest';
import { SipHash } from '../../../src/stack/bytes/siphash.ts';
import { deferredTimeouts } from '../../../src/stack/tcp/open/defer-accept.ts';
import { Listeners } from '../../../src/stack/tcp/open/listeners.ts';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation } from '../../conversation.ts';
import { twoHosts } from '../../two-hosts.ts';

test(
  'RFC 9293 §3.8.3: synRetries, TCP_SYNCNT: a SYN goes out so often again, and is given up a time-out later',
  conversation({ tcp: { synRetries: 2 } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.expectsAfter(1 * SECOND, SYN);
    peer.expectsAfter(2 * SECOND, SYN);
    peer.expectsSilence(4 * SECOND - 1);
    talk.is('SYN-SENT');
    peer.expectsSilence(1);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
  }),
);

test(
  'synLinearTimeouts: the first time-outs come at equal distances and count beside the others',
  conversation({ tcp: { synRetries: 2, synLinearTimeouts: 3 } }, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN);
    for (const wait of [1, 1, 1, 1, 2]) peer.expectsAfter(wait * SECOND, SYN);
    peer.expectsSilence(4 * SECOND);
    talk.is('CLOSED');
  }),
);

test(
  'RFC 9293 §3.8.3: synAckRetries: a SYN-ACK goes out so often again, and the half-open connection goes in silence',
  conversation({ tcp: { synAckRetries: 2 } }, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    peer.expectsAfter(1 * SECOND, SYN | ACK);
    peer.expectsAfter(2 * SECOND, SYN | ACK);
    peer.expectsSilence(4 * SECOND);
    talk.is('CLOSED');
    expect(listener.queued).toEqual({ halfOpen: 0, waiting: 0 });
  }),
);

test.each([
  [0, 0],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [7, 3],
  [10, 4],
  [100_000, 255],
])('deferAccept: %i s are %i time-outs of the SYN-ACK', (seconds, timeouts) => {
  expect(deferredTimeouts({ ...DEFAULTS, deferAccept: seconds * SECOND })).toBe(timeouts);
});

test(
  'deferAccept: text makes the connection',
  conversation({ tcp: { deferAccept: 10 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    expect(peer.sends(ACK, { seq: 1, ack: 1 })).toBe('no text yet: accepting is deferred');
    talk.is('SYN-RECEIVED');
    expect(listener.accept()).toBeUndefined();
    peer.expectsSilence(5 * SECOND); // it was acknowledged: no reason to send it again yet
    peer.sends(PSH | ACK, { seq: 1, ack: 1, payload: 100 });
    peer.expects(ACK, { ack: 101 });
    talk.is('ESTABLISHED');
    expect(listener.accept()).toBe(talk.connection);
    app.reads(100);
  }),
);

test(
  'deferAccept: a FIN without text is an end too',
  conversation({ tcp: { deferAccept: 10 * SECOND } }, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    peer.sends(FIN | ACK, { seq: 1, ack: 1 });
    peer.expects(ACK, { ack: 2 });
    talk.is('CLOSE-WAIT');
  }),
);

test(
  'deferAccept: when the time is over the SYN-ACK goes out once more, and a bare ACK will do',
  conversation({ tcp: { deferAccept: 3 * SECOND } }, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    peer.sends(ACK, { seq: 1, ack: 1 });
    peer.expectsSilence(3 * SECOND - 1);
    peer.expectsAfter(1, SYN | ACK);
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    expect(listener.accept()).toBe(talk.connection);
  }),
);

test(
  'deferAccept: a peer that never says more is given up when the SYN-ACKs are used up, not before the time is over',
  conversation({ tcp: { deferAccept: 7 * SECOND, synAckRetries: 1 }, silence: 2 * MINUTE }, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    peer.sends(ACK, { seq: 1, ack: 1 });
    peer.expectsSilence(7 * SECOND - 1);
    talk.is('SYN-RECEIVED');
    peer.expectsAfter(1, SYN | ACK);
    peer.expectsSilence(8 * SECOND);
    talk.is('CLOSED');
  }),
);

test.each([
  [10, 48],
  [100, 100],
])('minMss: by default an MSS of %i is taken for %i', (mss, taken) => {
  conversation({}, (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, mss });
    talk.peer.expects(SYN | ACK);
    talk.peer.sends(ACK, { seq: 1, ack: 1 });
    expect(talk.connection.agreement.sendMss).toBe(taken);
  })();
});

test(
  'minMss: FreeBSD believes nothing below 216',
  conversation({ tcp: { minMss: 216 } }, (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, mss: 100 });
    talk.peer.expects(SYN | ACK);
    talk.peer.sends(ACK, { seq: 1, ack: 1 });
    expect(talk.connection.agreement.sendMss).toBe(216);
  }),
);

test(
  'RFC 9293 §3.10.4: a listener closes with a half-open connection: nothing is said, and the rest of the handshake is reset',
  conversation({}, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    talk.tcp.unlisten(listener);
    talk.drain();
    peer.expectsSilence();
    peer.sends(ACK, { seq: 1, ack: 1 });
    peer.expects(RST, { seq: 1 });
  }),
);

test('reusePort: who shares a port shares its connections, each four-tuple always with the same one', () => {
  const listeners = new Listeners();
  const one = listeners.listen(80, { reusePort: true });
  const two = listeners.listen(80, { reusePort: true });
  expect(() => listeners.listen(80, {})).toThrow('port in use');
  expect(() => listeners.listen(81, {}) && listeners.listen(81, { reusePort: true })).toThrow('port in use');
  const hash = new SipHash([1, 2, 3, 4]);
  const chosen = Array.from({ length: 100 }, (_, i) => listeners.findShared(1, 80, hash.words(i)));
  expect(chosen).toEqual(Array.from({ length: 100 }, (_, i) => listeners.findShared(1, 80, hash.words(i))));
  expect(chosen.filter((l) => l === one).length).toBeGreaterThan(25);
  expect(chosen.filter((l) => l === two).length).toBeGreaterThan(25);
  const exact = listeners.listen(80, { reusePort: true, address: ipv4('10.0.0.1') });
  expect(listeners.findShared(ipv4('10.0.0.1').w3, 80, 7)).toBe(exact);
  listeners.unlisten(one);
  expect(listeners.findShared(1, 80, 0)).toBe(two);
  expect(listeners.findShared(1, 80, 1)).toBe(two);
});

test('reusePort: SYN cookies come back to the listener that sent them', () => {
  const { world, alice, bob } = twoHosts();
  const listeners = [1, 2].map(() => bob.tcp.listen(80, { reusePort: true, backlog: 2 }));
  const connections = Array.from({ length: 40 }, () => alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now));
  world.runForSync(2 * SECOND); // some wait in vain for an Ethernet address and try again after a second
  expect(connections.every(({ state }) => state === 'ESTABLISHED')).toBe(true);
  const counts = listeners.map(({ waiting }) => waiting);
  expect(counts.reduce((sum, count) => sum + count)).toBe(40);
  expect(Math.min(...counts)).toBeGreaterThan(5);
});

test(
  'RFC 9293 §3.10.7.4 first: another SYN outside the window of a half-open connection is told where we are, and changes nothing',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK);
    peer.sends(SYN, { seq: 1_000_000, mss: 500 });
    peer.expects(ACK, { seq: 1, ack: 1 });
    talk.is('SYN-RECEIVED');
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    expect(talk.connection.agreement.peerMss).toBe(1000);
  }),
);
