/** SO_TIMESTAMPING of what is sent: when the last byte of a send left, and when it was acknowledged. */
import type { Micros } from '../../stack/time.ts';
import {
  SCM_TSTAMP_ACK,
  SCM_TSTAMP_SCHED,
  SCM_TSTAMP_SND,
  SOF_TIMESTAMPING_OPT_ID,
  SOF_TIMESTAMPING_TX_ACK,
  SOF_TIMESTAMPING_TX_SCHED,
  SOF_TIMESTAMPING_TX_SOFTWARE,
} from './control-constants.ts';
import type { Progress } from './error-queue.ts';

export interface Stamp {
  readonly kind: 'stamp';
  /** SCM_TSTAMP_... */
  readonly type: number;
  readonly at: Micros;
  /** The place of the byte behind the one counted from; 0 without SOF_TIMESTAMPING_OPT_ID. */
  readonly key: number;
}

interface Send {
  readonly flags: number;
  /** The place of its last byte. */
  last: number;
  isSent: boolean;
}

const ASKS = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_ACK;

export class TransmitStamps {
  /** SOF_TIMESTAMPING_... */
  flags = 0;
  /** The place that OPT_ID counts from. */
  #base = 0;
  #writing: Send | undefined = undefined;
  readonly #waiting: Send[] = [];

  /** OPT_ID counts from where the stream is acknowledged when it is switched on. */
  configure(flags: number, { acknowledged }: Progress): void {
    if ((flags & ~this.flags & SOF_TIMESTAMPING_OPT_ID) !== 0) this.#base = acknowledged;
    this.flags = flags;
  }

  begin(): void {
    this.#writing = undefined;
  }

  onWritten({ written }: Progress): void {
    if ((this.flags & ASKS) === 0) return;
    if (this.#writing === undefined) {
      this.#writing = { flags: this.flags, last: 0, isSent: false };
      this.#waiting.push(this.#writing);
    }
    this.#writing.last = written - 1;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** What has happened by now, in the kernel's order: queued for the device, given to it, acknowledged. */
  take({ sent, acknowledged }: Progress, now: Micros): Stamp[] {
    const stamps: Stamp[] = [];
    const add = (one: Send, asked: number, type: number): void => {
      const key = (one.flags & SOF_TIMESTAMPING_OPT_ID) === 0 ? 0 : one.last - this.#base;
      if ((one.flags & asked) !== 0) stamps.push({ kind: 'stamp', type, at: now, key });
    };
    for (const one of this.#waiting) {
      if (one.isSent || one.last >= sent) continue;
      one.isSent = true;
      add(one, SOF_TIMESTAMPING_TX_SCHED, SCM_TSTAMP_SCHED);
      add(one, SOF_TIMESTAMPING_TX_SOFTWARE, SCM_TSTAMP_SND);
    }
    for (let one = this.#waiting[0]; one !== undefined && one.last < acknowledged; one = this.#waiting[0]) {
      add(one, SOF_TIMESTAMPING_TX_ACK, SCM_TSTAMP_ACK);
      this.#waiting.shift();
    }
    return stamps;
  }
}
