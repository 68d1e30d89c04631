/** Holds every frame that the stack sends against the capture, and knows the first difference. */
import type { Micros } from '../stack/time.ts';
import { MILLISECOND, SECOND } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import type * as tcp from '../stack/wire/tcp.ts';
import type { Row } from './compare.ts';
import { ABSENT, compare, differences } from './compare.ts';
import type { Conversation } from './conversation.ts';
import type { Difference, DifferenceKind } from './difference.ts';
import { Expectations, isQuestion } from './expectations.ts';
import type { Facts } from './facts.ts';
import { conversationOf, factsOf, tcpOptions } from './facts.ts';
import type { LiveConversation, LiveConversations } from './live-conversations.ts';
import type { Mask } from './mask.ts';
import type { Notes } from './notes.ts';
import type { Recorded } from './recorded.ts';
import type { Placed, Recording } from './recording.ts';
import { toRecorded } from './rewrite.ts';
import { StreamJudge } from './stream/stream-judge.ts';

export interface JudgeOptions {
  readonly mask: Mask;
  readonly tolerance: Micros;
  /** The host is another implementation: TCP is compared by what it says, not segment by segment. */
  readonly asStreams: boolean;
}

/** A frame that is missing is waited for: one that comes late is a different thing from one that never comes. */
const PATIENCE: Micros = 1 * SECOND;

/** Groups whose fields make a whole frame: masked entirely, such frames are not compared. */
const PROTOCOLS: Partial<Record<Conversation['kind'], string>> = {
  arp: 'arp',
  tcp: 'tcp',
  udp: 'udp',
  echo: 'icmp',
  icmp: 'icmp',
};

export class Judge {
  difference: Difference | undefined = undefined;
  /** Frames that are as they were recorded. */
  compared = 0;
  readonly expectations: Expectations;
  readonly #recording: Recording;
  readonly #live: LiveConversations;
  readonly #options: JudgeOptions;
  readonly #notes: Notes;
  readonly #strays: Set<Recorded>;
  readonly #streams: StreamJudge | undefined;
  #after = 0;
  #late: Placed | undefined = undefined;

  constructor(recording: Recording, live: LiveConversations, options: JudgeOptions, notes: Notes) {
    this.#recording = recording;
    this.#live = live;
    this.#options = options;
    this.#notes = notes;
    this.#strays = new Set(recording.strays);
    this.expectations = new Expectations(recording, ({ kind }) => this.#isCompared(kind));
    this.#streams = options.asStreams ? new StreamJudge(this.expectations, options.mask) : undefined;
  }

  /** No tolerance at all: times are masked. */
  get #tolerance(): Micros {
    return this.#options.mask.hides('time') ? Number.POSITIVE_INFINITY : this.#options.tolerance;
  }

