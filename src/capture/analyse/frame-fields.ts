/** A frame as a list of named values that can be compared with another's. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Layer } from '../dissect/layers/field.ts';
import { flatten, valueText } from '../dissect/layers/field.ts';

/** What of two captures is not compared: a field, all that begin with a name, or one of these words. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  time: ['frame.time_relative'],
  comment: ['frame.comment'],
  interface: ['frame.interface_name', 'frame.packet_flags_direction'],
  mac: ['eth.dst', 'eth.src', 'arp.src.hw_mac', 'arp.dst.hw_mac'],
  ports: ['tcp.srcport', 'tcp.dstport', 'tcp.port', 'udp.srcport', 'udp.dstport', 'udp.port'],
  isn: ['tcp.seq_raw', 'tcp.ack_raw'],
  timestamps: ['tcp.options.timestamp'],
  data: ['data', 'tcp.payload', 'udp.payload'],
  checksums: ['ip.checksum', 'tcp.checksum', 'udp.checksum', 'icmp.checksum'],
};

/** For help and messages. */
export const IGNORE_WORDS = Object.keys(WORDS);

/** These say where the frame stands and when it was, not what it is; the time since the beginning is compared. */
const PLACE = new Set(['frame.number', 'frame.interface_id', 'frame.time_epoch', 'frame.time_delta', 'frame.cap_len']);

/** These depend on where the recording began. They are compared only when the numbers of the wire are not. */
const RELATIVE = ['tcp.seq', 'tcp.nxtseq', 'tcp.ack'];

export class IgnoredFields {
  readonly #names: readonly string[];

  /** A checksum follows from what it covers: with a part of that it is ignored too. */
  constructor(words: readonly string[]) {
    const names = words.flatMap((word) => WORDS[word] ?? [word]);
    const has = (start: string): boolean => names.some((name) => name.startsWith(start));
    const covered = has('ip.src') || has('ip.dst');
    this.#names = [
      ...names,
      ...(names.includes('tcp.seq_raw') ? [] : RELATIVE),
      ...(has('ip.') ? ['ip.checksum'] : []),
      ...(has('tcp.') || covered ? ['tcp.checksum'] : []),
      ...(has('udp.') || covered ? ['udp.checksum'] : []),
      ...(has('icmp.') || has('data') ? ['icmp.checksum'] : []),
    ];
  }

  has(key: string): boolean {
    return this.#names.some((name) => key === name || key.startsWith(`${name}.`));
  }
}

/** By name of the field; several of one name are one value. */
export function fieldsOf(captured: CapturedFrame, ignored: IgnoredFields): Map<string, string> {
  const fields = new Map<string, string>();
  for (const layer of captured.layers) addLayer(fields, layer, ignored, '');
  return fields;
}

function addLayer(fields: Map<string, string>, layer: Layer, ignored: IgnoredFields, prefix: string): void {
  for (const field of flatten(layer.fields)) {
    const { key } = field;
    if (PLACE.has(key) || ignored.has(key)) continue;
    const name = `${prefix}${key}`;
    const known = fields.get(name);
    fields.set(name, known === undefined ? valueText(field) : `${known}, ${valueText(field)}`);
  }
  for (const inner of layer.quoted) addLayer(fields, inner, ignored, 'quoted ');
}
