/** Datagrams that arrive: RFC 768, RFC 1122 §4.1. */
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { Datagram } from '../../../src/stack/udp/datagram-queue.ts';
import { READABLE } from '../../../src/stack/udp/endpoint.ts';
import { UDP_DROPS } from '../../../src/stack/udp/udp.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as wire from '../../../src/stack/wire/udp.ts';
import { arrives, GROUP, hear, newUdp, OURS, OURS_TOO, open, PEER, STRANGER, SUBNET_BROADCAST, text } from './two-hosts.ts';

test('RFC 768: a datagram reaches the endpoint on its port, with who sent it', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  expect(arrives(udp, {})).toBeUndefined();
  expect(server.takeEvents()).toBe(READABLE);
  expect(hear(server)).toEqual({ data: 'hello', address: PEER, port: 1234, localAddress: OURS });
  expect(hear(server)).toBeUndefined();
  expect(server.takeEvents()).toBe(0);
});

for (const { name, arrival, reason } of [
  { name: 'RFC 1122 §4.1.3.1: nobody on the port', arrival: { port: 54 }, reason: 'no such port' },
  { name: 'destination port 0 is nobody either', arrival: { port: 0 }, reason: 'no such port' },
  {
    name: 'RFC 1122 §4.1.3.4: a wrong checksum',
    arrival: { spoil: (packet: Packet, at: number) => packet.view.setUint8(at + wire.HEADER, 0) },
    reason: 'UDP checksum wrong',
  },
  {
    name: 'RFC 768: a wrong address in the pseudo-header',
    arrival: {
      to: OURS_TOO,
      spoil: (packet: Packet, at: number) => packet.view.setUint16(at + 6, packet.view.getUint16(at + 6) ^ 0x100),
    },
    reason: 'UDP checksum wrong',
  },
  {
    name: 'a length longer than the IP payload',
    arrival: { spoil: (packet: Packet, at: number) => packet.view.setUint16(at + 4, 14) },
    reason: 'UDP header too short or its length wrong',
  },
  {
    name: 'a length shorter than the header',
    arrival: { spoil: (packet: Packet, at: number) => packet.view.setUint16(at + 4, 7) },
    reason: 'UDP header too short or its length wrong',
  },
  {
    name: 'less than a header',
    arrival: {
      spoil: (packet: Packet) => {
        packet.end = packet.start + 7;
      },
    },
    reason: 'UDP header too short or its length wrong',
  },
  {
    name: 'RFC 1122 §4.1.3.6: from the limited broadcast',
    arrival: { from: -1 },
    reason: 'UDP source is a broadcast or multicast address',
  },
  { name: 'RFC 1122 §4.1.3.6: from a group', arrival: { from: GROUP }, reason: 'UDP source is a broadcast or multicast address' },
] as const) {
  test(`${name}: ${reason}`, () => {
    const udp = newUdp();
    const server = open(udp, { port: 53 });
    expect(arrives(udp, arrival)).toBe(reason);
    expect(UDP_DROPS).toContain(reason);
    expect([server.takeEvents(), server.nextLength]).toEqual([0, -1]);
  });
}

test('RFC 768: a checksum of zero means that there is none', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  expect(arrives(udp, { spoil: (packet, at) => packet.view.setUint16(at + 6, 0) })).toBeUndefined();
  expect(hear(server)?.data).toBe('hello');
});

test('a device that has checked the sum is believed', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  const spoil = (packet: Packet, at: number): void => {
    packet.view.setUint16(at + 6, 1);
    packet.checksumVouched = true;
  };
  expect(arrives(udp, { spoil })).toBeUndefined();
  expect(hear(server)?.data).toBe('hello');
});

test('RFC 768: source port zero is allowed', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  expect(arrives(udp, { fromPort: 0 })).toBeUndefined();
  expect(hear(server)?.port).toBe(0);
});

test('bytes behind the length in the header are not part of the datagram', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  expect(arrives(udp, { trailing: 13 })).toBeUndefined();
  expect(hear(server)?.data).toBe('hello');
});

for (const length of [0, 1, 65_507]) {
  test(`a datagram of ${length} bytes is delivered whole`, () => {
    const udp = newUdp();
    const server = open(udp, { port: 53 });
    expect(arrives(udp, { data: new Uint8Array(length).fill(65) })).toBeUndefined();
    expect(server.nextLength).toBe(length);
    const into = new Uint8Array(length);
    const about = new Datagram();
    expect(server.receive(into, about)).toBe(true);
    expect([about.length, into.every((byte) => byte === 65)]).toEqual([length, true]);
  });
}

