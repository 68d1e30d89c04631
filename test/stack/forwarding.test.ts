/** A stack that forwards: what goes through, what becomes of it on the way, what is said about the rest, and its hooks. */
import { describe, expect, test } from 'vitest';
import { chainHooks } from '../../src/stack/host/packet-hooks.ts';
import type { PacketHooks } from '../../src/stack/index.ts';
import { parsePrefix } from '../../src/stack/ip/prefix.ts';
import { SECOND } from '../../src/stack/time.ts';
import { ipv4 as address, parseV4 } from '../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import { A, arpFrame, macOf, pattern } from '../capture/frames.ts';
import type { IpSpec, StationOptions, TestDevice } from '../station.ts';
import { fragmentsOf, icmpMessage, ipFrame, packetOf, Station, udpMessage, viewOf } from '../station.ts';

const FAR = '10.1.0.9';

interface Router {
  readonly s: Station;
  /** Behind it is 10.1.0.9, whom the router knows. */
  readonly far: TestDevice;
}

/** A router between the station's link, 10.0.0.0/24 (it is .2 there), and 10.1.0.0/24 (it is .1). */
function router(options: StationOptions = {}, mtu = 1500): Router {
  const s = new Station({ forwarding: {}, ...options });
  const far = s.also('10.1.0.1/24', {}, mtu);
  far.incoming.push(arpFrame(1, FAR, '10.1.0.1'));
  s.passes(3 * SECOND);
  s.said();
  s.said(far);
  return { s, far };
}

const udp = (spec: IpSpec = {}, length = 8): IpSpec => ({ to: FAR, payload: udpMessage(5000, 9, pattern(length)), ...spec });
const route = (s: Station, network: string, gateway: string, interfaceId: number): void =>
  s.stack.routes.add({ prefix: parsePrefix(network), gateway: parseV4(gateway)!, interfaceId });

test('RFC 1812 §5.3.1: only time to live and checksum differ on the other side', () => {
  const { s, far } = router();
  const frame = ipFrame(udp({ ttl: 17, identification: 77, dontFragment: true, trafficClass: 0xb8 }));
  s.sends(frame);
  const sent = packetOf(s.expects('UDP, 8 bytes', far));
  const wanted = packetOf(frame).slice();
  ipv4.setTtl(viewOf(wanted), 0, 16);
  expect(sent).toEqual(wanted);
  expect(s.stack.counters.forwarded).toBe(1);
});

test('it goes to the MAC of the next hop, from that of the port', () => {
  const { s, far } = router();
  route(s, '192.0.2.0/24', FAR, 2);
  s.sends(ipFrame(udp({ to: '192.0.2.7' })));
  const sent = viewOf(s.expects('192.0.2.7', far));
  expect([sent.getUint32(2), sent.getUint32(8)]).toEqual([parseV4(FAR)! >>> 0, parseV4('10.1.0.1')! >>> 0]);
});

const REFUSED: readonly (readonly [string, IpSpec, string])[] = [
  ['RFC 1812 §5.3.1: the last hop of a packet says so', { ttl: 1 }, 'time to live exceeded'],
  ['a time to live of zero as well', { ttl: 0 }, 'time to live exceeded'],
  ['RFC 1812 §4.3.3.1: no route', { to: '192.0.2.1' }, 'network unreachable'],
  ['RFC 1191 §4: how long it may be', { dontFragment: true, payload: udpMessage(1, 2, pattern(800)) }, 'fragmentation needed'],
  ['RFC 1812 §4.3.3.5: an option that is no option', { options: [7, 0, 0, 0] }, 'parameter problem'],
];
test.each(REFUSED)('%s', (_, spec, words) => {
  const { s, far } = router({}, 700);
  s.sends(ipFrame(udp(spec)));
  s.expects(words);
  expect(s.said(far)).toEqual([]);
});

