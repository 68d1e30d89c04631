/** One connection: the parts of the machine, and the calls an application may make on it (RFC 9293 §3.9.1). */

import type { Timed } from '../deadlines.ts';
import type { Micros } from '../time.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import type { Seq } from '../wire/seq.ts';
import { add } from '../wire/seq.ts';
import type { SourceRoute } from '../wire/source-route.ts';
import type { Segment } from '../wire/tcp.ts';
import type { TcpFailure } from './application-side.ts';
import { ApplicationSide, CLOSED, FAILED, READABLE, WRITABLE } from './application-side.ts';
import { ChallengeLimit } from './arrive/challenge.ts';
import { segmentArrives } from './arrive/segment-arrives.ts';
import { controlFor } from './congestion/choose.ts';
import type { Verdict } from './drops.ts';
import type { Ecn } from './ecn/ecn.ts';
import { askForEcn } from './ecn/negotiation.ts';
import { countReceived, Traffic } from './info/traffic.ts';
import type { TcpObserver } from './observer.ts';
import type { FastOpen } from './open/fast-open.ts';
import type { Agreement, Terms } from './open/handshake.ts';
import { firstTerms } from './open/handshake.ts';
import type { Listener } from './open/listener.ts';
import type { TcpOptions } from './options.ts';
import { AckPolicy } from './receive/delayed-ack.ts';
import { afterRead } from './receive/linux-ack-schedule.ts';
import { Receiver } from './receive/receiver.ts';
import type { UrgentMark } from './receive/urgent-mark.ts';
import { readAtMark, readableBytes, takeUrgent, urgentAhead } from './receive/urgent-mark.ts';
import { optionsChanged } from './run-time-options.ts';
import type { MtuSearch } from './send/mtu-search.ts';
import { pollTransmit } from './send/output.ts';
import { Sender } from './send/sender.ts';
import type { UrgentMode } from './send/urgent-mode.ts';
import { enterUrgentMode } from './send/urgent-mode.ts';
import { SharedParts } from './shared.ts';
import { routeChanged } from './source-routing.ts';
import { ReceiveSpace, SendSpace } from './spaces.ts';
import type { State, StateEvent } from './state.ts';
import * as state from './state.ts';
import { RttEstimator } from './time/rtt.ts';
import type { TimeWait } from './time/time-wait.ts';
import { onTimeout } from './time/timeouts.ts';
import { Timers } from './time/timers.ts';
import { Timestamps } from './time/timestamps.ts';
import type { UserTimeout } from './time/user-timeout.ts';

/** The two ends. */
export interface FourTuple {
  readonly local: IpAddress;
  readonly localPort: number;
  readonly remote: IpAddress;
  readonly remotePort: number;
}

/** What the path to the peer offers; decided by whoever knows the routes. */
export interface Path {
  /** Our address on it. */
  readonly source: IpAddress;
  /** Of the interface, IPv4 header included. */
  readonly interfaceMtu: number;
  /** As discovered so far; at most the interface's. */
  readonly pathMtu: number;
  /** The longest packet the device cuts into segments itself; 0: none. */
  readonly gsoMaxSize: number;
}

/** What a SEND may say beside its bytes. */
export interface SendOptions {
  /** The peer's application shall read this, and all that was written before, soon (RFC 9293 §3.8.5). @default false */
  readonly urgent?: boolean;
  /** The small end of it may wait for the text of the next call: MSG_MORE. @default false */
  readonly more?: boolean;
}

const NOTHING_SPECIAL: SendOptions = {};

/** Whoever polls connections. */
export interface ConnectionHost {
  ready(connection: Connection): void;
  /** R1 is reached: nothing comes back from where the segments go (RFC 9293 §3.8.3). */
  doubtPath(connection: Connection): void;
  /** What the path to its peer takes as far as the host knows, IPv4 header included. */
  pathMtu(connection: Connection): number;
  /** It found out what its path takes: others may want to know. */
  learnPathMtu(connection: Connection, mtu: number): void;
  /** Who watches. */
  readonly observer?: TcpObserver | undefined;
}

