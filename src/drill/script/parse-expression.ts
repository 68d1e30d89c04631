/** Arguments and results of system calls: numbers, words, strings, lists and structures. */
import type { Expr, Field } from './ast.ts';
import type { Reader } from './reader.ts';

const STRING = /"(?:[^"\\\n]|\\.)*"/y;
/** Deeper than any structure of POSIX; a script of ten thousand brackets must not overflow our own stack. */
const MAX_DEPTH = 32;

export function parseExpression(reader: Reader, depth = 0): Expr {
  if (depth > MAX_DEPTH) reader.fail('fewer brackets inside one another');
  const first = parseTerm(reader, depth);
  if (!reader.sees('|')) return first;
  const terms = [first];
  while (reader.takes('|')) terms.push(parseTerm(reader, depth));
  return { kind: 'or', terms };
}

/** Comma-separated, up to and with `close`. */
export function parseList(reader: Reader, close: string, depth = 0): Expr[] {
  const items: Expr[] = [];
  if (reader.takes(close)) return items;
  do items.push(parseExpression(reader, depth));
  while (reader.takes(','));
  if (!reader.takes(close)) reader.fail(`"," or "${close}"`);
  return items;
}

function parseTerm(reader: Reader, depth: number): Expr {
  if (reader.takes('...')) return { kind: 'any' };
  if (reader.takes('~')) return { kind: 'not', of: parseTerm(reader, depth + 1) };
  if (reader.takes('[')) return { kind: 'list', items: parseList(reader, ']', depth + 1) };
  if (reader.takes('{')) return parseStruct(reader, depth + 1);
  if (reader.sees('"')) return { kind: 'string', value: parseString(reader) };
  if (reader.takes('-')) return { kind: 'number', value: -reader.integer('a number behind "-"') };
  const name = reader.word();
  if (name !== undefined) {
    if (reader.takes('(')) return { kind: 'call', name, args: parseList(reader, ')', depth + 1) };
    return { kind: 'word', name };
  }
  return { kind: 'number', value: reader.integer('a number, a word, a string, "[", "{" or "..."') };
}

function parseString(reader: Reader): string {
  const quoted = reader.match(STRING);
  if (quoted === undefined) return reader.fail('a string that ends with a quote on its line');
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

function parseStruct(reader: Reader, depth: number): Expr {
  const fields: Field[] = [];
  if (reader.takes('}')) return { kind: 'struct', fields };
  do fields.push(parseField(reader, depth));
  while (reader.takes(','));
  if (!reader.takes('}')) reader.fail('"," or "}"');
  return { kind: 'struct', fields };
}

/** `name=value`, `name(length)=value` as in msg_iov(1)=..., or a value alone. */
function parseField(reader: Reader, depth: number): Field {
  const value = parseExpression(reader, depth);
  if (!reader.takes('=')) return { name: undefined, of: undefined, value };
  if (value.kind === 'word') return { name: value.name, of: undefined, value: parseExpression(reader, depth) };
  const [of, ...more] = value.kind === 'call' ? value.args : [];
  if (value.kind !== 'call' || of === undefined || more.length > 0) return reader.fail('a field name in front of "="');
  return { name: value.name, of, value: parseExpression(reader, depth) };
}
