/** A frame and its fields as an object for other programs. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Field, Layer } from '../dissect/layers/field.ts';
import { formatBytes, valueText } from '../dissect/layers/field.ts';

export interface FieldJson {
  /** As in display filters: "tcp.srcport". */
  readonly field: string;
  readonly name: string;
  /** Bytes are text, as "de:ad". */
  readonly value: number | boolean | string;
  readonly text: string;
  readonly meaning?: string;
  /** First byte and how many; left out where it was computed. */
  readonly at?: number;
  readonly length?: number;
  /** Which bits of them. */
  readonly mask?: number;
  readonly fields?: readonly FieldJson[];
}

export interface LayerJson {
  readonly protocol: string;
  readonly name: string;
  readonly osi: string;
  readonly at: number;
  readonly length: number;
  readonly fields: readonly FieldJson[];
  /** The packet that an ICMP error quotes. */
  readonly quoted?: readonly LayerJson[];
}

export interface FrameJson {
  readonly number: number;
  /** The frame in a sentence. */
  readonly summary: string;
  /** What is wrong with it. */
  readonly faults: readonly string[];
  readonly layers: readonly LayerJson[];
}

export const frameJson = (captured: CapturedFrame, summary: string): FrameJson => ({
  number: captured.number,
  summary,
  faults: captured.packet.faults,
  layers: captured.layers.map(layerJson),
});

const layerJson = ({ protocol, name, osi, at, length, fields, quoted }: Layer): LayerJson => ({
  protocol,
  name,
  osi,
  at,
  length,
  fields: fields.map(fieldJson),
  ...(quoted.length > 0 ? { quoted: quoted.map(layerJson) } : {}),
});

function fieldJson(field: Field): FieldJson {
  const { key, info, value, meaning, at, length, mask, children } = field;
  return {
    field: key,
    name: info.name,
    value: value instanceof Uint8Array ? formatBytes(value) : value,
    text: valueText(field),
    ...(meaning === '' ? {} : { meaning }),
    ...(length === 0 ? {} : { at, length }),
    ...(mask === 0 ? {} : { mask }),
    ...(children.length === 0 ? {} : { fields: children.map(fieldJson) }),
  };
}
