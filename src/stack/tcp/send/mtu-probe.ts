/** Packetization layer path MTU discovery: RFC 4821, with black-hole detection (§7.7); constants and conditions as in Linux. */
import type { Micros } from '../../time.ts';
import { MINUTE, NEVER, SECOND } from '../../time.ts';
import { add, after, atOrAfter, diff } from '../../wire/seq.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { Connection } from '../connection.ts';
import { FIXED_HEADERS, MIN_MSS } from '../open/handshake.ts';
import { MtuSearch } from './mtu-search.ts';
import { applyMss } from './segment-size.ts';
import { transmit } from './shape.ts';

/** A probe counts for two segments, and its loss has to leave enough behind it to be noticed without a time-out. */
const MIN_WINDOW = 11;
/** Segments beyond the probe that must be ready to follow it: three duplicates and one more. */
const FOLLOWERS = 4;
/** RFC 1191 §6.3: how long a message is believed before a larger size is tried again. */
const MESSAGE_LIFETIME: Micros = 10 * MINUTE;
/** For how long after the first time-out nothing may be heard: Linux's tcp_retries1 of 3 at 200 ms. */
const SUSPICION: Micros = 3 * SECOND;

/** Bytes of a packet that are not text. */
const overhead = ({ agreement }: Connection): number => FIXED_HEADERS + agreement.ipOptions + agreement.optionsRoom;

/** The handshake is over. `always`: begin small, and search upwards. */
export function startMtuSearch(tcb: Connection, now: Micros): void {
  if (tcb.options.mtuProbing === 'always') begin(tcb, tcb.options.mtuBase + overhead(tcb), now);
}

/** A router said that packets up to `mtu` pass (RFC 1191), or the time of such a message is over. */
export function setPathMtu(tcb: Connection, mtu: number): void {
  const search = searchOf(tcb);
  const isLower = mtu < tcb.agreement.pathMtu;
  tcb.agree({ pathMtu: mtu });
  if (isLower) {
    search.limit(mtu);
    search.recheckAt = tcb.heardAt + MESSAGE_LIFETIME; // a little early does no harm: see `recheck`
  }
  applyMss(tcb);
}

/** RFC 4821 §7.7: time after time nothing is heard of a segment that is longer than it need be. */
export function suspectBlackHole(tcb: Connection, now: Micros): void {
  const { options, sender, traffic } = tcb;
  if (options.mtuProbing === 'off' || !tcb.snd.synAcknowledged || now - traffic.sent.timedOutAt < SUSPICION) return;
  const search = searchOf(tcb);
  const base = options.mtuBase;
  const smaller = search.isOn ? Math.max(Math.min((search.low - overhead(tcb)) >> 1, base), options.mtuFloor, MIN_MSS) : base;
  if ((sender.sent.first?.length ?? 0) <= smaller) return; // it is no longer than that: something else is wrong
  begin(tcb, smaller + overhead(tcb), now);
  tcb.host?.learnPathMtu(tcb, search.low);
}

/** What transmits text asks this first. `wait`: what is in flight has to make room for a probe. */
export function probeMtu(tcb: Connection, out: Segment, now: Micros): 'sent' | 'wait' | 'no' {
  const search = tcb.mtuSearch;
  if (search === undefined) return 'no';
  if (search.recheckAt <= now) recheck(tcb, search, now);
  if (!search.isOn || search.probe > 0 || !isCalm(tcb)) return 'no';
  const size = search.candidate;
  if (size === 0) {
    reprobe(tcb, search, now);
    return 'no';
  }
  const { sender, snd } = tcb;
  const text = size - overhead(tcb);
  const needed = text + FOLLOWERS * sender.control.mss;
  if (sender.unsent < needed || snd.wnd < needed) return 'no';
  const fits = !after(add(snd.nxt, needed), add(snd.una, snd.wnd)) && sender.room >= text;
  if (!fits) return sender.sent.isEmpty ? 'no' : 'wait';

  search.probing(size, snd.nxt, add(snd.nxt, text));
  transmit(tcb, out, text, now);
  out.gsoSize = 0; // one packet, or it would prove nothing
  out.reason = `path MTU probe: ${size} bytes`;
  return 'sent';
}

/** SND.UNA has moved. */
export function probeAcknowledged(tcb: Connection): void {
  const search = tcb.mtuSearch;
  if (search === undefined || search.probe === 0 || !atOrAfter(tcb.snd.una, search.probeEnd)) return;
  search.succeeded();
  applyMss(tcb);
  tcb.host?.learnPathMtu(tcb, search.low);
}

/**
 * A loss has been noticed: was it the probe, and nothing else? That says something of the path's MTU and nothing of its
 * capacity (RFC 4821 §7.6.2): its text goes again in segments that are known to pass, and the window stays.
 */
export function probeLost(tcb: Connection): boolean {
  const search = tcb.mtuSearch;
  const { snd, sender } = tcb;
  if (search === undefined || search.probe === 0 || snd.una !== search.probeStart) return false;
  const length = diff(search.probeEnd, search.probeStart);
  if (sender.sent.lostLength > length) return false;
  search.failed();
  sender.sent.markLongerLost(sender.control.mss);
  return true;
}

/** Text was sent again: what it was a part of can prove nothing any more. */
export function abandonProbe({ mtuSearch }: Connection): void {
  mtuSearch?.inconclusive();
}

/** Nothing was lost lately, and the window has room for a loss. */
function isCalm({ sender }: Connection): boolean {
  const { control, recovery, sent } = sender;
  const noLoss = recovery.phase === 'open' && recovery.duplicates === 0 && sent.lostLength === 0 && sent.sackedLength === 0;
  return noLoss && control.window >= MIN_WINDOW * control.mss;
}

function searchOf(tcb: Connection): MtuSearch {
  tcb.mtuSearch ??= new MtuSearch();
  return tcb.mtuSearch;
}

function begin(tcb: Connection, low: number, now: Micros): void {
  const { agreement } = tcb;
  const search = searchOf(tcb);
  const high = Math.min(agreement.peerMss + FIXED_HEADERS, agreement.pathMtu);
  search.begin(Math.min(low, high), high, now);
  applyMss(tcb);
}

/** Paths change: after a while a finished search begins again, from what passes now. */
function reprobe(tcb: Connection, search: MtuSearch, now: Micros): void {
  if (now - search.begunAt >= tcb.options.mtuProbeInterval) begin(tcb, search.low, now);
}

/** The message is old; has a newer one come to another connection? */
function recheck(tcb: Connection, search: MtuSearch, now: Micros): void {
  const mtu = tcb.host?.pathMtu(tcb) ?? tcb.agreement.pathMtu;
  search.recheckAt = mtu > tcb.agreement.pathMtu ? NEVER : now + MINUTE;
  if (mtu !== tcb.agreement.pathMtu) setPathMtu(tcb, mtu);
}
