/** A host with several interfaces and addresses, and with none: routes, ourselves, everybody; RFC 1122 §3.3, RFC 919. */
import { expect, test } from 'vitest';
import { listenTcp } from '../../src/stack/socket/tcp-listener.ts';
import { connectTcp } from '../../src/stack/socket/tcp-socket.ts';
import { openUdp } from '../../src/stack/socket/udp-socket.ts';
import { TcpError } from '../../src/stack/tcp/tcp-error.ts';
import { SECOND } from '../../src/stack/time.ts';
import { fromV4, ipv4 } from '../../src/stack/wire/ip-address.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import { ACK, RST, SYN } from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, pattern, tcpFrame } from '../capture/frames.ts';
import { conversation, icmpMessage, ipFrame, Station, udpMessage } from '../station.ts';
import { twoHosts } from '../two-hosts.ts';

const ping = (s: Station, to: string): string =>
  s.stack.icmp.sendEcho({ destination: ipv4(to).w3, identifier: 1, sequence: 1, payload: pattern(1) }, s.now);

test.each([
  ['on the first link', '10.0.0.77', 0, 'who has 10.0.0.77? tell 10.0.0.2'],
  ['in the longer prefix of the second', '10.0.0.200', 1, 'who has 10.0.0.200? tell 10.0.0.130'],
  ['anywhere else, by the gateway', '203.0.113.9', 0, 'who has 10.0.0.254? tell 10.0.0.2'],
] as const)('the longest prefix decides: a host %s', (_name, to, link, asked) => {
  const s = new Station({ interface: { gateway: '10.0.0.254' } });
  s.also('10.0.0.130/25');
  s.passes(3 * SECOND);
  for (const device of s.devices) s.said(device);
  expect(ping(s, to)).toBe('sent');
  s.runs();
  s.expects(asked, s.devices[link]);
  for (const device of s.devices) expect(s.said(device)).toEqual([]);
});

test('a host without a route is not asked for: the sender learns it at once', () => {
  const s = new Station();
  expect(ping(s, '203.0.113.9')).toBe('no route');
  expect(() => s.stack.tcp.connect(ipv4('203.0.113.9'), 80, s.now)).toThrow(TcpError);
  expect(s.stack.drops()).toEqual({});
  s.expectsSilence(SECOND);
});

test(
  'RFC 1122 §3.3.4.2: an address of one interface is ours on the other, and the answer comes from it',
  conversation((s) => {
    const other = s.also('192.0.2.1/24');
    s.passes(3 * SECOND);
    s.said(other);
    s.sends(ipFrame({ to: '192.0.2.1', protocol: 1, payload: icmpMessage(8, 0, 0x7_0001, pattern(4)) }));
    s.expects('192.0.2.1 > 10.0.0.1 ICMP echo reply');
  }),
);

test('of several addresses on a link each is answered for, and used in its own network', () => {
  const s = twoAddresses();
  s.sends(arpFrame(1, A, '172.16.0.2'));
  s.expects('ARP 172.16.0.2 is at');
  ping(s, '172.16.0.9');
  ping(s, '10.0.0.9');
  s.runs();
  s.expects('who has 172.16.0.9? tell 172.16.0.2');
  s.expects('who has 10.0.0.9? tell 10.0.0.2');
});

function twoAddresses(): Station {
  const s = new Station({ interface: { addresses: [`${B}/24`, '172.16.0.2/16'] } });
  s.said();
  return s;
}

test('RFC 1122 §3.2.1.3 (g): to ourselves, by any name: ping, UDP and TCP without a frame on the wire', async () => {
  for (const name of [B, '127.0.0.1', '127.9.9.9']) {
    const { world, bob, cable } = twoHosts();
    await world.runFor(5 * SECOND);
    const before = cable.b.sent;
    const kinds: string[] = [];
    bob.icmp.echoListeners.set(3, ({ kind, from }) => kinds.push(`${kind} from ${fromV4(from)}`));
    bob.icmp.sendEcho({ destination: ipv4(name).w3, identifier: 3, sequence: 1, payload: pattern(60_000) }, world.now);
    const server = openUdp(bob, { port: 53 });
    const client = openUdp(bob);
    await world.finish(client.send(pattern(30_000), { address: ipv4(name), port: 53 }));
    const datagram = await world.finish(server.receive());
    expect([datagram?.bytes.length, `${datagram?.from.address}`, `${datagram?.to}`]).toEqual([30_000, name, name]);
    const listener = listenTcp(bob, 80);
    const [socket, accepted] = await world.finish(Promise.all([connectTcp(bob, ipv4(name), 80), listener.accept()]));
    const reading = (async () => {
      let size = 0;
      for await (const bytes of accepted!) size += bytes.length;
      await accepted!.close();
      return size;
    })();
    const writing = socket.write(pattern(200_000)).then(() => socket.closeWrite());
    expect(await world.finish(Promise.all([reading, writing]))).toEqual([200_000, undefined]);
    expect(kinds).toEqual([`reply from ${name}`]);
    expect(cable.b.sent).toBe(before);
    await world.runFor(120 * SECOND);
    expect([bob.tcp.connectionCount, bob.drops()]).toEqual([0, {}]);
  }
});

