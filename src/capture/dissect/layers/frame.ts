/** What is known of a frame beside its bytes: when, where and how much of it was recorded. */
import type { RecordedFrame } from '../../record/frame-sink.ts';
import type { FieldTable, Layer } from './field.ts';
import { number, seconds, text } from './field.ts';
import { FieldList } from './field-list.ts';

export const FRAME_FIELDS = {
  'frame.number': number('number'),
  'frame.interface_id': number('interface number'),
  'frame.interface_name': text('interface'),
  'frame.time_epoch': seconds('time'),
  'frame.time_relative': seconds('since the first frame'),
  'frame.time_delta': seconds('since the frame before'),
  'frame.packet_flags_direction': number('direction'),
  'frame.len': number('length on the wire'),
  'frame.cap_len': number('length captured'),
  'frame.comment': text('comment'),
} satisfies FieldTable;

/** Its place in the capture. */
export interface FramePlace {
  /** From 1. */
  readonly number: number;
  readonly interfaceName: string;
  /** LINKTYPE of its interface. */
  readonly linkType: number;
  /** Seconds. */
  readonly sinceFirst: number;
  readonly sincePrevious: number;
}

const DIRECTIONS = { unknown: 0, in: 1, out: 2 } as const;
const MEANINGS = { unknown: 'unknown', in: 'inbound', out: 'outbound' } as const;

export function frameLayer(frame: RecordedFrame, place: FramePlace): Layer {
  const { bytes, direction, comment } = frame;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list = new FieldList(view, FRAME_FIELDS, bytes.length);
  list.add('frame.number', 0, 0, place.number);
  list.add('frame.interface_id', 0, 0, frame.interfaceId);
  if (place.interfaceName !== '') list.add('frame.interface_name', 0, 0, place.interfaceName);
  list.add('frame.time_epoch', 0, 0, frame.at / 1_000_000 + (frame.nanoseconds ?? 0) / 1e9, 'seconds');
  list.add('frame.time_relative', 0, 0, place.sinceFirst, 'seconds');
  list.add('frame.time_delta', 0, 0, place.sincePrevious, 'seconds');
  if (direction !== 'unknown') list.add('frame.packet_flags_direction', 0, 0, DIRECTIONS[direction], MEANINGS[direction]);
  list.add('frame.len', 0, 0, frame.originalLength ?? bytes.length, 'bytes');
  list.add('frame.cap_len', 0, 0, bytes.length, 'bytes');
  if (comment !== '') list.add('frame.comment', 0, 0, comment);
  return { protocol: 'frame', name: 'frame', osi: '1', at: 0, length: bytes.length, fields: list.fields, quoted: [] };
}
