/** TIME-WAIT: what is left of a connection for 2 MSL, so that its last segments cannot be taken for parts of a new one. */
import type { Timed } from '../../deadlines.ts';
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, before, inWindow } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { ACK, FIN, RST, SYN } from '../../wire/tcp.ts';
import type { ChallengeLimit } from '../arrive/challenge.ts';
import type { Connection, FourTuple } from '../connection.ts';
import type { TcpDrop, Verdict } from '../drops.ts';
import { answered } from '../receive/freebsd-window.ts';
import * as freebsd from './freebsd-time-wait.ts';
import type { Timestamps } from './timestamps.ts';

/** May a SYN open a new connection out of TIME-WAIT? MAY-2 of RFC 9293 §3.6.1, decided by RFC 6191 §2. */
export function mayReopen(
  { timestamps, rcvNxt, offersTimestamps }: Pick<TimeWait, 'timestamps' | 'rcvNxt' | 'offersTimestamps'>,
  syn: Segment,
): boolean {
  if (!syn.has(SYN) || syn.has(ACK | RST)) return false;
  const laterSeq = after(syn.seq, rcvNxt);
  if (!syn.hasTimestamps || !offersTimestamps) return laterSeq;
  if (!timestamps.enabled) return true; // timestamps tell the two apart
  const age = (syn.tsValue - timestamps.recent) | 0;
  return age > 0 || (age === 0 && laterSeq);
}

/**
 * A server that closes first collects thousands of these; a record is a tenth of a connection. The connection itself is
 * held weakly: its application may still look at it, and when nobody does, it may go before the 2 MSL are over.
 */
export class TimeWait implements Timed {
  readonly id: FourTuple;
  readonly timestamps: Timestamps;
  readonly offersTimestamps: boolean;
  readonly sndNxt: Seq;
  readonly rcvNxt: Seq;
  readonly ttl: number;
  /** See `Habits.checks`. A newer SYN ends the 2 MSL then, whoever listens. */
  readonly isFreebsd: boolean;
  nextInBucket: Connection | TimeWait | undefined = undefined;
  deadlineIndex = -1;
  #until: Micros;
  readonly #length: Micros;
  readonly #wnd: number;
  readonly #windowField: number;
  readonly #maxWnd: number;
  readonly #isProtected: boolean;
  readonly #answersText: boolean;
  readonly #challenges: ChallengeLimit;
  readonly #connection: WeakRef<Connection>;
  readonly #onOver: (record: TimeWait) => void;

  /** @param onOver called when the 2 MSL are over */
  constructor(connection: Connection, onOver: (record: TimeWait) => void) {
    const { rcv, snd, options } = connection;
    this.id = connection.id;
    this.timestamps = connection.timestamps;
    this.offersTimestamps = options.timestamps;
    this.sndNxt = snd.nxt;
    this.rcvNxt = rcv.nxt;
    this.ttl = options.ttl;
    this.#until = connection.timers.linger;
    this.#length = options.timeWait;
    this.#wnd = rcv.wnd;
    this.isFreebsd = options.habits.checks === 'freebsd';
    const { receiveShift } = connection.agreement;
    this.#windowField = this.isFreebsd
      ? answered(connection.receiver.free, receiveShift)
      : Math.min(rcv.wnd >>> receiveShift, 0xffff);
    this.#maxWnd = snd.maxWnd;
    this.#isProtected = options.protectTimeWait;
    this.#answersText = options.timeWaitAnswersText;
    this.#challenges = connection.challenges;
    this.#connection = new WeakRef(connection);
    this.#onOver = onOver;
  }

  /** Timestamps were agreed on, and a segment without one is not taken. */
  get requiresTimestamp(): boolean {
    return this.timestamps.enabled;
  }

  nextTimeout(): Micros {
    return this.#until;
  }

  onTimeout(): void {
    this.end();
    this.#onOver(this);
  }

  /** The application's connection, when there still is one, learns that it is over. */
  end(): void {
    this.#until = NEVER;
    this.#connection.deref()?.move('TIME-WAIT is over');
  }

