/** Datagrams that are sent, ports that are opened, and errors that come back: RFC 768, RFC 1122 §4.1.3. */
import { expect, test } from 'vitest';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { FAILED, MAX_PAYLOAD, READABLE, WRITABLE } from '../../../src/stack/udp/endpoint.ts';
import { Udp, UdpOut } from '../../../src/stack/udp/udp.ts';
import { LIMITED_BROADCAST } from '../../../src/stack/wire/ip-address.ts';
import * as wire from '../../../src/stack/wire/udp.ts';
import { arrives, GROUP, host, newUdp, OURS, OURS_TOO, open, PEER, STRANGER, SUBNET_BROADCAST, sent, text } from './two-hosts.ts';

const smallQueue = { receive: { bytes: 10, datagrams: 2 }, send: { bytes: 10, datagrams: 2 } };

test('RFC 768: what is sent has both ports, its length and an open checksum, and the fields of its IP header', () => {
  const udp = newUdp();
  const client = open(udp, { port: 4_000 });
  expect(udp.wantsToSend).toBe(false);
  expect(client.send(text('hello'), PEER, 53)).toBe('queued');
  expect(udp.wantsToSend).toBe(true);
  const [only, ...others] = sent(udp);
  expect(others).toEqual([]);
  const { packet, fields } = only!;
  expect({ ...fields }).toEqual({
    source: OURS,
    destination: PEER,
    protocol: 17,
    ttl: 64,
    trafficClass: 0,
    identification: 0,
    interfaceId: 0,
    dontFragment: false,
    sourcePort: 4_000,
    destinationPort: 53,
  });
  expect([packet.start, packet.transport, packet.payload]).toEqual([packet.transport, packet.payload - 8, packet.end - 5]);
  const at = packet.transport;
  expect([wire.sourcePort(packet.view, at), wire.destinationPort(packet.view, at), wire.length(packet.view, at)]).toEqual([
    4_000, 53, 13,
  ]);
  expect(wire.checksumField(packet.view, at)).toBe(0);
  expect(only!.data).toBe('hello');
});

test('what one host sends the other hears', () => {
  const [left, right] = [newUdp(), newUdp()];
  const client = open(left, { port: 4_000 });
  const server = open(right, { port: 53 });
  client.send(text('question'), PEER, 53);
  for (const { packet, fields } of sent(left)) {
    expect(right.onDatagram(packet, packet.transport, packet.end, fields.source, fields.destination, false)).toBeUndefined();
  }
  expect(server.nextLength).toBe(8);
});

test('a connected endpoint needs no destination, and sends from the address it chose', () => {
  const udp = newUdp();
  const client = open(udp);
  client.connect(PEER, 53, OURS_TOO);
  expect(client.send(text('a'))).toBe('queued');
  expect(client.send(text('b'), STRANGER, 99)).toBe('queued'); // an explicit one still goes first
  expect(sent(udp).map(({ fields }) => [fields.source, fields.destination, fields.destinationPort])).toEqual([
    [OURS_TOO, PEER, 53],
    [OURS_TOO, STRANGER, 99],
  ]);
});

test('RFC 1122 §4.1.3.5: an answer can be sent from the address that the question was sent to', () => {
  const udp = newUdp();
  open(udp).send(text('a'), PEER, 53, OURS_TOO);
  expect(sent(udp)[0]?.fields.source).toBe(OURS_TOO);
});

for (const { name, from } of [
  { name: 'a subnet broadcast', from: SUBNET_BROADCAST },
  { name: 'the limited broadcast', from: LIMITED_BROADCAST },
  { name: 'a group', from: GROUP },
]) {
  test(`RFC 1122 §4.1.3.6: who listens on ${name} sends from an address of the host`, () => {
    const udp = newUdp();
    open(udp, { address: from }).send(text('a'), PEER, 53);
    expect(sent(udp)[0]?.fields.source).toBe(OURS);
  });
}

for (const { name, destination, port, length, result } of [
  { name: 'the longest datagram', destination: PEER, port: 53, length: MAX_PAYLOAD, result: 'queued' },
  { name: 'one byte more', destination: PEER, port: 53, length: MAX_PAYLOAD + 1, result: 'message too long' },
  { name: 'port 0', destination: PEER, port: 0, length: 1, result: 'destination port is 0' },
  { name: 'no address', destination: 0, port: 53, length: 1, result: 'no destination' },
  { name: 'the limited broadcast', destination: LIMITED_BROADCAST, port: 53, length: 1, result: 'broadcast not permitted' },
  { name: 'a subnet broadcast', destination: SUBNET_BROADCAST, port: 53, length: 1, result: 'broadcast not permitted' },
  { name: 'a group needs no permission', destination: GROUP, port: 53, length: 1, result: 'queued' },
] as const) {
  test(`send: ${name}: ${result}`, () => {
    const udp = newUdp();
    expect(open(udp).send(new Uint8Array(length), destination, port)).toBe(result);
    const out = sent(udp);
    expect(out.map(({ packet }) => packet.end - packet.payload)).toEqual(result === 'queued' ? [length] : []);
  });
}

