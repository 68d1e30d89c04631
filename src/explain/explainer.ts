/**
 * Says beside every frame of a capture what the stack knew when it sent or received it. It watches one stack, and stands in
 * front of the sink in which that stack's frames are recorded.
 */
import { formatComment } from '../capture/record/comment.ts';
import type { FrameSink } from '../capture/record/frame-sink.ts';
import type { Packet } from '../stack/bytes/packet.ts';
import type { DropReason } from '../stack/host/counters.ts';
import type { NetworkInterface } from '../stack/host/interface.ts';
import type { Route } from '../stack/ip/route-table.ts';
import type { StackObserver } from '../stack/observer.ts';
import type { TcpFault } from '../stack/tcp/arrive/icmp.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import type { Verdict } from '../stack/tcp/drops.ts';
import type { State } from '../stack/tcp/state.ts';
import type { TimeWait } from '../stack/tcp/time/time-wait.ts';
import type { Micros } from '../stack/time.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import { add, atOrBefore } from '../stack/wire/seq.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { FIN } from '../stack/wire/tcp.ts';
import { ArpNews } from './arp-news.ts';
import { arrivingWords } from './arriving-segment.ts';
import { answerWords, dropWords } from './drop-words.ts';
import { HeldFrames } from './held-frames.ts';
import { icmpWords } from './icmp-words.ts';
import { fullReason, leavingWords } from './leaving-segment.ts';
import { changedNumbers } from './numbers.ts';
import { Told } from './told.ts';
import { bytes, stateSteps, theirs } from './words.ts';

export class Explainer implements StackObserver {
  readonly #told = new WeakMap<Connection, Told>();
  readonly #arp = new ArpNews();
  /** What the frame at hand has led to so far. */
  #events: string[] = [];
  #numbers = '';
  #dropDetail = '';
  #answer = '';
  #drop: DropReason | undefined = undefined;
  /** A connection that the frame at hand has begun. */
  #begun: Connection | undefined = undefined;
  readonly #frames: HeldFrames[] = [];

  /** The sink to record into, in place of `sink`: all interfaces of the stack into the same one. There may be several. */
  around(sink: FrameSink): FrameSink {
    const frames = new HeldFrames(sink);
    this.#frames.push(frames);
    return frames;
  }

  frameArrives(packet: Packet, from: NetworkInterface, now: Micros): void {
    this.#forget();
    this.#arp.before(packet, from, now);
  }

