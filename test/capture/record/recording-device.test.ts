/** A device that records is still a device, and what it records is what the wire saw. */
import { describe, expect, test } from 'vitest';
import { FrameLog } from '../../../src/capture/record/frame-log.ts';
import type { FrameSink } from '../../../src/capture/record/frame-sink.ts';
import { FrameSnap } from '../../../src/capture/record/frame-snap.ts';
import { FrameTee } from '../../../src/capture/record/frame-tee.ts';
import { RecordingDevice } from '../../../src/capture/record/recording-device.ts';
import { Fifo } from '../../../src/stack/bytes/fifo.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../../src/stack/device.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { BorrowChecker } from '../../borrow-checker.ts';
import { testLinkDevice } from '../../link-device-suite.ts';
import { bytesOf, hexOf, pattern, recorded, superSegment, tcpPacket } from '../frames.ts';

/** One end of a link that delivers at once. */
class Pipe implements LinkDevice {
  readonly mtu = 1500;
  readonly offload: Offload = { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 };
  readonly #waiting = new Fifo<Packet>();
  readonly #limit: number;
  other: Pipe | undefined;
  constructor(limit = 50) {
    this.#limit = limit;
  }
  transmit(packet: Packet): boolean {
    if (this.other === undefined || this.other.#waiting.length >= this.#limit) return false;
    if (packet.length < 14 || (packet.length > this.mtu + 14 && packet.gsoSize === 0)) return true;
    const copy = new Packet();
    copy.copyFrom(packet);
    this.other.#waiting.push(copy);
    return true;
  }
  receive(into: Packet): boolean {
    const next = this.#waiting.shift();
    if (next === undefined) return false;
    into.end = into.start;
    into.append(next.live());
    into.clearOffload();
    into.gsoSize = next.gsoSize;
    into.checksumVouched = next.checksumStart !== 0;
    into.note = next.note;
    return true;
  }
}

function pipes(limit?: number): [Pipe, Pipe] {
  const [a, b] = [new Pipe(limit), new Pipe(limit)];
  [a.other, b.other] = [b, a];
  return [a, b];
}

for (const sink of [undefined, new FrameLog()])
  testLinkDevice(`recording ${sink === undefined ? 'nothing' : 'to a log'}`, () => {
    const [a, b] = pipes();
    const device = new BorrowChecker(new RecordingDevice(new BorrowChecker(a), { sink, interfaceId: 0, now: () => 0 }));
    return { device, peer: b, settle: () => {} };
  });

describe('recording', () => {
  const setUp = (limit?: number) => {
    const [a, b] = pipes(limit);
    const sink = new FrameLog();
    sink.addInterface('other');
    const clock = { now: 1000 };
    const device = new RecordingDevice(a, { sink, interfaceId: sink.addInterface('lan0'), now: () => clock.now });
    return { device, peer: b, sink, clock };
  };

  test('has the MTU and the offload of the device inside', () => {
    const [a] = pipes();
    const device = new RecordingDevice(a, { sink: undefined, interfaceId: 0, now: () => 0 });
    expect([device.mtu, device.offload]).toEqual([a.mtu, a.offload]);
  });

  test('both directions, with time, interface and note', () => {
    const { device, peer, sink, clock } = setUp();
    const packet = tcpPacket({ payload: pattern(5) });
    packet.note = 'fast retransmit';
    const bytes = bytesOf(packet);
    device.transmit(packet);
    peer.transmit(tcpPacket());
    clock.now = 2000;
    const into = new Packet();
    expect(device.receive(into)).toBe(true);
    expect(device.receive(into)).toBe(false);
    expect(sink.frames()).toEqual([
      recorded(bytes, 1000, { interfaceId: 1, comment: 'fast retransmit' }),
      recorded(bytesOf(tcpPacket()), 2000, { interfaceId: 1, direction: 'in' }),
    ]);
  });

  test('what the device inside refused was not sent and is not recorded', () => {
    const { device, sink } = setUp(1);
    expect([device.transmit(tcpPacket()), device.transmit(tcpPacket())]).toEqual([true, false]);
    expect(sink.length).toBe(1);
  });

  test('a super-segment is recorded in pieces, and reaches the other end whole', () => {
    const { device, peer, sink } = setUp();
    const packet = superSegment(pattern(5000), 1448, { flags: tcp.ACK | tcp.PSH });
    device.transmit(packet);
    expect(sink.frames().map(({ bytes }) => bytes.length - 54)).toEqual([1448, 1448, 1448, 656]);
    const into = new Packet();
    peer.receive(into);
    expect(hexOf(into.live())).toBe(hexOf(packet.live()));
  });

  test('a sink that wants beginnings gets no more of a super-segment, and one beside it gets everything', () => {
    const payload = pattern(3000);
    const kept = (inner: FrameLog) => inner.frames().map(({ bytes, originalLength }) => [bytes.length, originalLength]);
    const [short, shorter, whole] = [new FrameLog(), new FrameLog(), new FrameLog()];
    const record = (sink: FrameSink): void => {
      const [a] = pipes();
      const device = new RecordingDevice(a, { sink, interfaceId: sink.addInterface('lan0'), now: () => 0 });
      device.transmit(superSegment(payload, 1448));
      device.transmit(tcpPacket({ payload: pattern(500) }));
      device.transmit(tcpPacket());
    };
    record(new FrameTee(new FrameSnap(short, 96), new FrameSnap(shorter, 14)));
    const bounded = [
      [96, 1502],
      [96, 1502],
      [96, 158],
      [96, 554],
      [54, undefined],
    ];
    expect(kept(short)).toEqual(bounded);
    expect(kept(shorter)).toEqual(bounded.map(([, length]) => [14, length ?? 54]));
    expect([short.interfaces, shorter.interfaces]).toEqual([
      [{ name: 'lan0', snapLength: 96 }],
      [{ name: 'lan0', snapLength: 14 }],
    ]);
    record(new FrameTee(new FrameSnap(short, 96), whole));
    expect(kept(whole)).toEqual(bounded.map(([bytes, length]) => [length ?? bytes, undefined]));
    expect(kept(short)).toEqual([...bounded, ...bounded]);
    const beginnings = whole.frames().map(({ bytes }) => hexOf(bytes.subarray(0, 96)));
    expect(short.frames().map(({ bytes }) => hexOf(bytes))).toEqual([...beginnings, ...beginnings]);
  });

  test('the sink can be taken away and given again while running', () => {
    const { device, sink } = setUp();
    device.sink = undefined;
    device.transmit(tcpPacket());
    expect(sink.length).toBe(0);
    device.sink = sink;
    device.transmit(tcpPacket());
    expect(sink.length).toBe(1);
  });
});

describe('FrameLog', () => {
  test('copies: the frame is only borrowed', () => {
    const log = new FrameLog();
    const bytes = Uint8Array.of(1, 2);
    log.frame(recorded(bytes));
    bytes.fill(0xee);
    expect([...log.frames()[0]!.bytes]).toEqual([1, 2]);
  });

  test('keeps the last frames, by number and by bytes, and counts what it forgot', () => {
    const log = new FrameLog({ maxFrames: 3, maxBytes: 10 });
    for (let at = 0; at < 5; at++) log.frame(recorded(new Uint8Array(2), at));
    expect([log.frames().map(({ at }) => at), log.forgotten]).toEqual([[2, 3, 4], 2]);
    log.frame(recorded(new Uint8Array(7), 5));
    expect([log.frames().map(({ at }) => at), log.forgotten]).toEqual([[4, 5], 4]);
    log.frame(recorded(new Uint8Array(11), 6));
    expect([log.length, log.forgotten]).toEqual([0, 7]);
    log.clear();
    expect(log.forgotten).toBe(0);
  });
});

test('FrameTee: every sink hears of everything, each with its own interface numbers', () => {
  const [one, two] = [new FrameLog(), new FrameLog()];
  two.addInterface('its own');
  const tee: FrameSink = new FrameTee(one, two);
  expect([tee.addInterface('a'), tee.addInterface('b')]).toEqual([0, 1]);
  tee.frame(recorded(Uint8Array.of(1), 0, { interfaceId: 1 }));
  expect([one, two].map((log) => [log.interfaces[log.frames()[0]!.interfaceId]?.name, log.frames()[0]!.interfaceId])).toEqual([
    ['b', 1],
    ['b', 2],
  ]);
});
