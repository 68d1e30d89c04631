/** Source routes: RFC 9293 §3.9.2.1, RFC 791 §3.1, RFC 1122 §3.2.1.8 (c), RFC 7126 §4.3 and §4.4. */
import { expect, test } from 'vitest';
import type { SourceRoute } from '../../src/stack/index.ts';
import { ipv4, SECOND } from '../../src/stack/index.ts';
import { parseV4 } from '../../src/stack/wire/ip-address.ts';
import * as ip from '../../src/stack/wire/ipv4.ts';
import * as sourceRoute from '../../src/stack/wire/source-route.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import { ACK, PSH, SYN } from '../../src/stack/wire/tcp.ts';
import { A, B, tcpFrame } from '../capture/frames.ts';
import type { StationOptions } from '../station.ts';
import { icmpMessage, ipFrame, packetOf, payloadOf, Station, viewOf } from '../station.ts';

const FAR = '10.9.0.7';
const G1 = '10.8.0.1';
const octets = (address: string): number[] => address.split('.').map(Number);

/** LSRR or SSRR with a pointer, padded to words with a NOP in front. */
const option = (kind: number, pointer: number, ...addresses: readonly string[]): number[] => [
  1,
  kind,
  3 + 4 * addresses.length,
  pointer,
  ...addresses.flatMap(octets),
];
/** As it arrives: all routers are passed. */
const arrived = (...routers: readonly string[]): number[] => option(131, 4 + 4 * routers.length, ...routers);

/** The stack with a router at 10.0.0.1, and a listener on port 80. */
function host(options: StationOptions = { acceptSourceRoutes: true }): Station {
  const s = new Station({ interface: { gateway: A }, ...options });
  s.stack.tcp.listen(80);
  return s;
}

/** A segment from far away, in a packet with IP options. */
function segment(options: readonly number[], fields: Parameters<typeof tcpFrame>[0]): Uint8Array {
  return ipFrame({ from: FAR, to: B, protocol: 6, options, payload: payloadOf(tcpFrame({ from: FAR, to: B, ...fields })) });
}

interface Seen {
  readonly to: number;
  readonly options: number[];
  /** The TCP checksum counts the final destination, RFC 1122 §4.2.3.8 and RFC 9293 §3.1. */
  readonly isChecksumRight: boolean;
  readonly segment: tcp.Segment;
}

function seen(frame: Uint8Array, final: string): Seen {
  const packet = packetOf(frame);
  const view = viewOf(packet);
  const at = ip.headerLength(view, 0);
  const decoded = new tcp.Segment();
  tcp.decode(view, at, packet.length, decoded);
  expect(ip.isChecksumValid(view, 0)).toBe(true);
  return {
    to: ip.destination(view, 0),
    options: [...packet.subarray(ip.HEADER, at)],
    isChecksumRight: tcp.isChecksumValid(view, at, packet.length, ip.source(view, 0), parseV4(final)!),
    segment: decoded,
  };
}

const onlyFrame = (s: Station): Uint8Array => {
  const frames = s.device.outgoing.splice(0);
  expect(frames).toHaveLength(1);
  return frames[0]!;
};

test.each([
  ['loose', 131, { hops: [ipv4(A), ipv4(G1)] }],
  ['strict', 137, { strict: true, hops: [ipv4(A), ipv4(G1)] }],
] as const)('MUST-51, RFC 791 §3.1: an application connects by a %s source route', (_name, kind, route: SourceRoute) => {
  const s = host();
  s.stack.tcp.connect(ipv4(FAR), 80, s.now, { sourceRoute: route });
  s.runs();
  const { to, options, isChecksumRight, segment: syn } = seen(onlyFrame(s), FAR);
  expect(to).toBe(parseV4(A));
  expect(options).toEqual(option(kind, 4, G1, FAR));
  expect([isChecksumRight, syn.flags, syn.mss]).toEqual([true, SYN, 1460]);
});

test('MUST-51: nine hops fit; none, ten, and what is no host are refused in one line', () => {
  const s = host();
  const connect = (...hops: readonly string[]) =>
    s.stack.tcp.connect(ipv4(FAR), 80, s.now, { sourceRoute: { hops: hops.map(ipv4) } });
  connect(...Array.from({ length: 9 }, () => A));
  s.runs();
  expect(seen(onlyFrame(s), FAR).options).toHaveLength(40);
  expect(() => connect()).toThrow('a source route has 1 to 9 hops, not 0');
  expect(() => connect(...Array.from({ length: 10 }, () => A))).toThrow('a source route has 1 to 9 hops, not 10');
  expect(() => connect('224.0.0.1')).toThrow('224.0.0.1 cannot be a hop of a source route');
});

/** The handshake of a connection from far away by two routers. @returns our initial number */
function accepted(s: Station, options: readonly number[] = arrived(G1, A)): number {
  s.sends(segment(options, { flags: SYN, seq: 0, segment: { mss: 1460 } }));
  const { segment: answer } = seen(onlyFrame(s), FAR);
  s.sends(segment(options, { flags: ACK, seq: 1, ack: answer.seq + 1 }));
  return answer.seq;
}

test('MUST-53: a passive open answers by the way back, from its SYN-ACK on', () => {
  const s = host();
  s.sends(segment(arrived(G1, A), { flags: SYN, seq: 0 }));
  const { to, options, isChecksumRight, segment: answer } = seen(onlyFrame(s), FAR);
  expect(to).toBe(parseV4(A));
  expect(options).toEqual(option(131, 4, G1, FAR));
  expect([isChecksumRight, answer.flags]).toEqual([true, SYN | ACK]);
});

