/**
 * Rules as short lines:
 *
 * ```
 * allow tcp from 10.1.0.0/16 to 10.9.0.2 port 80,443 in lan as web
 * drop udp to any port 53 out wan
 * reject tcp port 23 as no-telnet
 * allow icmp type echo-request on input
 * allow state established,related
 * drop tcp flags syn,!ack in wan
 * ```
 */
import { CONNECTION_STATES } from '../conntrack/connections.ts';
import type { Action, Chain, Rule } from './rule.ts';
import { CHAINS, testsOf } from './rule.ts';

/** The rule is not understood, or cannot be. */
export class RuleError extends RangeError {
  override readonly name = 'RuleError';
}

const ACTIONS: Readonly<Record<string, Action>> = {
  allow: 'accept',
  accept: 'accept',
  drop: 'drop',
  deny: 'drop',
  reject: 'reject',
};

/** undefined: nothing that was not so before. */
type Draft = Partial<Rule> | undefined;

/** What a rule says of a packet, and the words that may follow. */
class Line {
  readonly #words: string[];
  /** Whose ports a "port" would be: right behind "from" those of the source, everywhere else those of the destination. */
  side: 'from' | 'to' = 'to';

  constructor(text: string) {
    this.#words = text
      .trim()
      .replace(/\s*,\s*/g, ',')
      .split(/\s+/)
      .filter((word) => word !== '');
  }

  take(): string | undefined {
    return this.#words.shift();
  }

  peek(): string | undefined {
    return this.#words[0];
  }

  /** The word behind a keyword. */
  value(keyword: string, example: string): string {
    const word = this.take();
    if (word === undefined) throw new RangeError(`behind "${keyword}" something is missing: ${keyword} ${example}`);
    return word;
  }

  list(keyword: string, example: string): string[] {
    return this.value(keyword, example)
      .split(',')
      .filter((item) => item !== '');
  }
}

/** What a clause says, by its keyword. */
const CLAUSES: Readonly<Record<string, (line: Line) => Draft>> = {
  from: (line) => {
    const from = list(line, 'from', '10.1.0.0/16');
    return from && { from };
  },
  to: (line) => {
    const to = list(line, 'to', '10.9.0.2');
    return to && { to };
  },
  port: (line) => ports(line, 'port'),
  ports: (line) => ports(line, 'ports'),
  in: (line) => ({ in: line.value('in', 'lan') }),
  out: (line) => ({ out: line.value('out', 'wan') }),
  on: (line) => ({ chain: oneOf('chain', line.value('on', 'input'), CHAINS) }),
  state: (line) => ({ states: line.list('state', 'new').map((word) => oneOf('state', word, CONNECTION_STATES)) }),
  flags: (line) => ({ flags: line.list('flags', 'syn,!ack') }),
  type: (line) => ({ types: line.list('type', 'echo-request') }),
  as: (line) => ({ name: line.value('as', 'web') }),
};

/**
 * Reads one line.
 * @throws RuleError that quotes the line and says what is wrong with it and what would be right
 */
export function parseRule(text: string): Rule {
  try {
    const rule = read(new Line(text));
    testsOf(rule); // what cannot be is said here, with the line
    return rule;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RuleError(`rule "${text}": ${error.message}`, { cause: error });
  }
}

function read(line: Line): Rule {
  const verb = line.take() ?? '';
  const action = ACTIONS[verb.toLowerCase()];
  if (action === undefined) throw new RangeError(`begin with allow, drop or reject${verb === '' ? '' : `, not "${verb}"`}`);
  let rule: Rule = { action, ...protocol(line) };
  const seen = new Set<string>();
  for (let word = line.take(); word !== undefined; word = line.take()) {
    const keyword = word.toLowerCase();
    const clause = CLAUSES[keyword];
    if (clause === undefined) throw new RangeError(`"${word}" is not understood: say ${Object.keys(CLAUSES).join(', ')}`);
    const once = keyword.startsWith('port') ? `port of ${line.side}` : keyword;
    if (seen.has(once))
      throw new RangeError(`"${keyword}" is there twice: separate several by commas, without a second "${keyword}"`);
    seen.add(once);
    rule = { ...rule, ...clause(line) };
    line.side = keyword === 'from' ? 'from' : 'to';
  }
  return rule;
}

/** tcp, udp, icmp, any, "protocol 47", or none. */
function protocol(line: Line): Draft {
  const word = line.peek()?.toLowerCase() ?? '';
  if (word === 'tcp' || word === 'udp' || word === 'icmp') {
    line.take();
    return { protocol: word };
  }
  if (word !== 'any' && word !== 'ip' && word !== 'protocol') return undefined;
  line.take();
  return word === 'protocol' ? { protocol: Number(line.value('protocol', '47')) } : undefined;
}

/** @returns undefined for "any" */
function list(line: Line, keyword: string, example: string): string[] | undefined {
  const items = line.list(keyword, example);
  return items.includes('any') ? undefined : items;
}

function ports(line: Line, keyword: string): Draft {
  const items = list(line, keyword, '80,443');
  if (items === undefined) return undefined;
  return line.side === 'from' ? { fromPorts: items } : { ports: items };
}

function oneOf<T extends string>(what: string, word: string, all: readonly T[]): T {
  const found = all.find((one) => one === word.toLowerCase());
  if (found === undefined) throw new RangeError(`"${word}" is no ${what}: say ${all.join(', ')}`);
  return found;
}

/** The other way: what a table shows of a rule, without its action and its name. */
export function ruleWords(rule: Rule): string {
  const { protocol: number, from, to, fromPorts, ports: toPorts, states, flags, types } = rule;
  const clause = (keyword: string, items: readonly string[] | undefined): string =>
    items === undefined ? '' : `${keyword} ${items.join(',')}`;
  const words = [
    typeof number === 'number' ? `protocol ${number}` : (number ?? 'any'),
    clause('from', from ?? (fromPorts && ['any'])),
    clause('port', fromPorts),
    clause('to', to ?? (toPorts && (from ?? fromPorts) && ['any'])),
    clause('port', toPorts),
    clause('in', rule.in === undefined ? undefined : [rule.in]),
    clause('out', rule.out === undefined ? undefined : [rule.out]),
    clause('state', states),
    clause('flags', flags),
    clause('type', types),
  ];
  return words.filter((word) => word !== '').join(' ');
}

export const chainOf = ({ chain = 'forward' }: Rule): Chain => chain;
