/** System calls of a script: made when their time has come, their results compared, those that block watched. */
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import type { CallAction, Expr, ScriptEvent } from '../script/ast.ts';
import { printAction, printExpression } from '../script/print.ts';
import { numberOf } from '../sut/constants.ts';
import type { Outcome, Pending } from '../sut/sut.ts';
import type { Session } from './session.ts';
import { PATIENCE, seconds } from './session.ts';
import { Failed } from './verdict.ts';

/** A call that has not returned. */
interface Blocked {
  readonly event: ScriptEvent;
  readonly action: CallAction;
  readonly pending: Pending;
  /** When it shall return; NEVER: whenever it likes. */
  readonly end: Micros;
  readonly tolerance: Micros;
}

const CONNECTING = new Set(['connect', 'accept', 'accept4']);

export class Calls {
  readonly #session: Session;
  #blocked: Blocked | undefined = undefined;

  constructor(session: Session) {
    this.#session = session;
    session.afterStep = () => this.#poll();
  }

  /** The event whose call has not returned. */
  get blockedEvent(): ScriptEvent | undefined {
    return this.#blocked?.event;
  }

  /** @param scheduled when the line was due */
  make(event: ScriptEvent, action: CallAction, scheduled: Micros): void {
    const session = this.#session;
    this.#awaitReturn('the next system call');
    session.tell(printAction(action));
    if (action.name === 'listen') session.flows.awaitsSyn = true;
    const end = action.end === undefined ? NEVER : this.#endOf(event, action.end, scheduled);
    const wanted = action.result.kind === 'number' ? action.result.value : -1;
    const result = session.sut.call({ name: action.name, args: action.args, wanted });
    if (result.kind === 'outcome') {
      this.#returned(action, result);
      if (end !== NEVER && session.sut.now < end - session.toleranceFor(end)) this.#early(end);
      return;
    }
    this.#blocked = { event, action, pending: result, end, tolerance: session.toleranceFor(end === NEVER ? scheduled : end) };
    if (action.end === undefined) this.#awaitReturn('the rest of the script: the call does not say when it returns');
  }

  /** `...0.5`: as the event's own time is counted. */
  #endOf({ time }: ScriptEvent, end: Micros, scheduled: Micros): Micros {
    if (time.kind !== 'relative') return this.#session.sut.now - this.#session.elapsed + end;
    return scheduled - time.from + end;
  }

  /** At the end of the script nothing may be left waiting. */
  finish(): void {
    this.#awaitReturn('the end of the script');
  }

  #awaitReturn(before: string): void {
    const blocked = this.#blocked;
    if (blocked === undefined) return;
    const { end, tolerance } = blocked;
    const limit = end === NEVER ? this.#session.sut.now + PATIENCE : Math.max(end + tolerance, this.#session.sut.now);
    if (this.#session.advance(limit, () => this.#blocked === undefined)) return;
    const due = end === NEVER ? `before ${before}` : `at ${seconds(this.#session.relative(end))}`;
    throw new Failed('return', `${blocked.action.name} to return ${due}`, `it still waits at ${seconds(this.#session.elapsed)}`);
  }

  #poll(): void {
    const blocked = this.#blocked;
    const outcome = blocked?.pending.poll();
    if (blocked === undefined || outcome === undefined) return;
    this.#blocked = undefined;
    const session = this.#session;
    session.tell(`${blocked.action.name} returns ${printOutcome(outcome)}`);
    this.#returned(blocked.action, outcome);
    if (blocked.end === NEVER) return;
    if (session.sut.now < blocked.end - blocked.tolerance) this.#early(blocked.end);
    if (session.sut.now > blocked.end + blocked.tolerance)
      throw new Failed('time', `the call returns at ${seconds(session.relative(blocked.end))}`, `at ${seconds(session.elapsed)}`);
  }

  #early(end: Micros): never {
    const session = this.#session;
    throw new Failed(
      'time',
      `the call blocks until ${seconds(session.relative(end))}`,
      `it returned at ${seconds(session.elapsed)}`,
    );
  }

  #returned(action: CallAction, outcome: Outcome): void {
    const { value, errno, outs, fault } = outcome;
    checkResult(action, outcome);
    for (const { what, expected, actual } of outs) {
      if (!isOpen(expected) && toUnsigned(numberOf(expected, what)) !== toUnsigned(actual))
        throw new Failed(what, printExpression(expected), String(actual));
    }
    if (fault !== undefined) throw new Failed('payload', 'the bytes that the peer sent', fault);
    if (errno === undefined || errno === 'EINPROGRESS') this.#follow(action, value);
  }

  /** Which connection code asks about: the one accepted or connected last. */
  #follow({ name, args }: CallAction, value: number): void {
    if (!CONNECTING.has(name)) return;
    this.#session.descriptor = name === 'connect' ? numberOf(args[0], 'a descriptor') : value;
  }
}

const isOpen = (expr: Expr): boolean => expr.kind === 'any' || (expr.kind === 'list' && expr.items[0]?.kind === 'any');

/** Bits are bits: -1 and 0xffffffff are the same. */
const toUnsigned = (n: number): number => (n < 0 ? n + 0x1_0000_0000 : n);

const printOutcome = ({ value, errno }: Outcome): string => (errno === undefined ? String(value) : `${value} ${errno}`);

function checkResult({ result, errno }: CallAction, outcome: Outcome): void {
  if (result.kind === 'any') return;
  const expected = numberOf(result, 'a result');
  const words = errno === undefined ? String(expected) : `${expected} ${errno}`;
  const actual = printOutcome(outcome);
  if (expected !== outcome.value) throw new Failed('result', words, actual);
  if (errno !== undefined && !sameErrno(errno, outcome.errno)) throw new Failed('errno', words, actual);
}

/** Two names of one number. */
const sameErrno = (a: string, b: string | undefined): boolean => a === b || (a === 'EWOULDBLOCK' && b === 'EAGAIN');