const SILENT: readonly (readonly [string, IpSpec])[] = [
  ['a later fragment', { offset: 800, ttl: 1 }],
  ['an ICMP error', { ttl: 1, protocol: 1, payload: icmpMessage(3, 1, 0, packetOf(ipFrame())) }],
  ['a packet for one host in a frame to many', { mac: BROADCAST }],
  ['a packet from nobody', { from: '0.0.0.0' }],
  ['a packet to nobody', { to: '0.0.0.9' }],
  ['a packet for class E', { to: '240.0.0.1' }],
  ['a packet for a link of somebody', { to: '169.254.3.4' }],
  ['a packet to a group', { to: '224.0.0.9', mac: 0x0100_5e00_0009 as MacAddress }],
  ['RFC 2644: a packet for everybody behind it', { to: '10.1.0.255' }],
  ['a source route', { options: [131, 7, 4, 10, 1, 0, 9, 0] }],
];
test.each(SILENT)('%s is dropped without a word', (_, spec) => {
  const { s, far } = router();
  s.sends(ipFrame(udp(spec)));
  expect([s.said(), s.said(far)]).toEqual([[], []]);
  expect(Object.values(s.stack.drops())).toEqual([1]);
});

test('a host without forwarding passes on nothing', () => {
  const { s, far } = router({ forwarding: undefined });
  s.sends(ipFrame(udp()));
  expect([s.said(), s.said(far), s.stack.drops()]).toEqual([[], [], { 'not for us': 1 }]);
});

test('a silent router drops and says nothing, but answers for itself', () => {
  const { s } = router({ forwarding: { isSilent: true } });
  s.sends(ipFrame(udp({ ttl: 1 })), ipFrame(udp({ to: '192.0.2.1' })));
  s.sends(ipFrame({ protocol: 1, to: '10.1.0.1', payload: icmpMessage(8, 0, 1, pattern(4)) }));
  s.expects('echo reply');
  s.expectsSilence();
});

test('nobody answers for the next hop: the sender is told', () => {
  const { s, far } = router();
  s.sends(ipFrame(udp({ to: '10.1.0.77' })));
  s.passes(5 * SECOND);
  expect(s.said(far)).toHaveLength(3);
  s.expects('host unreachable');
});

test('too long for the next link and may be cut: pieces that fit, and all of it', () => {
  const { s, far } = router({}, 300);
  const frame = ipFrame(udp({}, 1000));
  s.sends(frame);
  const pieces = far.outgoing.splice(0).map(packetOf);
  expect(pieces.map((piece) => piece.length)).toEqual([300, 300, 300, 188]);
  const together = pieces.flatMap((piece) => [...piece.subarray(ipv4.HEADER)]);
  expect(Uint8Array.from(together)).toEqual(packetOf(frame).subarray(ipv4.HEADER));
});

test('RFC 2644 the other way: a directed broadcast goes to everybody where that is wanted', () => {
  const { s, far } = router({ forwarding: { directedBroadcasts: true } });
  s.sends(ipFrame(udp({ to: '10.1.0.255' })));
  const sent = viewOf(s.expects('10.1.0.255', far));
  expect([sent.getUint16(0), sent.getUint32(2)]).toEqual([0xffff, 0xffff_ffff]);
});

test('RFC 1812 §5.2.7.2: it leaves by the way it came: it is passed on, and the sender hears of the shorter way', () => {
  const { s } = router();
  s.sends(arpFrame(1, '10.0.0.3', '10.0.0.2'));
  s.said();
  route(s, '192.0.2.0/24', '10.0.0.3', 1);
  s.sends(ipFrame(udp({ to: '192.0.2.7' })));
  const redirect = viewOf(s.expects('redirect'));
  expect([redirect.getUint8(34), redirect.getUint8(35), redirect.getInt32(38)]).toEqual([5, 1, parseV4('10.0.0.3')]);
  s.expects('192.0.2.7');
  s.expectsSilence();
});

test('no redirect to a sender that is not on the link, nor where it is switched off', () => {
  for (const [forwarding, from] of [[{}, '10.9.0.1'] as const, [{ sendRedirects: false }, A] as const]) {
    const { s } = router({ forwarding });
    s.sends(arpFrame(1, '10.0.0.3', '10.0.0.2'));
    s.said();
    route(s, '192.0.2.0/24', '10.0.0.3', 1);
    route(s, '10.9.0.0/16', A, 1);
    s.sends(ipFrame(udp({ from, to: '192.0.2.7' })));
    s.expects('192.0.2.7');
    s.expectsSilence();
  }
});