test('to a closed port of ourselves: refused by TCP, unreachable by UDP, as by any other host', async () => {
  for (const name of [B, '127.0.0.1']) {
    const { world, bob } = twoHosts();
    await expect(world.finish(connectTcp(bob, ipv4(name), 81))).rejects.toMatchObject({ reason: 'refused' });
    const client = openUdp(bob);
    await world.finish(client.send(pattern(1), { address: ipv4(name), port: 54 }));
    await expect(world.finish(client.receive())).rejects.toMatchObject({ reason: 'port unreachable' });
  }
});

test('RFC 1122 §3.2.1.3 (g): whoever is bound to 127.0.0.1 cannot speak to the outside', async () => {
  const s = new Station();
  const socket = openUdp(s.stack, { address: ipv4('127.0.0.1'), port: 53 });
  await socket.send(pattern(1), { address: ipv4(A), port: 9 });
  s.expectsSilence(SECOND);
  await expect(socket.receive()).rejects.toMatchObject({ reason: 'no route' });
  expect(() => s.stack.tcp.connect(ipv4(A), 80, s.now, { localAddress: ipv4('127.0.0.1') })).toThrow('network unreachable');
});

test(
  'RFC 919: a datagram to everybody goes in a frame to everybody, to the limited, the directed and the old broadcast address',
  conversation((s) => {
    const socket = openUdp(s.stack, { port: 68, broadcast: true });
    for (const to of ['255.255.255.255', '10.0.0.255', '10.0.0.0']) {
      void socket.send(pattern(5), { address: ipv4(to), port: 67 });
      s.runs();
      expect([...s.expects(`10.0.0.2:68 > ${to}:67 UDP, 5 bytes`).subarray(0, 6)]).toEqual([255, 255, 255, 255, 255, 255]);
    }
  }),
);

test.each(['255.255.255.255', '10.0.0.255', '10.0.0.0'])('a datagram to %s reaches every socket on its port', (to) => {
  const s = new Station();
  const sockets = [s.stack.udp.open({ port: 67, reuse: true }), s.stack.udp.open({ port: 67, reuse: true })];
  s.sends(ipFrame({ to, mac: BROADCAST, payload: udpMessage(68, 67, pattern(9)) }));
  expect(sockets.map((socket) => (typeof socket === 'string' ? socket : socket.nextLength))).toEqual([9, 9]);
});

test(
  'RFC 1112 §6.2: a group is spoken to on the link itself, not by the gateway',
  conversation(
    (s) => {
      void openUdp(s.stack, { port: 5353 }).send(pattern(3), { address: ipv4('224.0.0.251'), port: 5353 });
      s.runs();
      expect([...s.expects('224.0.0.251:5353 UDP').subarray(0, 6)]).toEqual([1, 0, 0x5e, 0, 0, 0xfb]);
    },
    { interface: { gateway: '10.0.0.254' } },
  ),
);

test('RFC 2131 §4.1: a host without an address speaks from 0.0.0.0 to everybody, and hears what comes back to everybody', () => {
  const s = new Station({ interface: { addresses: [] }, acquainted: false });
  const socket = s.stack.udp.open({ port: 68 });
  if (typeof socket === 'string') throw new Error(socket);
  socket.options.broadcast = true;
  expect(socket.send(pattern(300), ipv4('255.255.255.255').w3, 67)).toBe('queued');
  s.runs();
  s.expects('0.0.0.0:68 > 255.255.255.255:67 UDP, 300 bytes');
  s.sends(ipFrame({ to: '255.255.255.255', mac: BROADCAST, payload: udpMessage(67, 68, pattern(240)) }));
  expect(socket.nextLength).toBe(240);
});

test(
  'RFC 9293 §3.10.7.1: a segment for nobody is reset, with the numbers that its sender expects; a reset never is',
  conversation((s) => {
    s.sends(tcpFrame({ flags: SYN, seq: 5, payload: pattern(3) }));
    s.expects('[R.] seq 0 ack 9 win 0');
    s.sends(tcpFrame({ flags: ACK, seq: 5, ack: 77 }));
    s.expects('[R] seq 77');
    s.sends(tcpFrame({ flags: RST, seq: 5 }), tcpFrame({ flags: RST | ACK, seq: 5, ack: 6 }));
    s.expectsSilence();
    s.sends(ipFrame({ to: '10.0.0.255', protocol: 6, mac: BROADCAST, payload: tcpFrame({ flags: SYN }).slice(34) })); // MUST-57
  }),
);

test('a device that takes nothing for a while loses nothing: what waited goes in order', () => {
  const s = new Station();
  s.device.isFull = true;
  for (let i = 1; i <= 20; i++) {
    s.sends(ipFrame({ protocol: 1, payload: icmpMessage(8, 0, 0x7_0000 + i, pattern(4)) }));
  }
  s.device.isFull = false;
  s.passes(SECOND);
  for (let i = 1; i <= 20; i++) s.expects(`echo reply id 7 seq ${i},`);
});
