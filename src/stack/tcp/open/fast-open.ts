/** TCP Fast Open on one connection, RFC 7413: text in the SYN, and answers before the handshake is over. Off unless asked for. */
import type { Micros } from '../../time.ts';
import type { FastOpenOption } from '../../wire/fast-open.ts';
import { COOKIE_REQUEST, EXPERIMENTAL_REQUEST } from '../../wire/fast-open.ts';
import { add } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import { encodedLength, MAX_HEADER } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import type { FastOpenCache } from './fast-open-cache.ts';
import type { FastOpenQueue } from './fast-open-queue.ts';
import { FIXED_HEADERS } from './handshake.ts';

/** Left free in a SYN with text for options that a middlebox adds: as much as options can be, as in Linux. */
const OPTION_ROOM = 40;
/** So many time-outs in a row of a connection that began fast mean a path that swallows such SYNs. */
const TIMEOUTS_OF_A_BLACK_HOLE = 2;

export class FastOpen {
  /** What our first SYN or SYN-ACK carries; one that is sent again is an ordinary one (§4.2.1). */
  readonly option: FastOpenOption | undefined;
  /** How much text our SYN may carry. */
  readonly room: number;
  /** At a client: whom to tell how it went. */
  readonly cache: FastOpenCache | undefined;
  /** At a server that accepted the connection with the SYN: where it counts until the handshake is over. */
  readonly queue: FastOpenQueue | undefined;
  /** Text that our SYN carried. */
  textSent = 0;
  timeouts = 0;
  /** The text of the SYN was taken: ours by the peer, or the peer's by us. */
  textAccepted = false;

  constructor(option: FastOpenOption | undefined, room: number, cache?: FastOpenCache, queue?: FastOpenQueue) {
    this.option = option;
    this.room = room;
    this.cache = cache;
    this.queue = queue;
  }
}

/** A client opens: with the cookie of an earlier connection, with a request for one, or in the ordinary way where that is wiser. */
export function openFast(tcb: Connection, cache: FastOpenCache, now: Micros): void {
  const advice = cache.advise(tcb.id.remote.w3, now);
  if (advice === undefined) return;
  const { announcedMss, pathMtu } = tcb.agreement;
  const mss = Math.min(advice.mss > 0 ? advice.mss : announcedMss, pathMtu - FIXED_HEADERS);
  const room = Math.max(mss - OPTION_ROOM, 0);
  if (!tcb.options.fastOpenCookies) tcb.fastOpen = new FastOpen(undefined, room, cache);
  else if (advice.option !== undefined) tcb.fastOpen = new FastOpen(advice.option, room, cache);
  else tcb.fastOpen = new FastOpen(advice.asksExperimentally ? EXPERIMENTAL_REQUEST : COOKIE_REQUEST, 0, cache);
}

/** Completes our first SYN or SYN-ACK. */
export function fillSyn(tcb: Connection, out: Segment, fast: FastOpen, now: Micros): void {
  const { snd, sender } = tcb;
  out.fastOpen = fast.option;
  if (encodedLength(out) > MAX_HEADER) {
    out.fastOpen = undefined; // a long cookie beside everything else: without it the text would not be taken
    return;
  }
  const length = Math.min(fast.room, sender.buffered);
  if (length === 0) return;
  sender.record(snd.nxt, length, now);
  snd.nxt = add(snd.nxt, length);
  out.payloadLength = length;
  out.reason = 'SYN with text';
  fast.textSent = length;
}

/**
 * The SYN-ACK for our SYN, which has been taken already: what it says of Fast Open is remembered, and text that it does not
 * acknowledge goes out again at once (§4.2.2), for nothing in it speaks of congestion.
 */
export function synAckArrived(tcb: Connection, synAck: Segment, fast: FastOpen, now: Micros): void {
  const { sender, options } = tcb;
  const isMissing = fast.textSent > 0 && !sender.sent.isEmpty;
  fast.textAccepted = fast.textSent > 0 && !isMissing;
  const option = fast.option !== undefined && synAck.fastOpen?.cookie.length !== 0 ? synAck.fastOpen : undefined;
  const asked = option === undefined && fast.textSent === 0 && fast.timeouts === 0 && fast.option !== undefined;
  const form = fast.option?.experimental === true ? 'experimental' : 'standard';
  const unanswered = asked ? form : undefined;
  const synLost = fast.timeouts > 0 && isMissing && option === undefined;
  const answer = { option, mss: synAck.mss, unanswered, synLost } as const;
  fast.cache?.learn(tcb.id.remote.w3, answer, options.fastOpenBackOff, now);
  if (isMissing) sender.sent.markAllLost();
}

/** The retransmission timer of a client's connection that began fast: §4.1.3.1, and what Linux does about it. */
export function noteTimeout(tcb: Connection, fast: FastOpen, now: Micros): void {
  fast.timeouts++;
  if (fast.timeouts === TIMEOUTS_OF_A_BLACK_HOLE) fast.cache?.swallowed(tcb.id.remote.w3, tcb.options.fastOpenBackOff, now);
}

/** A server that accepted the connection with its SYN may answer before the handshake is over (§4.2.2). */
export const maySendEarly = ({ state, fastOpen }: Connection): boolean =>
  state === 'SYN-RECEIVED' && fastOpen?.queue !== undefined;
