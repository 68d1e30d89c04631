/** A test file for vitest that replays a capture: short enough to be read, and passing as it stands. */
import type { TcpOptions } from '../stack/tcp/options.ts';
import { DEFAULTS } from '../stack/tcp/options.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import type { Fitted } from './fit.ts';
import type { MaskName } from './mask.ts';
import type { Comparison } from './replay.ts';

export interface TestFileOptions {
  /** What the capture is called in the name of the test. */
  readonly name: string;
  readonly host: string;
  /** Where the capture is, seen from the test file; or its bytes in base64, which then stand in the file. */
  readonly source: { readonly path: string } | { readonly base64: string };
  /** Pinned down, so that the options of a SYN are compared and not fitted. */
  readonly fitted: Fitted;
  readonly compare?: Comparison;
  readonly mask?: readonly MaskName[];
  readonly tolerance?: Micros;
}

/** Of a line of base64. */
const LINE = 120;

export function testFile({ name, host, source, fitted, compare = 'frames', mask = [], tolerance }: TestFileOptions): string {
  const settings = [
    `host: ${quote(host)}`,
    `mtu: ${fitted.mtu}`,
    `tcp: ${tcpText(fitted.tcp)}`,
    ...(compare === 'frames' ? [] : [`compare: ${quote(compare)}`]),
    ...(mask.length > 0 ? [`mask: [${mask.map(quote).join(', ')}]`] : []),
    ...(tolerance === undefined ? [] : [`tolerance: ${tolerance / MILLISECOND} * 1000, // microseconds`]),
  ];
  const isEmbedded = 'base64' in source;
  return [
    ...(isEmbedded ? [] : ["import { readFileSync } from 'node:fs';"]),
    ...(fitted.tcp.habits === undefined ? [] : ["import { TCP_DEFAULTS } from 'tapstack';"]),
    "import { replay } from 'tapstack/capture';",
    "import { expect, test } from 'vitest';",
    '',
    isEmbedded
      ? `const capture = Buffer.from(\n${base64Text(source.base64)},\n  'base64',\n);`
      : `const capture = readFileSync(new URL(${quote(source.path)}, import.meta.url));`,
    '',
    `test(${quote(`${host} answers as in ${name}`)}, async () => {`,
    '  const { matches, report } = await replay(capture, {',
    ...settings.map((line) => `    ${line.includes(', //') ? line : `${line},`}`),
    '  });',
    '  expect(matches, report).toBe(true);',
    '});',
    '',
  ].join('\n');
}

/** Only what differs from the stack's defaults. */
function tcpText(options: Partial<TcpOptions>): string {
  const words = Object.entries(options).map(
    ([name, value]) => `${name}: ${name === 'habits' ? habitsText(options) : literal(value)}`,
  );
  return words.length === 0 ? '{}' : `{ ${words.join(', ')} }`;
}

function habitsText({ habits = DEFAULTS.habits }: Partial<TcpOptions>): string {
  const changed = Object.entries(habits).filter(([name, value]) => DEFAULTS.habits[name as keyof typeof habits] !== value);
  return `{ ...TCP_DEFAULTS.habits, ${changed.map(([name, value]) => `${name}: ${literal(value)}`).join(', ')} }`;
}

const literal = (value: unknown): string => (typeof value === 'string' ? quote(value) : String(value));

/** A literal of TypeScript in single quotes. */
const quote = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

function base64Text(base64: string): string {
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += LINE) lines.push(`  '${base64.slice(at, at + LINE)}'`);
  return lines.join(' +\n');
}
