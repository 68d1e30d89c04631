/**
 * The promises of `LinkDevice`, as one suite that every device must pass.
 *
 * Beyond what the interface says in words, the suite settles what happens to a frame that the link cannot carry, shorter
 * than an Ethernet header or longer than the MTU allows: `transmit` returns true, because false would ask the caller to try
 * again for ever; it does not throw; and the frame is dropped or arrives whole, but never cut.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HEADROOM, Packet } from '../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../src/stack/device.ts';
import * as ethernet from '../src/stack/wire/ethernet.ts';

export interface LinkDevicePair {
  /** The device under test. */
  readonly device: LinkDevice;
  /** The other end of its link: gets what `device` sends and sends what it gets. */
  readonly peer: LinkDevice;
  /** Afterwards everything that was sent has arrived or never will. Advances a virtual clock, or waits. */
  settle(): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** IEEE 802 local experimental EtherType 1: on a real link, all other frames are the kernel's and none of our business. */
export const TYPE_EXPERIMENTAL = 0x88b5;

/** A frame of the experimental type in which every byte depends on its place and on `seed`, which bytes 14 to 17 repeat. */
export function testFrame(length: number, seed = 1): Packet {
  const packet = new Packet(HEADROOM + Math.max(length, 8000));
  packet.end = packet.start + length;
  for (let i = 0; i < length; i++) packet.bytes[packet.start + i] = (i * 31 + seed * 7 + (i >>> 8) + (seed >>> 8)) & 0xff;
  packet.bytes[packet.start] = 0x02; // addresses of our own making, to one receiver: IEEE 802 §8.2
  if (length > 6) packet.bytes[packet.start + 6] = 0x02;
  if (length >= ethernet.HEADER) packet.view.setUint16(packet.start + 12, TYPE_EXPERIMENTAL);
  if (length >= ethernet.HEADER + 4) packet.view.setUint32(packet.start + ethernet.HEADER, seed);
  return packet;
}

/** The live bytes, to be kept and compared. */
export const bytesOf = (packet: Packet): number[] => [...packet.live()];

const isOurs = ({ view, start, end }: Packet): boolean =>
  end - start >= ethernet.HEADER && ethernet.etherType(view, start) === TYPE_EXPERIMENTAL;

/** The next frame of the experimental type; false when there is none. */
function receiveOurs(device: LinkDevice, into: Packet): boolean {
  while (device.receive(into)) if (isOurs(into)) return true;
  return false;
}

/** All frames of the experimental type that have arrived. */
export function receiveAll(device: LinkDevice): number[][] {
  const frames: number[][] = [];
  const into = new Packet();
  for (into.reset(); receiveOurs(device, into); into.reset()) frames.push(bytesOf(into));
  return frames;
}

const PATIENCE = 100;

