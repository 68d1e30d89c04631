/**
 * An expected packet beside the one that was sent, field by field. Each difference says which level of leniency forgives it:
 *
 * - L0 exact: options in order and with their padding, windows as written, echoed timestamps
 * - L1 options in any order, padding and the value of the window scale free, echoed timestamps free
 * - L2 a window counts as closed or open, and may not take back what was offered
 * - L3 surplus pure acknowledgments, and pure acknowledgments up to 200 ms late (see outbound.ts)
 *
 * Flags, sequence and acknowledgment numbers, lengths and bytes are never forgiven.
 */
import type { IpItem, Tcp, TcpOption } from '../script/ast.ts';
import { printFlags, printOption, printOptions } from '../script/print.ts';
import { Unsupported } from '../unsupported.ts';
import type { IpHeader } from '../wire/emission.ts';
import type { Level, Row } from './verdict.ts';

export interface Comparison {
  readonly rows: readonly Row[];
  /** The level at which all of it passes; undefined when none does. */
  readonly level: Level | undefined;
}

interface Line {
  readonly field: string;
  readonly script: string;
  readonly stack: string;
  /** 0: equal, or not compared. `never`: no level forgives it. */
  readonly level: Level | 'never';
}

/** @param shrinks the packet takes back window that was offered before */
export function compareTcp(expected: Tcp, actual: Tcp, shrinks: boolean): Comparison {
  return collect([
    exact('flags', printFlags(expected.flags), printFlags(actual.flags)),
    compareSeq(expected, actual),
    exact('length', String(expected.seq.length), String(actual.seq.length)),
    exact('ack', String(expected.ack ?? 0), String(actual.ack ?? 0)),
    compareWindow(expected, actual, shrinks),
    exact('urgent', String(expected.urgent ?? 0), String(actual.urgent ?? 0)),
    compareOptions(expected.options, actual.options === 'any' ? [] : actual.options),
  ]);
}

/** Only what the script writes about the IP header. */
export function compareIp(expected: readonly IpItem[], { tos, ttl }: IpHeader): Comparison {
  return collect(
    expected.map((item): Line => {
      switch (item.kind) {
        case 'flowlabel':
          throw new Unsupported('IPv6');
        case 'tos':
          return exact('tos', `0x${item.value.toString(16)}`, `0x${tos.toString(16)}`);
        case 'ttl':
          return exact('ttl', String(item.value), String(ttl));
        default: {
          const name = ECN_NAMES[tos & 3] ?? '';
          const matches = name === item.value || (item.value === 'ect01' && name.startsWith('ect'));
          return { field: 'ecn', script: item.value, stack: name, level: matches ? 0 : 'never' };
        }
      }
    }),
  );
}

const ECN_NAMES = ['noecn', 'ect1', 'ect0', 'ce'];

export function merge(...comparisons: readonly Comparison[]): Comparison {
  const levels = comparisons.map(({ level }) => level);
  const level = levels.includes(undefined) ? undefined : (Math.max(0, ...levels.map((one) => one ?? 0)) as Level);
  return { rows: comparisons.flatMap(({ rows }) => rows), level };
}

function collect(lines: readonly Line[]): Comparison {
  const never = lines.some(({ level }) => level === 'never');
  const level = never ? undefined : (Math.max(0, ...lines.map((line) => (line.level === 'never' ? 0 : line.level))) as Level);
  return { rows: lines.map(rowOf), level };
}

const rowOf = ({ field, script, stack, level }: Line): Row => ({
  field,
  script,
  stack,
  differs: level !== 0,
  forgivenAt: level === 'never' ? undefined : level,
});

const exact = (field: string, script: string, stack: string): Line => ({
  field,
  script,
  stack,
  level: script === stack ? 0 : 'never',
});

/** Both ends of the range follow from its beginning and the length. */
function compareSeq({ seq: expected }: Tcp, { seq: actual }: Tcp): Line {
  const stack = actual.kind === 'range' ? String(actual.from) : '...';
  if (expected.kind === 'any') return { field: 'seq', script: '...', stack, level: 0 };
  return exact('seq', String(expected.from), stack);
}

function compareWindow({ window: expected }: Tcp, { window: actual = 0 }: Tcp, shrinks: boolean): Line {
  if (expected === undefined) return { field: 'win', script: '', stack: String(actual), level: 0 };
  const base = { field: 'win', script: String(expected), stack: String(actual) };
  if (expected === actual) return { ...base, level: 0 };
  return { ...base, level: (expected === 0) === (actual === 0) && !shrinks ? 2 : 'never' };
}

function compareOptions(expected: readonly TcpOption[] | 'any', actual: readonly TcpOption[]): Line {
  const base = { field: 'options', script: printOptions(expected), stack: printOptions(actual) };
  if (expected === 'any') return { ...base, level: 0 };
  for (const option of expected) refuse(option);
  const asWritten = (options: readonly TcpOption[]): string => options.map(comparable).join(',');
  if (asWritten(expected) === asWritten(actual)) return { ...base, level: 0 };
  return { ...base, level: essence(expected) === essence(actual) ? 1 : 'never' };
}

function refuse(option: TcpOption): void {
  if (option.kind === 'unknown') throw new Unsupported(`the TCP option "${option.text}"`);
  if (option.kind === 'md5' && option.digest === 'valid') throw new Unsupported('the check of an MD5 digest (RFC 2385)');
}

/** TSval is the host's own clock and never compared. */
const comparable = (option: TcpOption): string => (option.kind === 'TS' ? `TS ecr ${option.ecr}` : printOption(option));

/** What the options mean, whatever their order and padding. */
function essence(options: readonly TcpOption[]): string {
  return options
    .filter(({ kind }) => kind !== 'nop' && kind !== 'eol')
    .map((option) => (option.kind === 'wscale' || option.kind === 'TS' ? option.kind : printOption(option)))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(',');
}

/** Two bodies that are not TCP, by their text. */
export const compareText = (field: string, script: string, stack: string): Comparison => collect([exact(field, script, stack)]);
