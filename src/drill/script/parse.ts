/** From text to tree: options, initial commands, timed events, closing commands. Pure; every fault is a `ParseError`. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import type { Action, CallAction, Command, EventTime, Script, ScriptEvent, ScriptOption } from './ast.ts';
import { parseExpression, parseList } from './parse-expression.ts';
import { parsePacket } from './parse-packet.ts';
import { Reader } from './reader.ts';

export type Symbols = Readonly<Record<string, string>>;

/**
 * @param symbols what `-D NAME=value` gave: a word NAME outside of strings and commands is read as the value
 * @throws ParseError
 */
export function parse(text: string, symbols: Symbols = {}): Script {
  const defined = new Map(Object.entries(symbols));
  const reader = new Reader(text, defined);
  const options = parseOptions(reader, defined);
  const init = parseCommands(reader);
  const events: ScriptEvent[] = [];
  while (!reader.isAtEnd && !reader.sees('`')) events.push(parseEvent(reader));
  if (events.length === 0) reader.fail('an event: a time and a packet, a system call, `a command` or %{ code }%');
  const cleanup = parseCommands(reader);
  if (!reader.isAtEnd) reader.fail('the end of the script behind the closing command');
  return { options, init, events, cleanup };
}

const OPTION_NAME = /[A-Za-z][A-Za-z0-9_]*/y;
/** Between `--define` and NAME=value there is an equals sign, or a space. */
const DEFINITION = /(?=[A-Za-z_]\w*=)/y;
const OPTION_VALUE = /"[^"\n]*"|[^\s"]+/y;

function parseOptions(reader: Reader, symbols: Map<string, string>): ScriptOption[] {
  const options: ScriptOption[] = [];
  while (reader.sees('--')) {
    const { line } = reader;
    reader.expect('--');
    const name = reader.match(OPTION_NAME) ?? reader.fail('the name of an option behind "--"');
    const isNamed = name === 'define' && reader.match(DEFINITION) !== undefined;
    const value = reader.takes('=') || isNamed ? parseValue(reader) : undefined;
    if (name === 'define') define(reader, symbols, value ?? '');
    options.push({ line, name, value });
  }
  return options;
}

const parseValue = (reader: Reader): string =>
  (reader.match(OPTION_VALUE) ?? reader.fail('the value of the option')).replace(/^"(.*)"$/, '$1');

/** `--define=NAME=value`: holds for the rest of the script. */
function define(reader: Reader, symbols: Map<string, string>, definition: string): void {
  const match = /^([A-Za-z_]\w*)=(.*)$/.exec(definition);
  if (match?.[1] === undefined || match[2] === undefined) reader.fail('--define=NAME=value');
  symbols.set(match[1], match[2].replace(/^"(.*)"$/, '$1'));
}

function parseCommands(reader: Reader): Command[] {
  const commands: Command[] = [];
  while (reader.sees('`')) {
    const { line } = reader;
    commands.push({ line, text: parseCommand(reader) });
  }
  return commands;
}

function parseCommand(reader: Reader): string {
  reader.expect('`');
  return reader.raw('`', 'a command that ends with a backquote');
}

function parseEvent(reader: Reader): ScriptEvent {
  const { line } = reader;
  const at = reader.at;
  const time = parseTime(reader);
  const action = parseAction(reader);
  const isOutbound = action.kind === 'packet' && action.direction === 'out';
  if (!isOutbound && (time.kind === 'any' || time.from !== time.to))
    reader.fail('one exact time: "*" and ranges are for outbound packets', at);
  return { line, time, action };
}

function parseTime(reader: Reader): EventTime {
  if (reader.takes('*')) return { kind: 'any' };
  const relative = reader.takes('+');
  const from = instant(reader, relative ? 'a number of seconds behind "+"' : 'a time such as +0.1, 0.25 or *');
  if (!reader.takes('~')) return { kind: relative ? 'relative' : 'absolute', from, to: from };
  if (relative) reader.takes('+');
  const to = instant(reader, 'the end of the range of times');
  return { kind: relative ? 'relative' : 'absolute', from, to };
}

function instant(reader: Reader, expected: string): Micros {
  return Math.round((reader.decimal() ?? reader.fail(expected)) * SECOND);
}

function parseAction(reader: Reader): Action {
  if (reader.sees('<') || reader.sees('>')) return parsePacket(reader);
  if (reader.sees('`')) return { kind: 'command', text: parseCommand(reader) };
  if (reader.takes('%{')) return { kind: 'code', text: reader.raw('}%', 'code that ends with }%') };
  return parseCall(reader);
}

const NOTE = /[^()\n]*/y;

/** `...0.5 name(arguments) = result ERRNO (words)`. */
function parseCall(reader: Reader): CallAction {
  let end: Micros | undefined;
  if (reader.takes('...')) {
    reader.takes('+');
    end = instant(reader, 'when the blocking call returns');
  }
  const name = reader.word() ?? reader.fail('"<", ">", a system call, `a command` or %{ code }%');
  reader.expect('(');
  const args = parseList(reader, ')');
  reader.expect('=');
  const result = reader.takes('?') ? ({ kind: 'any' } as const) : parseExpression(reader);
  const errno = reader.match(/E[A-Z0-9]+(?![a-z_])/y);
  let note: string | undefined;
  if (reader.takes('(')) {
    note = (reader.match(NOTE) ?? '').trim();
    reader.expect(')');
  }
  return { kind: 'call', end, name, args, result, errno, note };
}
