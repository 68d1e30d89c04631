/** A capture file as we read it and as tshark reads it, in the same words. */
import { readFileSync } from 'node:fs';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import { start, tshark } from '../../cli/tapstack.ts';
import { hexOf } from '../frames.ts';

/** What both must agree on, frame by frame. */
export interface FrameFacts {
  readonly number: number;
  /** Seconds since the epoch with nine digits; empty for a frame without a time. */
  readonly time: string;
  readonly length: number;
  readonly captured: number;
  readonly linkType: string;
  readonly interface: string;
  readonly direction: string;
  readonly comment: string;
  readonly bytes: string;
}

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.encap_type',
  'frame.interface_name',
  'frame.packet_flags_direction',
  'frame.comment',
];
const DIRECTIONS: Record<string, string> = { '0x00000001': 'in', '0x00000002': 'out' };

/** The two words that we write between several comments are not told apart: tshark's comma, and our line end. */
const flat = (comment: string): string => comment.replaceAll('\\n', '|').replaceAll('\n', '|').replaceAll(',', '|');

export async function byTshark(path: string): Promise<FrameFacts[]> {
  const lines = await tshark(path, FIELDS);
  const { out } = await start('tshark', ['-r', path, '-T', 'jsonraw']).ended;
  const raw = JSON.parse(out) as { _source: { layers: { frame_raw: [string] } } }[];
  return lines.map((line, index) => {
    const [number, time = '', length, captured, encapsulation = '', name = '', direction = '', comment = ''] = line.split(';');
    return {
      number: Number(number),
      time,
      length: Number(length),
      captured: Number(captured),
      linkType: encapsulation,
      interface: name === 'unknown' ? '' : name, // what it calls one without a name
      direction: DIRECTIONS[direction] ?? 'unknown',
      comment: flat(comment),
      bytes: raw[index]?._source.layers.frame_raw[0] ?? '',
    };
  });
}

/** Wireshark's own numbers of the LINKTYPE values in these tests. */
const ENCAPSULATION: Record<number, string> = { 0: '15', 1: '1', 101: '7', 113: '25', 228: '129', 276: '210' };

export function byUs(path: string): FrameFacts[] {
  const { frames, interfaces, problem } = readCapture(readFileSync(path));
  if (problem !== '') throw new Error(problem);
  return frames.map((frame, index) => {
    const { name, linkType } = interfaces[frame.interfaceId]!;
    const nanoseconds = BigInt(frame.at) * 1000n + BigInt(frame.nanoseconds ?? 0);
    return {
      number: index + 1,
      time: `${nanoseconds / 1_000_000_000n}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, '0')}`,
      length: frame.originalLength!,
      captured: frame.bytes.length,
      linkType: ENCAPSULATION[linkType] ?? `LINKTYPE ${linkType}`,
      interface: name,
      direction: frame.direction,
      comment: flat(frame.comment),
      bytes: hexOf(frame.bytes),
    };
  });
}