test('RFC 791 §3.1, Record Route: the address by which it leaves is entered, until there is no room', () => {
  const { s, far } = router();
  s.sends(ipFrame(udp({ options: [7, 7, 4, 0, 0, 0, 0, 0] })), ipFrame(udp({ options: [7, 7, 8, 1, 2, 3, 4, 0] })));
  const [entered, full] = far.outgoing.splice(0).map((frame) => [...packetOf(frame).subarray(20, 28)]);
  expect([entered, full]).toEqual([
    [7, 7, 8, 10, 1, 0, 1, 0],
    [7, 7, 8, 1, 2, 3, 4, 0],
  ]);
});

test('routes that say no, each in its own words', () => {
  const { s } = router();
  const kinds = { '10.2.0.0/16': 'blackhole', '10.3.0.0/16': 'unreachable', '10.4.0.0/16': 'prohibit' } as const;
  for (const [network, kind] of Object.entries(kinds)) s.stack.routes.add({ prefix: parsePrefix(network), interfaceId: 0, kind });
  s.sends(...['10.2.0.1', '10.3.0.1', '10.4.0.1'].map((to) => ipFrame(udp({ to }))));
  expect(s.said().map((words) => words.split(': ').at(-1))).toEqual([
    expect.stringContaining('host unreachable'),
    expect.stringContaining('prohibited'),
  ]);
});

test('the longest prefix wins, then the lowest metric', () => {
  const { s, far } = router();
  const next = s.also('10.2.0.1/24');
  next.incoming.push(arpFrame(1, '10.2.0.9', '10.2.0.1'));
  s.runs();
  s.said(next);
  route(s, '192.0.0.0/16', FAR, 2);
  route(s, '192.0.2.0/24', '10.2.0.9', 3);
  s.stack.routes.add({ prefix: parsePrefix('192.0.0.0/16'), gateway: parseV4('10.2.0.9')!, interfaceId: 3, metric: 5 });
  s.sends(ipFrame(udp({ to: '192.0.2.1' })), ipFrame(udp({ to: '192.0.3.1' })));
  s.expects('192.0.2.1', next);
  s.expects('192.0.3.1', far);
});

describe('RFC 1027, proxy ARP', () => {
  const asked = (target: string, options: StationOptions = { interface: { proxyArp: true } }): string[] => {
    const { s } = router(options);
    s.sends(arpFrame(1, A, target));
    return s.said();
  };

  test('whoever is reached by another interface is answered for, with the address of the port', () => {
    const { s, far } = router({ interface: { proxyArp: true } });
    s.sends(arpFrame(1, A, FAR));
    s.expects(`${FAR} is at 02:00:0a:00:00:02`);
    s.sends(ipFrame(udp()));
    s.expects('UDP, 8 bytes', far);
  });

  test.each([
    ['somebody on the same link', '10.0.0.3', undefined],
    ['a network that no route leads to', '192.0.2.1', undefined],
    ['anybody, where it is not asked for', FAR, {}],
    ['an address of another port, which is ours', '10.1.0.1', undefined],
  ])('silence about %s', (_, target, options) => {
    expect(asked(target, options)).toEqual([]);
  });

  test('refused of a host that would not forward', () => {
    expect(() => new Station({ interface: { proxyArp: true } })).toThrow('does not forward');
  });
});

/** Every place writes down what it sees. */
function witness(seen: string[], name = ''): PacketHooks {
  const at = (place: string, view: DataView, network: number, start: number): string => {
    seen.push(`${name}${place} ttl ${ipv4.ttl(view, network)}${network === start ? '' : ' not at its header'}`);
    return 'accept';
  };
  return {
    prerouting: ({ view, network, start }, from) => at(`prerouting ${from.name}`, view, network, start),
    input: ({ view, network, start }, from) => at(`input ${from.name}`, view, network, start),
    forward: ({ view, network, start }, from, to) => at(`forward ${from.name} ${to.name}`, view, network, start),
    output: ({ view, network, start }, to) => at(`output ${to.name}`, view, network, start),
    postrouting: ({ view, network, start }, to) => at(`postrouting ${to.name}`, view, network, start),
  };
}