export class Connection implements Timed {
  readonly id: FourTuple;
  options: TcpOptions;
  state: State = 'CLOSED';
  readonly snd = new SendSpace();
  readonly rcv = new ReceiveSpace();
  agreement: Agreement;
  readonly timestamps: Timestamps;
  readonly rtt: RttEstimator;
  readonly timers: Timers;
  readonly acks = new AckPolicy();
  readonly receiver: Receiver;
  readonly sender: Sender;
  /** The application's side. */
  readonly app = new ApplicationSide();
  /** The listener that this connection belongs to until its handshake is over; none for an active open (MUST-11). */
  listener: Listener | undefined = undefined;
  /** Whoever polls: told when there may be something to send or to report. */
  host: ConnectionHost | undefined = undefined;
  /** Waiting to be polled; the host's bookkeeping, and so is the link within a bucket of the demultiplexer. */
  isReady = false;
  /** Its owner will be told; the host's bookkeeping too, and so is its place among those whose handshake is not over. */
  isNews = false;
  place = -1;
  nextInBucket: Connection | TimeWait | undefined = undefined;
  /** Where the peer's FIN stands, once seen: it may arrive before the text in front of it (checked at each advance). */
  peerFin: Seq | undefined = undefined;
  /** When anything was last heard from the peer, and the keep-alive probes sent since. */
  heardAt: Micros = 0;
  keepAliveProbes = 0;
  keepAliveDue = false;
  /** Urgent data under way, ours and the peer's; there only while there is any. */
  urgentMode: UrgentMode | undefined = undefined;
  urgentMark: UrgentMark | undefined = undefined;
  /** TCP Fast Open; undefined where it was neither asked for nor used. */
  fastOpen: FastOpen | undefined = undefined;
  /** Explicit Congestion Notification, asked for or agreed on. */
  ecn: Ecn | undefined = undefined;
  /** The way back of what came by a source route (MUST-53). */
  returnRoute: SourceRoute | undefined = undefined;
  /** RFC 5482, once there is something to remember of it. */
  userTimeout: UserTimeout | undefined = undefined;
  /** Longest packet the device cuts itself. */
  readonly gsoMaxSize: number;
  deadlineIndex = -1;
  /** Frames, with or without text. */
  segmentsIn = 0;
  segmentsOut = 0;
  /** We sent the first SYN. */
  openedActively = false;
  /** Of a connection that probes its path, or whose path turned out to be narrower than the interface. */
  mtuSearch: MtuSearch | undefined = undefined;
  #challenges: ChallengeLimit | undefined = undefined;
  #traffic: Traffic | undefined = undefined;

  /**
   * @param secret 32 bits that only this stack knows, for the timestamps' origin
   * @param shared of the host; a connection that stands alone has its own
   */
  constructor(id: FourTuple, options: TcpOptions, path: Path, secret: number, shared: SharedParts = new SharedParts()) {
    this.id = id;
    this.options = options;
    this.gsoMaxSize = path.gsoMaxSize;
    this.agreement = shared.agreements.on(firstTerms(path.interfaceMtu, path.pathMtu, options.maxSegment));
    this.timestamps = new Timestamps(secret);
    this.timers = new Timers(shared.timers);
    this.rtt = new RttEstimator(options);
    this.receiver = new Receiver(this.rcv, options, shared.rings);
    this.receiver.fitWindow(this.agreement.announcedMss);
    this.sender = new Sender(this.snd, controlFor(options), options, shared);
    if (options.sourceRoute !== undefined) routeChanged(this);
  }

  /** Counters for observers, from the first text on. */
  get traffic(): Traffic {
    this.#traffic ??= new Traffic(this.sender);
    return this.#traffic;
  }

  get hasTraffic(): boolean {
    return this.#traffic !== undefined;
  }

  /** Both have agreed on something, or something about the path has turned out. */
  agree(terms: Partial<Terms>): void {
    this.agreement = this.sender.shared.agreements.on({ ...this.agreement, ...terms });
  }

