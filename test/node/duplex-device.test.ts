import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { DuplexDevice } from '../../src/node/duplex-device.ts';
import { HEADROOM, Packet } from '../../src/stack/bytes/packet.ts';

/** A wire whose other end the test holds: `push` sends to the device, `sent` is what came, `release` finishes a write. */
class Wire extends Duplex {
  readonly sent: Uint8Array[] = [];
  readonly pending: (() => void)[] = [];

  constructor(highWaterMark = 16) {
    super({ objectMode: true, highWaterMark });
  }
  override _read(): void {}
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.sent.push(chunk);
    this.pending.push(done);
  }
  release(): void {
    for (let done = this.pending.shift(); done !== undefined; done = this.pending.shift()) done();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const frame = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
function packetOf(bytes: Uint8Array): Packet {
  const packet = new Packet();
  packet.append(bytes);
  return packet;
}
function received(device: DuplexDevice): number[] {
  const packet = new Packet();
  const first: number[] = [];
  for (packet.reset(); device.receive(packet); packet.reset()) first.push(packet.bytes[packet.start]!);
  return first;
}

describe('receiving', () => {
  test('frames come in order, each once, at the start of the packet, without offload state', async () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    wire.push(frame(60, 1));
    wire.push(Buffer.from(frame(1514, 2)));
    await turn();
    const packet = new Packet();
    Object.assign(packet, { checksumVouched: true, gsoSize: 9 });
    expect(device.receive(packet)).toBe(true);
    expect(packet).toMatchObject({ start: HEADROOM, end: HEADROOM + 60, checksumVouched: false, gsoSize: 0 });
    packet.reset();
    expect(device.receive(packet)).toBe(true);
    expect(Buffer.from(packet.live()).equals(Buffer.from(frame(1514, 2)))).toBe(true);
    packet.reset();
    expect(device.receive(packet)).toBe(false);
    expect(device.counters.received).toBe(2);
  });

  test('what is kept is a copy: the sender may use its buffer again', async () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    const bytes = Buffer.alloc(60, 7);
    wire.push(bytes);
    await turn();
    bytes.fill(0xff);
    expect(received(device)).toEqual([7]);
  });

  test('a full queue pauses the stream, and room in it resumes it; nothing is lost', async () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire, { queueLimit: 4 });
    for (let i = 0; i < 10; i++) wire.push(frame(60, i));
    await turn();
    expect(wire.isPaused()).toBe(true);
    expect(wire.readableLength).toBe(6); // four were taken out of the stream
    const all: number[] = [];
    for (let i = 0; i < 10; i++) {
      all.push(...received(device));
      await turn();
    }
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(wire.isPaused()).toBe(false);
  });

  test('what is no frame, or too long for the packet, is dropped by name and the next one is given', async () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    wire.push('text');
    wire.push(frame(700, 1));
    wire.push(frame(60, 2));
    await turn();
    const small = new Packet(HEADROOM + 600);
    expect(device.receive(small)).toBe(true);
    expect(small.bytes[small.start]).toBe(2);
    expect(device.counters.dropped).toMatchObject({ 'not a frame': 1, 'too long': 1 });
  });
});

describe('transmitting', () => {
  test('the stream gets a copy of the frame', () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    const packet = packetOf(frame(60, 5));
    expect(device.transmit(packet)).toBe(true);
    packet.bytes.fill(0xff);
    expect(Buffer.from(wire.sent[0]!).equals(Buffer.alloc(60, 5))).toBe(true);
  });

  test('false while the stream is full, true after "drain", and the watcher is told', async () => {
    const wire = new Wire(2);
    const device = new DuplexDevice(wire);
    let rings = 0;
    device.watch(() => rings++);
    const packet = packetOf(frame(60, 5));
    expect([device.transmit(packet), device.transmit(packet), device.transmit(packet)]).toEqual([true, true, false]);
    expect(device.counters).toMatchObject({ sent: 2, refused: 1 });
    while (rings === 0) {
      wire.release();
      await turn();
    }
    expect(device.transmit(packet)).toBe(true);
  });

  test('offload that was never offered is dropped by name', () => {
    const device = new DuplexDevice(new Wire());
    expect(device.offload).toEqual({ checksum: false, gsoMaxSize: 0, usoMaxSize: 0 });
    const packet = packetOf(frame(60, 5));
    packet.gsoSize = 1448;
    expect(device.transmit(packet)).toBe(true);
    packet.gsoSize = 0;
    packet.checksumStart = HEADROOM + 34;
    expect(device.transmit(packet)).toBe(true);
    expect(device.counters).toMatchObject({ sent: 0, dropped: { 'needs offload': 2 } });
  });
});

describe('the end of the stream', () => {
  const ends: [string, (wire: Wire) => unknown][] = [
    ['it ended', (wire) => wire.push(null)],
    ['it failed', (wire) => wire.destroy(new Error('unplugged'))],
    ['it was destroyed', (wire) => wire.destroy()],
  ];
  test.each(ends)('%s: the watcher is told, what arrived can be taken, what is sent is dropped by name', async (name, end) => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    wire.push(frame(60, 3));
    await turn();
    let rings = 0;
    device.watch(() => rings++);
    end(wire);
    await turn();
    await turn();
    expect(rings).toBe(1);
    expect(device.isOpen).toBe(false);
    expect(device.error?.message).toBe(name === 'it failed' ? 'unplugged' : undefined);
    expect(received(device)).toEqual([3]);
    expect(device.transmit(packetOf(frame(60, 4)))).toBe(true);
    expect(device.counters.dropped['stream is closed']).toBe(1);
  });

  test('close destroys the stream, once', async () => {
    const wire = new Wire();
    const device = new DuplexDevice(wire);
    device.close();
    device.close();
    await turn();
    expect(wire.destroyed).toBe(true);
    expect(device.isOpen).toBe(false);
  });
});

test('a watch that is closed is not told any more; another one with the same callback is', async () => {
  const wire = new Wire();
  const device = new DuplexDevice(wire);
  let rings = 0;
  const ring = (): number => rings++;
  const first = device.watch(ring);
  device.watch(ring);
  wire.push(frame(60, 1));
  await turn();
  expect(rings).toBe(2);
  first.close();
  wire.push(frame(60, 2));
  await turn();
  expect(rings).toBe(3);
});