test('without a peer there is no default destination', () => {
  expect(open(newUdp()).send(text('a'))).toBe('no destination');
});

test('who asks for broadcast may broadcast', () => {
  const udp = newUdp();
  const endpoint = open(udp, { port: 68 });
  endpoint.options.broadcast = true;
  expect(endpoint.send(text('a'), LIMITED_BROADCAST, 67)).toBe('queued');
  expect(endpoint.send(text('a'), SUBNET_BROADCAST, 67)).toBe('queued');
  expect(sent(udp)).toHaveLength(2);
});

test('a host without an address may send from 0.0.0.0', () => {
  const udp = new Udp({ ...host, sourceFor: () => 0 }, new SeededRandom(1));
  const endpoint = open(udp, { port: 68 });
  endpoint.options.broadcast = true;
  endpoint.send(text('discover'), LIMITED_BROADCAST, 67);
  expect(sent(udp)[0]?.fields.source).toBe(0);
});

test('options are those of the moment of sending, as a traceroute needs; RFC 1112 §6.1: a group gets TTL 1', () => {
  const udp = newUdp();
  const endpoint = open(udp);
  for (const ttl of [1, 2, 255]) {
    endpoint.options.ttl = ttl;
    endpoint.options.trafficClass = ttl;
    endpoint.options.dontFragment = ttl === 2;
    endpoint.send(text('a'), PEER, 33_434);
  }
  endpoint.send(text('a'), GROUP, 5_353);
  expect(sent(udp).map(({ fields }) => [fields.ttl, fields.trafficClass, fields.dontFragment])).toEqual([
    [1, 1, false],
    [2, 2, true],
    [255, 255, false],
    [1, 255, false],
  ]);
});

test('a full queue takes nothing, and says when there is room again', () => {
  const udp = newUdp();
  const endpoint = open(udp, { limits: smallQueue });
  const results = ['a', 'b', 'c'].map((letter) => endpoint.send(text(letter), PEER, 53));
  expect(results).toEqual(['queued', 'queued', 'queue full']);
  expect(endpoint.takeEvents()).toBe(0);
  expect(sent(udp).map(({ data }) => data)).toEqual(['a', 'b']);
  expect(endpoint.takeEvents()).toBe(WRITABLE);
  endpoint.send(text('d'), PEER, 53);
  expect(sent(udp)).toHaveLength(1);
  expect(endpoint.takeEvents()).toBe(0); // nobody was waiting
});

test('the host is woken when there begins to be something to send, not for every datagram', () => {
  let woken = 0;
  const udp = new Udp({ ...host, wake: () => woken++ }, new SeededRandom(1));
  const endpoint = open(udp);
  expect(woken).toBe(0);
  endpoint.send(text('a'), PEER, 53);
  endpoint.send(text('b'), PEER, 53);
  expect(woken).toBe(1);
  sent(udp);
  woken = 0;
  endpoint.send(text('c'), PEER, 53);
  expect(woken).toBe(1);
});