  /**
   * SEGMENT ARRIVES, RFC 9293 §3.10.7.4, as far as it concerns TIME-WAIT.
   * @param answer filled with the acknowledgment that is owed; its flags stay zero when none is
   */
  onSegment(segment: Segment, now: Micros, answer: Segment): Verdict {
    const verdict = this.isFreebsd ? freebsd.judge(segment, this) : this.#check(segment, now);
    answer.clear();
    // eighth: 2 MSL anew
    const repeatsFin = this.isFreebsd
      ? freebsd.repeatsFin(segment, this.rcvNxt)
      : verdict === 'outside the receive window' && segment.has(FIN);
    if (repeatsFin) this.#until = now + this.#length;
    if (this.#owesAnswer(verdict, segment, now)) this.#acknowledge(answer, verdict, now);
    return verdict;
  }

  #check(segment: Segment, now: Micros): TcpDrop | 'done' {
    return this.#checkTimestamp(segment, now) ?? this.#checkNumbers(segment);
  }

  /** RFC 7323 §5.3. */
  #checkTimestamp(segment: Segment, now: Micros): TcpDrop | undefined {
    if (!this.timestamps.enabled || segment.has(RST)) return undefined;
    if (!segment.hasTimestamps) return 'timestamp missing';
    return this.timestamps.isOld(segment.tsValue, now) ? 'old by its timestamp (PAWS)' : undefined;
  }

  /** First to fifth. */
  #checkNumbers(segment: Segment): TcpDrop | 'done' {
    if (!this.#isAcceptable(segment)) return segment.has(RST) ? 'RST outside the window' : 'outside the receive window';
    if (segment.has(RST)) return this.#checkReset(segment);
    if (segment.has(SYN)) return 'SYN in a synchronized state: challenged';
    if (!segment.has(ACK)) return 'no ACK flag';
    if (after(segment.ack, this.sndNxt)) return 'acknowledges what was never sent';
    if (before(segment.ack, add(this.sndNxt, -this.#maxWnd))) return 'acknowledgment too old';
    return 'done';
  }

  #checkReset(segment: Segment): TcpDrop | 'done' {
    const isExact = segment.seq === this.rcvNxt;
    if (this.#isProtected) return isExact ? 'RST in TIME-WAIT (RFC 1337)' : 'RST not exactly expected: challenged';
    if (!isExact) return 'RST outside the window';
    this.end();
    this.#onOver(this);
    return 'done';
  }

  #isAcceptable(segment: Segment): boolean {
    const { length } = segment;
    if (this.#wnd === 0 || length === 0) return length === 0 && inWindow(segment.seq, this.rcvNxt, Math.max(this.#wnd, 1));
    return inWindow(segment.seq, this.rcvNxt, this.#wnd) || inWindow(add(segment.seq, length - 1), this.rcvNxt, this.#wnd);
  }

  /** Text and probes are always answered; what is not owed an answer by itself, within the limit of RFC 5961 §7. */
  #owesAnswer(verdict: Verdict, segment: Segment, now: Micros): boolean {
    if (this.isFreebsd) return verdict === 'outside the receive window';
    switch (verdict) {
      case 'old by its timestamp (PAWS)':
      case 'outside the receive window':
        return segment.length > 0 || segment.seq === add(this.rcvNxt, -1) || this.#challenges.take(now);
      case 'RST not exactly expected: challenged':
      case 'SYN in a synchronized state: challenged':
      case 'acknowledges what was never sent':
      case 'acknowledgment too old':
        return this.#challenges.take(now);
      default:
        // text and FINs where none can be
        return this.#answersText && verdict === 'done' && segment.length > 0 && this.#challenges.take(now);
    }
  }

  #acknowledge(answer: Segment, verdict: Verdict, now: Micros): void {
    answer.sourcePort = this.id.localPort;
    answer.destinationPort = this.id.remotePort;
    answer.seq = this.sndNxt;
    answer.ack = this.rcvNxt;
    answer.flags = ACK;
    answer.window = this.#windowField;
    answer.reason = `ACK in TIME-WAIT: ${verdict}`;
    if (!this.timestamps.enabled) return;
    answer.hasTimestamps = true;
    answer.tsValue = this.timestamps.value(now);
    answer.tsEcho = this.timestamps.recent;
  }
}
