/** Echo, discard, daytime and chargen over TCP and UDP, in virtual time. */
import { expect, test } from 'vitest';
import { chargenLines, startChargen } from '../../src/services/chargen.ts';
import { startDaytime } from '../../src/services/daytime.ts';
import { startDiscard } from '../../src/services/discard.ts';
import { startEcho } from '../../src/services/echo.ts';
import type { Service } from '../../src/services/service.ts';
import type { Stack, TcpSocket, UdpSocket } from '../../src/stack/index.ts';
import { connectTcp, ipv4, MINUTE, openUdp, SECOND } from '../../src/stack/index.ts';
import { pattern, twoHosts } from '../two-hosts.ts';

const BOB = ipv4('10.0.0.2');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

async function readAll(socket: TcpSocket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of socket) chunks.push(bytes);
  return Buffer.concat(chunks);
}

async function datagram(from: UdpSocket, payload: string, port: number): Promise<string> {
  await from.send(Buffer.from(payload), { address: BOB, port });
  const answer = await from.receive();
  return answer === undefined ? 'closed' : text(answer.bytes);
}

test('RFC 862: TCP echo gives every byte back and ends when the caller ends', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startEcho(bob);
  expect(service.port).toBe(7);
  const body = pattern(200_000);
  const socket = await world.finish(connectTcp(alice, BOB, 7));
  const writing = socket.write(body).then(() => socket.closeWrite());
  const [answer] = await world.finish(Promise.all([readAll(socket), writing]));
  expect(Buffer.from(body).equals(answer)).toBe(true);
  await world.finish(socket.close());
  await world.runFor(SECOND);
  expect(service.connections).toBe(0);
});

test('TCP echo does not read from who does not read, and owes nobody a byte afterwards', async () => {
  const { world, alice, bob } = twoHosts();
  startEcho(bob);
  const body = pattern(40_000_000); // more than all four buffers hold
  const socket = await world.finish(connectTcp(alice, BOB, 7));
  let written = 0;
  socket.onChange = () => {
    for (let taken = 1; taken > 0 && written < body.length; written += taken) taken = socket.writeNow(body, written);
    if (written === body.length) socket.closeWrite();
  };
  socket.onChange();
  await world.runFor(10 * SECOND);
  const stalledAt = written;
  await world.runFor(10 * SECOND);
  expect(written).toBe(stalledAt);
  expect(written).toBeLessThan(body.length);
  const answer = await world.finish(readAll(socket));
  expect(Buffer.from(body).equals(answer)).toBe(true);
});

test('TCP echo has nothing more to say when its caller has ended: its FIN acknowledges the other', async () => {
  const { world, alice, bob } = twoHosts();
  startEcho(bob);
  const socket = await world.finish(connectTcp(alice, BOB, 7));
  await world.runFor(SECOND);
  const { tcpOut } = bob.counters;
  await world.finish(socket.close());
  await world.runFor(SECOND);
  expect(bob.counters.tcpOut).toBe(tcpOut + 1);
});

test('RFC 862: UDP echo answers from the address and port that were asked', async () => {
  const { world, alice, bob } = twoHosts();
  startEcho(bob);
  const socket = openUdp(alice);
  await world.finish(socket.send(Buffer.from('hello'), { address: BOB, port: 7 }));
  const answer = await world.finish(socket.receive());
  expect(text(answer?.bytes ?? new Uint8Array())).toBe('hello');
  expect(`${answer?.from.address}:${answer?.from.port}`).toBe('10.0.0.2:7');
});

test.each([
  ['echo', (stack: Stack) => startEcho(stack)],
  ['chargen', (stack: Stack) => startChargen(stack)],
  ['daytime', (stack: Stack) => startDaytime(stack, { today: () => 'now' })],
])('CERT CA-1996-01: UDP %s does not answer another service', async (_name, start: (stack: Stack) => Service) => {
  const { world, alice, bob } = twoHosts();
  const { port } = start(bob);
  const wellKnown = openUdp(alice, { port: 1023 });
  const ephemeral = openUdp(alice, { port: 1024 });
  await world.finish(wellKnown.send(Buffer.from('x'), { address: BOB, port }));
  await world.runFor(SECOND);
  expect(bob.counters.udpIn).toBe(1);
  expect(bob.counters.udpOut).toBe(0);
  expect(await world.finish(datagram(ephemeral, 'x', port))).not.toBe('');
});

test('RFC 863: discard takes all it gets over TCP and UDP and says nothing', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startDiscard(bob);
  const socket = await world.finish(connectTcp(alice, BOB, 9));
  await world.finish(socket.write(pattern(1_000_000)));
  socket.closeWrite();
  expect((await world.finish(readAll(socket))).length).toBe(0);
  const udp = openUdp(alice);
  await world.finish(udp.send(pattern(1000), { address: BOB, port: 9 }));
  await world.runFor(SECOND);
  expect(bob.counters.udpOut).toBe(0);
  expect(bob.drops()).toEqual({});
  expect(service.connections).toBe(0);
});

test('RFC 867: daytime sends one line over TCP and closes, and one datagram over UDP', async () => {
  const { world, alice, bob } = twoHosts();
  startDaytime(bob, { today: () => 'Tuesday, February 22, 1982 17:37:43-PST' });
  const socket = await world.finish(connectTcp(alice, BOB, 13));
  await world.finish(socket.write(Buffer.from('thrown away')));
  expect(text(await world.finish(readAll(socket)))).toBe('Tuesday, February 22, 1982 17:37:43-PST\r\n');
  await world.finish(socket.close());
  expect(await world.finish(datagram(openUdp(alice), '', 13))).toBe('Tuesday, February 22, 1982 17:37:43-PST\r\n');
});

