/** The engine: one loop over the events of a script, in virtual time, against one host. */
import type { Micros } from '../../stack/time.ts';
import type { Command, Script, ScriptEvent } from '../script/ast.ts';
import { printAction, printTime } from '../script/print.ts';
import { CONSTANTS } from '../sut/constants.ts';
import type { Sut } from '../sut/sut.ts';
import { Unsupported } from '../unsupported.ts';
import { OptionsTooLong } from '../wire/build.ts';
import { Calls } from './calling.ts';
import { describeEmission } from './describe-emission.ts';
import { execute } from './evaluate.ts';
import { inject } from './inbound.ts';
import { expectPacket } from './outbound.ts';
import type { Settings } from './session.ts';
import { Session, seconds } from './session.ts';
import { runCommand } from './shell.ts';
import type { Verdict } from './verdict.ts';
import { Failed } from './verdict.ts';

export function run(script: Script, sut: Sut, settings: Settings): Verdict {
  const session = new Session(sut, settings);
  const calls = new Calls(session);
  const variables = new Map<string, number>();
  let current: Pick<ScriptEvent, 'line'> & Partial<ScriptEvent> = { line: 1 };
  try {
    const commands = (list: readonly Command[]): void => {
      for (const command of list) {
        current = command;
        runCommand(command.text, session);
      }
    };
    commands(script.init);
    session.begin();
    for (const event of script.events) {
      current = event;
      performOrForgive(event, session, calls, variables);
    }
    calls.finish();
    commands(script.cleanup);
    return { kind: 'pass', level: session.needed, warnings: [...session.warnings, ...leftOver(session)] };
  } catch (error) {
    return verdictOn(error, session, calls, current);
  }
}

/** --non_fatal: what it names is told, and the script goes on. */
function performOrForgive(event: ScriptEvent, session: Session, calls: Calls, variables: Map<string, number>): void {
  try {
    perform(event, session, calls, variables);
  } catch (error) {
    if (!(error instanceof Failed) || !session.settings.forgives.has(event.action.kind)) throw error;
    const { field, expected, actual } = error;
    session.warnings.push(`line ${event.line}, not fatal: ${field}: expected ${expected}, got ${actual}`);
    session.finished(session.sut.now, false);
  }
}

function perform(event: ScriptEvent, session: Session, calls: Calls, variables: Map<string, number>): void {
  const { time, action } = event;
  if (action.kind === 'packet' && action.direction === 'out') {
    session.finished(expectPacket(session, action, time), false);
    return;
  }
  const isInbound = action.kind === 'packet';
  const { from } = session.due(time, isInbound);
  session.waitUntil(from);
  switch (action.kind) {
    case 'packet':
      session.tell(printAction(action));
      inject(session, action);
      session.afterStep();
      break;
    case 'call':
      calls.make(event, action, from);
      break;
    case 'command':
      session.tell(printAction(action));
      runCommand(action.text, session);
      break;
    case 'code':
      execute(action.text, variables, lookup(session));
      break;
  }
  session.finished(from, isInbound);
}

/** Names in code: the fields of TCP_INFO and the constants of the socket interface. */
const lookup =
  (session: Session) =>
  (name: string): number => {
    const value = session.sut.info(session.descriptor)?.[name] ?? CONSTANTS[name];
    if (value === undefined) throw new Unsupported(`the name ${name} in code`);
    return value;
  };

/** What the host sent and nobody asked for: the original ignores it, and so does the verdict. */
const leftOver = (session: Session): string[] =>
  session.unread.map((emission) => {
    const when: Micros = session.relative(emission.at);
    return `left over at ${seconds(when)}: ${describeEmission(emission, session.flows.of(emission))}`;
  });

function verdictOn(
  error: unknown,
  session: Session,
  calls: Calls,
  current: Pick<ScriptEvent, 'line'> & Partial<ScriptEvent>,
): Verdict {
  const { warnings } = session;
  if (error instanceof Unsupported || error instanceof OptionsTooLong)
    return { kind: 'unsupported', line: current.line, reason: error.message, warnings };
  if (!(error instanceof Failed)) throw error;
  const blocked = error.field === 'return' ? calls.blockedEvent : undefined;
  const { line, time, action } = blocked ?? current;
  const event = time === undefined || action === undefined ? '' : `${printTime(time)} ${printAction(action)}`;
  const { field, expected, actual, comparison } = error;
  const { history, elapsed } = session;
  return { kind: 'fail', warnings, failure: { line, event, at: elapsed, field, expected, actual, comparison, history } };
}
