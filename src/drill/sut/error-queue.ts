/** The error queue of a Linux socket: what MSG_ZEROCOPY tells when the memory of a send is the application's again. */
import type { Connection } from '../../stack/tcp/connection.ts';
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';
import { MSG_ERRQUEUE, MSG_TRUNC, MSG_ZEROCOPY } from './constants.ts';
import {
  IP_RECVERR,
  SCM_TIMESTAMPING,
  SO_EE_CODE_ZEROCOPY_COPIED,
  SO_EE_ORIGIN_TIMESTAMPING,
  SO_EE_ORIGIN_ZEROCOPY,
  SOF_TIMESTAMPING_OPT_TSONLY,
  SOF_TIMESTAMPING_SOFTWARE,
  SOL_IP,
  SOL_SOCKET,
} from './control-constants.ts';
import { ERRNO_NUMBERS } from './errno.ts';
import type { Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';
import type { Stamp } from './transmit-stamps.ts';
import { TransmitStamps } from './transmit-stamps.ts';

/** Where the stream that is sent stands, counted in bytes from its beginning. */
export interface Progress {
  readonly written: number;
  /** The first byte that was never sent. */
  readonly sent: number;
  /** Before it the peer has everything, or nobody will send it any more. */
  readonly acknowledged: number;
}

export function progressOf(connection: Connection | undefined, written: number): Progress {
  const { buffered = 0, unsent = 0 } = connection?.sender ?? {};
  return { written, sent: written - Math.max(unsent, 0), acknowledged: written - buffered };
}

/** Sends that are told of together, from `first` to `last` by their numbers: their bytes are `[from, to)` of the stream. */
interface Range {
  readonly first: number;
  last: number;
  readonly from: number;
  to: number;
}

interface Notice {
  readonly kind: 'zero copy';
  readonly first: number;
  last: number;
  readonly code: number;
}

export class ErrorQueue {
  readonly #progress: () => Progress;
  /** The number of the next send. */
  #next = 0;
  /** The call that writes now: whether it asks for notices, and what it has written. */
  #asks = false;
  #writing: Range | undefined = undefined;
  readonly #unfinished: Range[] = [];
  readonly #notices: (Notice | Stamp)[] = [];
  readonly #stamps = new TransmitStamps();
  #told = 0;

  /** @param progress where the socket's stream stands when it is asked */
  constructor(progress: () => Progress) {
    this.#progress = progress;
  }

  /** A sending call begins. @param isOn SO_ZEROCOPY: without it Linux takes no notice of MSG_ZEROCOPY */
  begin(flags: number, isOn: boolean): void {
    this.#asks = isOn && (flags & MSG_ZEROCOPY) !== 0;
    this.#writing = undefined;
    this.#stamps.begin();
  }

  /** It has written, and maybe not for the last time. */
  onWritten(count: number): void {
    if (count === 0) return;
    const progress = this.#progress();
    this.#stamps.onWritten(progress);
    if (!this.#asks) return;
    const { written, sent } = progress;
    this.#writing ??= this.#rangeFor(written - count, sent);
    this.#writing.to = written;
  }

  /** Sends whose bytes wait behind one another in one buffer are told of as one (msg_zerocopy_realloc). */
  #rangeFor(from: number, sent: number): Range {
    const number = this.#next++;
    const tail = this.#unfinished.at(-1);
    if (tail !== undefined && tail.to === from && sent < from) {
      tail.last = number;
      return tail;
    }
    const range: Range = { first: number, last: number, from, to: from };
    this.#unfinished.push(range);
    return range;
  }

  /** How many notices there have been: each wakes those who poll. */
  get wakes(): number {
    this.#settle();
    return this.#told;
  }

  get isEmpty(): boolean {
    this.#settle();
    return this.#notices.length === 0;
  }

  /** recvmsg(MSG_ERRQUEUE): it never waits (ip_recv_error). */
  receive(length: number): Outcome {
    this.#settle();
    const notice = this.#notices.shift();
    if (notice === undefined) return failed('EAGAIN');
    if (notice.kind === 'stamp') return this.#stamp(notice, length);
    const { first: ee_info, last: ee_data, code: ee_code } = notice;
    const data = { ee_errno: 0, ee_origin: SO_EE_ORIGIN_ZEROCOPY, ee_type: 0, ee_code, ee_pad: 0, ee_info, ee_data };
    return { ...ok(0), told: { flags: MSG_ERRQUEUE, control: [{ level: SOL_IP, type: IP_RECVERR, data }] } };
  }

  /** Without OPT_TSONLY the packet comes back too; who has no room for it is told that it was cut. */
  #stamp({ type, key, at }: Stamp, length: number): Outcome {
    const isAlone = (this.flags & SOF_TIMESTAMPING_OPT_TSONLY) !== 0;
    if (!isAlone && length > 0) throw new Unsupported('the packet that was sent, on the error queue');
    const origin = { ee_errno: ERRNO_NUMBERS['ENOMSG'] ?? 0, ee_origin: SO_EE_ORIGIN_TIMESTAMPING };
    const data = { ...origin, ee_type: 0, ee_code: 0, ee_pad: 0, ee_info: type, ee_data: key };
    const time = { scm_sec: Math.floor(at / SECOND), scm_nsec: (at % SECOND) * 1000 };
    const shown = (this.flags & SOF_TIMESTAMPING_SOFTWARE) !== 0;
    const control = [
      ...(shown ? [{ level: SOL_SOCKET, type: SCM_TIMESTAMPING, data: time }] : []),
      { level: SOL_IP, type: IP_RECVERR, data },
    ];
    return { ...ok(0), told: { flags: MSG_ERRQUEUE | (isAlone ? 0 : MSG_TRUNC), control } };
  }

  /** SO_TIMESTAMPING. */
  get flags(): number {
    return this.#stamps.flags;
  }

  configure(flags: number): void {
    this.#stamps.configure(flags, this.#progress());
  }

  /** @param now since the script began */
  settle(now: Micros): void {
    if (this.#stamps.isWaiting) {
      const stamps = this.#stamps.take(this.#progress(), now);
      this.#told += stamps.length;
      this.#notices.push(...stamps);
    }
    this.#settle();
  }

  /** All that is acknowledged gives a notice; one that goes on where the last ends becomes one with it (skb_zerocopy_notify_extend). */
  #settle(): void {
    if (this.#unfinished.length === 0) return;
    const { sent, acknowledged } = this.#progress();
    for (let done = this.#unfinished[0]; done !== undefined && done.to <= acknowledged; done = this.#unfinished[0]) {
      this.#unfinished.shift();
      this.#told++;
      const tail = this.#notices.at(-1);
      if (tail?.kind === 'zero copy' && tail.last + 1 === done.first) tail.last = done.last;
      // a TUN device, on which scripts run, copies what it is given
      else this.#notices.push({ ...done, kind: 'zero copy', code: done.from < sent ? SO_EE_CODE_ZEROCOPY_COPIED : 0 });
    }
  }
}
