/** poll and epoll_wait: wait until something is ready, or until the time-out. */
import type { Micros } from '../../stack/time.ts';
import { MILLISECOND, NEVER } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, numberOf, numberOr, POLLERR, POLLHUP, POLLNVAL, unwrapped } from './constants.ts';
import type { Descriptors } from './descriptors.ts';
import { EpollFile } from './epoll-file.ts';
import type { Attempt, File } from './file.ts';
import { waits } from './file.ts';
import type { Out, Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';

/** Milliseconds from now; negative: for ever. */
const deadlineOf = (timeout: number, now: Micros): Micros => (timeout < 0 ? NEVER : now + timeout * MILLISECOND);

/** poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 1000) */
export function poll([entries, , timeout]: readonly Expr[], files: Descriptors, now: Micros): Attempt {
  if (entries?.kind !== 'list') throw new Unsupported('poll without a list of {fd, events, revents}');
  const bits = (entry: Expr): number => {
    const fd = numberOf(fieldOf(entry, 'fd')?.value, 'fd');
    const events = numberOf(fieldOf(entry, 'events')?.value, 'events');
    const file = files.get(fd);
    return file === undefined ? POLLNVAL : file.ready() & (events | POLLERR | POLLHUP);
  };
  const answer = (): Outcome => {
    const outs = entries.items.flatMap((entry): Out[] => {
      const expected = fieldOf(entry, 'revents')?.value;
      return expected === undefined ? [] : [{ what: 'revents', expected, actual: bits(entry) }];
    });
    return ok(entries.items.filter((entry) => bits(entry) !== 0).length, outs);
  };
  const ready = (): Outcome | undefined => (entries.items.some((entry) => bits(entry) !== 0) ? answer() : undefined);
  const deadline = deadlineOf(numberOr(timeout, -1, 'the time-out'), now);
  // only the time-out ends it: poll blocks whatever its descriptors do. Nothing is ready then, and revents say so
  const nothing = { ...ok(0), outs: answer().outs };
  return waits(() => (now === deadline ? answer() : ready()), { deadline, wouldBlock: nothing });
}

/** epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0): one structure, or a list of them. */
export function epollWait(
  file: File,
  events: Expr | undefined,
  limit: Expr | undefined,
  timeout: Expr | undefined,
  now: Micros,
): Outcome | Attempt {
  if (!(file instanceof EpollFile)) return failed('EINVAL');
  const most = numberOf(limit, 'the number of events');
  const deadline = deadlineOf(numberOr(timeout, -1, 'the time-out'), now);
  const ready = (): Outcome | undefined => {
    if (file.collect(most, false).length === 0) return now === deadline ? ok(0) : undefined;
    const found = file.collect(most, true);
    return ok(
      found.length,
      found.flatMap(({ fd, events: bits }, i) => outsOf(entryOf(events, i), fd, bits)),
    );
  };
  return waits(ready, { deadline, wouldBlock: ok(0) });
}

function entryOf(events: Expr | undefined, index: number): Expr | undefined {
  if (events?.kind === 'list') return events.items[index];
  return index === 0 ? unwrapped(events) : undefined;
}

function outsOf(entry: Expr | undefined, fd: number, bits: number): Out[] {
  const events = fieldOf(entry, 'events')?.value;
  const number = fieldOf(entry, 'fd', 'ptr', 'u32', 'u64')?.value;
  return [
    ...(events === undefined ? [] : [{ what: 'events', expected: events, actual: bits }]),
    ...(number === undefined ? [] : [{ what: 'fd', expected: number, actual: fd }]),
  ];
}