test('RFC 864: the lines of chargen as in its example', () => {
  const lines = text(chargenLines()).split('\r\n');
  expect(lines).toHaveLength(96); // 95 and what stands behind the last end of line
  expect(lines[0]).toBe(' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg');
  expect(lines[1]).toBe('!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh');
  expect(lines[94]?.startsWith('~ !"#')).toBe(true);
});

test('RFC 864: chargen over TCP goes on until the caller closes, and over UDP gives a line for a datagram', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startChargen(bob);
  const socket = await world.finish(connectTcp(alice, BOB, 19));
  let read = '';
  while (read.length < 20_000) read += text((await world.finish(socket.read(1000))) ?? new Uint8Array());
  const expected = text(chargenLines()).repeat(4);
  expect(read).toBe(expected.slice(0, read.length));
  socket.closeWrite();
  const rest = await world.finish(readAll(socket));
  expect(rest.length).toBeGreaterThan(0);
  await world.finish(socket.close());
  await world.runFor(SECOND);
  expect(service.connections).toBe(0);
  const udp = openUdp(alice);
  const lines = text(chargenLines()).split('\r\n');
  expect(await world.finish(datagram(udp, 'a', 19))).toBe(`${lines[0]}\r\n`);
  expect(await world.finish(datagram(udp, 'b', 19))).toBe(`${lines[1]}\r\n`);
});

test('chargen: a caller that does not read holds back the service, and one that resets ends it', async () => {
  const { world, alice, bob } = twoHosts({ tcp: { maxReceiveBuffer: 64 * 1024, maxSendBuffer: 256 * 1024 } });
  const service = startChargen(bob);
  const socket = await world.finish(connectTcp(alice, BOB, 19));
  await world.runFor(5 * MINUTE);
  const sent = bob.counters.bytesOut;
  expect(sent).toBeLessThan(100_000);
  expect(service.connections).toBe(1);
  socket.abort();
  await world.runFor(MINUTE);
  expect(service.connections).toBe(0);
  expect(bob.tcp.connectionCount).toBe(0);
});

test('a caller that resets does not end the service for the others', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startEcho(bob);
  const rude = await world.finish(connectTcp(alice, BOB, 7));
  await world.finish(rude.write(Buffer.from('x')));
  rude.abort();
  await world.runFor(SECOND);
  const polite = await world.finish(connectTcp(alice, BOB, 7));
  await world.finish(polite.write(Buffer.from('still there?')));
  expect(text((await world.finish(polite.read())) ?? new Uint8Array())).toBe('still there?');
  expect(service.connections).toBe(1);
});

test('a UDP caller that has gone (its ICMP error comes back) does not cost the next one its answer', async () => {
  const { world, alice, bob } = twoHosts();
  startEcho(bob);
  const gone = openUdp(alice);
  await world.finish(gone.send(Buffer.from('x'), { address: BOB, port: 7 }));
  gone.close();
  await world.runFor(SECOND);
  expect(alice.drops()).toMatchObject({ 'no such port': 1 });
  const next = openUdp(alice);
  expect(await world.finish(datagram(next, 'one', 7))).toBe('one');
  expect(await world.finish(datagram(next, 'two', 7))).toBe('two');
});

test('an ICMP error in the same batch as a question does not cost the question its answer', async () => {
  const { world, alice, bob } = twoHosts({ cable: { delay: 100 } });
  startEcho(bob);
  const [gone, next] = [openUdp(alice), openUdp(alice)];
  expect(await world.finish(datagram(next, 'find the neighbour', 7))).toBe('find the neighbour');
  await world.finish(gone.send(Buffer.from('x'), { address: BOB, port: 7 }));
  gone.close();
  await world.runFor(200); // the answer for the one that has gone arrives now, and ICMP goes back
  const asking = datagram(next, 'still there?', 7);
  expect(await world.finish(asking)).toBe('still there?');
  expect(alice.drops()).toMatchObject({ 'no such port': 1 });
});

test('maxConnections: one too many is reset', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startEcho(bob, { maxConnections: 1 });
  await world.finish(connectTcp(alice, BOB, 7));
  const extra = await world.finish(connectTcp(alice, BOB, 7));
  await expect(world.finish(extra.read())).rejects.toMatchObject({ reason: 'reset by peer' });
  expect(service.connections).toBe(1);
});

test('close: the ports are free again and whoever was connected is reset', async () => {
  const { world, alice, bob } = twoHosts();
  const service = startEcho(bob);
  const socket = await world.finish(connectTcp(alice, BOB, 7));
  await world.runFor(SECOND);
  service.close();
  await expect(world.finish(socket.read())).rejects.toMatchObject({ reason: 'reset by peer' });
  await expect(world.finish(connectTcp(alice, BOB, 7))).rejects.toMatchObject({ reason: 'refused' });
  startEcho(bob).close();
});

test('a taken UDP port leaves no half of a service behind', () => {
  const { bob } = twoHosts();
  const other = openUdp(bob, { port: 7 });
  expect(() => startEcho(bob)).toThrow('port in use');
  other.close();
  startEcho(bob);
});
