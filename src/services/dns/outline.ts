/**
 * Where the parts of a message lie, RFC 1035 §4.1: found before anybody reads what is in them. What does not fit together is
 * refused here, with a reason, so that nothing behind reads beyond a record, follows pointers in a circle or takes the name of one
 * host for that of another.
 */
import { TYPES } from './message.ts';
import { isLabelByte } from './name.ts';

export const HEADER = 12;
const RECORD_HEAD = 10;

/** Why a message cannot be read. */
export type Malformed =
  | 'shorter than its header'
  | 'ends before what its header counts'
  | 'more records than anybody needs'
  | 'a name that is not one'
  | 'data of the wrong length'
  | 'bytes behind the last record'
  | 'more than one OPT'
  | 'a class that nobody has'
  | 'the codec cannot read it';

export interface OutlinedRecord {
  readonly code: number;
  /** Its class; of OPT: the payload size. */
  readonly class: number;
  /** Its data. */
  readonly at: number;
  readonly length: number;
}

export interface Outline {
  /** The type of each question. */
  readonly questions: readonly number[];
  /** All sections, in their order. */
  readonly records: readonly OutlinedRecord[];
}

/** A message of 64 KiB holds up to 5,000 of the shortest records; the longest honest answers have some hundred. */
const MAX_RECORDS = 1_024;
/** RFC 1035 §4.1.4 gives no limit; a name has at most 127 labels, and a pointer in front of each is generous. */
const MAX_POINTERS = 127;
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;
/** RFC 1035 §4.1.4: the first two bits of a pointer. */
const POINTER = 0xc0;

/** What names there are in the data, and what stands around them: bytes before, how many names, bytes behind. */
const NAMES_IN_DATA: Readonly<Record<number, readonly [before: number, names: number, behind: number]>> = {
  [TYPES.NS]: [0, 1, 0],
  [TYPES.CNAME]: [0, 1, 0],
  [TYPES.PTR]: [0, 1, 0],
  [TYPES.SOA]: [0, 2, 20],
  [TYPES.MX]: [2, 1, 0],
  [TYPES.SRV]: [6, 1, 0],
};

/** @returns what is wrong as a text */
export function outline(bytes: Uint8Array): Outline | Malformed {
  if (bytes.length < HEADER) return 'shorter than its header';
  const reader = new OutlineReader(bytes);
  const [questionCount = 0, ...counts] = [4, 6, 8, 10].map((at) => reader.word(at));
  const recordCount = counts.reduce((sum, count) => sum + count, 0);
  if (questionCount + recordCount > MAX_RECORDS) return 'more records than anybody needs';
  const questions: number[] = [];
  for (let i = 0; i < questionCount; i++) {
    const code = reader.question();
    if (typeof code === 'string') return code;
    questions.push(code);
  }
  const records: OutlinedRecord[] = [];
  for (let i = 0; i < recordCount; i++) {
    const record = reader.record();
    if (typeof record === 'string') return record;
    records.push(record);
  }
  return reader.at === bytes.length ? { questions, records } : 'bytes behind the last record';
}

interface NameInReading {
  /** What is read next. */
  at: number;
  /** Where the name ends in the place where it began; -1 until a pointer leads away from there. */
  end: number;
  /** Octets of the name so far, with the zero at its end. */
  length: number;
  /** Where a pointer must lead to before. */
  earliest: number;
  pointers: number;
}

class OutlineReader {
  at = HEADER;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Two bytes; beyond the end zeros. */
  word(at: number): number {
    return ((this.#bytes[at] ?? 0) << 8) | (this.#bytes[at + 1] ?? 0);
  }

  /** @returns its type */
  question(): number | Malformed {
    const end = this.#nameEnd(this.at);
    if (typeof end === 'string') return end;
    if (end + 4 > this.#bytes.length) return 'ends before what its header counts';
    this.at = end + 4;
    return this.word(end);
  }

  record(): OutlinedRecord | Malformed {
    const end = this.#nameEnd(this.at);
    if (typeof end === 'string') return end;
    if (end + RECORD_HEAD > this.#bytes.length) return 'ends before what its header counts';
    const at = end + RECORD_HEAD;
    const record = { code: this.word(end), class: this.word(end + 2), at, length: this.word(end + 8) };
    if (at + record.length > this.#bytes.length) return 'ends before what its header counts';
    this.at = at + record.length;
    return this.#problemOfData(record) ?? record;
  }

  #problemOfData({ code, at, length }: OutlinedRecord): Malformed | undefined {
    if (code === TYPES.A) return length === 4 ? undefined : 'data of the wrong length';
    if (code === TYPES.AAAA) return length === 16 ? undefined : 'data of the wrong length';
    if (code === TYPES.TXT) return this.#problemOfTexts(at, at + length);
    if (code === TYPES.OPT) return this.#problemOfOptions(at, at + length);
    const names = NAMES_IN_DATA[code];
    if (names === undefined) return undefined;
    const [before, count, behind] = names;
    let end = at + before;
    for (let i = 0; i < count; i++) {
      const isMailbox = i === 1; // RFC 1035 §8: the part before the @ is one label, dots and all
      const next = this.#nameEnd(end, isMailbox);
      if (typeof next === 'string') return next;
      end = next;
    }
    return end + behind === at + length ? undefined : 'data of the wrong length';
  }

  /** RFC 1035 §3.3.14: one text or more, each behind its length. */
  #problemOfTexts(at: number, end: number): Malformed | undefined {
    let next = at;
    while (next < end) next += 1 + (this.#bytes[next] ?? 0);
    return next === end && end > at ? undefined : 'data of the wrong length';
  }

  /** RFC 6891 §6.1.2: options of a code, a length and so many bytes. */
  #problemOfOptions(at: number, end: number): Malformed | undefined {
    let next = at;
    while (next + 4 <= end) next += 4 + this.word(next + 2);
    return next === end ? undefined : 'data of the wrong length';
  }

  /** Reads a name to its end. @returns where it ends in the place where it began */
  #nameEnd(from: number, isMailbox = false): number | Malformed {
    const name: NameInReading = { at: from, end: -1, length: 1, earliest: from, pointers: 0 };
    for (;;) {
      const first = this.#bytes[name.at];
      if (first === undefined) return 'ends before what its header counts';
      if (first === 0) return name.end === -1 ? name.at + 1 : name.end;
      const isRead = first >= POINTER ? this.#followPointer(name) : this.#passLabel(name, first, isMailbox);
      if (!isRead) return 'a name that is not one';
    }
  }

  /** "A prior occurance": each pointer leads further back than the one before, so there is no circle. */
  #followPointer(name: NameInReading): boolean {
    if (name.end === -1) name.end = name.at + 2;
    const target = this.word(name.at) & 0x3fff;
    name.pointers++;
    const isPrior = target >= HEADER && target < name.earliest && name.at + 2 <= this.#bytes.length;
    name.earliest = target;
    name.at = target;
    return isPrior && name.pointers <= MAX_POINTERS;
  }

  #passLabel(name: NameInReading, length: number, isMailbox: boolean): boolean {
    const mayHoldDots = isMailbox && name.length === 1;
    name.length += length + 1;
    const start = name.at + 1;
    name.at = start + length;
    return length <= LONGEST_LABEL && name.length <= LONGEST_NAME && this.#isLabel(start, name.at, mayHoldDots);
  }

  #isLabel(at: number, end: number, mayHoldDots: boolean): boolean {
    for (let i = at; i < end; i++) {
      const byte = this.#bytes[i];
      if (byte === undefined || !(isLabelByte(byte) || (mayHoldDots && byte === 0x2e))) return false;
    }
    return true;
  }
}
