/** One run of one script: the host under test, the clock, what it has sent and what has been going on. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import type { Action, EventTime } from '../script/ast.ts';
import type { Sut } from '../sut/sut.ts';
import type { Emission } from '../wire/emission.ts';
import { decodeEmission } from '../wire/emission.ts';
import { describeEmission } from './describe-emission.ts';
import { Flows } from './flows.ts';
import type { Level } from './verdict.ts';
import { Failed } from './verdict.ts';

export interface Settings {
  readonly maxLevel: Level;
  readonly tolerance: Micros;
  /** Words. */
  readonly localAddress: number;
  readonly remoteAddress: number;
  readonly bindPort: number;
  /** An expected segment is one segment on the wire. */
  readonly strictSegments: boolean;
  /** How long the host's timestamp clock stays at one value, when its values are to be compared; 0: they are not. */
  readonly timestampTick: Micros;
  /** Echoes in the script count from the first timestamp seen. */
  readonly scalesEchoes: boolean;
  /** What a script may get wrong and go on. */
  readonly forgives: ReadonlySet<Action['kind']>;
}

/** So many timers in one wait are a machine that runs wild. */
const MAX_STEPS = 1_000_000;
/** RFC 9293 has no timer beyond this that a script could wait for without saying how long. */
export const PATIENCE: Micros = 300 * SECOND;
const HISTORY = 10;

export class Session {
  readonly sut: Sut;
  readonly settings: Settings;
  readonly flows: Flows;
  /** Sent and not yet expected by any line, oldest first. */
  readonly unread: Emission[] = [];
  readonly warnings: string[] = [];
  /** The least strict level that any line has needed so far. */
  needed: Level = 0;
  /** The descriptor whose connection `%{ }%` asks about. */
  descriptor = -1;
  /** Asked after every step: whether a blocking call has returned. */
  afterStep: () => void = () => {};
  #base: Micros;
  #history: string[] = [];
  #lastFinished: Micros;
  #lastScheduled: Micros;
  #lastWasInbound = false;

  constructor(sut: Sut, settings: Settings) {
    this.sut = sut;
    this.settings = settings;
    this.flows = new Flows(settings.scalesEchoes);
    this.#base = sut.now;
    this.#lastFinished = sut.now;
    this.#lastScheduled = sut.now;
    sut.onEmit = (packet, note) => this.#emitted(packet, note);
  }

  /** The script's time begins now: behind its initial commands, however long they took. */
  begin(): void {
    this.#base = this.sut.now;
    this.finished(this.sut.now, false);
  }

  /** Since the script began. */
  get elapsed(): Micros {
    return this.sut.now - this.#base;
  }

  relative(at: Micros): Micros {
    return at - this.#base;
  }

  /** The last events, oldest first. */
  get history(): readonly string[] {
    return this.#history;
  }

  tell(what: string): void {
    this.#history.push(`${(this.elapsed / SECOND).toFixed(6).padStart(11)}  ${what}`);
    if (this.#history.length > HISTORY) this.#history = this.#history.slice(-HISTORY);
  }

  /** When an event is due. `+t` counts from the end of the event before; of two inbound packets, from when the first was due. */
  due(time: EventTime, isInbound: boolean): { readonly from: Micros; readonly to: Micros } {
    if (time.kind === 'any') return { from: this.sut.now, to: this.sut.now };
    const reference = isInbound && this.#lastWasInbound ? this.#lastScheduled : this.#lastFinished;
    const base = time.kind === 'absolute' ? this.#base : reference;
    return { from: base + time.from, to: base + time.to };
  }

  /** At least what the script allows, and an eighth of the time since the event before. */
  toleranceFor(scheduled: Micros): Micros {
    return Math.max(this.settings.tolerance, Math.max(scheduled - this.#lastFinished, 0) / 8);
  }

  finished(scheduled: Micros, isInbound: boolean): void {
    this.#lastFinished = this.sut.now;
    this.#lastScheduled = scheduled;
    this.#lastWasInbound = isInbound;
  }

  /** Lets time pass until then; an event that is already too late fails. */
  waitUntil(at: Micros): void {
    const late = this.sut.now - at;
    if (late > this.toleranceFor(at))
      throw new Failed('time', seconds(this.relative(at)), `${seconds(this.elapsed)}, when this line had its turn`);
    this.advance(Math.max(at, this.sut.now), () => false);
  }

  /** A command that takes its time. */
  wait(duration: Micros): void {
    this.advance(this.sut.now + duration, () => false);
  }

  /**
   * Lets time pass from timer to timer.
   * @param limit a finite time
   * @returns true as soon as `stop` says so; false when `limit` has come
   */
  advance(limit: Micros, stop: () => boolean): boolean {
    for (let step = 0; step < MAX_STEPS; step++) {
      if (stop()) return true;
      const next = this.sut.nextTimeout();
      this.sut.advance(Math.min(next, limit));
      this.afterStep();
      if (next > limit) return stop();
    }
    throw new Failed('time', 'a host that comes to rest', `${MAX_STEPS} timers in one wait`);
  }

  #emitted(packet: Uint8Array, note: string): void {
    const emission = decodeEmission(packet, this.sut.now, note);
    this.unread.push(emission);
    const flow = this.flows.of(emission);
    // from here on its numbers are shown as the script would write them
    if (emission.transport.kind === 'tcp') flow?.learn(emission.transport, undefined);
    this.tell(describeEmission(emission, flow));
    if (emission.faults.length > 0) throw new Failed('header', 'a well-formed packet', emission.faults.join(', '));
  }
}

export const seconds = (micros: Micros): string => `${(micros / SECOND).toFixed(6)} s`;
