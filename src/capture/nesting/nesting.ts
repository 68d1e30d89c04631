/** One frame as boxes in boxes, a box for each header with the next inside, as lectures draw the layers. Data here, drawn elsewhere. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Span } from '../dissect/dissected.ts';
import type { Field, Layer } from '../dissect/layers/field.ts';
import { formatBytes, valueText } from '../dissect/layers/field.ts';

export interface NestingRow extends Span {
  /** How deep it stands below other fields of its header. */
  readonly depth: number;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  /** "...1 .... .... ....": which bits of its bytes it is; empty when it is all of them. */
  readonly bits: string;
  /** What it was read from; empty where it was computed, or where its parts show the bytes. */
  readonly bytes: Uint8Array;
  /** It is nothing but bytes: they are shown as characters too. */
  readonly isData: boolean;
}

export interface NestingBox {
  readonly osi: Layer['osi'];
  /** "data link", "transport", … */
  readonly layer: string;
  /** "Ethernet II", "TCP", … */
  readonly name: string;
  /** "bytes 14 to 33" */
  readonly place: string;
  /** What happened here, where the capture says so. */
  readonly notes: readonly string[];
  readonly rows: readonly NestingRow[];
  readonly inner: readonly NestingBox[];
  /** What stands behind all that is inside: padding. */
  readonly after: readonly NestingRow[];
}

const LAYERS: Record<Layer['osi'], string> = {
  '1': 'physical',
  '2': 'data link',
  '2-3': 'data link and network',
  '3': 'network',
  '4': 'transport',
  '5-7': 'application',
  '': '',
};

/** Said by another row already, or for filters more than for people. */
const UNSHOWN: ReadonlySet<string> = new Set([
  'frame.interface_id',
  'frame.time_epoch',
  'frame.cap_len',
  'frame.comment',
  'eth.dst.lg',
  'eth.dst.ig',
  'eth.src.lg',
  'eth.src.ig',
  'tcp.seq',
  'tcp.ack',
  'tcp.payload',
  'udp.payload',
  'data.len',
  'ip.checksum.status',
  'tcp.checksum.status',
  'udp.checksum.status',
  'icmp.checksum.status',
  'icmpv6.checksum.status',
  'tcp.options.wscale.multiplier',
  'tcp.options.sack.count',
  'dns.qry.name.len',
  'dns.count.labels',
]);

/** @returns the outermost box: the frame itself */
export function nesting({ layers, frame }: CapturedFrame): NestingBox {
  const view = new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength);
  const { length } = frame.bytes;
  const wire = frame.originalLength ?? length;
  const [box] = boxesOf(layers, view);
  const place = wire > length ? `${length} of ${wire} bytes captured` : `${length} bytes`;
  const notes = frame.comment === '' ? [] : frame.comment.split('\n');
  return { ...(box ?? EMPTY), place, notes };
}

const EMPTY: NestingBox = {
  osi: '1',
  layer: LAYERS['1'],
  name: 'frame',
  place: '',
  notes: [],
  rows: [],
  inner: [],
  after: [],
};

/** The first with all others inside; none for no layers. */
function boxesOf(layers: readonly Layer[], view: DataView): NestingBox[] {
  const [layer, ...others] = layers;
  if (layer === undefined) return [];
  const inner = [...boxesOf(layer.quoted, view).map(asQuoted), ...boxesOf(others, view)];
  const innerAt = others[0]?.at ?? Number.POSITIVE_INFINITY;
  const isBehind = (field: Field): boolean => layer.protocol !== 'frame' && field.at > innerAt && field.length > 0;
  const last = layer.at + layer.length - 1;
  return [
    {
      osi: layer.osi,
      layer: LAYERS[layer.osi],
      name: layer.name,
      place: layer.length === 0 ? '' : layer.length === 1 ? `byte ${layer.at}` : `bytes ${layer.at} to ${last}`,
      notes: [],
      rows: rowsOf(
        layer.fields.filter((field) => !isBehind(field)),
        view,
        0,
      ),
      inner,
      after: rowsOf(layer.fields.filter(isBehind), view, 0),
    },
  ];
}

const asQuoted = (box: NestingBox): NestingBox => ({ ...box, name: `${box.name}, quoted` });

const rowsOf = (fields: readonly Field[], view: DataView, depth: number): NestingRow[] =>
  fields
    .filter(({ key }) => !UNSHOWN.has(key))
    .flatMap((field) => [rowOf(field, view, depth), ...rowsOf(shownParts(field), view, depth + 1)]);

/** The bytes of an option's value stand in the part that says what they mean, if there is one. */
const shownParts = ({ children }: Field): readonly Field[] =>
  children.length > 2 ? children.filter(({ key }) => key !== 'dhcp.option.value') : children;

function rowOf(field: Field, view: DataView, depth: number): NestingRow {
  const { at, length, info, mask, value, meaning, children } = field;
  const isWhole = children.some((part) => part.mask === 0 && part.length > 0 && part.length < length);
  const isData = value instanceof Uint8Array && !isWhole;
  return {
    at,
    length,
    depth,
    name: info.name,
    value: value instanceof Uint8Array ? lengthText(value, isWhole) : info.type === 'none' ? '' : valueText(field),
    meaning,
    bits: mask === 0 || length > 2 ? '' : bitsText(view, field),
    bytes: isWhole || length === 0 ? new Uint8Array(0) : new Uint8Array(view.buffer, view.byteOffset + at, length),
    isData: isData && value.length > SHORT,
  };
}

/** So many bytes are a value of their own; more are data. */
const SHORT = 8;

const lengthText = (value: Uint8Array, isWhole: boolean): string =>
  isWhole || value.length > SHORT ? `${value.length} bytes` : formatBytes(value);

/** In groups of four, a dot for each bit that belongs to others. */
function bitsText(view: DataView, { at, length, mask }: Field): string {
  const whole = length === 1 ? view.getUint8(at) : view.getUint16(at);
  let text = '';
  for (let bit = length * 8 - 1; bit >= 0; bit--) {
    text += (mask >>> bit) & 1 ? String((whole >>> bit) & 1) : '.';
    if (bit % 4 === 0 && bit > 0) text += ' ';
  }
  return text;
}
