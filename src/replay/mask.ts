/** What is compared of a frame and what is not, by the names of the fields. */
import { nearest } from '../capture/filter/nearest.ts';

/** Every field that the comparison names, in the order in which a difference is looked for: what follows from others is last. */
export const FIELDS = [
  'time',
  'eth.type',
  'eth.dst',
  'eth.src',
  'arp.hardware',
  'arp.operation',
  'arp.sender.mac',
  'arp.sender.ip',
  'arp.target.mac',
  'arp.target.ip',
  'ip.version',
  'ip.hlen',
  'ip.protocol',
  'ip.src',
  'ip.dst',
  'ip.tos',
  'ip.id',
  'ip.flags',
  'ip.offset',
  'ip.ttl',
  'ip.options',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'tcp.seq',
  'tcp.ack',
  'tcp.push',
  'tcp.reserved',
  'tcp.window',
  'tcp.urgent',
  'tcp.options.order',
  'tcp.options.mss',
  'tcp.options.wscale',
  'tcp.options.sackok',
  'tcp.options.sack',
  'tcp.options.tsval',
  'tcp.options.tsecr',
  'tcp.hlen',
  'udp.srcport',
  'udp.dstport',
  'icmp.type',
  'icmp.code',
  'icmp.id',
  'icmp.seq',
  'icmp.rest',
  'payload',
  'ip.length',
  'udp.length',
  'ip.checksum',
  'tcp.checksum',
  'udp.checksum',
  'icmp.checksum',
] as const;

export type Field = (typeof FIELDS)[number];

type GroupsOf<F extends string> = F extends `${infer A}.${infer B}.${string}`
  ? A | `${A}.${B}`
  : F extends `${infer A}.${string}`
    ? A
    : never;
/** A field, or a group of them: 'tcp.options', 'arp'. */
export type MaskName = Field | GroupsOf<Field>;

/** Chosen anew by every host: numbers that nobody can repeat. Sequence numbers and ports are translated instead. */
export const DEFAULT_MASK: readonly MaskName[] = ['ip.id', 'tcp.options.tsval'];

export class Mask {
  readonly #masked: ReadonlySet<Field>;

  /**
   * @param more masked beside the default ones
   * @param fewer compared although they are masked by default
   * @throws RangeError for a name that is no field
   */
  constructor(more: readonly string[] = [], fewer: readonly string[] = []) {
    const shown = new Set(fewer.flatMap(fieldsCalled));
    this.#masked = new Set([...DEFAULT_MASK, ...more].flatMap(fieldsCalled).filter((field) => !shown.has(field)));
  }

  hides(field: Field): boolean {
    return this.#masked.has(field);
  }

  /** Every field of a protocol is masked: its frames are not compared at all. */
  hidesAll(protocol: string): boolean {
    return fieldsCalled(protocol).every((field) => this.#masked.has(field));
  }
}

/** @throws RangeError for a name that is no field */
function fieldsCalled(name: string): readonly Field[] {
  const found = FIELDS.filter((field) => field === name || field.startsWith(`${name}.`));
  if (found.length > 0) return found;
  throw new RangeError(`there is no field "${name}" to mask; ${meant(name)}`);
}

/** The nearest names; else those of the protocol, or what there is in groups. */
function meant(name: string): string {
  const [protocol = ''] = name.split('.');
  const groups = [...new Set(FIELDS.map((field) => field.split('.')[0] ?? field))];
  const near = nearest(name, [...FIELDS, ...groups]);
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  const siblings = FIELDS.filter((field) => field.startsWith(`${protocol}.`));
  const last = FIELDS.filter((field) => field.includes('.') && nearest(name, [field.split('.').at(-1)!]).length > 0);
  if (siblings.length === 0 && last.length > 0) return `did you mean ${last.slice(0, 3).join(' or ')}?`;
  return `there is ${(siblings.length > 0 ? siblings : groups).join(', ')}`;
}
