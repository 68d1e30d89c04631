/** What a client remembers of its servers: cookies, and where Fast Open does not get through. RFC 7413 §4.1.3. */
import type { Micros } from '../../time.ts';
import { MINUTE } from '../../time.ts';
import type { FastOpenOption } from '../../wire/fast-open.ts';

/** Servers remembered; the one that was not heard of for longest goes first. */
const MOST = 1024;
/** A cookie that was not used for so long is asked for anew. */
const LIFETIME: Micros = 24 * 60 * MINUTE;
/** The back-off doubles so often: from an hour to almost three days. */
const MOST_DOUBLINGS = 6;

/** What is known of one server. */
interface Memory {
  option: FastOpenOption | undefined;
  /** What its SYN-ACK announced; 0: nothing. */
  mss: number;
  heardAt: Micros;
  /** Asked for a cookie by the option's number and none came: the next request has the form of the experiment, once. */
  form: 'standard' | 'try the experiment' | 'neither';
  /** Times in a row that a SYN with text was lost, and when it may be tried again. */
  losses: number;
  blockedUntil: Micros;
  blocks: number;
}

/** How to begin a connection. */
export interface FastOpenAdvice {
  /** The cookie; undefined: there is none yet. */
  readonly option: FastOpenOption | undefined;
  readonly mss: number;
  /** Ask in the form of the experiment. */
  readonly asksExperimentally: boolean;
}

/** What a SYN-ACK said to a SYN with our option. */
export interface FastOpenAnswer {
  readonly option: FastOpenOption | undefined;
  readonly mss: number;
  /** A request, without text, in this form went unanswered. */
  readonly unanswered: 'standard' | 'experimental' | undefined;
  /** The SYN with text was lost, or the answer to it. */
  readonly synLost: boolean;
}

export class FastOpenCache {
  readonly #servers = new Map<number, Memory>();

  get size(): number {
    return this.#servers.size;
  }

  /** Forgets everything. */
  clear(): void {
    this.#servers.clear();
  }

  /** @param server its address as a word @returns undefined: open in the ordinary way, the path does not bear it */
  advise(server: number, now: Micros): FastOpenAdvice | undefined {
    const memory = this.#servers.get(server);
    if (memory === undefined) return { option: undefined, mss: 0, asksExperimentally: false };
    if (now < memory.blockedUntil) return undefined;
    if (now - memory.heardAt > LIFETIME) memory.option = undefined;
    const asksExperimentally = memory.option === undefined && memory.form === 'try the experiment';
    return { option: memory.option, mss: memory.mss, asksExperimentally };
  }

  /** @param backOff how long the path is left alone after the second loss in a row; 0: not at all */
  learn(server: number, answer: FastOpenAnswer, backOff: Micros, now: Micros): void {
    const memory = this.#recall(server);
    memory.heardAt = now;
    memory.mss = answer.mss;
    if (answer.option !== undefined) memory.option = answer.option;
    else if (memory.option === undefined) {
      if (answer.unanswered === 'standard' && memory.form === 'standard') memory.form = 'try the experiment';
      else if (answer.unanswered === 'experimental') memory.form = 'neither';
    }
    if (!answer.synLost) {
      memory.losses = 0;
      memory.blocks = 0;
    } else if (++memory.losses > 1) block(memory, backOff, now);
  }

  /** §4.1.3.1: something on the path swallows what has the option or text in a SYN. */
  swallowed(server: number, backOff: Micros, now: Micros): void {
    block(this.#recall(server), backOff, now);
  }

  #recall(server: number): Memory {
    const known = this.#servers.get(server);
    this.#servers.delete(server); // and behind all others again
    const memory: Memory = known ?? {
      option: undefined,
      mss: 0,
      heardAt: 0,
      form: 'standard',
      losses: 0,
      blockedUntil: 0,
      blocks: 0,
    };
    this.#servers.set(server, memory);
    const [oldest] = this.#servers.keys();
    if (this.#servers.size > MOST && oldest !== undefined) this.#servers.delete(oldest);
    return memory;
  }
}

function block(memory: Memory, backOff: Micros, now: Micros): void {
  memory.blockedUntil = now + backOff * 2 ** Math.min(memory.blocks, MOST_DOUBLINGS);
  memory.blocks++;
  memory.losses = 0;
}
