/** Queues that mark, and whole transfers through them: RFC 3168 seen from outside. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cable } from '../../src/lab/cable.ts';
import { markCongestion } from '../../src/lab/congestion-mark.ts';
import { DropTailQueue } from '../../src/lab/drop-tail-queue.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import type { TcpOptions } from '../../src/stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import { ipv4 as address } from '../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import { datagram } from '../stack/ip/datagram.ts';
import { twoHosts } from '../two-hosts.ts';

/** An IPv4 packet in an Ethernet frame, with a tag when wanted. */
function frame(trafficClass: number, { tagged = false, type = ethernet.TYPE_IPV4, options = [] as number[] } = {}): Packet {
  const packet = datagram({ trafficClass, payload: 60, options });
  const at = packet.prepend(ethernet.HEADER + (tagged ? 4 : 0));
  packet.view.setUint16(at + 12, tagged ? ethernet.TYPE_VLAN : type);
  if (tagged) packet.view.setUint16(at + 16, type);
  return packet;
}

test.each([
  ['ECT(0) becomes CE', 0x02, {}, 0x03],
  ['ECT(1) becomes CE, and the DSCP stays', 0xb9, {}, 0xbb],
  ['CE stays CE', 0x03, {}, 0x03],
  ['behind a VLAN tag', 0x02, { tagged: true }, 0x03],
  ['with IPv4 options', 0x02, { options: [1, 1, 1, 0] }, 0x03],
] as const)('RFC 3168 §5: %s, and the header checksum is right', (_, trafficClass, how, expected) => {
  const packet = frame(trafficClass, { ...how, options: 'options' in how ? [...how.options] : [] });
  expect(markCongestion(packet)).toBe(true);
  expect(ipv4.trafficClass(packet.view, packet.network)).toBe(expected);
  expect(ipv4.isChecksumValid(packet.view, packet.network)).toBe(true);
});

test.each([
  ['whose sender does not speak ECN', frame(0xb8)],
  ['of another protocol', frame(0x02, { type: ethernet.TYPE_ARP })],
])('a packet %s is left alone', (_, packet) => {
  const before = packet.live().slice();
  expect(markCongestion(packet)).toBe(false);
  expect(packet.live()).toEqual(before);
});

test('no frame is too short to be looked at, and a wrong checksum is not made right', () => {
  fc.assert(
    fc.property(fc.integer({ min: 14, max: 60 }), fc.nat(0xffff), fc.nat(0xff), (length, damage, trafficClass) => {
      const packet = frame(trafficClass);
      packet.view.setUint16(packet.network + 10, packet.view.getUint16(packet.network + 10) ^ damage);
      const wasValid = ipv4.isChecksumValid(packet.view, packet.network);
      packet.end = packet.start + length;
      expect(markCongestion(packet)).toBe(length >= 34 && (trafficClass & 3) !== 0);
      expect(ipv4.isChecksumValid(packet.view, packet.network)).toBe(wasValid);
    }),
  );
});

test('a frame that finds more waiting than the mark, in packets or in bytes', () => {
  const inPackets = new DropTailQueue(8_000_000, { markAbove: { packets: 1 } });
  const inBytes = new DropTailQueue(8_000_000, { markAbove: { bytes: 150 } });
  const seen = Array.from({ length: 4 }, () => {
    const above = [inPackets.isAboveMark(0), inBytes.isAboveMark(0)];
    for (const queue of [inPackets, inBytes]) queue.admit(100, 100, 0);
    return above;
  });
  expect(seen).toEqual([
    [false, false], // the line is free
    [false, false],
    [false, false],
    [true, true], // two wait
  ]);
  expect([inPackets.isAboveMark(200), inBytes.isAboveMark(200)]).toEqual([false, false]);
});

