/** A frame as boxes in boxes: as text, as a picture, as an object. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../src/capture/dissect/captured-frame.ts';
import type { Layer } from '../../../src/capture/dissect/layers/field.ts';
import { flatten, valueText } from '../../../src/capture/dissect/layers/field.ts';
import { parseFilter } from '../../../src/capture/filter/filter.ts';
import { frameJson } from '../../../src/capture/nesting/json.ts';
import { nesting } from '../../../src/capture/nesting/nesting.ts';
import { nestingSvg } from '../../../src/capture/nesting/svg.ts';
import { nestingText } from '../../../src/capture/nesting/text.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import { hexDump } from '../../../src/capture/words/hex-dump.ts';
import type { GalleryFrame } from '../dissect/gallery.ts';
import { GALLERY } from '../dissect/gallery.ts';
import { A, arpFrame, B, bytesOf, pattern, recorded, udpPacket } from '../frames.ts';
import { elementsOf } from '../xml.ts';

function captured(bytes: Uint8Array, more: Partial<RecordedFrame> = {}, linkType = 1): CapturedFrame {
  return new CaptureWalk([{ name: 'alice', linkType }]).next(recorded(bytes, 0, more));
}
const ofGallery = ({ bytes, linkType, originalLength = bytes.length }: GalleryFrame): CapturedFrame =>
  captured(bytes, { originalLength }, linkType);

test('RFC 826: a request, its fields beside the bytes they come from, the addresses named', () => {
  const text = nestingText(nesting(captured(arpFrame(1, A, B), { comment: 'first contact' })), { width: 100 });
  const rows = text.split('\n').map((line) => line.replace(/^[│ ]+|[│ ]+$/g, '').replace(/ {2,}/g, ' | '));
  expect(rows).toEqual(
    expect.arrayContaining([
      'first contact',
      'interface | alice',
      'destination | ff:ff:ff:ff:ff:ff | broadcast | 0 | ff ff ff ff ff ff',
      'type | 0x0806 | ARP | 12 | 08 06',
      'operation | 1 | request | 20 | 00 01',
      'sender protocol address | 10.0.0.1 | 28 | 0a 00 00 01',
      'target hardware address | 00:00:00:00:00:00 | 32 | 00 00 00 00 00 00',
    ]),
  );
  expect(text).toMatch(/^┌─ 1 physical ─ frame ─+ 42 bytes ─┐\n/);
  expect(text).toMatch(/\n│ ┌─ 2 data link ─ Ethernet II ─+ bytes 0 to 13 ─┐ │\n/);
  expect(text).toMatch(/\n│ │ ┌─ 2-3 data link and network ─ ARP ─+ bytes 14 to 41 ─┐ │ │\n/);
});

test('bits are shown in their place, long data with its characters, padding behind what it pads', () => {
  const frame = bytesOf(udpPacket(Uint8Array.from(Buffer.from('hello, world: this is a datagram')), { destinationPort: 6000 }));
  const text = nestingText(nesting(captured(frame)));
  expect(text).toMatch(/version +4 +14 {3}0100 \.\.\.\. /);
  expect(text).toMatch(/ {2}don't fragment +1 +20 {3}\.1\.\. \.\.\.\. /);
  expect(text).toMatch(/data +32 bytes/);
  expect(text).toMatch(/hello, w +42 {3}68 65 6c 6c 6f 2c 20 77/);
  const long = nestingText(nesting(captured(bytesOf(udpPacket(pattern(200), { destinationPort: 6000 })))));
  expect(long).toContain('… 152 more');
  const padded = nestingText(nesting(captured(Uint8Array.from({ ...new Array(60).fill(0), ...arpFrame(1, A, B), length: 60 }))));
  expect(padded.indexOf('padding')).toBeGreaterThan(padded.indexOf('target protocol address'));
});

describe('every kind of frame', () => {
  test.each(GALLERY.map((frame) => [frame.name, frame] as const))('%s', (_name, frame) => {
    const box = nesting(ofGallery(frame));
    for (const width of [60, 80, 110, 140]) {
      const lines = nestingText(box, { width }).trimEnd().split('\n');
      expect(new Set(lines.map((line) => line.length)).size).toBe(1);
      expect(lines[0]!.length).toBeLessThanOrEqual(Math.max(width, 90));
      expect(lines[0]!.length).toBeGreaterThanOrEqual(width);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours
      const colored = nestingText(box, { width, color: true }).replace(/\u001b\[[\d;]*m/g, '');
      expect(colored.trimEnd().split('\n')).toEqual(lines);
    }
    const svg = nestingSvg(box, { title: 'A <frame> & "more"', theme: 'dark' });
    expect(elementsOf(svg).length).toBeGreaterThan(10);
    expect(svg).not.toContain('undefined');
    const json = JSON.parse(JSON.stringify(frameJson(ofGallery(frame), 'a sentence')));
    expect(json.layers.map(({ protocol }: { protocol: string }) => protocol)).toEqual(
      ofGallery(frame).layers.map(({ protocol }) => protocol),
    );
  });
});

test('what others wrote moves no cursor and opens no element', () => {
  const frame = captured(arpFrame(1, A, B), { comment: '\u001b[2J</text><script>alert(1)</script>\u202e' });
  const text = nestingText(nesting(frame));
  expect([text.includes('\u001b'), text.includes('\u202e')]).toEqual([false, false]);
  expect(nestingSvg(nesting(frame))).not.toContain('<script');
});

test('a hex dump: sixteen bytes a line, with their characters', () => {
  expect(hexDump(Uint8Array.from(Buffer.from('0123456789abcdefXY\n')))).toBe(
    `0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n0010  58 59 0a${' '.repeat(40)}  XY.\n`,
  );
  expect(hexDump(new Uint8Array(0))).toBe('');
});

const allFields = (layers: readonly Layer[]): readonly { at: number; length: number; text: string }[] =>
  layers.flatMap(({ fields, quoted }) => [
    ...[...flatten(fields)].map((field) => ({ at: field.at, length: field.length, text: valueText(field) })),
    ...allFields(quoted),
  ]);

test('random and mutated frames of every link type: every field lies inside the frame, nothing throws, filters answer', () => {
  const filters = [
    'tcp.port == 80 or udp.port == 53',
    'ip.addr == 10.0.0.0/8',
    'dns.qry.name contains "a"',
    'frame contains 00:01',
  ];
  const compiled = filters.map((filter) => parseFilter(filter));
  const mutated = fc
    .record({
      frame: fc.constantFrom(...GALLERY),
      length: fc.nat({ max: 400 }),
      changes: fc.array(fc.record({ at: fc.nat({ max: 399 }), value: fc.nat({ max: 255 }) }), { maxLength: 6 }),
      missing: fc.constantFrom(0, 0, 7),
    })
    .map(({ frame: { bytes, linkType = 1 }, length, changes, missing }) => {
      const copy = bytes.slice(0, length);
      for (const { at, value } of changes) if (at < copy.length) copy[at] = value;
      return { bytes: copy, linkType, originalLength: copy.length + missing };
    });
  const random = fc
    .record({ bytes: fc.uint8Array({ maxLength: 120 }), linkType: fc.constantFrom(0, 1, 101, 113, 276, 228, 999) })
    .map((one) => ({ ...one, originalLength: one.bytes.length }));
  fc.assert(
    fc.property(fc.oneof(mutated, random), ({ bytes, linkType, originalLength }) => {
      const frame = captured(bytes, { originalLength }, linkType);
      for (const { at, length, text } of allFields(frame.layers)) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at + length).toBeLessThanOrEqual(bytes.length);
        expect(text).not.toMatch(/undefined|NaN/);
      }
      const { trailer, payload } = frame.packet;
      expect(Math.min(trailer.at, trailer.length, payload.at, payload.length)).toBeGreaterThanOrEqual(0);
      expect(trailer.at + trailer.length).toBe(bytes.length);
      const lines = nestingText(nesting(frame)).trimEnd().split('\n');
      expect(lines.every((line) => line.length === 110)).toBe(true);
      for (const filter of compiled) expect(typeof filter.matches(frame)).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});