test('MUST-53: the strict kind stays strict; a sender that put itself in front is not visited twice', () => {
  const s = host();
  s.sends(segment(option(137, 16, FAR, G1, A), { flags: SYN, seq: 0 }));
  expect(seen(onlyFrame(s), FAR).options).toEqual(option(137, 4, G1, FAR));
});

test('SHLD-24: a route that comes later takes the place of the first, a segment without one does not', () => {
  const s = host();
  const isn = accepted(s);
  s.sends(segment([], { flags: ACK | PSH, seq: 1, ack: isn + 1, payload: new Uint8Array(1) }));
  expect(seen(onlyFrame(s), FAR).options).toEqual(option(131, 4, G1, FAR));
  s.sends(segment(arrived(A), { flags: ACK | PSH, seq: 2, ack: isn + 1, payload: new Uint8Array(1) }));
  const { to, options } = seen(onlyFrame(s), FAR);
  expect([to, options]).toEqual([parseV4(A), option(131, 4, FAR)]);
});

test('MUST-53: what is not accepted says nothing about the way back', () => {
  const s = host();
  const isn = accepted(s);
  s.sends(segment(arrived('10.8.0.66'), { flags: ACK, seq: 900_000, ack: isn + 1, payload: new Uint8Array(1) }));
  expect(seen(onlyFrame(s), FAR).options).toEqual(option(131, 4, G1, FAR));
  s.sends(segment(arrived('224.0.0.1'), { flags: ACK | PSH, seq: 1, ack: isn + 1, payload: new Uint8Array(1) }));
  expect(seen(onlyFrame(s), FAR).options).toEqual(option(131, 4, G1, FAR));
});

test('MUST-52: the route of the application is stronger than the one received', () => {
  const s = host();
  s.stack.tcp.listen(81, { sourceRoute: { hops: [ipv4(A)] } });
  s.sends(segment(arrived(G1, A), { flags: SYN, seq: 0, destinationPort: 81 }));
  expect(seen(onlyFrame(s), FAR).options).toEqual(option(131, 4, FAR));
});

test('MUST-16, §3.7.1: the options of IP are taken off the segment size', () => {
  const s = host();
  accepted(s);
  const [connection] = s.stack.tcp.connections();
  connection!.send(new Uint8Array(3000));
  s.runs();
  const sizes = s.device.outgoing.splice(0).map((frame) => packetOf(frame).length);
  expect(sizes.slice(0, 2)).toEqual([1500, 1500]);
});

test('MUST-54, RFC 791 §3.1: an error about a packet that was still on its route reaches the connection of its last destination', () => {
  const s = host();
  const connection = s.stack.tcp.connect(ipv4(FAR), 80, s.now, { sourceRoute: { hops: [ipv4(A), ipv4(G1)] } });
  s.runs();
  const quoted = packetOf(onlyFrame(s)).slice(0, 20 + 12 + 8);
  s.sends(ipFrame({ from: A, protocol: 1, payload: icmpMessage(3, 3, 0, quoted) }));
  expect([connection.state, connection.app.failure]).toEqual(['CLOSED', 'refused']);
});

test('MUST-54: nobody answers ARP for the first hop: the connection learns it', () => {
  const s = host();
  const connection = s.stack.tcp.connect(ipv4(FAR), 80, s.now, { sourceRoute: { hops: [ipv4('10.0.0.99')] } });
  s.passes(10 * SECOND);
  expect(connection.app.failure).toBe('host unreachable');
  s.said();
});

test('RFC 7126 §4.3: by default a packet with a source route is dropped by name', () => {
  const s = host({});
  s.sends(segment(arrived(G1, A), { flags: SYN, seq: 0 }));
  s.expectsSilence(SECOND);
  expect(s.stack.drops()).toEqual({ 'IP source route refused': 1 });
});

test('RFC 1122 §3.2.1.8: a host is no station on the way of others, whatever the pointer says', () => {
  const s = host();
  s.sends(segment(option(131, 4, FAR), { flags: SYN, seq: 0 }));
  s.sends(segment([1, 1, 131, 2], { flags: SYN, seq: 0 }));
  s.expectsSilence(SECOND);
  expect(s.stack.drops()).toEqual({ 'not for us': 2 });
});

test('RFC 791 §3.1: the way back of what is inserted, once the routers have done their work, is the way there turned round', () => {
  const bytes = new Uint8Array(60);
  const view = viewOf(bytes);
  const hops = ['10.1.0.1', '10.2.0.1', '10.3.0.1'].map(ipv4);
  const fields = { source: parseV4(B)!, destination: parseV4(FAR)!, protocol: 6, ttl: 64, trafficClass: 0, identification: 0 };
  ip.encode(view, 0, { ...fields, dontFragment: true }, 60);
  sourceRoute.insert(view, 0, { hops });
  for (const { w3 } of hops) {
    expect([sourceRoute.isUnderWay(view, 0), ip.destination(view, 0), ip.isChecksumValid(view, 0)]).toEqual([true, w3, true]);
    expect(sourceRoute.returnRoute(view, 0)).toBeUndefined();
    const pointer = view.getUint8(23);
    view.setInt32(16, view.getInt32(20 + pointer));
    view.setInt32(20 + pointer, w3);
    view.setUint8(23, pointer + 4);
    ip.updateChecksum(view, 0);
  }
  expect(ip.destination(view, 0)).toBe(parseV4(FAR));
  expect(sourceRoute.returnRoute(view, 0)).toEqual({ strict: false, hops: hops.toReversed() });
});
