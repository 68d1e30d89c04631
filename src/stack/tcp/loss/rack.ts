/** Loss by time: a segment is lost when one sent sufficiently later has arrived. RACK, RFC 8985 §6. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { after, before, diff, seq } from '../../wire/seq.ts';
import { DUPLICATE_THRESHOLD } from './recovery.ts';
import type { DeliveryObserver, Scoreboard } from './sent-list.ts';
import type { SentSegment } from './sent-segment.ts';

/** §6.2 step 4: recoveries after which a reordering window that duplicates have widened shrinks again. */
const WINDOW_PERSIST = 16;

export class Rack implements DeliveryObserver {
  /** RACK.xmit_ts, RACK.end_seq, RACK.rtt: of the delivered segment that was sent last. */
  #sentAt: Micros = -1;
  #end: Seq = seq(0);
  #rtt: Micros = 0;
  /** RACK.min_RTT. */
  #minRtt: Micros = NEVER;
  /** RACK.fack: beyond the highest number that the peer has. */
  #fack: Seq = seq(0);
  #hasFack = false;
  /** The same before the acknowledgment at hand: one that delivers several segments says nothing about their order. */
  #fackBefore: Seq = seq(0);
  #hadFack = false;
  reorderingSeen = false;
  /** The furthest that a segment has been overtaken, in sequence space. */
  overtakenBy = 0;
  /** The lowest number that the acknowledgment at hand delivers late. */
  #late: Seq | undefined = undefined;
  /** RACK.reo_wnd_mult and RACK.reo_wnd_persist. */
  #multiplier = 1;
  #persist = WINDOW_PERSIST;
  /** RACK.dsack_round: one widening a round trip. */
  #dsackRound: Seq | undefined = undefined;
  #now: Micros = 0;
  /** When the segment acknowledged was sent at the earliest, by the echoed timestamp; -1 when nothing is echoed. */
  #echoSince: Micros = -1;
  /** The acknowledgment at hand delivers what was sent once only, and the lowest end of it: what F-RTO looks for (RFC 5682). */
  originalDelivered = false;
  originalEnd: Seq = seq(0);
  /** When the first and the last of those were sent, in the order in which they were looked at; -1 when there is none. */
  originalFirstAt: Micros = -1;
  originalLastAt: Micros = -1;

  /**
   * An acknowledgment is about to be looked at.
   * @param echoSince how long ago the echoed timestamp was sent; -1: none
   * @param minRtt the smallest round-trip time seen so far, that of the handshake included
   */
  begin(now: Micros, echoSince: Micros, minRtt: Micros): void {
    this.#minRtt = Math.min(this.#minRtt, minRtt);
    this.#now = now;
    this.#echoSince = echoSince;
    this.#fackBefore = this.#fack;
    this.#hadFack = this.#hasFack;
    this.originalDelivered = false;
    this.originalFirstAt = -1;
    this.#late = undefined;
  }

