/** An epoll descriptor, level- or edge-triggered: who is watched, and what is ready. */
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { EPOLLET, EPOLLONESHOT, POLLERR, POLLHUP } from './constants.ts';
import type { Attempt, File } from './file.ts';
import { done } from './file.ts';
import type { Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';

interface Watch {
  readonly file: File;
  events: number;
  /** EPOLLONESHOT: silent until it is modified. */
  isSpent: boolean;
  /** EPOLLET: how often the file had woken those who wait when it was last reported; -1: not yet. */
  seen: number;
}

export interface Ready {
  readonly fd: number;
  readonly events: number;
}

/** Used up, or edge-triggered and nothing has happened since the last report, whatever still holds. */
const isSilent = ({ isSpent, events, seen, file }: Watch): boolean =>
  isSpent || ((events & EPOLLET) !== 0 && seen === file.wakes);

function report(watch: Watch): void {
  if ((watch.events & EPOLLONESHOT) !== 0) watch.isSpent = true;
  watch.seen = watch.file.wakes ?? -1;
}

export class EpollFile implements File {
  nonBlocking = false;
  readonly #watched = new Map<number, Watch>();

  /** @param operation EPOLL_CTL_ADD 1, DEL 2, MOD 3 */
  control(operation: number, fd: number, file: File, events: number): Outcome {
    if ((events & EPOLLET) !== 0 && file.wakes === undefined) throw new Unsupported('edge-triggered epoll of such a file');
    const known = this.#watched.get(fd);
    if (operation === 1) {
      if (known !== undefined) return failed('EEXIST');
      this.#watched.set(fd, { file, events, isSpent: false, seen: -1 });
      return ok(0);
    }
    if (known === undefined) return failed('ENOENT');
    if (operation === 2) this.#watched.delete(fd);
    else {
      known.events = events;
      known.isSpent = false;
      known.seen = -1;
    }
    return ok(0);
  }

  /** What is ready now, at most `limit` of it. @param take one-shot watches are used up */
  collect(limit: number, take: boolean): Ready[] {
    const ready: Ready[] = [];
    for (const [fd, watch] of this.#watched) {
      const events = isSilent(watch) ? 0 : watch.file.ready() & (watch.events | POLLERR | POLLHUP);
      if (events === 0 || ready.length === limit) continue;
      ready.push({ fd, events });
      if (take) report(watch);
    }
    return ready;
  }

  forget(file: File): void {
    for (const [fd, watch] of this.#watched) if (watch.file === file) this.#watched.delete(fd);
  }

  ready(): number {
    return this.collect(1, false).length > 0 ? 1 : 0;
  }

  close(): Attempt {
    return done(ok(0));
  }

  bind(): Outcome {
    return failed('ENOTSOCK');
  }

  listen(): Outcome {
    return failed('ENOTSOCK');
  }

  connect(): Attempt {
    return done(failed('ENOTSOCK'));
  }

  accept(): Attempt {
    return done(failed('ENOTSOCK'));
  }

  read(): Attempt {
    return done(failed('EINVAL'));
  }

  write(): Attempt {
    return done(failed('EINVAL'));
  }

  shutdown(): Outcome {
    return failed('ENOTSOCK');
  }

  setOption(_name: string, _value: Expr): Outcome {
    return failed('ENOTSOCK');
  }

  getOption(): Outcome {
    return failed('ENOTSOCK');
  }

  queued(): { readonly input: number; readonly output: number } {
    return { input: 0, output: 0 };
  }
}