test('the hooks are asked in the order of netfilter: through the host, into it, and out of it', () => {
  const seen: string[] = [];
  const { s } = router({ hooks: witness(seen) });
  seen.length = 0;
  s.sends(ipFrame(udp()));
  expect(seen.splice(0)).toEqual(['prerouting eth0 ttl 64', 'forward eth0 eth1 ttl 64', 'postrouting eth1 ttl 63']);
  s.sends(ipFrame({ protocol: 1, payload: icmpMessage(8, 0, 1, pattern(4)), ttl: 9 }));
  expect(seen).toEqual(['prerouting eth0 ttl 9', 'input eth0 ttl 9', 'output eth0 ttl 64', 'postrouting eth0 ttl 64']);
});

test.each(['prerouting', 'input', 'forward', 'output', 'postrouting'] as const)('a rule in %s drops by its name', (place) => {
  const heard: string[] = [];
  const hooks = { [place]: () => 'no entry' };
  const { s, far } = router({ hooks, onDrop: (reason, _, rule) => heard.push(`${reason}: ${rule}`) });
  const echo = { protocol: 1, payload: icmpMessage(8, 0, 1, pattern(4)) };
  s.sends(place === 'input' || place === 'output' ? ipFrame(echo) : ipFrame(udp()));
  expect([s.said(), s.said(far)]).toEqual([[], []]);
  expect(s.stack.drops()).toEqual({ 'dropped by a rule': 1 });
  expect(heard).toEqual(place === 'output' ? [] : ['dropped by a rule: no entry']);
});

test('a hook that changes the destination changes the way', () => {
  const { s, far } = router({
    hooks: {
      prerouting: ({ view, network }) => {
        if (ipv4.destination(view, network) === parseV4('10.0.0.2')) view.setInt32(network + 16, parseV4(FAR)!);
        ipv4.updateChecksum(view, network);
        return 'accept';
      },
    },
  });
  s.sends(ipFrame({ ...udp(), to: '10.0.0.2' }));
  s.expects(`> ${FAR}`, far);
});

test('a hook that throws has dropped the packet, and the run goes on', () => {
  const errors: unknown[] = [];
  const bug = (): string => {
    throw new Error('bug');
  };
  const { s, far } = router({ hooks: { forward: bug }, onError: (error) => errors.push(error) });
  s.sends(ipFrame(udp()));
  expect([s.said(far), errors.length, s.stack.drops()]).toEqual([[], 1, { 'dropped by a rule': 1 }]);
});

test('whole datagrams: the hooks see one packet, the next link gets pieces of its own', () => {
  const lengths: number[] = [];
  const hooks: PacketHooks = {
    wholeDatagrams: true,
    prerouting: ({ length }) => {
      lengths.push(length);
      return 'accept';
    },
  };
  const { s, far } = router({ hooks }, 700);
  s.sends(...fragmentsOf(udp({}, 992), 400));
  expect(lengths).toEqual([1020]);
  expect(far.outgoing.splice(0).map((frame) => packetOf(frame).length)).toEqual([700, 340]);
});

test('fragments that a rule waits for in vain are not answered: they were for another', () => {
  const { s } = router({ hooks: { wholeDatagrams: true } });
  s.sends(fragmentsOf(udp({}, 992), 400)[0]!);
  s.expectsSilence(120 * SECOND);
});

test('several sets of hooks as one: in their order, and the first word against a packet counts', () => {
  const seen: string[] = [];
  const { s } = router({ hooks: chainHooks(witness(seen, '1 '), { forward: () => 'closed' }, witness(seen, '2 ')) });
  seen.length = 0;
  s.sends(ipFrame(udp()));
  expect(seen).toEqual(['1 prerouting eth0 ttl 64', '2 prerouting eth0 ttl 64', '1 forward eth0 eth1 ttl 64']);
});

test('refused: offload on a device of a host that forwards', () => {
  const { s } = router();
  const device = Object.assign(s.device, { offload: { checksum: true, gsoMaxSize: 0, usoMaxSize: 0 } });
  expect(() => s.stack.addInterface(device, { mac: macOf('10.7.0.1'), addresses: ['10.7.0.1/24'] })).toThrow('offload off');
});

test('an interface without an address takes part in nothing and breaks nothing', () => {
  const s = new Station({ forwarding: {} });
  s.stack.addInterface(s.device, { mac: macOf('10.8.0.1'), addresses: [] });
  s.sends(ipFrame(udp()));
  s.expects('network unreachable');
  expect(s.stack.udp.open({ address: address('10.0.0.2').w3, port: 9 })).toBeTypeOf('object');
});