  #isCompared(kind: Conversation['kind']): boolean {
    const protocol = PROTOCOLS[kind];
    return protocol === undefined || !this.#options.mask.hidesAll(protocol);
  }

  /**
   * A frame of the stack.
   * @param bytes are changed into the capture's numbers
   * @returns 'unanswered' for a question of ARP that the capture knows nothing of
   */
  sent(bytes: Uint8Array, reason: string, now: Micros): 'judged' | 'unanswered' {
    const facts = factsOf(bytes);
    if (!this.#isCompared(facts.kind)) return facts.kind === 'arp' && isRequest(facts) ? 'unanswered' : 'judged';
    const tsval = facts.kind === 'tcp' ? tcpOptions(facts) : undefined;
    const live = this.#translated(facts);
    const next = live === undefined ? undefined : this.expectations.next(live.recorded);
    if (facts.kind === 'arp' && isRequest(facts)) return this.#asks(facts, live, next, reason, now);
    if (this.difference !== undefined) return 'judged';
    const streams = live?.recorded.kind === 'tcp' ? this.#streams : undefined;
    if (live === undefined || (next === undefined && streams === undefined)) this.#unexpected(facts, reason, now);
    else if (streams !== undefined) this.#judgeStream(streams, facts, live, reason, now, tsval);
    else this.#judgeFrame(facts, live, next!, reason, now, tsval);
    return 'judged';
  }

  /** What a frame of the stack belongs to, with the capture's numbers in it. */
  #translated(facts: Facts): LiveConversation | undefined {
    const live = this.#live.sent(facts);
    if (live !== undefined) toRecorded(facts, live);
    return live;
  }

  #judgeFrame(
    facts: Facts,
    live: LiveConversation,
    next: Recorded,
    reason: string,
    now: Micros,
    tsval: tcp.Segment | undefined,
  ): void {
    this.#judge(facts, live, next, reason, now);
    if (tsval?.hasTimestamps && next.facts.kind === 'tcp') learnTimestamp(live, next, tsval.tsValue);
  }

  /** What has to be sent before this frame of the peer may arrive; undefined: nothing is missing. */
  neededBy(placed: Placed): Recorded | undefined {
    if (this.#streams === undefined || placed.conversation.kind !== 'tcp') return this.expectations.neededBy(placed);
    return this.#streams.neededBy(placed);
  }

  /** Time has come to `now`: true when a frame is missing for good. */
  passes(now: Micros): void {
    if (this.difference !== undefined) return;
    const first = this.expectations.first();
    if (first === undefined || first.frame.at + this.#tolerance >= now) return;
    this.#late ??= first;
    const patience = Math.max(PATIENCE, 20 * this.#options.tolerance);
    if (now > this.#late.frame.at + patience) this.#isMissing(this.#late);
  }

  /** Nothing more will happen. */
  finish(): void {
    const first = this.expectations.first();
    if (this.difference === undefined && first !== undefined) this.#isMissing(first);
    const damaged = this.#recording.strays.find(isDamaged);
    if (this.difference === undefined && damaged !== undefined) this.#isMalformed(damaged);
    if (this.difference === undefined)
      for (const { number } of this.expectations.unasked()) this.#notes.about(number, 'not asked: the stack knew the answer');
    if (this.#after > 0) this.#notes.say(`${this.#after} more frames left when the capture was at its end: not compared`);
  }

  bases({ hostIsn, peerOffer }: Conversation): { seq: number; ack: number } {
    return { seq: hostIsn ?? 0, ack: peerOffer?.isn ?? 0 };
  }

  #judge(facts: Facts, live: LiveConversation, next: Recorded, reason: string, now: Micros): void {
    const { recorded: conversation } = live;
    const rows = compare(next, facts, this.#options.mask, this.bases(conversation));
    const isInTime = Math.abs(now - next.at) <= this.#tolerance;
    if (differences(rows).length > 0) this.#isOther(facts, { frame: next, conversation }, reason, now);
    else if (isInTime) {
      this.expectations.meet(conversation);
      this.compared++;
    } else this.#isAtAnotherTime(next, conversation, rows, reason, now);
  }

  #judgeStream(
    streams: StreamJudge,
    facts: Facts,
    live: LiveConversation,
    reason: string,
    now: Micros,
    tsval: tcp.Segment | undefined,
  ): void {
    const { recorded: conversation } = live;
    const { met, mismatch, rows, beside } = streams.sent(facts, conversation, this.bases(conversation));
    const about = { rows, at: now, conversation: conversation.name, reason };
    if (mismatch !== undefined) {
      this.#reportField(mismatch, beside === undefined ? about : { ...about, frame: beside });
      return;
    }
    this.compared += met.length;
    const [first] = met;
    if (tsval?.hasTimestamps) for (const frame of met) learnTimestamp(live, frame, tsval.tsValue);
    if (first !== undefined && streams.isBeginning(first) && Math.abs(now - first.at) > this.#tolerance)
      this.#isAtAnotherTime(first, conversation, rows, reason, now);
  }

  #reportField(
    { field, recorded, sent }: Pick<Row, 'field' | 'recorded' | 'sent'>,
    about: { frame?: Recorded; rows: readonly Row[]; at: Micros; conversation: string; reason: string },
  ): void {
    this.#report('field', field, `${field}: recorded ${recorded}, sent ${sent}`, about);
  }

  /** It is not the frame that is expected: one was left out, one too many was sent, or it is not as it should be. */
  #isOther(facts: Facts, expected: Placed, reason: string, now: Micros): void {
    const { frame, conversation } = expected;
    const behind = this.expectations.next(conversation, 1);
    if (this.#late?.conversation === conversation) this.#isMissing(this.#late);
    else if (behind !== undefined && this.#isLike(behind, facts, conversation, now)) this.#isMissing(expected);
    else if (now < frame.at - this.#tolerance) this.#unexpected(facts, reason, now, expected);
    else this.#differs(this.#closest(facts, now, expected), facts, reason, now);
  }

  #isLike(frame: Recorded, facts: Facts, conversation: Conversation, now: Micros): boolean {
    const rows = compare(frame, facts, this.#options.mask, this.bases(conversation));
    return differences(rows).length === 0 && Math.abs(now - frame.at) <= this.#tolerance;
  }

  /** Of the frame that is expected and the strays near by, the one that is most like it: a damaged frame may be a stray. */
  #closest(facts: Facts, now: Micros, expected: Placed | undefined): Placed | undefined {
    const conversation = expected?.conversation;
    const isAsLong = ({ facts: other }: Recorded): boolean =>
      other.kind === facts.kind || other.view.byteLength === facts.view.byteLength;
    const strays = [...this.#strays].filter((one) => Math.abs(one.at - now) <= this.#options.tolerance && isAsLong(one));
    const others = this.expectations.near(now, this.#options.tolerance).filter(({ frame }) => isAsLong(frame));
    const candidates = [...(expected === undefined ? [] : [expected.frame]), ...strays, ...others.map(({ frame }) => frame)];
    const distance = (frame: Recorded): number =>
      differences(compare(frame, facts, this.#options.mask, { seq: 0, ack: 0 })).filter(({ recorded }) => recorded !== ABSENT)
        .length;
    const best = candidates.reduce<Recorded | undefined>(
      (a, b) => (a !== undefined && distance(a) <= distance(b) ? a : b),
      undefined,
    );
    if (best === undefined || (best !== expected?.frame && distance(best) > MOST_DAMAGE)) return expected;
    const known = others.find(({ frame }) => frame === best)?.conversation ?? conversation;
    return { frame: best, conversation: known ?? this.#recording.conversations[0]! };
  }

  #differs(counterpart: Placed | undefined, facts: Facts, reason: string, now: Micros): void {
    if (counterpart === undefined) return;
    const { frame, conversation } = counterpart;
    const rows = compare(frame, facts, this.#options.mask, this.bases(conversation));
    const differing = differences(rows);
    const first = differing.find(({ recorded }) => recorded !== ABSENT) ?? differing[0]; // of a malformed frame much cannot be read
    const text = first === undefined ? '' : `${first.field}: recorded ${first.recorded}, sent ${first.sent}`;
    this.#report('field', first?.field, text, { frame, rows, at: now, conversation: conversation.name, reason });
  }

  #isAtAnotherTime(frame: Recorded, { name }: Conversation, rows: readonly Row[], reason: string, now: Micros): void {
    const [recorded, sent] = [frame.at, now].map((at) => milliseconds(at - this.#recording.begin));
    const text = `time: recorded at ${recorded}, sent at ${sent}, tolerance ${milliseconds(this.#options.tolerance)}`;
    this.#report('time', 'time', text, { frame, rows, at: now, conversation: name, reason });
  }

  /** The stack speaks where the capture does not. @param next what the conversation has next, later */
  #unexpected(facts: Facts, reason: string, now: Micros, next?: Placed): void {
    const damaged = this.#closest(facts, now, undefined);
    if (damaged !== undefined) {
      this.#differs(damaged, facts, reason, now);
      return;
    }
    if (facts.kind === 'arp') return;
    if (next === undefined && now >= this.#recording.end - this.#options.tolerance) {
      this.#after++;
      return;
    }
    const conversation = conversationOf(facts, this.#recording.host);
    const why =
      next === undefined
        ? 'nothing more was recorded'
        : `the next was recorded at ${milliseconds(next.frame.at - this.#recording.begin)}`;
    const text = `sent and not recorded at ${milliseconds(now - this.#recording.begin)}: ${why}`;
    const rows = next === undefined ? [] : compare(next.frame, facts, this.#options.mask, this.bases(next.conversation));
    this.#report('surplus', undefined, text, { rows, at: now, conversation, reason });
  }

  #isMissing({ frame, conversation }: Placed): void {
    const unmet = conversation.kind === 'tcp' ? this.#streams?.unmet(conversation, frame) : undefined;
    if (unmet !== undefined) {
      this.#reportField(unmet, { frame, rows: [], at: frame.at, conversation: conversation.name, reason: '' });
      return;
    }
    const text = `recorded and not sent: frame ${frame.number} at ${milliseconds(frame.at - this.#recording.begin)}`;
    this.#report('missing', undefined, text, { frame, rows: [], at: frame.at, conversation: conversation.name, reason: '' });
  }

  #isMalformed(frame: Recorded): void {
    const text = `frame ${frame.number} is malformed: the stack sends none such`;
    this.#report('missing', undefined, text, { frame, rows: [], at: frame.at, conversation: 'no conversation', reason: '' });
  }

  /** Whoever knows an answer does not ask; one who asks for something else than was recorded differs. */
  #asks(
    facts: Facts,
    live: LiveConversation | undefined,
    next: Recorded | undefined,
    reason: string,
    now: Micros,
  ): 'judged' | 'unanswered' {
    if (live !== undefined && next !== undefined && isQuestion(next) && Math.abs(now - next.at) <= this.#tolerance) {
      if (this.difference === undefined) this.#judge(facts, live, next, reason, now);
      return 'judged';
    }
    if (this.difference === undefined && now >= this.#recording.begin - this.#options.tolerance)
      this.#unexpected(facts, reason, now);
    return 'unanswered';
  }

  #report(
    kind: DifferenceKind,
    field: Difference['field'],
    text: string,
    { frame, ...rest }: { frame?: Recorded; rows: readonly Row[]; at: Micros; conversation: string; reason: string },
  ): void {
    this.difference = { kind, field, text, frame: frame?.number, ...rest, at: rest.at - this.#recording.begin };
  }
}

/** A stray with more differences is another frame, not a damaged one. */
const MOST_DAMAGE = 4;

/** A packet of a protocol that the stack speaks, in which that protocol cannot be read. */
const isDamaged = ({ facts: { kind, view, network } }: Recorded): boolean =>
  kind === 'protocol' && [ipv4.PROTOCOL_ICMP, ipv4.PROTOCOL_TCP, ipv4.PROTOCOL_UDP].includes(ipv4.protocol(view, network));

const isRequest = ({ view, network }: Facts): boolean => arp.operation(view, network) === arp.REQUEST;

export const milliseconds = (time: Micros): string => `${(time / MILLISECOND).toFixed(3)} ms`;

/** RFC 7323 §3.2: what the capture echoes later is the recorded value; what the stack wants to see is its own. */
function learnTimestamp(live: LiveConversation, { facts }: Recorded, value: number): void {
  const recorded = tcpOptions(facts);
  if (recorded.hasTimestamps) live.timestamps.learn(recorded.tsValue, value);
}
