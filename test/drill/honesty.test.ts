/** The runner held to its word: wrong scripts fail, hosts that say nothing or the wrong thing fail, no file gets lost. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import type { Script } from '../../src/drill/index.ts';
import { detectDialect, echoing, NullSut, parse, print, runScript } from '../../src/drill/index.ts';
import { statementOf } from '../../src/drill/run/statement.ts';
import type { ScriptEvent, Tcp } from '../../src/drill/script/ast.ts';
import { findScripts, runFiles } from '../../src/node/drill-files.ts';
import { FIN, PSH, RST, SYN } from '../../src/stack/wire/tcp.ts';
import { scriptsIn, verdictOn } from './pkt.ts';

const FOLDER = import.meta.dirname;
const paths = scriptsIn(FOLDER);
const textOf = (path: string): string => readFileSync(path, 'utf8');

const isExpected = ({ action }: ScriptEvent): boolean => action.kind === 'packet' && action.direction === 'out';
const isSyn = ({ action }: ScriptEvent): boolean =>
  action.kind === 'packet' && action.body.kind === 'tcp' && (action.body.flags & SYN) !== 0;
const expectsPackets = (path: string): boolean => parse(textOf(path)).events.some(isExpected);

/**
 * One number or flag of an expected segment made wrong. The number of the first SYN is left alone: whatever is written there is
 * the script's name for the live initial number, so another one means the same.
 */
function mutants(tcp: Tcp, namesIsn: boolean): { what: string; body: Tcp }[] {
  const { seq, ack, window, urgent } = tcp;
  const list: { what: string; body: Tcp }[] = [
    { what: 'RST', body: { ...tcp, flags: tcp.flags ^ RST } },
    { what: 'FIN', body: { ...tcp, flags: tcp.flags ^ FIN } },
    { what: 'PSH', body: { ...tcp, flags: tcp.flags ^ PSH } },
  ];
  if (seq.kind === 'range') {
    if (!namesIsn) list.push({ what: 'seq', body: { ...tcp, seq: { ...seq, from: seq.from + 1, to: seq.to + 1 } } });
    list.push({ what: 'length', body: { ...tcp, seq: { ...seq, to: seq.to + 1, length: seq.length + 1 } } });
  }
  if (ack !== undefined) list.push({ what: 'ack', body: { ...tcp, ack: ack + 1 } });
  if (window !== undefined) list.push({ what: 'win', body: { ...tcp, window: window === 0 ? 1 : 0 } });
  if (urgent !== undefined) list.push({ what: 'urg', body: { ...tcp, urgent: urgent + 1 } });
  return list;
}

test('a script with one wrong number or flag fails: at least 99 of 100 such mutants are killed', { timeout: 240_000 }, () => {
  let killed = 0;
  const survivors: string[] = [];
  for (const path of paths) {
    const text = textOf(path);
    const script = parse(text);
    const { level = 1 } = statementOf(text);
    const firstSyn = script.events.findIndex((event) => isExpected(event) && isSyn(event));
    script.events.forEach((event, index) => {
      const { action } = event;
      if (!isExpected(event) || action.kind !== 'packet' || action.body.kind !== 'tcp') return;
      for (const { what, body } of mutants(action.body, index === firstSyn)) {
        const changed: ScriptEvent = { ...event, action: { ...action, body } };
        const mutant: Script = { ...script, events: script.events.with(index, changed) };
        const verdict = runScript(print(mutant), { level, dialect: detectDialect(text) });
        if (verdict.kind === 'fail') killed++;
        else survivors.push(`${relative(FOLDER, path)}:${event.line} ${what}: ${verdict.kind}`);
      }
    });
  }
  expect(killed).toBeGreaterThan(1000);
  expect(survivors.length / (killed + survivors.length), survivors.join('\n')).toBeLessThan(0.01);
});

for (const { name, host } of [
  { name: 'a host that says nothing', host: (stack: ConstructorParameters<typeof NullSut>[0]) => new NullSut(stack) },
  { name: 'a host that says back what it hears', host: echoing },
])
  test(`${name} fails every script that expects a packet`, () => {
    const passed = paths.filter((path) => expectsPackets(path) && verdictOn(path, { host }).kind !== 'fail');
    expect(passed.map((path) => relative(FOLDER, path))).toEqual([]);
  });

test('as many results as files, in their order', async () => {
  const found = findScripts([FOLDER]);
  expect([...found].sort()).toEqual(paths);
  const results = await runFiles(found.slice(0, 40), {}, 2);
  expect(results.map(({ path }) => path)).toEqual(found.slice(0, 40));
});

test('the printed script is the same script, for every one of ours', () => {
  for (const path of paths) {
    const script = parse(textOf(path));
    const withoutLines = (value: unknown): string => JSON.stringify(value, (key, inner) => (key === 'line' ? 0 : inner));
    expect(withoutLines(parse(print(script)))).toBe(withoutLines(script));
  }
});

test('another seed, other initial sequence numbers and ports: the same verdicts', () => {
  for (const seed of [2, 3]) expect(paths.filter((path) => verdictOn(path, { seed }).kind !== 'pass')).toEqual([]);
});
