/** UdpSocket: conversations in virtual time. */
import { expect, test } from 'vitest';
import { ipv4, openUdp, SECOND, UdpError } from '../../../src/stack/index.ts';
import { twoHosts } from '../../two-hosts.ts';

const ALICE = ipv4('10.0.0.1');
const BOB = ipv4('10.0.0.2');
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array | undefined): string => Buffer.from(data ?? []).toString();

test('a question and its answer, with the addresses of both', async () => {
  const { world, alice, bob } = twoHosts();
  const server = openUdp(bob, { port: 53 });
  const client = openUdp(alice);
  await world.finish(client.send(bytes('question'), { address: BOB, port: 53 }));
  const question = await world.finish(server.receive());
  expect(text(question?.bytes)).toBe('question');
  expect(`${question?.from.address}:${question?.from.port} to ${question?.to}`).toBe(`10.0.0.1:${client.port} to 10.0.0.2`);
  await world.finish(server.send(bytes('answer'), question?.from, question?.to));
  expect(text((await world.finish(client.receive()))?.bytes)).toBe('answer');
});

test('an empty datagram is a datagram', async () => {
  const { world, alice, bob } = twoHosts();
  const server = openUdp(bob, { port: 53 });
  await world.finish(openUdp(alice).send(new Uint8Array(), { address: BOB, port: 53 }));
  expect((await world.finish(server.receive()))?.bytes.length).toBe(0);
});

test('RFC 1122 §4.1.3.3: port unreachable comes back as a UdpError, to the reader and to the next sender', async () => {
  const { world, alice } = twoHosts();
  const client = openUdp(alice);
  const reading = client.receive();
  reading.catch(() => {});
  await world.finish(client.send(bytes('x'), { address: BOB, port: 9 }));
  const error = await world.finish(reading.catch((e: unknown) => e));
  expect(error).toBeInstanceOf(UdpError);
  expect(error).toMatchObject({ reason: 'port unreachable', message: '10.0.0.2:9: port unreachable' });
  await world.finish(client.send(bytes('y'), { address: BOB, port: 9 }));
  await world.runFor(SECOND);
  await expect(client.send(bytes('z'), { address: BOB, port: 9 })).rejects.toMatchObject({ reason: 'port unreachable' });
  await world.finish(client.send(bytes('told once, then it goes on'), { address: BOB, port: 9 }));
});

test('a neighbour that does not answer is told as host unreachable', async () => {
  const { world, alice } = twoHosts();
  const client = openUdp(alice);
  const reading = client.receive().catch((e: unknown) => e);
  await world.finish(client.send(bytes('x'), { address: ipv4('10.0.0.77'), port: 9 }));
  expect(await world.finish(reading)).toMatchObject({ reason: 'host unreachable' });
});

test('what arrived before an error is read before the error', async () => {
  const { world, alice, bob } = twoHosts();
  const client = openUdp(alice);
  await world.finish(openUdp(bob).send(bytes('first'), { address: ALICE, port: client.port }));
  await world.finish(client.send(bytes('x'), { address: BOB, port: 9 }));
  await world.runFor(SECOND);
  expect(text((await client.receive())?.bytes)).toBe('first');
  await expect(client.receive()).rejects.toMatchObject({ reason: 'port unreachable' });
});

test.each([
  ['no destination', undefined, 10, 'no destination'],
  ['too long', { address: BOB, port: 9 }, 65_508, 'message too long'],
  ['port 0', { address: BOB, port: 0 }, 10, 'destination port is 0'],
  ['broadcast without permission', { address: ipv4('10.0.0.255'), port: 9 }, 10, 'broadcast not permitted'],
])('send refuses: %s', async (_name, to, length, reason) => {
  const { alice } = twoHosts();
  await expect(openUdp(alice).send(new Uint8Array(length), to)).rejects.toMatchObject({ reason });
});

test('broadcast with permission reaches the neighbour', async () => {
  const { world, alice, bob } = twoHosts();
  const server = openUdp(bob, { port: 67 });
  await world.finish(openUdp(alice, { broadcast: true }).send(bytes('who?'), { address: ipv4('10.0.0.255'), port: 67 }));
  expect(text((await world.finish(server.receive()))?.bytes)).toBe('who?');
});

test('connect: only the peer is heard, and send needs no destination', async () => {
  const { world, alice, bob } = twoHosts();
  const client = openUdp(alice, { port: 5000 });
  const [peer, stranger] = [openUdp(bob, { port: 53 }), openUdp(bob, { port: 54 })];
  client.connect(BOB, 53);
  await world.finish(stranger.send(bytes('psst'), { address: ALICE, port: 5000 }));
  await world.finish(peer.send(bytes('hello'), { address: ALICE, port: 5000 }));
  expect(text((await world.finish(client.receive()))?.bytes)).toBe('hello');
  await world.finish(client.send(bytes('hi')));
  expect(text((await world.finish(peer.receive()))?.bytes)).toBe('hi');
});

test('a full send queue makes the sender wait instead of losing datagrams', async () => {
  const { world, alice, bob } = twoHosts();
  const server = openUdp(bob, { port: 9 });
  const client = openUdp(alice);
  await world.finish(client.send(bytes('find the neighbour'), { address: BOB, port: 9 }));
  await world.runFor(SECOND);
  const sending = (async () => {
    for (let i = 0; i < 3000; i++) await client.send(bytes(`${i}`), { address: BOB, port: 9 });
  })();
  await world.finish(sending);
  await world.runFor(SECOND);
  expect(alice.counters.udpOut).toBe(3001);
  server.close();
  expect(bob.counters.udpIn).toBe(3001); // of which the receive queue kept as many as it has room for
  expect(bob.drops()).toEqual({ 'UDP receive queue full': 3001 - 1024 });
});

test('close ends the iteration, and the port is free again', async () => {
  const { world, bob } = twoHosts();
  const server = openUdp(bob, { port: 53 });
  const reading = (async () => {
    for await (const _ of server);
    return 'ended';
  })();
  expect(() => openUdp(bob, { port: 53 })).toThrow('cannot open UDP port 53: port in use');
  server.close();
  expect(await world.finish(reading)).toBe('ended');
  await expect(server.send(bytes('x'), { address: ALICE, port: 9 })).rejects.toMatchObject({ reason: 'closed' });
  using again = openUdp(bob, { port: 53 });
  expect(again.port).toBe(53);
});
