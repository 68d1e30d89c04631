/** Holds the TCP segments of a host with rules of its own against the capture: who says what to whom, not in how many segments. */
import type { Row } from '../compare.ts';
import { compare, differences } from '../compare.ts';
import type { Conversation } from '../conversation.ts';
import type { Expectations } from '../expectations.ts';
import type { Facts } from '../facts.ts';
import type { Bases } from '../fields.ts';
import type { Field, Mask } from '../mask.ts';
import type { Recorded } from '../recorded.ts';
import type { Placed } from '../recording.ts';
import type { Mismatch } from './stream.ts';
import { Stream } from './stream.ts';

/** Of every segment: between whom. */
const OF_ALL: ReadonlySet<Field> = new Set([
  'eth.type',
  'eth.dst',
  'eth.src',
  'ip.version',
  'ip.protocol',
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'tcp.srcport',
  'tcp.dstport',
]);
/** Of one with SYN beside: what is agreed on. */
const OF_SYN: ReadonlySet<Field> = new Set([
  'tcp.flags',
  'tcp.seq',
  'tcp.ack',
  'tcp.options.mss',
  'tcp.options.wscale',
  'tcp.options.sackok',
  'tcp.options.tsecr',
]);

/** What is compared then, in a line for the notes, behind the reason. */
export const WHAT_IS_COMPARED =
  'of its TCP is compared what it says in which place, SYN, FIN and RST, and what it has acknowledged in the end; not windows, how text is cut into segments, which acknowledgments leave by themselves, and what is sent again';

export interface Verdict {
  /** Recorded frames of which everything has been said now. */
  readonly met: readonly Recorded[];
  readonly mismatch: Pick<Mismatch, 'field' | 'recorded' | 'sent'> | undefined;
  /** The segment side by side with `beside`. */
  readonly rows: readonly Row[];
  readonly beside: Recorded | undefined;
}

export class StreamJudge {
  readonly #streams = new Map<Conversation, Stream>();
  readonly #expectations: Expectations;
  readonly #mask: Mask;
  /** The first of each conversation that was met. */
  readonly #beginnings = new Set<Recorded>();

  constructor(expectations: Expectations, mask: Mask) {
    this.#expectations = expectations;
    this.#mask = mask;
  }

  /** A segment of the stack, in the capture's numbers. */
  sent(facts: Facts, conversation: Conversation, bases: Bases): Verdict {
    const stream = this.#of(conversation);
    const like = stream.counterpart(facts);
    const next = like ?? this.#expectations.next(conversation) ?? conversation.frames.findLast(({ isHosts }) => isHosts);
    const all = next === undefined ? [] : compare(next, facts, this.#mask, bases);
    const rows = all.map((row) => (isCompared(row, like !== undefined) ? row : { ...row, differs: false, masked: true }));
    const found = differences(rows)[0] ?? stream.take(facts);
    const mismatch = found !== undefined && this.#mask.hides(found.field) ? undefined : found;
    if (mismatch === undefined) return this.#meet(stream, conversation, rows, next);
    const beside = 'frame' in mismatch ? (mismatch.frame ?? next) : next;
    return { met: [], mismatch, rows: beside === next ? withMismatch(rows, mismatch) : [], beside };
  }

  #meet(stream: Stream, conversation: Conversation, rows: readonly Row[], beside: Recorded | undefined): Verdict {
    const met: Recorded[] = [];
    const isFirst = stream.segments === 1;
    for (;;) {
      const next = this.#expectations.next(conversation);
      if (next === undefined || !stream.isMet(next)) return { met, mismatch: undefined, rows, beside };
      if (isFirst && met.length === 0) this.#beginnings.add(next);
      if (next.checksum === 'bad' && !this.#mask.hides('tcp.checksum'))
        return { met, mismatch: { field: 'tcp.checksum', recorded: 'a wrong one', sent: 'right' }, rows: [], beside: next };
      this.#expectations.meet(conversation);
      met.push(next);
    }
  }

  /** It is the first frame of a connection: the only one whose time does not follow from the peer's. */
  isBeginning(frame: Recorded): boolean {
    return this.#beginnings.has(frame);
  }

  /** What has to be sent before this frame of the peer may arrive. */
  neededBy({ frame, conversation }: Placed): Recorded | undefined {
    return this.#of(conversation).isAhead(frame) ? this.#expectations.next(conversation) : undefined;
  }

  /** Why a recorded frame was never met, where a field says it. */
  unmet(conversation: Conversation, frame: Recorded): Pick<Mismatch, 'field' | 'recorded' | 'sent'> | undefined {
    return this.#of(conversation).unmet(frame);
  }

  #of(conversation: Conversation): Stream {
    const known = this.#streams.get(conversation);
    if (known !== undefined) return known;
    const stream = new Stream(conversation);
    this.#streams.set(conversation, stream);
    return stream;
  }
}

const isCompared = ({ field }: Row, isSyn: boolean): boolean => OF_ALL.has(field) || (isSyn && OF_SYN.has(field));

const withMismatch = (rows: readonly Row[], { field, recorded, sent }: Verdict['mismatch'] & object): Row[] => {
  const row: Row = { field, recorded, sent, differs: true, masked: false };
  return rows.some((one) => one.field === field) ? rows.map((one) => (one.field === field ? row : one)) : [...rows, row];
};
