/** SYN cookies: RFC 4987 §3.6. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SipHash } from '../../../src/stack/bytes/siphash.ts';
import { SynCookies } from '../../../src/stack/tcp/open/syn-cookies.ts';
import { SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { add, seq } from '../../../src/stack/wire/seq.ts';
import { ACK, Segment, SYN } from '../../../src/stack/wire/tcp.ts';
import { twoHosts } from '../../two-hosts.ts';

const ID = { local: 0x0a000002, localPort: 80, remote: 0x0a000001, remotePort: 40_000 };

function syn(values: Partial<Segment> = {}): Segment {
  return Object.assign(new Segment(), { flags: SYN, seq: seq(-5), mss: 1460, ...values });
}

/** The third segment of the handshake that `cookie` answered. */
function ack(of: Segment, cookie: number, values: Partial<Segment> = {}): Segment {
  return Object.assign(new Segment(), { flags: ACK, seq: add(of.seq, 1), ack: add(seq(cookie), 1), ...values });
}

const cookies = (): SynCookies => new SynCookies(new SipHash([1, 2, 3, 4]));

test.each([
  [100, 536],
  [536, 536],
  [1219, 1024],
  [1440, 1440],
  [1460, 1460],
  [9000, 8960],
])('RFC 4987 §3.6: an MSS of %i is remembered as %i', (mss, remembered) => {
  const first = syn({ mss });
  expect(cookies().check(ID, ack(first, cookies().make(ID, first, 0)), 0)?.mss).toBe(remembered);
});

test('a cookie is good in its period and the next, and for nobody else', () => {
  const first = syn();
  const made = cookies().make(ID, first, 60 * SECOND);
  const check = (now: number, id = ID, segment = ack(first, made)): boolean => cookies().check(id, segment, now) !== undefined;
  expect(check(60 * SECOND)).toBe(true);
  expect(check(127 * SECOND)).toBe(true);
  expect(check(128 * SECOND)).toBe(false);
  expect(check(60 * SECOND, { ...ID, remotePort: 40_001 })).toBe(false);
  expect(check(60 * SECOND, { ...ID, remote: ID.remote + 1 })).toBe(false);
  expect(check(60 * SECOND, ID, ack(syn({ seq: seq(7) }), made))).toBe(false);
  expect(new SynCookies(new SipHash([1, 2, 3, 5])).check(ID, ack(first, made), 60 * SECOND)).toBeUndefined();
});

test('what is guessed is not believed', () => {
  const tried = cookies();
  let believed = 0;
  for (let guess = 0; guess < 20_000; guess++) if (tried.check(ID, ack(syn(), Math.imul(guess, 0x9e3779b1)), 0)) believed++;
  expect(believed).toBe(0); // one in 2^24 for each of two periods in 32
});

test('the timestamp carries window shift and SACK, and never runs ahead of the clock', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.integer({ min: -1, max: 14 }), fc.boolean(), (value, windowShift, sackPermitted) => {
      const first = syn({ windowShift, sackPermitted, hasTimestamps: true });
      const tsEcho = cookies().timestamp(value, first);
      const behind = (value - tsEcho) | 0;
      expect(behind >= 0 && behind < 128).toBe(true);
      const remembered = cookies().check(ID, ack(first, cookies().make(ID, first, 0), { hasTimestamps: true, tsEcho }), 0);
      expect(remembered).toMatchObject({ windowShift, sackPermitted });
    }),
  );
});

test('a full backlog turns nobody away: all connections are established and keep their options', () => {
  const { world, alice, bob } = twoHosts();
  const listener = bob.tcp.listen(80, { backlog: 30 });
  let accepted = 0;
  let halfOpen = 0;
  const shifts = new Set<number>();
  listener.owner = {
    notify: () => {
      for (let one = listener.accept(); one !== undefined; one = listener.accept()) {
        accepted++;
        shifts.add(one.agreement.sendShift);
      }
    },
  };
  // without an application on the other side of the cable nobody accepts between two SYNs of one instant
  const clients = Array.from({ length: 100 }, () => alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now));
  world.stepUntil(() => {
    halfOpen = Math.max(halfOpen, listener.queued.halfOpen);
    return accepted === 100;
  });
  expect(halfOpen).toBe(30);
  expect(listener.cookieAt).toBeGreaterThanOrEqual(0);
  expect(clients.every(({ state }) => state === 'ESTABLISHED')).toBe(true);
  expect([...shifts]).toEqual([clients[0]?.agreement.receiveShift]);
  expect(clients.every(({ agreement }) => agreement.sack && agreement.timestamps)).toBe(true);
});

test('without cookies a full backlog drops the SYN, which comes again', () => {
  const { world, alice, bob } = twoHosts();
  const listener = bob.tcp.listen(80, { backlog: 1, synCookies: false });
  listener.owner = { notify: () => void listener.accept() };
  const clients = [1, 2].map(() => alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now));
  world.runForSync(500_000);
  expect(clients.map(({ state }) => state)).toEqual(['ESTABLISHED', 'SYN-SENT']);
  world.runForSync(2 * SECOND);
  expect(clients.map(({ state }) => state)).toEqual(['ESTABLISHED', 'ESTABLISHED']);
  expect(listener.refused).toBe(1);
});
