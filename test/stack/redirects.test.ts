/** ICMP redirects as a host takes them: a nearer router for one destination, for a while, and from nobody but its first hop. */
import { expect, test } from 'vitest';
import { SECOND } from '../../src/stack/time.ts';
import { formatV4, parseV4 } from '../../src/stack/wire/ip-address.ts';
import { A, arpFrame, B, pattern } from '../capture/frames.ts';
import type { IpSpec, StationOptions } from '../station.ts';
import { icmpMessage, ipFrame, packetOf, Station, udpMessage } from '../station.ts';

const [OTHER, TARGET] = ['10.0.0.3', '192.0.2.7'];
const quote = (to: string): Uint8Array => packetOf(ipFrame({ from: B, to, payload: udpMessage(1, 2, pattern(8)) }));
const redirect = (to: string, gateway: string, spec: IpSpec = {}): Uint8Array =>
  ipFrame({ protocol: 1, payload: icmpMessage(5, 1, parseV4(gateway)!, quote(to)), ...spec });

/** A host whose router is the station. */
const host = (options: StationOptions = {}): Station => {
  const s = new Station({ interface: { gateway: A }, ...options });
  s.sends(arpFrame(1, OTHER, B));
  s.said();
  return s;
};
/** By whom the host sends there now. */
const hopTo = (s: Station, to: string): string => formatV4(s.stack.routes.lookup(parseV4(to)!)?.gateway ?? 0);

test('RFC 1122 §3.2.2.2: the first hop names a nearer one: it is taken for that destination alone', () => {
  const s = host();
  s.sends(redirect(TARGET, OTHER));
  expect([hopTo(s, TARGET), hopTo(s, '192.0.2.8')]).toEqual([OTHER, A]);
  expect(s.stack.routes.list()[0]).toMatchObject({ origin: 'redirect' });
  s.stack.icmp.sendEcho({ destination: parseV4(TARGET)!, identifier: 1, sequence: 1, payload: pattern(4) }, s.now);
  const sent = s.expects('echo request');
  expect([...sent.subarray(2, 6)]).toEqual([10, 0, 0, 3]);
});

test('after five minutes the first router is asked again', () => {
  const s = host();
  s.sends(redirect(TARGET, OTHER));
  s.passes(299 * SECOND);
  expect(hopTo(s, TARGET)).toBe(OTHER);
  s.passes(2 * SECOND);
  expect(hopTo(s, TARGET)).toBe(A);
});

const DISCARDED: readonly (readonly [string, Uint8Array, StationOptions])[] = [
  ['from somebody else on the link', redirect(TARGET, OTHER, { from: '10.0.0.66' }), {}],
  ['to a router that is not on the link', redirect(TARGET, '10.9.0.1'), {}],
  ['to the host itself', redirect(TARGET, B), {}],
  ['to everybody', redirect(TARGET, '10.0.0.255'), {}],
  ['to the router that it comes from', redirect(TARGET, A), {}],
  ['where they are not wanted', redirect(TARGET, OTHER), { acceptRedirects: false }],
  ['by a router', redirect(TARGET, OTHER), { forwarding: {} }],
];
test.each(DISCARDED)('discarded: %s', (_, frame, options) => {
  const s = host(options);
  s.sends(frame);
  expect(hopTo(s, TARGET)).toBe(A);
  expect(Object.keys(s.stack.drops()).some((reason) => reason.startsWith('ICMP redirect'))).toBe(true);
});

test('a second word about the same destination takes the place of the first', () => {
  const s = host();
  s.sends(redirect(TARGET, OTHER));
  s.sends(redirect(TARGET, '10.0.0.4', { from: OTHER }));
  expect(hopTo(s, TARGET)).toBe('10.0.0.4');
  expect(s.stack.routes.list()).toHaveLength(3);
});

test('however many come, the table does not grow beyond 256 of them', () => {
  const s = host();
  for (let i = 0; i < 600; i++) s.sends(redirect(`192.0.${i >> 8}.${i & 255}`, OTHER));
  expect(s.stack.routes.list()).toHaveLength(256 + 2);
  expect([hopTo(s, '192.0.0.1'), hopTo(s, '192.0.2.80')]).toEqual([A, OTHER]);
});

test('a ping to everybody is answered where that is wanted, from the own address: what Smurf needs', () => {
  const s = host({ answerBroadcasts: true });
  s.sends(ipFrame({ protocol: 1, to: '10.0.0.255', payload: icmpMessage(8, 0, 1, pattern(4)) }));
  s.expects(`${B} > ${A}`);
});

test('RFC 1112: datagrams to a group arrive by the interface that joined it, until it is left', () => {
  const s = host();
  const endpoint = s.stack.udp.open({ port: 520 });
  if (typeof endpoint === 'string') throw new Error(endpoint);
  const frame = ipFrame({ to: '224.0.0.9', mac: 0x0100_5e00_0009 as never, payload: udpMessage(520, 520, pattern(8)) });
  const leave = s.stack.groups.join(parseV4('224.0.0.9')!, 1);
  const leaveAgain = s.stack.groups.join(parseV4('224.0.0.9')!, 1);
  s.sends(frame);
  expect(endpoint.nextLength).toBe(8);
  leave();
  leave();
  s.sends(frame);
  leaveAgain();
  s.sends(frame);
  expect([endpoint.queued.receive, s.stack.drops()]).toEqual([16, { 'multicast group not joined': 1 }]);
  expect(() => s.stack.groups.join(parseV4('10.0.0.9')!, 1)).toThrow('not a multicast group');
});
