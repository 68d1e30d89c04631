/** The replay itself: feeds, lets time pass, lets the application act, until the capture is at its end or something differs. */
import { FrameLog } from '../capture/record/frame-log.ts';
import type { Direction } from '../capture/record/frame-sink.ts';
import { Timers } from '../lab/timers.ts';
import type { Micros } from '../stack/time.ts';
import { SECOND } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import type { Application } from './application.ts';
import { startApplication } from './application.ts';
import { DerivedApplication } from './derived-application.ts';
import { factsOf } from './facts.ts';
import type { JudgeOptions } from './judge.ts';
import { Judge } from './judge.ts';
import { LiveConversations } from './live-conversations.ts';
import type { Notes } from './notes.ts';
import type { PlayedHostOptions } from './played-host.ts';
import { PlayedHost } from './played-host.ts';
import { spoilChecksum } from './recorded.ts';
import type { Placed, Recording } from './recording.ts';
import { quotedToLive, quotedTransport, toLive } from './rewrite.ts';
import type { Event } from './timeline.ts';
import { timeline } from './timeline.ts';

export interface RunOptions extends JudgeOptions, Omit<PlayedHostOptions, 'boot'> {
  /** In place of what the capture tells of the application. */
  readonly application: Application | undefined;
  /** The derived application writes as late as the recorded frames allow. */
  readonly late: boolean;
  /** Resolves once every promise that can settle has settled. */
  readonly settle: () => Promise<void>;
}

/** Frames that are kept for the ladder of a failure. */
const KEPT = 2000;
/** The host has been up for a while when a capture does not begin with its first words. */
const UP_BEFORE: Micros = 10 * SECOND;
/** So many events at one moment are an application that never rests. */
const MAX_ROUNDS = 100_000;

export class Replay {
  readonly judge: Judge;
  readonly log = new FrameLog({ maxFrames: KEPT });
  fed = 0;
  readonly #recording: Recording;
  readonly #options: RunOptions;
  readonly #notes: Notes;
  readonly #live: LiveConversations;
  readonly #host: PlayedHost;
  readonly #timers: Timers;
  readonly #events: readonly Event[];
  readonly #derived: DerivedApplication | undefined;
  #error: { readonly cause: unknown } | undefined = undefined;

  constructor(recording: Recording, options: RunOptions, notes: Notes) {
    this.#recording = recording;
    this.#options = options;
    this.#notes = notes;
    this.#live = new LiveConversations(recording);
    this.judge = new Judge(recording, this.#live, options, notes);
    this.#host = new PlayedHost(recording, { ...options, boot: bootTime(recording) });
    this.#timers = new Timers(this.#host);
    this.#host.onFrame = (bytes, note) => this.#sent(bytes, note);
    this.log.addInterface('replay');
    this.#derived = options.application === undefined ? new DerivedApplication(this.#host.stack, recording, options) : undefined;
    this.#events = timeline(recording);
  }

  /** @throws what an application threw */
  async run(): Promise<void> {
    await this.#rest();
    await this.#passUntil(this.#recording.begin);
    this.#startApplication();
    await this.#rest();
    for (const event of this.#events) {
      await this.#happens(event);
      if (this.judge.difference !== undefined) return;
    }
    await this.#passUntil(this.#recording.end + this.#options.tolerance);
    if (this.#options.asStreams) await this.#passWhile(() => this.judge.expectations.first() !== undefined);
    this.judge.finish();
  }

  #startApplication(): void {
    const { application } = this.#options;
    if (application === undefined) return;
    const { stack } = this.#host;
    const host = { stack, sleep: this.#timers.sleep };
    startApplication(application, host, (cause) => {
      this.#error ??= { cause };
    });
  }

  async #happens(event: Event): Promise<void> {
    // what arrives is looked at before the timers of the same moment; an application acts after them
    await this.#passUntil(event.at, event.kind === 'feed');
    if (this.judge.difference !== undefined) return;
    if (event.kind === 'turn') {
      if (!this.#isDue(event.placed)) return;
      if (this.#host.nextTimeout() === event.at) await this.#rest();
      this.#takeTurn(event.placed);
    } else {
      await this.#passWhile(() => event.frames.some((placed) => this.judge.neededBy(placed) !== undefined));
      if (this.judge.difference !== undefined) return;
      await this.#readBefore(event.frames);
      for (const placed of event.frames) this.#feed(placed);
    }
    await this.#rest();
  }

  /** A frame that the stack has sent already, which the recorded host sent late, is no reason to look at timers. */
  #isDue({ frame, conversation }: Placed): boolean {
    return this.judge.expectations.next(conversation) === frame || this.#derived?.actsAt(frame) === true;
  }

  /** An application that reads and answers does both before the stack runs. */
  #takeTurn({ frame, conversation }: Placed): void {
    if (this.judge.expectations.next(conversation) === frame) this.#derived?.readFor(conversation, frame);
    this.#derived?.act(frame);
  }

  /** What came before has been read when more comes, as far as the next window shows. */
  async #readBefore(frames: readonly Placed[]): Promise<void> {
    let someRead = false;
    for (const { frame, conversation } of frames) {
      this.#derived?.act(frame);
      const next = this.judge.expectations.next(conversation);
      someRead = this.#derived?.readFor(conversation, next) === true || someRead;
    }
    if (someRead) await this.#rest();
  }