test('the bytes are copied: the packet may be used again at once (windows95 PR 363)', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  let packet = new Packet(0);
  arrives(udp, { spoil: (used) => (packet = used) });
  packet.bytes.fill(0);
  expect(hear(server)?.data).toBe('hello');
});

test('RFC 1122 §4.1.4: the TTL and traffic class that it came with are told, when its IP header is at hand', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53 });
  arrives(udp, {
    spoil: (packet, at) => {
      packet.network = at - 40; // anywhere in front: only the mark counts
      const fields = {
        source: PEER,
        destination: OURS,
        protocol: 17,
        ttl: 7,
        trafficClass: 0xb9,
        identification: 1,
        dontFragment: true,
      };
      ipv4.encode(packet.view, packet.network, fields, 33);
    },
  });
  arrives(udp, {});
  const about = new Datagram();
  server.receive(new Uint8Array(5), about);
  expect([about.ttl, about.trafficClass, about.dontFragment]).toEqual([7, 0xb9, true]);
  server.receive(new Uint8Array(5), about);
  expect([about.ttl, about.trafficClass, about.dontFragment]).toEqual([0, 0, false]);
});

test('a full queue drops what comes, by name and counted, and takes again when there is room', () => {
  const udp = newUdp();
  const limits = { receive: { bytes: 12, datagrams: 10 }, send: { bytes: 12, datagrams: 10 } };
  const server = open(udp, { port: 53, limits });
  expect([arrives(udp, {}), arrives(udp, {}), arrives(udp, {})]).toEqual([undefined, undefined, 'UDP receive queue full']);
  expect(server.overflows).toBe(1);
  hear(server);
  expect(arrives(udp, { data: text('again') })).toBeUndefined();
  expect([hear(server)?.data, hear(server)?.data, hear(server)]).toEqual(['hello', 'again', undefined]);
});

test('empty datagrams are bounded too', () => {
  const udp = newUdp();
  const limits = { receive: { bytes: 1_000, datagrams: 3 }, send: { bytes: 1, datagrams: 1 } };
  open(udp, { port: 53, limits });
  const results = Array.from({ length: 4 }, () => arrives(udp, { data: new Uint8Array(0) }));
  expect(results).toEqual([undefined, undefined, undefined, 'UDP receive queue full']);
});

test('a connected endpoint hears its peer only; others on the port hear the rest', () => {
  const udp = newUdp();
  const server = open(udp, { port: 53, reuse: true });
  const session = open(udp, { port: 53, reuse: true });
  session.connect(PEER, 1234);
  expect(arrives(udp, { data: text('mine') })).toBeUndefined();
  expect(arrives(udp, { data: text('other port'), fromPort: 1235 })).toBeUndefined();
  expect(arrives(udp, { data: text('other host'), from: STRANGER })).toBeUndefined();
  expect([hear(session)?.data, hear(session)]).toEqual(['mine', undefined]);
  expect([hear(server)?.data, hear(server)?.data, hear(server)]).toEqual(['other port', 'other host', undefined]);
});

test('a connected endpoint alone on its port is no such port to strangers, until it disconnects', () => {
  const udp = newUdp();
  const session = open(udp, { port: 53, address: OURS });
  session.connect(PEER, 1234);
  expect(session.isConnected).toBe(true);
  expect(arrives(udp, { fromPort: 1 })).toBe('no such port');
  session.disconnect();
  expect(session.isConnected).toBe(false);
  expect(arrives(udp, { fromPort: 1 })).toBeUndefined();
  expect(arrives(udp, { to: OURS_TOO })).toBe('no such port'); // still bound to what it was opened with
});

test('a local address that was chosen by connecting is given up by disconnecting', () => {
  const udp = newUdp();
  const session = open(udp, { port: 53 });
  session.connect(PEER, 1234, OURS);
  expect(arrives(udp, { to: OURS_TOO })).toBe('no such port');
  session.disconnect();
  expect(arrives(udp, { to: OURS_TOO })).toBeUndefined();
});

test('connecting again changes the peer', () => {
  const udp = newUdp();
  const session = open(udp, { port: 53 });
  session.connect(PEER, 1);
  session.connect(PEER, 2, OURS);
  expect([arrives(udp, { fromPort: 1 }), arrives(udp, { fromPort: 2 })]).toEqual(['no such port', undefined]);
  expect(udp.size).toBe(1);
  for (const [address, port] of [
    [0, 1],
    [PEER, 0],
    [PEER, 65_536],
  ] as const) {
    expect(() => session.connect(address, port)).toThrow('a peer has');
  }
});

test('RFC 1122 §4.1.3.5: one of several endpoints is chosen by the address that the datagram was sent to', () => {
  const udp = newUdp();
  const first = open(udp, { port: 53, address: OURS });
  const second = open(udp, { port: 53, address: OURS_TOO });
  arrives(udp, { to: OURS_TOO });
  expect([hear(first), hear(second)?.localAddress]).toEqual([undefined, OURS_TOO]);
});