  /** How many challenges it has left; most connections never see a segment that needs one. */
  get challenges(): ChallengeLimit {
    const { challengeInterval, habits } = this.options;
    this.#challenges ??=
      challengeInterval > 0
        ? new ChallengeLimit(1, challengeInterval)
        : new ChallengeLimit(habits.challenges, habits.challengePeriod);
    return this.#challenges;
  }

  /** OPEN, active: RFC 9293 §3.10.1. The SYN leaves at the next poll. */
  openActive(iss: Seq): void {
    this.snd.start(iss);
    this.sender.begin(iss);
    askForEcn(this);
    this.openedActively = true;
    this.move('active open');
  }

  /** The answer to a SYN that reached a listener, §3.10.7.2: the SYN-ACK leaves at the next poll. */
  openPassive(iss: Seq): void {
    this.snd.start(iss);
    this.sender.begin(iss);
    this.move('passive open');
    this.move('SYN arrives');
  }

  /** The third segment of a handshake that was answered with a cookie: goes on as if the SYN-ACK had left from here. */
  resumePassive(iss: Seq): void {
    this.openPassive(iss);
    this.snd.synSent = true;
    this.snd.nxt = add(iss, 1);
  }

  /** SEND, §3.10.2. @returns how many bytes were taken; 0 when the buffer is full or the connection does not take any */
  send(bytes: Uint8Array, from = 0, to: number = bytes.length, options: SendOptions = NOTHING_SPECIAL): number {
    const { urgent = false, more = false } = options;
    if (!state.mayWrite(this.state) || this.sender.finQueued) return 0;
    const end = this.sender.end;
    const taken = this.sender.write(bytes, from, Math.min(to, from + this.sender.writable(this.options.notSentLowWater)));
    this.sender.more = more;
    if (taken > 0) this.sender.mark(end, this.options, more);
    if (taken < to - from) this.app.wantsWritable = true;
    if (taken > 0 && urgent) enterUrgentMode(this);
    if (taken > 0) this.host?.ready(this);
    return taken;
  }

  /** RECEIVE, §3.10.3. @returns how many bytes were moved to `into[at, at + length)` */
  receive(into: Uint8Array, at = 0, length: number = into.length - at): number {
    const { receiver, urgentMark: mark } = this;
    const count = mark === undefined ? receiver.read(into, at, length) : readAtMark(this, into, at, length);
    if (this.receiver.hasWindowUpdate(this.agreement.receiveShift) && state.mayReceiveText(this.state)) {
      this.acks.now('window update');
      this.host?.ready(this);
    }
    if (this.acks.linux?.isScheduled) {
      afterRead(this);
      this.host?.ready(this);
    }
    if (this.state === 'TIME-WAIT' && this.receiver.available === 0) this.host?.ready(this); // nothing left but the memory
    return count;
  }

  /** Bytes that one RECEIVE can give now: of what is there, up to the mark of urgent data or from it on. */
  get readable(): number {
    return this.urgentMark === undefined ? this.receiver.available : readableBytes(this);
  }

  /** MUST-33: octets of urgent data from the next one to be read on, those included that have not come yet; 0: none. */
  get urgentAhead(): number {
    return urgentAhead(this);
  }

  /** The last urgent octet where `oobInline` is off: recv(MSG_OOB). `none` also after it was taken; `awaited`: not here yet. */
  receiveUrgent(peek = false): number | 'none' | 'awaited' {
    return takeUrgent(this, peek);
  }

  /** Nothing is buffered and nothing will come. */
  get isAtEnd(): boolean {
    return this.readable === 0 && (this.app.peerClosed || this.app.readClosed || this.state === 'CLOSED');
  }

  /** CLOSE of our direction only, §3.10.4: what was written still goes out, then a FIN; reading goes on. */
  closeWrite(): void {
    if (this.state === 'SYN-SENT' && !this.options.habits.queuesEarlyClose) this.fail('aborted');
    if (!state.mayWrite(this.state) || this.sender.finQueued) return;
    this.sender.finQueued = true;
    // §3.10.4: in SYN-RECEIVED the close is queued until the handshake is over; segment-arrives takes it up there
    if (this.state !== 'SYN-RECEIVED' && this.state !== 'SYN-SENT') this.move('close');
    this.host?.ready(this);
  }

