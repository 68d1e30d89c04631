/** One packet seen on both sides of a router is one event, and one that never came to the other side is lost. */
import { expect, test } from 'vitest';
import { wireFrames } from '../../../src/capture/ladder/wire-frames.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { A, B, bytesOf, recorded, tcpPacket } from '../frames.ts';

/** A segment as it leaves, or as it comes behind a router that may have marked it. */
function segment(seq: number, { behind = false, marked = false, from = A, to = B } = {}): Uint8Array {
  const trafficClass = marked ? 3 : 2;
  const bytes = bytesOf(tcpPacket({ seq, from, to, ttl: behind ? 63 : 64, trafficClass, payload: new Uint8Array(40) }));
  // the router's addresses on either link
  if (behind) bytes.fill(0x77, 6, 12);
  else bytes.fill(0x66, 0, 6);
  return bytes;
}

const out = (bytes: Uint8Array, at: number, interfaceId: number): RecordedFrame => recorded(bytes, at, { interfaceId });
const into = (bytes: Uint8Array, at: number, interfaceId: number): RecordedFrame =>
  recorded(bytes, at, { interfaceId, direction: 'in' });

test('what a router changes does not make another packet: addresses of Ethernet, time to live, mark, checksum', () => {
  const events = wireFrames([
    out(segment(1), 0, 0),
    into(segment(1, { behind: true }), 10, 1),
    out(segment(41), 20, 0),
    into(segment(41, { behind: true, marked: true }), 30, 1),
  ]);
  expect(events.map(({ frame, arrivals, lost }) => [frame.at, arrivals.length, lost])).toEqual([
    [0, 1, false],
    [20, 1, false],
  ]);
});

test('a packet for a host that is recorded, behind a router, that never came there is lost', () => {
  const events = wireFrames([
    out(segment(1), 0, 0),
    into(segment(1, { behind: true }), 10, 1),
    out(segment(1, { from: B, to: A }), 20, 1),
    into(segment(1, { from: B, to: A, behind: true }), 30, 0),
    out(segment(41), 40, 0),
    out(segment(81), 100, 0),
    into(segment(81, { behind: true }), 110, 1),
  ]);
  expect(events.map(({ lost }) => lost)).toEqual([false, false, true, false]);
});