test('endpoints take turns', () => {
  const udp = newUdp();
  const [a, b] = [open(udp), open(udp)];
  for (const letter of ['1', '2', '3']) a.send(text(`a${letter}`), PEER, 53);
  b.send(text('b1'), PEER, 53);
  expect(sent(udp).map(({ data }) => data)).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('what was sent before close is still sent; after it nothing is taken', () => {
  const udp = newUdp();
  const endpoint = open(udp, { port: 4_000 });
  endpoint.send(text('bye'), PEER, 53);
  endpoint.send(text('bye bye'), PEER, 53);
  endpoint.close();
  expect(endpoint.send(text('late'), PEER, 53)).toBe('closed');
  expect(sent(udp).map(({ data, fields }) => [data, fields.sourcePort])).toEqual([
    ['bye', 4_000],
    ['bye bye', 4_000],
  ]);
});

test('no route is told to who sent, and does not hold up the others', () => {
  const udp = newUdp();
  const endpoint = open(udp);
  endpoint.send(text('lost'), STRANGER, 53);
  endpoint.send(text('found'), PEER, 53);
  expect(sent(udp).map(({ data }) => data)).toEqual(['found']);
  expect(endpoint.takeEvents()).toBe(FAILED);
  expect(endpoint.takeFailure()).toEqual({ reason: 'no route', address: STRANGER, port: 53 });
  expect(endpoint.takeFailure()).toBeUndefined();
});

test('a packet too small for the datagram is our own mistake', () => {
  const udp = newUdp();
  open(udp).send(new Uint8Array(2_000), PEER, 53);
  expect(() => udp.pollTransmit(new Packet(1_700), new UdpOut())).toThrow('too small');
});

test('RFC 1122 §4.1.3.3: an ICMP error reaches the endpoint that caused it, and no other', () => {
  const udp = newUdp();
  const [guilty, innocent] = [open(udp), open(udp)];
  guilty.send(text('a'), PEER, 53);
  expect(udp.onSendFailure(sent(udp)[0]!.fields, 'port unreachable')).toBe(true);
  expect([guilty.takeEvents(), innocent.takeEvents()]).toEqual([FAILED, 0]);
  expect(guilty.takeFailure()).toEqual({ reason: 'port unreachable', address: PEER, port: 53 });
});

test('whose ICMP error it was is told with it: a traceroute lives by that', () => {
  const udp = newUdp();
  const endpoint = open(udp);
  endpoint.send(text('a'), PEER, 33_434);
  expect(udp.onSendFailure(sent(udp)[0]!.fields, 'time to live exceeded', STRANGER)).toBe(true);
  const failure = { reason: 'time to live exceeded', address: PEER, port: 33_434, reporter: STRANGER };
  expect(endpoint.takeFailure()).toEqual(failure);
});

test('what is open and what waits in it can be listed', () => {
  const udp = newUdp();
  const [second, first] = [open(udp, { port: 2_000 }), open(udp, { port: 1_000 })];
  second.send(text('four'), PEER, 53);
  expect(udp.endpoints().map(({ binding, queued }) => [binding.localPort, queued])).toEqual([
    [1_000, { receive: 0, send: 0 }],
    [2_000, { receive: 0, send: 4 }],
  ]);
  first.close();
  expect(udp.endpoints()).toEqual([second]);
});

test('RFC 1122 §4.1.3.3: a connected endpoint hears of its own peer, the last failure counts', () => {
  const udp = newUdp();
  const client = open(udp);
  client.connect(PEER, 53, OURS);
  client.send(text('a'));
  const { fields } = sent(udp)[0]!;
  udp.onSendFailure(fields, 'time to live exceeded');
  udp.onSendFailure(fields, 'host unreachable');
  expect(client.takeFailure()?.reason).toBe('host unreachable');
  expect(udp.onSendFailure({ ...fields, destination: STRANGER }, 'port unreachable')).toBe(false);
  expect(client.takeFailure()).toBeUndefined();
});

test('an error about a datagram of an endpoint that closed since is for nobody', () => {
  const udp = newUdp();
  const client = open(udp);
  client.send(text('a'), PEER, 53);
  const { fields } = sent(udp)[0]!;
  client.close();
  expect(udp.onSendFailure(fields, 'port unreachable')).toBe(false);
  expect([client.takeEvents(), client.takeFailure()]).toEqual([0, undefined]);
});

test('an owner is told once a run what happened, and what it causes is for the next run', () => {
  const udp = newUdp();
  const endpoint = open(udp, { port: 53 });
  const told: number[] = [];
  endpoint.owner = {
    notify: (events) => {
      told.push(events);
      if (told.length === 1) arrives(udp, {});
    },
  };
  arrives(udp, {});
  arrives(udp, {});
  endpoint.onFailure({ reason: 'port unreachable', address: PEER, port: 53 });
  expect(told).toEqual([]);
  udp.notifyOwners();
  expect(told).toEqual([READABLE | FAILED]);
  udp.notifyOwners();
  expect(told).toEqual([READABLE | FAILED, READABLE]);
  udp.notifyOwners();
  expect(told).toHaveLength(2);
});

test('without an owner events wait, and an owner that comes later hears of what happens then', () => {
  const udp = newUdp();
  const endpoint = open(udp, { port: 53 });
  arrives(udp, {});
  udp.notifyOwners();
  const told: number[] = [];
  endpoint.owner = { notify: (events) => told.push(events) };
  expect(endpoint.takeEvents()).toBe(READABLE);
  arrives(udp, {});
  udp.notifyOwners();
  expect(told).toEqual([READABLE]);
});

test('a port in use is refused, shared when both ask for it, free again after close', () => {
  const udp = newUdp();
  const first = open(udp, { port: 53 });
  expect(udp.open({ port: 53 })).toBe('port in use');
  expect(udp.open({ port: 53, address: OURS })).toBe('port in use');
  expect(udp.open({ port: 53, reuse: true })).toBe('port in use');
  first.close();
  open(udp, { port: 53, address: OURS });
  open(udp, { port: 53, address: OURS_TOO });
  expect(udp.size).toBe(2);
});

test('RFC 6056: without a port an ephemeral one that nobody has, and a word when all are taken', () => {
  const udp = new Udp(host, new SeededRandom(1), { first: 50_000, last: 50_009 });
  const ports = Array.from({ length: 10 }, () => open(udp).binding.localPort);
  expect(ports.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => 50_000 + i));
  expect(udp.open()).toBe('no free port');
});

test('a number that is no port is our own mistake', () => {
  for (const port of [-1, 65_536, 1.5, Number.NaN]) expect(() => newUdp().open({ port })).toThrow(`port ${port}`);
});