test('a cable marks what was copied and not what was lent, and counts', () => {
  const clock = { now: 0 };
  const { a, b } = new Cable(clock, { delay: 0, rate: 1_000_000, queue: { packets: 3, markAbove: { packets: 0 } } });
  const capable = frame(0x02);
  for (let i = 0; i < 5; i++) a.transmit(capable);
  a.transmit(frame(0));
  expect(capable.bytes[capable.network + 1]).toBe(0x02);
  clock.now = SECOND;
  const octets: (number | undefined)[] = [];
  for (const into = new Packet(); b.receive(into); into.reset()) octets.push(into.bytes[into.start + ethernet.HEADER + 1]);
  expect(octets).toEqual([2, 2, 3, 3]);
  expect([a.marked, a.dropped['queue full']]).toEqual([2, 2]);
});

interface Outcome {
  readonly marked: number;
  readonly dropped: number;
  readonly reductions: number;
  readonly seconds: number;
}

/** 4 MB one way, or each way, over 10 Mbit/s with a round trip of 40 ms and a queue that marks at 20 frames and drops at 100. */
function throughBottleneck(tcp: Partial<TcpOptions>, back = 0): Outcome {
  const bytes = 4_000_000;
  const queue = { packets: 100, markAbove: { packets: 20 } };
  const { world, cable, alice, bob } = twoHosts({
    cable: { delay: 20 * MILLISECOND, rate: 10_000_000, queue },
    tcp: { receiveBuffer: 1 << 20, ...tcp },
  });
  const listener = bob.tcp.listen(80);
  let there: Stream | undefined;
  listener.owner = {
    notify: () => {
      const connection = listener.accept();
      if (connection !== undefined) there = new Stream(connection, back);
    },
  };
  const here = new Stream(alice.tcp.connect(address('10.0.0.2'), 80, world.now), bytes);
  world.stepUntil(() => there?.received === bytes && here.received === back, { limit: 100 * SECOND });
  const ends = [cable.a, cable.b];
  return {
    marked: ends.reduce((sum, end) => sum + end.marked, 0),
    dropped: ends.reduce((sum, end) => sum + end.dropped['queue full'], 0),
    reductions: here.reductions,
    seconds: world.now / SECOND,
  };
}

/** Sends so many zeros, and counts what comes and how often an echoed mark costs something. */
class Stream {
  received = 0;
  reductions = 0;
  #left: number;
  readonly #connection: Connection;
  readonly #block = new Uint8Array(64 * 1024);

  constructor(connection: Connection, bytes: number) {
    this.#connection = connection;
    this.#left = bytes;
    const { onEcnEcho } = connection.sender.control;
    connection.sender.control.onEcnEcho = (...about) => {
      this.reductions++;
      onEcnEcho.apply(connection.sender.control, about);
    };
    connection.app.owner = this;
    this.notify();
  }

  notify(): void {
    const connection = this.#connection;
    for (let taken = 1; taken > 0; this.#left -= taken)
      taken = connection.send(this.#block, 0, Math.min(this.#left, this.#block.length));
    for (let count = 1; count > 0; this.received += count) count = connection.receive(this.#block);
  }
}

test.each([
  ['cubic', 0, 3.8],
  ['reno', 0, 4],
  ['cubic', 4_000_000, 6],
] as const)(
  'RFC 3168: a transfer with %s through a queue that marks, %i bytes coming the other way, without a single loss',
  (congestionControl, back, limit) => {
    const { marked, dropped, seconds, reductions } = throughBottleneck({ congestionControl, ecn: 'on' }, back);
    expect(dropped).toBe(0);
    expect(marked).toBeGreaterThan(10);
    expect(reductions).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(limit); // the line alone needs 3.4
  },
);

test('the same queue without ECN: nothing is marked, and it fills until it drops', () => {
  const { marked, dropped, reductions } = throughBottleneck({ congestionControl: 'reno', ecn: 'off' });
  expect({ marked, reductions }).toEqual({ marked: 0, reductions: 0 });
  expect(dropped).toBeGreaterThan(0);
});

test('RFC 8511 §3: the gentler reduction keeps more in the queue and takes no longer', () => {
  const plain = throughBottleneck({ congestionControl: 'reno', ecn: 'on' });
  const gentle = throughBottleneck({ congestionControl: 'reno', ecn: 'on', abe: true });
  expect(gentle.dropped).toBe(0);
  expect(gentle.reductions).toBeGreaterThan(plain.reductions);
  expect(gentle.seconds).toBeLessThanOrEqual(plain.seconds);
});