/** @param make called before each test; everything it opens is for that test alone */
export function testLinkDevice(name: string, make: () => LinkDevicePair | Promise<LinkDevicePair>): void {
  describe(`LinkDevice: ${name}`, () => {
    let pair: LinkDevicePair;

    beforeEach(async () => {
      pair = await make();
    });
    afterEach(() => pair.close?.());

    /** Hands a frame to a device as a stack does: again and again while its queue is full. */
    const send = async (from: LinkDevice, packet: Packet): Promise<void> => {
      for (let i = 0; i < PATIENCE; i++) {
        if (from.transmit(packet)) return;
        await pair.settle();
      }
      expect.fail(`the queue is still full after ${PATIENCE} rounds`);
    };

    test('states an MTU that IPv4 can live with (RFC 791: 68) and an offload that makes sense', () => {
      const { mtu, offload } = pair.device;
      expect(Number.isInteger(mtu) && mtu >= 68 && mtu <= 65_535, `mtu ${mtu}`).toBe(true);
      for (const longest of [offload.gsoMaxSize, offload.usoMaxSize])
        expect(longest === 0 || (longest >= mtu && offload.checksum), JSON.stringify(offload)).toBe(true);
    });

    for (const direction of ['sends', 'receives'] as const) {
      const ends = (): [LinkDevice, LinkDevice] => (direction === 'sends' ? [pair.device, pair.peer] : [pair.peer, pair.device]);

      for (const length of [14, 15, 42, 60, 61, 1000]) {
        test(`${direction} a frame of ${length} bytes as it is`, async () => {
          const [from, to] = ends();
          const frame = testFrame(length);
          await send(from, frame);
          await pair.settle();
          expect(receiveAll(to)).toEqual([bytesOf(frame)]);
        });
      }

      test(`${direction} the longest frame, MTU and Ethernet header, as it is`, async () => {
        const [from, to] = ends();
        const frame = testFrame(pair.device.mtu + ethernet.HEADER);
        await send(from, frame);
        await pair.settle();
        expect(receiveAll(to)).toEqual([bytesOf(frame)]);
      });

      test(`${direction} frames in order`, async () => {
        const [from, to] = ends();
        const frames = Array.from({ length: 20 }, (_, i) => testFrame(60 + 17 * i, i));
        for (const frame of frames) await send(from, frame);
        await pair.settle();
        expect(receiveAll(to)).toEqual(frames.map(bytesOf));
      });

      test(`${direction} of a flood what there is room for: each frame whole, in order, at most once`, async () => {
        const [from, to] = ends();
        const sent = Array.from({ length: 2000 }, (_, i) => testFrame(100, i));
        for (const frame of sent) from.transmit(frame);
        await pair.settle();
        const arrived = receiveAll(to);
        const expected = new Map(sent.map((frame, i) => [bytesOf(frame).join(), i]));
        const order = arrived.map((bytes) => expected.get(bytes.join()) ?? -1);
        expect(order[0]).toBe(0);
        expect(order.filter((place, i) => place <= (order[i - 1] ?? -1))).toEqual([]);
      });
    }

    test('transmit borrows the packet: what is written into it afterwards does not travel', async () => {
      const frame = testFrame(600);
      const expected = bytesOf(frame);
      await send(pair.device, frame);
      frame.bytes.fill(0xee);
      frame.reset();
      await pair.settle();
      expect(receiveAll(pair.peer)).toEqual([expected]);
    });

    test('transmit gives the packet back as it was, so the same frame can be sent again', async () => {
      const frame = testFrame(600);
      const { start, end } = frame;
      const expected = bytesOf(frame);
      await send(pair.device, frame);
      expect([frame.start, frame.end]).toEqual([start, end]);
      expect(bytesOf(frame)).toEqual(expected);
      await send(pair.device, frame);
      await pair.settle();
      expect(receiveAll(pair.peer)).toEqual([expected, expected]);
    });

    test('transmit does not mind where in its buffer a frame lies', async () => {
      const expected: number[][] = [];
      for (const start of [64, HEADROOM, HEADROOM + 1, 5000]) {
        const frame = testFrame(333, start);
        frame.bytes.copyWithin(start, frame.start, frame.end);
        frame.start = start;
        frame.end = start + 333;
        expected.push(bytesOf(frame));
        await send(pair.device, frame);
      }
      await pair.settle();
      expect(receiveAll(pair.peer)).toEqual(expected);
    });

    for (const start of [64, HEADROOM, HEADROOM + 2]) {
      test(`receive fills from into.start on: ${start}`, async () => {
        const frame = testFrame(700);
        await send(pair.peer, frame);
        await pair.settle();
        const into = new Packet();
        into.start = start;
        into.end = start;
        expect(receiveOurs(pair.device, into)).toBe(true);
        expect([into.start, into.end]).toEqual([start, start + 700]);
        expect(bytesOf(into)).toEqual(bytesOf(frame));
      });
    }

    test('receive overwrites the offload state of an earlier use of the packet', async () => {
      await send(pair.peer, testFrame(700));
      await pair.settle();
      const into = new Packet();
      into.gsoSize = 1448;
      into.checksumStart = HEADROOM + 34;
      into.checksumOffset = 16;
      into.checksumVouched = true;
      expect(receiveOurs(pair.device, into)).toBe(true);
      const { gsoSize, checksumStart, checksumVouched } = into;
      expect({ gsoSize, checksumStart, checksumVouched }).toEqual({ gsoSize: 0, checksumStart: 0, checksumVouched: false });
    });

    test('receive fills a packet that held a longer frame before: nothing of that is left', async () => {
      await send(pair.peer, testFrame(900, 1));
      await send(pair.peer, testFrame(60, 2));
      await pair.settle();
      const into = new Packet();
      expect(receiveOurs(pair.device, into)).toBe(true);
      expect(receiveOurs(pair.device, into)).toBe(true);
      expect(bytesOf(into)).toEqual(bytesOf(testFrame(60, 2)));
    });

    test('receive says false when nothing is there, leaves the packet alone and goes on saying so', async () => {
      await pair.settle();
      receiveAll(pair.device);
      const into = testFrame(50);
      into.gsoSize = 7;
      const before = [into.start, into.end, ...bytesOf(into)];
      for (let i = 0; i < 3; i++) expect(receiveOurs(pair.device, into)).toBe(false);
      expect([into.start, into.end, ...bytesOf(into)]).toEqual(before);
      expect(into.gsoSize).toBe(7);
    });

    test('a frame comes out of receive once', async () => {
      await send(pair.peer, testFrame(80));
      await pair.settle();
      expect(receiveAll(pair.device)).toHaveLength(1);
      await pair.settle();
      expect(receiveAll(pair.device)).toEqual([]);
    });

    for (const { what, length } of [
      { what: 'a frame shorter than its header', length: () => 13 },
      { what: 'a frame longer than MTU, header and VLAN tag', length: () => pair.device.mtu + 19 },
    ]) {
      test(`${what} is taken, is not cut, and does not harm the next one`, async () => {
        const odd = testFrame(length());
        const next = testFrame(60, 9);
        expect(pair.device.transmit(odd)).toBe(true);
        await send(pair.device, next);
        await pair.settle();
        const arrived = receiveAll(pair.peer);
        expect(arrived.at(-1)).toEqual(bytesOf(next));
        for (const frame of arrived.slice(0, -1)) expect(frame).toEqual(bytesOf(odd));
        expect(arrived.length).toBeLessThanOrEqual(2);
      });
    }
  });
}