  /** Lets the timers of the stack and of the application have their turn until `at`, those of that moment too unless they are `later`. */
  async #passUntil(at: Micros, later = false): Promise<void> {
    if (at > this.#host.now && this.#derived?.readUnseen()) await this.#rest();
    await this.#pass(at, () => !later || this.#nextDue() < at);
    if (this.judge.difference !== undefined) return;
    this.#host.advance(at);
    this.judge.passes(at);
  }

  /** Lets time pass as long as something is missing; the judge knows when that has been too long. */
  async #passWhile(isMissing: () => boolean): Promise<void> {
    while (isMissing() && this.judge.difference === undefined) {
      const next = this.#nextDue();
      const limit = this.#host.now + SECOND;
      await this.#pass(Math.min(next, limit), isMissing);
      if (next > limit) this.#host.advance(limit);
      this.judge.passes(this.#host.now);
      if (this.#host.now > this.#recording.end + UP_BEFORE) this.judge.finish();
    }
  }

  async #pass(until: Micros, goesOn: () => boolean): Promise<void> {
    for (let due = this.#nextDue(); due <= until && goesOn(); due = this.#nextDue()) {
      this.judge.passes(due);
      if (this.judge.difference !== undefined) return;
      this.#host.advance(due);
      this.#timers.run(due);
      await this.#rest();
    }
  }

  /**
   * A timer of the recorded host may have gone off late, or never because what it waited for came first: it waits for the next
   * event of the capture, but not beyond the tolerance, and not when a frame is due that only a timer can send.
   */
  #nextDue(): Micros {
    return Math.min(this.#host.nextTimeout() + this.#slack, this.#timers.nextTimeout());
  }

  get #slack(): Micros {
    const first = this.judge.expectations.first();
    const isAwaited = first !== undefined && first.frame.at <= this.#host.now;
    return isAwaited ? 0 : Math.min(this.#options.tolerance, SECOND);
  }

  get #isAtRest(): boolean {
    return Math.min(this.#host.nextTimeout(), this.#timers.nextTimeout()) > this.#host.now;
  }

  /** Runs the stack and lets promises settle until neither has anything to do now. */
  async #rest(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#host.run();
      if (this.#derived !== undefined) {
        this.#derived.afterRun();
        if (this.#isAtRest) return;
        continue;
      }
      await this.#options.settle();
      if (this.#error !== undefined) throw this.#error.cause;
      if (this.#isAtRest) return;
      this.#timers.run(this.#host.now);
    }
    throw new Error('the application does not come to rest');
  }

  #feed({ frame, conversation }: Placed): void {
    const live = this.#live.heard(conversation);
    const bytes = frame.bytes.slice();
    const facts = factsOf(bytes);
    if (facts.kind === 'arp') this.#keep(frame.bytes, 'in', '');
    else {
      this.#keep(frame.bytes, 'in', frame.checksum === 'bad' ? 'fed with a wrong checksum, as recorded' : '');
      const ipIsWrong = frame.checksum === 'bad' && !ipv4.isChecksumValid(facts.view, facts.network);
      toLive(facts, live);
      const quoted = quotedTransport(facts);
      const about = quoted === undefined ? undefined : this.#live.quoted(quoted, facts.view);
      if (about !== undefined) quotedToLive(facts, about);
      if (frame.checksum === 'bad') spoilChecksum(facts, ipIsWrong);
    }
    this.fed++;
    this.#host.feed({ bytes, gsoSize: frame.checksum === 'bad' ? 0 : frame.gsoSize });
  }

  #sent(bytes: Uint8Array, note: string): void {
    const verdict = this.judge.sent(bytes, note, this.#host.now);
    if (verdict === 'judged' || factsOf(bytes).kind !== 'arp') {
      this.#keep(bytes, 'out', note);
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const asksForItself = arp.targetIp(view, 14) === arp.senderIp(view, 14);
    if (asksForItself || !this.#host.answerArp(view, 14)) return;
    this.#notes.say('ARP was not recorded: the stack was told at once who is where');
  }

  #keep(bytes: Uint8Array, direction: Direction, comment: string): void {
    if (this.#host.now < this.#recording.begin) return;
    this.log.frame({ bytes, at: this.#host.now, direction, interfaceId: 0, comment });
  }
}

/** RFC 5227 §2.3: a host that has come up announces its address twice, ANNOUNCE_INTERVAL apart. */
const ANNOUNCE_INTERVAL: Micros = 2 * SECOND;

/** An announcement in front of which the host has spoken, or behind which there should be another one, was its second. */
function bootTime({ frames, begin, end, host }: Recording): Micros {
  const own = frames.filter(({ frame }) => frame.isHosts);
  const announcements = own.filter(({ frame: { facts } }) => facts.kind === 'arp' && facts.destination === host);
  const [first, another] = announcements;
  if (first === undefined) return Math.max(begin - UP_BEFORE, 0);
  const { at } = first.frame;
  const isSecond = first !== own[0] || (another === undefined && end - at > ANNOUNCE_INTERVAL);
  return isSecond ? Math.max(at - ANNOUNCE_INTERVAL, 0) : at;
}
