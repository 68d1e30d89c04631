/** A host that gets its address while it runs, and loses it again: RFC 2131 §4.1, RFC 5227 §2.1. */
import { expect, test } from 'vitest';
import type { ArpEvent, ProbeTimes } from '../../src/stack/index.ts';
import { formatV4, ipv4, MILLISECOND, openUdp, parseInterfaceAddress, parseMac, parseV4, SECOND } from '../../src/stack/index.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import { A, arpFrame, B, macOf } from '../capture/frames.ts';
import { ipFrame, Station, udpMessage } from '../station.ts';

const NEW = '10.0.0.7';
const QUICK: ProbeTimes = { wait: 0, count: 2, min: 200 * MILLISECOND, max: 200 * MILLISECOND, announceWait: 200 * MILLISECOND };
const bare = (): Station => new Station({ acquainted: false, interface: { addresses: [] } });
const link = (s: Station) => s.stack.interfaces.get(1)!;
const offer = (port = 68): Uint8Array => udpMessage(67, port, Buffer.from('offer'));

test.each([
  { name: 'to the address that it is to have', spec: { to: NEW, payload: offer() }, heard: 1 },
  { name: 'to everybody', spec: { to: '255.255.255.255', mac: BROADCAST, payload: offer() }, heard: 1 },
  { name: 'to another port', spec: { to: NEW, payload: offer(69) }, heard: 0 },
  { name: 'too short for a port', spec: { to: NEW, payload: new Uint8Array(7) }, heard: 0 },
  { name: 'of another protocol', spec: { to: NEW, payload: offer(), protocol: 6 }, heard: 0 },
  { name: 'a fragment', spec: { to: NEW, payload: offer(), more: true }, heard: 0 },
  { name: 'to one address in a frame to many', spec: { to: NEW, payload: offer(), mac: BROADCAST }, heard: 0 },
])('RFC 2131 §4.1: who has no address yet hears what comes to its Ethernet address $name: $heard', ({ spec, heard }) => {
  const s = bare();
  const socket = openUdp(s.stack, { port: 68, interfaceId: 1 });
  s.sends(ipFrame(spec));
  expect(socket.receiveNow(new Uint8Array(9))).toBe(heard === 1 ? 5 : -1);
  s.expectsSilence();
});

test('who has an address hears of no other', () => {
  const s = new Station();
  const socket = openUdp(s.stack, { port: 68 });
  s.sends(ipFrame({ to: NEW, payload: offer() }));
  expect([socket.receiveNow(new Uint8Array(9)), s.stack.drops()]).toEqual([-1, { 'not for us': 1 }]);
});

test('an address that is taken away is not answered for any more, and what led through it is gone', () => {
  const s = new Station({ interface: { gateway: '10.0.0.254' } });
  s.also('192.0.2.1/24');
  s.passes(3 * SECOND);
  s.said(s.devices[1]);
  expect(s.stack.removeAddress(link(s), parseV4(B)!)).toBe(true);
  expect(s.stack.removeAddress(link(s), parseV4(B)!)).toBe(false);
  expect(s.stack.routes.list().map(({ prefix }) => `${prefix}`)).toEqual(['192.0.2.0/24']);
  expect(s.stack.addresses.list().map(({ address }) => formatV4(address))).toEqual(['192.0.2.1']);
  s.sends(arpFrame(arp.REQUEST, A, B));
  s.expectsSilence(SECOND);
});

test('of two addresses in one network the other one takes over: the way there and the gateway stay', () => {
  const s = new Station({ interface: { addresses: [`${B}/24`, '10.0.0.9/24'], gateway: '10.0.0.254' } });
  s.stack.removeAddress(link(s), parseV4(B)!);
  expect(s.stack.routes.list().map(({ prefix, source }) => [`${prefix}`, source && formatV4(source)])).toEqual([
    ['10.0.0.0/24', '10.0.0.9'],
    ['0.0.0.0/0', undefined],
  ]);
});

test('probing tells whoever listens: nobody has it, and what becomes ours is announced twice, not three times', () => {
  const s = bare();
  const heard: ArpEvent['kind'][] = [];
  link(s).arpListeners.add(({ kind, address }) => {
    heard.push(kind);
    s.stack.addAddress(link(s), parseInterfaceAddress(`${formatV4(address)}/24`));
  });
  link(s).arp.probe(parseV4(NEW)!, s.now, () => 0, QUICK);
  s.runs();
  s.expects(`ARP probe: who has ${NEW}?`);
  s.passes(200 * MILLISECOND);
  s.expects(`ARP probe: who has ${NEW}?`);
  s.passes(200 * MILLISECOND);
  expect(heard).toEqual(['address claimed']);
  s.expects('announcement');
  s.passes(2 * SECOND);
  s.expects('announcement');
  s.expectsSilence(SECOND);
});

test('probing finds the one who has it', () => {
  const s = bare();
  const heard: string[] = [];
  link(s).arpListeners.add(({ kind, address, mac }) => heard.push(`${kind} ${formatV4(address)} ${mac === macOf(A)}`));
  link(s).arp.probe(parseV4(A)!, s.now, () => 0, QUICK);
  s.runs();
  s.expects(`ARP probe: who has ${A}?`);
  s.sends(arpFrame(arp.REPLY, A, B));
  expect(heard).toEqual([`address in use ${A} true`]);
  s.expectsSilence(SECOND);
});

test('a neighbour entered by hand is sent to without a question', () => {
  const s = new Station();
  expect(link(s).arp.learn(parseV4(NEW)!, parseMac('02:00:00:00:00:77')!, s.now)).toBe(true);
  openUdp(s.stack, { port: 67 }).sendNow(offer(), { address: ipv4(NEW), port: 68 });
  s.runs();
  const frame = s.expects(`10.0.0.2:67 > ${NEW}:68`);
  expect([...frame.subarray(0, 6)]).toEqual([2, 0, 0, 0, 0, 0x77]);
});
