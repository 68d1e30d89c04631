/** A message of DNS, RFC 1035 §4: its header, what is asked, and the records of the three answering sections. */
import type { Span } from './dissected.ts';
import type { DnsData } from './dns-data.ts';
import { readData } from './dns-data.ts';
import type { DnsName } from './dns-name.ts';
import { readName } from './dns-name.ts';

export interface DnsQuestion extends Span {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
}

export type DnsSection = 'answer' | 'authority' | 'additional';

export interface DnsRecord extends Span {
  readonly section: DnsSection;
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Span;
  readonly content: DnsData;
}

export interface Dns extends Span {
  readonly kind: 'dns';
  /** Which of the protocols that use these messages, by its port. */
  readonly protocol: 'dns' | 'mdns' | 'llmnr';
  /** Bytes of length in front of the message: 2 over TCP, else 0. */
  readonly prefix: number;
  readonly id: number;
  readonly flags: number;
  /** As the header claims: questions, answers, authorities, additional records. */
  readonly counts: readonly [number, number, number, number];
  readonly questions: readonly DnsQuestion[];
  /** All three sections, in their order. */
  readonly records: readonly DnsRecord[];
  /** False when the message ends before all that its header counts, or cannot be read on. */
  readonly isWhole: boolean;
}

export const DNS_HEADER = 12;
export const DNS_RESPONSE = 0x8000;
const SECTIONS: readonly DnsSection[] = ['answer', 'authority', 'additional'];

/** @returns undefined when the header is not whole */
export function dissectDns(view: DataView, span: Span, protocol: Dns['protocol'], prefix = 0): Dns | undefined {
  const { at, length } = span;
  if (length < DNS_HEADER) return undefined;
  const reader = new MessageReader(view, at, at + length);
  const counts = [view.getUint16(at + 4), view.getUint16(at + 6), view.getUint16(at + 8), view.getUint16(at + 10)] as const;
  const questions = reader.many(counts[0], () => reader.question());
  const records = SECTIONS.flatMap((section, index) => reader.many(counts[index + 1]!, () => reader.record(section)));
  return {
    kind: 'dns',
    protocol,
    prefix,
    at,
    length,
    id: view.getUint16(at),
    flags: view.getUint16(at + 2),
    counts: [...counts],
    questions,
    records,
    isWhole: !reader.hasFailed,
  };
}

/** Reads one part after the other; after the first that cannot be read there is nothing more. */
class MessageReader {
  hasFailed = false;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    this.#start = start;
    this.#end = end;
    this.#at = start + DNS_HEADER;
  }

  /** As many as there are, up to `count`: each takes bytes, so a count that lies ends with the message. */
  many<T>(count: number, one: () => T | undefined): T[] {
    const found: T[] = [];
    for (let i = 0; i < count && !this.hasFailed; i++) {
      const next = one();
      if (next === undefined) this.hasFailed = true;
      else found.push(next);
    }
    return found;
  }

  question(): DnsQuestion | undefined {
    const at = this.#at;
    const name = readName(this.#view, this.#start, at, this.#end);
    if (name === undefined || at + name.length + 4 > this.#end) return undefined;
    const typeAt = at + name.length;
    this.#at = typeAt + 4;
    const [type, questionClass] = [this.#view.getUint16(typeAt), this.#view.getUint16(typeAt + 2)];
    return { at, length: name.length + 4, name, type, class: questionClass };
  }

  record(section: DnsSection): DnsRecord | undefined {
    const [at, view] = [this.#at, this.#view];
    const name = readName(view, this.#start, at, this.#end);
    if (name === undefined || at + name.length + 10 > this.#end) return undefined;
    const typeAt = at + name.length;
    const data: Span = { at: typeAt + 10, length: view.getUint16(typeAt + 8) };
    if (data.at + data.length > this.#end) return undefined;
    this.#at = data.at + data.length;
    const content = readData(view, this.#start, view.getUint16(typeAt), data);
    const [type, recordClass, ttl] = [view.getUint16(typeAt), view.getUint16(typeAt + 2), view.getUint32(typeAt + 4)];
    return { at, length: this.#at - at, section, name, type, class: recordClass, ttl, data, content };
  }
}
