/** What no header accounts for. */
import type { Span } from '../dissected.ts';
import type { FieldTable, Layer } from './field.ts';
import { bytes, number } from './field.ts';
import { FieldList } from './field-list.ts';

export const DATA_FIELDS = { 'data.data': bytes('data'), 'data.len': number('length') } satisfies FieldTable;

/** @param osi empty where it is not an application's */
export function dataLayer(view: DataView, { at, length }: Span, osi: '5-7' | ''): Layer {
  const list = new FieldList(view, DATA_FIELDS, at + length);
  list.bytes('data.data', at, length);
  list.add('data.len', at, 0, length, 'bytes');
  return { protocol: 'data', name: 'data', osi, at, length, fields: list.fields, quoted: [] };
}
