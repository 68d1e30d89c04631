/** What recvmsg tells beside the data: the flags and the control messages, held against those that a script writes. */
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, MSG_CTRUNC, numberOf } from './constants.ts';
import type { Attempt } from './file.ts';
import type { ControlMessage, Out, Outcome } from './sut.ts';

/** recvmsg: `attempt`, and what it tells compared with the msg_flags and the msg_control of the script. */
export function telling(attempt: Attempt, message: Expr | undefined): Attempt {
  const tell = (): Outcome | undefined => {
    const outcome = attempt.attempt();
    if (outcome === undefined || outcome.errno !== undefined) return outcome;
    return { ...outcome, outs: [...outcome.outs, ...outsOf(message, outcome.told)] };
  };
  return { ...attempt, attempt: tell };
}

function outsOf(message: Expr | undefined, told: Outcome['told']): Out[] {
  const control = fieldOf(message, 'msg_control')?.value;
  const wanted = wantedOf(control);
  if (told === undefined) {
    if (wanted !== undefined && wanted.length > 0) throw new Unsupported('ancillary data (msg_control) of such a socket');
    return [];
  }
  const flags = fieldOf(message, 'msg_flags')?.value;
  // put_cmsg: who has no room for a control message is told that there was one
  const cut = wanted === undefined && control?.kind !== 'any' && told.control.length > 0 ? MSG_CTRUNC : 0;
  const ofFlags = flags === undefined ? [] : [{ what: 'msg_flags', expected: flags, actual: told.flags | cut }];
  if (wanted === undefined) return ofFlags;
  const count: Expr = { kind: 'number', value: wanted.length };
  const ofControl = told.control.flatMap((one, i) => compared(wanted[i], one));
  return [...ofFlags, { what: 'how many control messages', expected: count, actual: told.control.length }, ...ofControl];
}

/** The control messages that a script writes; undefined: none of its business, or no room for any (NULL). */
function wantedOf(control: Expr | undefined): readonly Expr[] | undefined {
  if (control === undefined || control.kind === 'any') return undefined;
  if (control.kind === 'list') return control.items;
  if (control.kind === 'number' && control.value === 0) return undefined;
  throw new Unsupported('ancillary data (msg_control) that is not a list');
}

function compared(wanted: Expr | undefined, { level, type, data }: ControlMessage): Out[] {
  if (wanted === undefined || wanted.kind === 'any') return [];
  if (wanted.kind !== 'struct') throw new Unsupported('a control message that is not {cmsg_level, cmsg_type, cmsg_data}');
  return wanted.fields.flatMap(({ name, value: expected }): Out[] => {
    if (name === 'cmsg_level') return [{ what: name, expected, actual: level }];
    if (name === 'cmsg_type') return [{ what: name, expected, actual: type }];
    if (name === 'cmsg_data') return comparedData(expected, data);
    if (name === 'cmsg_len') return [];
    throw new Unsupported(`the field ${name ?? 'without a name'} of a control message`);
  });
}

/** A number, or a structure of which the fields that the script writes count. */
function comparedData(expected: Expr, data: ControlMessage['data']): Out[] {
  if (expected.kind !== 'struct') return [{ what: 'cmsg_data', expected, actual: typeof data === 'number' ? data : Number.NaN }];
  const time = typeof data === 'number' ? undefined : comparedTime(expected, data);
  if (time !== undefined) return [time];
  return expected.fields.map(({ name = '', value }) => ({
    what: name,
    expected: value,
    actual: typeof data === 'number' ? Number.NaN : (data[name] ?? Number.NaN),
  }));
}

/** What a time stamp may differ by, in nanoseconds: as a packet's time, four milliseconds. */
const TOLERANCE = 4_000_000;

/** A time since the script began is not compared to the nanosecond. */
function comparedTime(expected: Expr, data: Readonly<Record<string, number>>): Out | undefined {
  const { scm_sec: seconds, scm_nsec: rest } = data;
  const wanted = [fieldOf(expected, 'scm_sec')?.value, fieldOf(expected, 'scm_nsec')?.value];
  if (seconds === undefined || rest === undefined || wanted.some((one) => one === undefined || one.kind === 'any'))
    return undefined;
  const value = numberOf(wanted[0], 'scm_sec') * 1e9 + numberOf(wanted[1], 'scm_nsec');
  const actual = seconds * 1e9 + rest;
  return {
    what: 'scm_sec and scm_nsec',
    expected: { kind: 'number', value },
    actual: Math.abs(actual - value) <= TOLERANCE ? value : actual,
  };
}
