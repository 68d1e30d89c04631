/** A received frame waits for its comment, and the order of the wire stays. */
import { expect, test } from 'vitest';
import { FrameLog } from '../../src/capture/index.ts';
import { Explainer } from '../../src/explain/explainer.ts';
import { HeldFrames } from '../../src/explain/held-frames.ts';
import { connectTcp, ipv4, listenTcp, SECOND } from '../../src/stack/index.ts';
import { ACK, SYN } from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, pattern, recorded, superSegment, tcpFrame } from '../capture/frames.ts';
import { ipFrame, Station, udpMessage } from '../station.ts';
import { Explained } from './explained.ts';

test('what is sent while a frame is digested stands behind it, with its own time', () => {
  const log = new FrameLog();
  const station = new Station({ explained: log, acquainted: false });
  station.runs();
  station.now = 5;
  station.sends(arpFrame(1, A, B), ipFrame({ payload: udpMessage(9, 9, pattern(8)) }), arpFrame(1, A, B));
  const all = log.frames().slice(-6);
  expect(all.map(({ direction, at, bytes }) => [direction, at, bytes[13]])).toEqual([
    ['in', 5, 6],
    ['out', 5, 6],
    ['in', 5, 0],
    ['out', 5, 0],
    ['in', 5, 6],
    ['out', 5, 6],
  ]);
});

test('the bytes are those that arrived, also where the host overwrites its buffer', () => {
  const log = new FrameLog();
  const held = new HeldFrames(log);
  const buffer = Uint8Array.of(1, 2, 3);
  held.frame(recorded(buffer, 1, { direction: 'in' }));
  held.frame(recorded(pattern(9000), 2, { comment: 'sent meanwhile' }));
  buffer.fill(0);
  expect(log.length).toBe(0);
  held.release('what it did');
  held.frame(recorded(pattern(5), 3, { comment: 'later' }));
  expect(log.frames().map(({ bytes, at, comment }) => [[...bytes], at, comment])).toEqual([
    [[1, 2, 3], 1, 'what it did'],
    [[...pattern(9000)], 2, 'sent meanwhile'],
    [[...pattern(5)], 3, 'later'],
  ]);
});

test('a super-segment: the news on its first frame, the reason on each', async () => {
  const lab = new Explained({ cable: { offload: true }, tcp: { initialWindow: 3 } });
  const listener = listenTcp(lab.b, 80);
  const socket = await lab.world.finish(connectTcp(lab.a, ipv4('10.0.0.2'), 80));
  await lab.world.runFor(SECOND);
  for (const log of [lab.logs.a, lab.logs.b]) log.clear();
  await lab.world.finish(Promise.all([socket.write(pattern(4344)), listener.accept()]));
  await lab.world.runFor(SECOND);
  expect(
    lab.logs.a
      .frames()
      .slice(0, 3)
      .map(({ comment }) => comment),
  ).toEqual(['flight 4344', '', '']);
  expect(
    lab.logs.b
      .frames()
      .slice(0, 3)
      .map(({ comment }) => comment),
  ).toEqual(['', '', '']);
  expect(superSegment(pattern(10), 5).gsoSize).toBe(5);
});

test('an application that throws does not keep the frame', () => {
  const log = new FrameLog();
  const station = new Station({
    explained: log,
    onDrop: () => {
      throw new Error('from the application');
    },
  });
  log.clear();
  expect(() => station.sends(tcpFrame({ flags: SYN, destinationPort: 81 }))).toThrow('from the application');
  expect(log.frames().map(({ comment }) => comment)).toEqual(['dropped: no listener: RST', 'RST: no listener on the port']);
});

test('a SYN cookie that comes back', () => {
  const log = new FrameLog();
  const station = new Station({ explained: log });
  station.stack.tcp.listen(80, { backlog: 0 });
  station.sends(tcpFrame({ flags: SYN, seq: 0 }));
  const iss = new DataView(station.device.outgoing.at(-1)!.buffer).getUint32(38);
  log.clear();
  station.sends(tcpFrame({ flags: ACK, seq: 1, ack: iss + 1 }));
  expect(log.frames()[0]?.comment.split('\n')[0]).toBe(
    'SYN cookie accepted; LISTEN to SYN-RECEIVED; SYN-RECEIVED to ESTABLISHED; acknowledges the SYN',
  );
});

test('a stack that nobody records says nothing and keeps nothing', () => {
  const explainer = new Explainer();
  const station = new Station({ observer: explainer });
  station.sends(tcpFrame({ flags: SYN, destinationPort: 81 }));
  expect(station.said()).toHaveLength(1);
});