for (const { name, length, size, heard } of [
  { name: 'equal ones', length: 12, size: 4, heard: [4, 4, 4] },
  { name: 'a shorter last one', length: 13, size: 4, heard: [4, 4, 4, 1] },
  { name: 'one only, as short as it may be', length: 3, size: 4, heard: [3] },
  { name: 'a byte each', length: 3, size: 1, heard: [1, 1, 1] },
]) {
  test(`a packet that nobody has cut yet holds several datagrams, each received by itself: ${name}`, () => {
    const udp = newUdp();
    const endpoint = open(udp, { port: 53 });
    const data = text('abcdefghijklmnopq'.slice(0, length));
    const joined = (packet: Packet): void => {
      packet.gsoSize = size;
    };
    expect(arrives(udp, { data, spoil: joined })).toBeUndefined();
    expect(endpoint.takeEvents()).toBe(READABLE);
    const all = heard.map(() => hear(endpoint));
    expect(all.map((each) => each?.data.length)).toEqual(heard);
    expect(all.map((each) => each?.data).join('')).toBe('abcdefghijklmnopq'.slice(0, length));
    expect(new Set(all.map((each) => `${each?.address} ${each?.port} ${each?.localAddress}`)).size).toBe(1);
    expect(hear(endpoint)).toBeUndefined();
  });
}

test('of a packet that holds several datagrams the queue takes what it has room for, and every lost one is counted', () => {
  const udp = newUdp();
  const limits = { receive: { bytes: 100, datagrams: 3 }, send: { bytes: 10, datagrams: 1 } };
  const endpoint = open(udp, { port: 53, limits });
  const joined = (packet: Packet): void => {
    packet.gsoSize = 2;
  };
  expect(arrives(udp, { data: text('aabbccddee'), spoil: joined })).toBe('UDP receive queue full');
  expect([udp.lost, endpoint.overflows]).toEqual([2, 2]);
  expect([1, 2, 3, 4].map(() => hear(endpoint)?.data)).toEqual(['aa', 'bb', 'cc', undefined]);
});

test('a broadcast reaches every endpoint on the port that is not bound elsewhere or connected to another', () => {
  const udp = newUdp();
  const options = { port: 53, reuse: true };
  const anyone = open(udp, options);
  const another = open(udp, options);
  const listener = open(udp, { ...options, address: SUBNET_BROADCAST });
  const peersOwn = open(udp, options);
  peersOwn.connect(PEER, 1234);
  const bound = open(udp, { ...options, address: OURS });
  const strangersOwn = open(udp, options);
  strangersOwn.connect(STRANGER, 1234);
  const otherPort = open(udp, { port: 54 });
  expect(arrives(udp, { to: SUBNET_BROADCAST, toMany: true })).toBeUndefined();
  for (const endpoint of [anyone, another, listener, peersOwn]) {
    expect([hear(endpoint)?.data, hear(endpoint)]).toEqual(['hello', undefined]);
  }
  for (const endpoint of [bound, strangersOwn, otherPort]) expect(hear(endpoint)).toBeUndefined();
});

test('a broadcast that nobody or no queue takes says so; one taker is enough', () => {
  const udp = newUdp();
  const limits = { receive: { bytes: 10, datagrams: 1 }, send: { bytes: 10, datagrams: 1 } };
  const broadcast = { to: GROUP, toMany: true };
  expect(arrives(udp, broadcast)).toBe('no such port');
  const full = open(udp, { port: 53, reuse: true, limits });
  expect([arrives(udp, broadcast), arrives(udp, broadcast)]).toEqual([undefined, 'UDP receive queue full']);
  open(udp, { port: 53, reuse: true });
  expect([arrives(udp, broadcast), full.overflows]).toEqual([undefined, 2]);
  const fullToo = open(udp, { port: 53, reuse: true, limits });
  arrives(udp, broadcast);
  expect([arrives(udp, broadcast), fullToo.overflows]).toEqual([undefined, 1]); // in whatever order they are asked
});

test('a closed endpoint hears nothing, has forgotten what waited, and its port is free', () => {
  const udp = newUdp();
  const endpoint = open(udp, { port: 53 });
  arrives(udp, {});
  endpoint.close();
  endpoint.close();
  expect([endpoint.isClosed, endpoint.nextLength, hear(endpoint)]).toEqual([true, -1, undefined]);
  expect(arrives(udp, {})).toBe('no such port');
  endpoint.connect(PEER, 1234); // does not come back to life
  expect(arrives(udp, {})).toBe('no such port');
  open(udp, { port: 53 });
});