  frameDone(from: NetworkInterface, now: Micros): void {
    this.#events.push(...this.#arp.after(from, now, this.#drop));
    if (this.#begun !== undefined) this.#tell(this.#begun);
    const drop = this.#drop === undefined ? '' : dropWords(this.#drop, this.#dropDetail, this.#answer);
    const comment = formatComment([drop, ...this.#events], this.#numbers);
    for (const frames of this.#frames) frames.release(comment);
    this.#forget();
  }

  dropped(reason: DropReason, rule: string): void {
    this.#drop = reason;
    if (rule !== '') this.#dropDetail = rule;
  }

  fragmentTaken(fragments: number, whole: number): void {
    const many = `${fragments} ${fragments === 1 ? 'fragment' : 'fragments'}`;
    this.#events.push(
      whole > 0 ? `datagram whole: ${many}, ${bytes(whole)}` : `fragment held: ${many} of it here, more are missing`,
    );
  }

  redirected(destination: number, gateway: number): void {
    this.#events.push(`to ${formatV4(destination)} by ${formatV4(gateway)} from now on`);
  }

  forwarded({ prefix, gateway }: Route, hop: number, to: NetworkInterface): void {
    const network = prefix.length === 0 ? 'the default route' : `${prefix}`;
    const way = gateway === undefined ? `${to.name}, where ${network} is` : `${formatV4(hop)} at ${to.name}: ${network}`;
    this.#events.push(`goes on to ${way}`);
  }

  pathMtuLearnt(destination: number, mtu: number): void {
    this.#events.push(`path MTU ${mtu} learnt for ${formatV4(destination)}`);
  }

  connectionBegins(connection: Connection): void {
    this.#told.set(connection, new Told());
    this.#begun = connection;
  }

  stateChanges(connection: Connection, from: State, to: State): void {
    const { states } = this.#of(connection);
    if (states.length === 0) states.push(from);
    states.push(to);
  }

  segmentArrives(connection: Connection): void {
    const told = this.#of(connection);
    told.before.take(connection);
    if (this.#begun === connection) this.#events.push('SYN cookie accepted');
    this.#begun = undefined;
  }

  segmentTaken(connection: Connection, segment: Segment, verdict: Verdict): void {
    const told = this.#of(connection);
    const words = arrivingWords(told, connection, segment, verdict);
    if (connection.sender.sent.lostLength === 0) told.isTooLong = false;
    this.#tell(connection);
    this.#events.push(...words);
    if (verdict === 'outside the receive window') this.#dropDetail = whereItLies(connection, segment);
    if (connection.acks.immediate && !told.before.ackOwed) this.#answer ||= 'ACK';
  }

  timeWaitTook(record: TimeWait, segment: Segment, verdict: Verdict): void {
    if (verdict === 'outside the receive window' && segment.has(FIN)) this.#events.push('FIN again: 2 MSL anew');
    else if (verdict === 'done' && segment.length > 0) this.#events.push('TIME-WAIT: nothing is taken any more');
    else if (record.id.localPort !== segment.destinationPort) this.#dropDetail = '';
  }

  timerExpired(connection: Connection): void {
    const told = this.#of(connection);
    const { expiries } = connection.sender.recovery;
    if (expiries > told.expiries) told.isTimedOut = true;
    told.expiries = expiries;
  }

  icmpArrived(connection: Connection, fault: TcpFault, isBelieved: boolean): void {
    const told = this.#of(connection);
    this.#events.push(...icmpWords(told, connection, fault, isBelieved));
    this.#tell(connection);
  }

  answerQueued(answer: Segment): void {
    this.#answer = answerWords(answer);
  }

  segmentLeaves(connection: Connection | undefined, segment: Segment, packet: Packet): void {
    if (connection === undefined) return;
    const told = this.#of(connection);
    packet.note = fullReason(told, connection, segment);
    const events = [...stateSteps(told.states), ...leavingWords(told, connection, segment)];
    told.states.length = 0;
    told.expiries = connection.sender.recovery.expiries;
    packet.news = formatComment(events, changedNumbers(told, connection));
  }

  /** State changes first, then why it ended if it did, and the numbers. */
  #tell(connection: Connection): void {
    const told = this.#of(connection);
    this.#events.push(...stateSteps(told.states));
    const { failure } = connection.app;
    if (told.states.at(-1) === 'CLOSED' && failure !== undefined && failure !== 'aborted') this.#events.push(failure);
    told.states.length = 0;
    const numbers = changedNumbers(told, connection);
    this.#numbers = this.#numbers === '' || numbers === '' ? this.#numbers + numbers : `${this.#numbers}, ${numbers}`;
    told.expiries = connection.sender.recovery.expiries;
  }

  /** A connection that was there before anybody watched is told from now on. */
  #of(connection: Connection): Told {
    let told = this.#told.get(connection);
    if (told === undefined) {
      told = new Told();
      told.before.take(connection);
      this.#told.set(connection, told);
    }
    return told;
  }

  #forget(): void {
    this.#events = [];
    this.#numbers = '';
    this.#dropDetail = '';
    this.#answer = '';
    this.#drop = undefined;
    this.#begun = undefined;
  }
}

/** A probe, old text that comes again, or something beyond the edge. */
function whereItLies(tcb: Connection, segment: Segment): string {
  const { rcv } = tcb;
  const end = add(segment.seq, segment.length);
  if (segment.length <= 1 && segment.seq === add(rcv.nxt, -1) && tcb.state !== 'SYN-RECEIVED')
    return 'a probe that asks for an ACK';
  if (segment.length > 0 && atOrBefore(end, rcv.nxt)) return `${theirs(tcb, segment.seq, end)} had arrived before`;
  return '';
}
