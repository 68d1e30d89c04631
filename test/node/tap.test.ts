import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configureInterface, readInterface } from '../../src/node/interface-config.ts';
import { RunLoop } from '../../src/node/run-loop.ts';
import { TapDevice, type TapOptions } from '../../src/node/tap.ts';
import { TapError } from '../../src/node/tap-error.ts';
import * as checksum from '../../src/stack/bytes/checksum.ts';
import { HEADROOM, Packet } from '../../src/stack/bytes/packet.ts';
import { NO_OFFLOAD } from '../../src/stack/device.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import * as udp from '../../src/stack/wire/udp.ts';
import { EchoHost, openChecksum, turnAround } from './echo-host.ts';
import { requirePrivateNamespace } from './private.ts';
import { until } from './until.ts';

beforeAll(requirePrivateNamespace);

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});

function open(options: TapOptions): TapDevice {
  const tap = TapDevice.open(options);
  cleanup.push(() => tap.close());
  return tap;
}

function failure(action: () => unknown): TapError {
  try {
    action();
  } catch (error) {
    if (error instanceof TapError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

/** A TAP with 10.<net>.0.1/24 on the kernel's side, and an EchoHost at 10.<net>.0.2 behind it. */
function conversation(name: string, net: number, options: TapOptions = {}): { tap: TapDevice; host: EchoHost; peer: string } {
  const tap = open({ name, ...options });
  configureInterface(name, { address: `10.${net}.0.1`, isUp: true });
  const host = new EchoHost(tap, `10.${net}.0.2`);
  const loop = new RunLoop({ machine: host, devices: [tap] });
  loop.start();
  cleanup.push(() => loop.stop());
  return { tap, host, peer: `10.${net}.0.2` };
}

describe('opening', () => {
  test('a new TAP did not exist before and vanishes when it is closed', () => {
    const tap = open({ name: 'new0' });
    expect(tap).toMatchObject({ name: 'new0', mtu: 1500, before: undefined, isOpen: true });
    expect(tap.offload).toEqual({ checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 });
    expect(readInterface('new0')).toMatchObject({ mtu: 1500, queueLength: 5000, isUp: false, address: undefined });
    tap.close();
    expect(readInterface('new0')).toBeUndefined();
    expect(tap.isOpen).toBe(false);
    tap.close(); // again: no harm
  });

  test('without a name the kernel finds one', () => {
    const [first, second] = [open({}), open({})];
    expect(first.name).toMatch(/^tap\d+$/);
    expect(second.name).not.toBe(first.name);
    expect(readInterface(second.name)).toBeDefined();
  });

  test('MTU and queue length are as asked', () => {
    expect(open({ name: 'sizes0', mtu: 9000, queueLength: 77 }).mtu).toBe(9000);
    expect(readInterface('sizes0')).toMatchObject({ mtu: 9000, queueLength: 77 });
  });

  test('without offload the device offers none', () => {
    expect(open({ name: 'plain0', offload: false }).offload).toEqual(NO_OFFLOAD);
  });

  test('a persistent TAP outlives its user and is found as it was left', () => {
    const first = open({ name: 'stays0', persist: true, mtu: 1400 });
    configureInterface('stays0', { address: '10.99.0.1', prefixLength: 30 });
    first.close();
    expect(readInterface('stays0')).toMatchObject({ mtu: 1400 });
    const second = open({ name: 'stays0' });
    expect(second.mtu).toBe(1400);
    expect(second.before).toMatchObject({ name: 'stays0', mtu: 1400, address: '10.99.0.1', prefixLength: 30 });
    second.close();
    expect(readInterface('stays0')).toBeDefined();
    open({ name: 'stays0', persist: false }).close();
    expect(readInterface('stays0')).toBeUndefined();
  });

  test.each([
    ['nothing', '', 'bad name'],
    ['16 characters', 'abcdefghijklmnop', 'bad name'],
    ['a slash', 'a/b', 'bad name'],
    ['a space', 'tap 0', 'bad name'],
    ['two patterns', 't%d%d', 'bad name'],
    ['a pattern that is none', 't%s', 'bad name'],
    ['an interface of another kind', 'lo', 'not a TAP'],
  ])('%s is refused', (_, name, reason) => {
    const error = failure(() => open({ name }));
    expect(error.reason).toBe(reason);
    expect(error.message).not.toContain('\n');
  });

  test('a TAP that somebody else has is busy', () => {
    open({ name: 'taken0' });
    const error = failure(() => open({ name: 'taken0' }));
    expect(error.reason).toBe('busy');
    expect(error.message).toContain('taken0 is in use by another process');
  });

  test('an MTU that the kernel does not take is named, and the TAP is gone', () => {
    const error = failure(() => open({ name: 'wrong0', mtu: 3 }));
    expect(error).toMatchObject({ reason: 'bad value', message: expect.stringContaining('set the MTU 3 of wrong0') });
    expect(readInterface('wrong0')).toBeUndefined();
  });
});

describe('frames', () => {
  test.each([
    ['with a virtio-net header', true],
    ['without', false],
  ])('the kernel answers a frame of ours, %s', async (_, offload) => {
    const name = offload ? 'ours1' : 'ours2';
    const tap = open({ name, offload });
    configureInterface(name, { address: '10.101.0.1', isUp: true });
    expect(transmit(tap, arpRequest('10.101.0.2', '10.101.0.1'))).toBe(true);
    const answer = new Packet();
    const isAnswer = (): boolean =>
      ethernet.etherType(answer.view, answer.start) === ethernet.TYPE_ARP &&
      arp.operation(answer.view, answer.start + 14) === arp.REPLY;
    await until(() => {
      for (answer.reset(); tap.receive(answer); answer.reset()) if (isAnswer()) return true;
      return false;
    });
    expect(answer.start).toBe(HEADROOM);
    expect(answer.length).toBe(42);
    expect(ethernet.source(answer.view, answer.start)).toBe(readInterface(name)?.mac);
    expect(tap.counters).toMatchObject({ sent: 1, refused: 0 });
    expect(tap.counters.received).toBeGreaterThan(0);
  });

  test.each([
    ['with a virtio-net header', true, 'udp1', 102],
    ['without', false, 'udp2', 103],
  ])('a datagram of the kernel arrives whole, %s, and our answer is taken', async (_, offload, name, net) => {
    const { tap, host, peer } = conversation(name, net, { offload });
    const socket = createSocket('udp4');
    cleanup.push(() => socket.close());
    let seen = '';
    host.onPacket = (packet) => {
      if (ipv4.protocol(packet.view, packet.network) !== ipv4.PROTOCOL_UDP) return;
      seen = Buffer.from(packet.bytes.subarray(packet.transport + udp.HEADER, packet.end)).toString();
      expect(packet.checksumVouched).toBe(offload);
      turnAround(packet, packet.end - packet.network);
      if (offload) {
        // What is left open by the kernel is left open by us: it must complete the sum itself, or drop the datagram.
        expect(packet.checksumStart).toBe(packet.transport);
        packet.view.setUint16(packet.transport + 6, openChecksum(packet));
      }
      transmit(tap, packet);
    };
    socket.send('a question', 4000, peer);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(seen).toBe('a question');
    expect(answer.toString()).toBe('a question');
  });

  test('a burst of the kernel’s TCP is one packet with a GSO size, and a super-segment of ours arrives as one stream', async () => {
    const { tap, host, peer } = conversation('gso0', 104);
    const SENT = 14_000; // fits the initial window of ten segments (RFC 6928), so it comes at once
    const REPLY = 40_000;
    let largest = 0;
    let gsoSize = 0;
    host.onPacket = (packet) => {
      const { view, transport } = packet;
      const flags = tcp.flags(view, transport);
      const payload = packet.end - transport - tcp.headerLength(view, transport);
      if ((flags & tcp.SYN) !== 0) return answerSyn(tap, packet);
      if (payload <= largest) return;
      largest = payload;
      gsoSize = packet.gsoSize;
      expect(packet.checksumVouched).toBe(true);
      if (largest >= 4000) answerWithSuperSegment(tap, packet, payload, REPLY);
    };
    const socket = createConnection({ host: peer, port: 80 });
    cleanup.push(() => socket.destroy());
    await once(socket, 'connect');
    socket.write(new Uint8Array(SENT).fill(7));
    const got: Buffer[] = [];
    for await (const bytes of socket) {
      got.push(bytes as Buffer);
      if (Buffer.concat(got).length >= REPLY) break;
    }
    expect(gsoSize).toBe(1460);
    expect(largest).toBeGreaterThan(1460);
    expect(Buffer.concat(got).equals(Buffer.alloc(REPLY, 0x5a))).toBe(true);
    expect(tap.counters.dropped).toEqual(nothingDropped);
  });

  test('a persistent TAP opened without offload after one with it gets frames of at most an MTU, sums completed', async () => {
    open({ name: 'again0', persist: true }).close();
    cleanup.push(() => open({ name: 'again0', persist: false }).close());
    const { host, peer, tap } = conversation('again0', 105, { offload: false });
    const socket = createSocket('udp4');
    cleanup.push(() => socket.close());
    const arrived = new Promise<boolean>((done) => {
      host.onPacket = ({ view, network, transport }) =>
        done(udp.isChecksumValid(view, transport, ipv4.source(view, network), ipv4.destination(view, network)));
    });
    socket.send('who sums?', 4000, peer);
    expect(await arrived).toBe(true);
    expect(tap.offload).toEqual(NO_OFFLOAD);
  });
});

describe('what cannot be delivered is counted by name', () => {
  const frame = (): Packet => arpRequest('10.106.0.2', '10.106.0.1');

  test('the interface is down', () => {
    const tap = open({ name: 'down0' });
    expect(tap.transmit(frame())).toBe(true);
    expect(tap.counters.dropped['interface is down']).toBe(1);
    expect(tap.counters.sent).toBe(0);
    expect(tap.receive(new Packet())).toBe(false);
  });

  test('the device is closed', () => {
    const tap = open({ name: 'closed0' });
    tap.close();
    expect(tap.transmit(frame())).toBe(true);
    expect(tap.receive(new Packet())).toBe(false);
    expect(tap.counters.dropped['device is gone']).toBe(1);
    expect(() => tap.watch(() => {})).toThrow('closed');
  });

  test.each([
    ['transmit', 1],
    ['receive', 0],
  ] as const)('the interface was deleted by somebody else, and %s notices', async (verb, dropped) => {
    const tap = open({ name: 'del0' });
    configureInterface('del0', { isUp: true });
    await promisify(execFile)('ip', ['link', 'del', 'del0']);
    await until(() => {
      tap[verb](frame());
      return !tap.isOpen;
    });
    expect(tap.counters.dropped['device is gone']).toBe(dropped);
  });

  test('a checksum left open, or a super-segment, on a device without offload', () => {
    const tap = open({ name: 'needs0', offload: false });
    configureInterface('needs0', { isUp: true });
    const open_ = frame();
    open_.checksumStart = open_.start + 34;
    const large = frame();
    large.gsoSize = 1448;
    expect([tap.transmit(open_), tap.transmit(large)]).toEqual([true, true]);
    expect(tap.counters.dropped['needs offload']).toBe(2);
  });

  test('less than an Ethernet header', () => {
    const tap = open({ name: 'runt0' });
    configureInterface('runt0', { isUp: true });
    const runt = frame();
    runt.end = runt.start + 5;
    expect(tap.transmit(runt)).toBe(true);
    expect(tap.counters.dropped.other).toBe(1);
  });

  test('a frame longer than the packet is dropped, not cut', async () => {
    const tap = open({ name: 'short0' });
    configureInterface('short0', { address: '10.107.0.1', isUp: true });
    const socket = createSocket('udp4');
    cleanup.push(() => socket.close());
    socket.bind(0, '10.107.0.1');
    await once(socket, 'listening');
    socket.setBroadcast(true);
    await new Promise((sent) => socket.send(new Uint8Array(1000), 4000, '10.107.0.255', sent));
    const small = new Packet(HEADROOM + 600);
    await until(() => {
      for (small.reset(); tap.receive(small); small.reset()) expect(small.length).toBeLessThan(600);
      return tap.counters.dropped['too long'] === 1;
    });
  });
});

test('no headroom for the virtio-net header is a mistake of ours', () => {
  const tap = open({ name: 'head0' });
  const packet = new Packet();
  packet.reset(4);
  packet.end = 64;
  expect(() => tap.transmit(packet)).toThrow(RangeError);
});

const nothingDropped = {
  'interface is down': 0,
  'device is gone': 0,
  malformed: 0,
  'no memory': 0,
  'needs offload': 0,
  'too long': 0,
  other: 0,
};

/** With rubbish in the headroom, so that nothing works by what an earlier frame left there. */
function transmit(tap: TapDevice, packet: Packet): boolean {
  packet.bytes.fill(0xff, 0, packet.start);
  return tap.transmit(packet);
}

/** RFC 826: who has `target`? */
function arpRequest(sender: string, target: string): Packet {
  const packet = new Packet();
  packet.append(Buffer.from('ffffffffffff0200000000020806000108000604000102000000000200000000000000000000', 'hex'));
  packet.end = packet.start + 42;
  packet.bytes.set(sender.split('.').map(Number), packet.start + 28);
  packet.bytes.set(target.split('.').map(Number), packet.start + 38);
  return packet;
}

const OUR_ISN = 5000;

/** SYN-ACK with option MSS 1460, its checksum left to the kernel. */
function answerSyn(tap: TapDevice, packet: Packet): void {
  const { view, network, transport } = packet;
  const theirs = tcp.sequence(view, transport);
  turnAround(packet, transport + tcp.HEADER + 4 - network);
  writeTcp(packet, { seq: OUR_ISN, ack: theirs + 1, flags: tcp.SYN | tcp.ACK, header: 24 });
  view.setUint32(transport + 20, 0x0204_05b4);
  leaveChecksumOpen(packet);
  transmit(tap, packet);
}

function answerWithSuperSegment(tap: TapDevice, packet: Packet, received: number, length: number): void {
  const { view, network, transport } = packet;
  const theirs = tcp.sequence(view, transport);
  turnAround(packet, transport + tcp.HEADER + length - network);
  packet.payload = transport + tcp.HEADER;
  packet.bytes.fill(0x5a, packet.payload, packet.end);
  writeTcp(packet, { seq: OUR_ISN + 1, ack: theirs + received, flags: tcp.ACK | tcp.PSH, header: 20 });
  leaveChecksumOpen(packet);
  packet.gsoSize = 1460;
  transmit(tap, packet);
}

function writeTcp(
  { view, transport }: Packet,
  { seq, ack, flags, header }: { seq: number; ack: number; flags: number; header: number },
): void {
  view.setUint32(transport + 4, seq);
  view.setInt32(transport + 8, ack | 0);
  view.setUint8(transport + 12, header << 2);
  view.setUint8(transport + 13, flags);
  view.setUint16(transport + 14, 65_535);
  view.setUint16(transport + 18, 0);
}

function leaveChecksumOpen(packet: Packet): void {
  packet.clearOffload();
  packet.checksumStart = packet.transport;
  packet.checksumOffset = tcp.CHECKSUM_OFFSET;
  packet.view.setUint16(packet.transport + tcp.CHECKSUM_OFFSET, checksum.fold(openChecksum(packet)));
}