  /** Steps 1 to 3. */
  delivered(record: SentSegment): void {
    const rtt = this.#now - record.sentAt;
    this.#noteReordering(record);
    this.#noteOriginal(record);
    if (record.retransmissions > 0 && this.#isForEarlierTransmission(rtt)) return; // §6.2 step 2: ambiguous
    this.#minRtt = Math.min(this.#minRtt, rtt);
    if (!isSentAfter(record.sentAt, record.end, this.#sentAt, this.#end)) return;
    this.#sentAt = record.sentAt;
    this.#end = record.end;
    this.#rtt = rtt;
  }

  /**
   * The acknowledgment at hand shows that a time-out was spurious (RFC 5682): what was sent again has not been acknowledged yet,
   * although §6.2 step 2 took it so. What is believed instead is that an original has arrived: those sent with it are on their way.
   */
  onSpuriousTimeout(): void {
    if (this.originalFirstAt < 0) return;
    this.#sentAt = this.originalLastAt;
    this.#end = this.originalEnd;
    this.#rtt = this.#now - this.originalLastAt;
  }

  /** A duplicate arrived at the peer: what we sent again was not lost, so be more patient (§6.2 step 4). */
  onDsack(una: Seq, nxt: Seq): void {
    if (this.#dsackRound !== undefined && before(una, this.#dsackRound)) return;
    this.#dsackRound = nxt;
    this.#multiplier++;
    this.#persist = WINDOW_PERSIST;
  }

  /** All that the acknowledgment delivers is known. */
  end(): void {
    if (this.#late !== undefined) this.overtakenBy = Math.max(this.overtakenBy, diff(this.#fack, this.#late));
  }

  onRecoveryEnd(): void {
    if (--this.#persist > 0) return;
    this.#multiplier = 1;
    this.#persist = WINDOW_PERSIST;
  }

  /**
   * Step 5: marks what is lost by now.
   * @param sackedSegments about how many segments the peer has above the hole
   * @returns when to look again at what is not yet overdue; NEVER when nothing is waiting
   */
  detect(sent: Scoreboard, now: Micros, smoothedRtt: Micros, inRecovery: boolean, sackedSegments: number): Micros {
    if (this.#sentAt < 0) return NEVER;
    const patience = this.#rtt + this.#reorderingWindow(smoothedRtt, inRecovery, sackedSegments);
    let record = sent.oldest;
    while (record !== undefined && isSentAfter(this.#sentAt, this.#end, record.sentAt, record.end)) {
      const overdueAt = record.sentAt + patience;
      if (overdueAt > now) return overdueAt;
      const { later } = record;
      sent.markLost(record);
      record = later;
    }
    return NEVER;
  }

  /** RACK.xmit_ts: when the delivered segment that was sent last was sent; -1: none was delivered yet. */
  get sentAt(): Micros {
    return this.#sentAt;
  }

  /** §6.3: at a time-out, what was sent less than this long ago may still arrive. 0: nothing is known, all of it counts as lost. */
  get patience(): Micros {
    return this.#sentAt < 0 ? 0 : this.#rtt;
  }

  /** Step 4: how much later a segment may arrive than one that was sent after it. */
  #reorderingWindow(smoothedRtt: Micros, inRecovery: boolean, sackedSegments: number): Micros {
    // until reordering has been seen, three segments above a hole are as good a sign as ever
    if (!this.reorderingSeen && (inRecovery || sackedSegments >= DUPLICATE_THRESHOLD)) return 0;
    return Math.min((this.#multiplier * this.#minRtt) / 4, smoothedRtt);
  }

  #noteOriginal({ retransmissions, end, sentAt }: SentSegment): void {
    if (retransmissions > 0) return;
    if (this.originalFirstAt < 0) this.originalFirstAt = sentAt;
    this.originalLastAt = sentAt;
    if (!this.originalDelivered || before(end, this.originalEnd)) this.originalEnd = end;
    this.originalDelivered = true;
  }

  #isForEarlierTransmission(rtt: Micros): boolean {
    return (this.#echoSince >= 0 && this.#echoSince > rtt + 1000) || rtt < this.#minRtt;
  }

  /** Step 3: what arrives below the highest number delivered, and was sent once, has been overtaken. */
  #noteReordering(record: SentSegment): void {
    if (this.#hadFack && before(record.end, this.#fackBefore) && record.retransmissions === 0) {
      this.reorderingSeen = true;
      if (this.#late === undefined || before(record.seq, this.#late)) this.#late = record.seq;
    }
    if (this.#hasFack && !after(record.end, this.#fack)) return;
    this.#fack = record.end;
    this.#hasFack = true;
  }
}

/** RACK_sent_after: by time, and within one burst by number. */
const isSentAfter = (at: Micros, end: Seq, otherAt: Micros, otherEnd: Seq): boolean =>
  at > otherAt || (at === otherAt && after(end, otherEnd));