  /**
   * The application will not read any more although it does not close: shutdown(SHUT_RD). What arrives goes on being
   * acknowledged and can still be read, as in Linux; once our direction is closed too, it is answered with RST.
   */
  closeRead(): void {
    this.app.readClosed = true;
    this.app.raise(READABLE);
    this.host?.ready(this);
  }

  /** CLOSE of both directions. Text not read, or arriving later, is answered with RST: RFC 9293 §3.6.1, SHLD-3. */
  close(): void {
    if (this.state === 'CLOSED') return;
    this.app.readClosed = true;
    this.app.isOrphan = true;
    const isHalfOpen = this.state === 'SYN-SENT' || this.state === 'SYN-RECEIVED';
    const losesText = this.receiver.available > 0 && this.options.habits.resetsUnread;
    if (losesText) this.abort('RST: closed with text unread');
    else if (this.options.abortOnClose) this.abort();
    else if (isHalfOpen && this.options.habits.queuesEarlyClose) this.fail('aborted');
    else this.closeWrite();
    this.host?.ready(this);
  }

  /** ABORT, §3.10.5: a RST leaves at the next poll where the state asks for one. @param reason why, as the capture shows it */
  abort(reason = 'RST: connection aborted'): void {
    if (this.state === 'CLOSED' || this.state === 'TIME-WAIT') return;
    const lastWord = (this.state === 'CLOSING' || this.state === 'LAST-ACK') && this.sender.finSent; // the peer is done too
    this.app.resetDue = this.state !== 'SYN-SENT' && this.state !== 'LISTEN' && !lastWord ? reason : '';
    this.fail('aborted');
  }

  /** The connection is over before its time. */
  fail(reason: TcpFailure): void {
    if (this.state === 'CLOSED') return;
    this.app.failure = reason;
    this.app.raise(FAILED);
    this.move('delete');
    this.host?.ready(this);
  }

  /**
   * Changes options of a connection that is open already (MUST-17, MUST-24). What the handshake decides (`sack`, `timestamps`,
   * `windowScale`, `initialSequence`, `initialWindow`) comes too late then.
   */
  setOptions(changes: Partial<TcpOptions>): void {
    this.options = { ...this.options, ...changes };
    optionsChanged(this, changes);
    this.host?.ready(this);
  }

  /** Takes a state event; leaving for CLOSED frees what can be freed. */
  move(event: StateEvent): void {
    const to = state.next(this.state, event);
    if (to === this.state) return;
    if (this.state === 'SYN-RECEIVED') this.fastOpen?.queue?.end();
    this.host?.observer?.stateChanges(this, this.state, to);
    this.state = to;
    if (to === 'TIME-WAIT') this.app.raise(CLOSED); // for the application it is over
    if (to === 'CLOSED') {
      this.timers.stop();
      this.sender.release();
      this.receiver.release();
      this.app.raise(CLOSED | READABLE | WRITABLE);
    }
  }

  /** SEGMENT ARRIVES, §3.10.7. `bytes` is the packet that `segment.payloadAt` points into. */
  onSegment(segment: Segment, bytes: Uint8Array, now: Micros): Verdict {
    countReceived(this, segment, now);
    const verdict = segmentArrives(this, segment, bytes, now);
    this.host?.ready(this);
    return verdict;
  }

  onTimeout(now: Micros): void {
    onTimeout(this, now);
    this.host?.observer?.timerExpired(this, now);
    this.host?.ready(this);
  }

  nextTimeout(): Micros {
    return this.timers.next();
  }

  /** Fills `out` with the next segment to send; false when there is none. Call it until false. */
  pollTransmit(out: Segment, now: Micros): boolean {
    return pollTransmit(this, out, now);
  }
}
