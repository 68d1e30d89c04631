/** What a capture has said of a connection so far, and how it stood before the segment at hand: the news is the difference. */
import type { Connection } from '../stack/tcp/connection.ts';
import type { RecoveryPhase } from '../stack/tcp/loss/recovery.ts';
import type { State } from '../stack/tcp/state.ts';
import type { Seq } from '../stack/wire/seq.ts';
import { seq } from '../stack/wire/seq.ts';

/** How a connection stood at some moment, as far as a segment can change it. */
export class Standing {
  una: Seq = seq(0);
  rcvNxt: Seq = seq(0);
  synAcknowledged = false;
  finAcknowledged = false;
  sendWindow = 0;
  phase: RecoveryPhase = 'open';
  sacked = 0;
  lost = 0;
  duplicatesReported = 0;
  reorderingSeen = false;
  undone = 0;
  spuriousTimeouts = 0;
  islands = 0;
  received = 0;
  hasPeerFin = false;
  isProbeOut = false;
  probes = 0;
  pathMtu = 0;
  mss = 0;
  cwrDue = false;
  echoes = false;
  ackOwed = false;
  /** A small segment is held back until what is in flight is acknowledged. */
  isHeld = false;

  take(tcb: Connection): void {
    const { snd, rcv, sender, receiver, agreement, acks } = tcb;
    const { recovery, sent } = sender;
    this.una = snd.una;
    this.rcvNxt = rcv.nxt;
    this.synAcknowledged = snd.synAcknowledged;
    this.finAcknowledged = sender.finAcknowledged;
    this.sendWindow = snd.wnd;
    this.phase = recovery.phase;
    this.sacked = sent.sackedLength;
    this.lost = sent.lostTotal;
    this.duplicatesReported = sender.duplicatesReported;
    this.reorderingSeen = sender.reorderingSeen;
    this.undone = recovery.history?.counters.undone ?? 0;
    this.spuriousTimeouts = recovery.history?.counters.spuriousTimeouts ?? 0;
    this.islands = receiver.islands.islands;
    this.received = islandBytes(tcb);
    this.hasPeerFin = tcb.peerFin !== undefined;
    this.isProbeOut = sender.isTailProbeOut;
    this.probes = sender.probes;
    this.pathMtu = agreement.pathMtu;
    this.mss = sender.control.mss;
    this.cwrDue = tcb.ecn?.cwrDue === true;
    this.echoes = tcb.ecn?.echoes === true;
    this.ackOwed = acks.immediate;
    this.isHeld = isHeldByNagle(tcb);
  }
}

/** RFC 9293 §3.7.4. */
function isHeldByNagle({ sender, snd, options }: Connection): boolean {
  const { unsent, sent, control } = sender;
  const hasRoom = snd.wnd - snd.flight >= unsent && control.window - snd.flight >= unsent;
  return unsent > 0 && unsent < control.mss && !sent.isEmpty && hasRoom && !options.noDelay && !options.cork;
}

/** Bytes that lie above holes. */
export function islandBytes({ receiver }: Connection): number {
  const { islands } = receiver;
  let bytes = 0;
  for (let i = 0; i < islands.islands; i++) bytes += (islands.right(i) - islands.left(i)) | 0;
  return bytes;
}

/** What has been told, by connection. */
export class Told {
  /** State changes that no frame has told yet, the first of them from `from`. */
  readonly states: State[] = [];
  readonly before = new Standing();
  /** Since SND.UNA last moved. */
  duplicateAcks = 0;
  /** Duplicate acknowledgments that we have sent since RCV.NXT last moved. */
  duplicatesSent = 0;
  /** The window we offered last, in bytes; -1: none yet. */
  offered = -1;
  /** As written last; empty: never. */
  cwnd = '';
  ssthresh = '';
  flight = '0';
  srtt = '';
  rto = '';
  /** Time-outs in a row as of the last look, and whether the retransmission of the last one is still to come. */
  expiries = 0;
  isTimedOut = false;
  /** `recover` of the fast recovery whose first retransmission was told. */
  recoveryTold: Seq | undefined = undefined;
  /** Our last segment said ECE. */
  isEchoing = false;
  /** A router said that segments are too long, and they go again. */
  isTooLong = false;
  /** What quick acknowledgments are was said. */
  isQuickExplained = false;
}
