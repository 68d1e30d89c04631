/** The conformance page is what its script would write now, and the script finds what there is to find. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../scripts/rfc-coverage.js');

function coverage(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr.trim() };
}

test('test/conformance.md is up to date; `npm run coverage:rfc` renews it', () => {
  expect(coverage('--check')).toEqual({ status: 0, out: '', err: '' });
});

interface Requirement {
  readonly id: string;
  readonly tests: readonly { readonly file: string; readonly name: string; readonly result?: string }[];
  readonly cited: readonly string[];
  readonly reason?: string;
}

interface Coverage {
  readonly requirements: readonly Requirement[];
  readonly rfcs: readonly { readonly rfc: string; readonly cited: readonly string[]; readonly tested: readonly string[] }[];
  readonly unknown: readonly string[];
  readonly stale: readonly string[];
}

const dataOf = (...args: readonly string[]): Coverage => JSON.parse(coverage('--json', ...args).out);

test('RFC 9293 Appendix B: all 119 requirements, each once; no id that it does not have; no reason where there is a test', () => {
  const { requirements, unknown, stale } = dataOf();
  const ids = requirements.map(({ id }) => id);
  for (const [kind, count] of [
    ['MUST', 69],
    ['SHLD', 31],
    ['MAY', 18],
    ['REC', 1],
  ] as const) {
    const numbers = ids.filter((id) => id.startsWith(`${kind}-`)).map((id) => Number(id.slice(kind.length + 1)));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  }
  expect([unknown, stale]).toEqual([[], []]);
});

test('every requirement has a test or a written reason why not', () => {
  const silent = dataOf().requirements.filter(({ tests, reason }) => tests.length === 0 && reason === undefined);
  expect(silent.map(({ id }) => id)).toEqual([]);
});

test('nothing is missing: every MUST has a test, every SHOULD and every rule of TCP’s other RFCs one or a reason', () => {
  expect(coverage('--check', '--strict')).toEqual({ status: 0, out: '', err: '' });
});

describe('a small tree', () => {
  let root = '';
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function tree(files: Readonly<Record<string, string>>): string {
    root = mkdtempSync(join(tmpdir(), 'coverage-'));
    for (const [path, text] of Object.entries({ 'src/none.ts': '', 'test/none.test.ts': '', ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  }

  /** An id that this file does not show. */
  const id = (number: number): string => ['MUST', number].join('-');
  const namesOf = (number: number): string[] =>
    dataOf('--root', root)
      .requirements.find((one) => one.id === id(number))!
      .tests.map(({ name }) => name);

  test.each([
    ['a test', `test('${id(3)}: drops', () => {});`, `${id(3)}: drops`],
    ['a test on the next line', `test(\n  "${id(3)}: the peer's", f);`, `${id(3)}: the peer's`],
    ['an escaped quote', `test('${id(3)}: the peer\\'s', f);`, `${id(3)}: the peer's`],
    ['a template', `test(\`${id(3)}: \${x}\`, f);`, `${id(3)}: \${x}`],
    ['a describe', `describe('${id(3)}', f);`, id(3)],
    ['the name of a table', `test.each([[1]])('${id(3)}: %i', f);`, `${id(3)}: %i`],
    ['a row', `for (const [name] of [\n  ['${id(3)}: none', 1],\n]) test(name, f);`, `${id(3)}: none`],
    ['a row that is an object', `const rows = [{ name: '${id(3)}: x' }];`, `${id(3)}: x`],
    ['behind a regular expression with a quote', `x(/['"]/);\ntest('${id(3)}', f);`, id(3)],
    ['behind a comment with a quote', `// it isn't\ntest('${id(3)}', f);`, id(3)],
  ])('found: %s', (_, source, name) => {
    tree({ 'test/a.test.ts': source });
    expect(namesOf(3)).toEqual([name]);
  });

  test.each([
    ['a comment', `test('x', f); // ${id(3)}`],
    ['a string that is no name', `expect(text).toBe('${id(3)}');`],
    ['a longer number', `test('${id(3)}1 is another', f);`],
    ['another word', `test('X${id(3)}', f);`],
  ])('not found: %s', (_, source) => {
    tree({ 'test/a.test.ts': source });
    expect(namesOf(3)).toEqual([]);
  });

  test('found: the head of a drill script, and nothing below it', () => {
    tree({ 'test/drill/x.pkt': `// ${id(3)}: text\n// level: L1\n// in two lines\n0 socket() = 3 // ${id(4)}\n` });
    expect([namesOf(3), namesOf(4)]).toEqual([[`${id(3)}: text in two lines`], []]);
  });

  test('sections of other RFCs: cited in comments of src, named by tests themselves or by a part', () => {
    const code = [
      "const x = 'RFC 1 §9';",
      '// RFC 5961 §3.2, §5 and §7; (5.1) of RFC 6298; §2 of RFC 1337, RFC 3042',
      '/* RFC 9293 §3 */',
    ];
    tree({ 'src/a.ts': code.join('\n'), 'test/a.test.ts': "test('RFC 5961 §5.2, RFC 6298 (5.1)', f);" });
    const none = { namedByTests: false, tested: [] };
    expect(dataOf('--root', root).rfcs).toEqual([
      { rfc: '1337', cited: ['§2'], ...none },
      { rfc: '3042', cited: [], ...none },
      { rfc: '5961', cited: ['§3.2', '§5', '§7'], tested: ['§5'], namedByTests: true },
      { rfc: '6298', cited: ['(5.1)'], tested: ['(5.1)'], namedByTests: true },
    ]);
  });

  test('results of the last run: passed, failed, not run; the page has none of it', () => {
    const source = `test('${id(1)}: a+', f);\ntest.each(['x', 'y'])('${id(2)}: %s', f);\ntest('${id(3)}', f);`;
    const ran = (fullName: string, status: string) => ({ fullName, status });
    const assertionResults = [ran(`in ${id(1)}: a+`, 'passed'), ran(`${id(2)}: x`, 'passed'), ran(`${id(2)}: y`, 'failed')];
    tree({
      'test/a.test.ts': source,
      '.test-results/report.json': JSON.stringify({ testResults: [{ name: '/anywhere/test/a.test.ts', assertionResults }] }),
    });
    const { requirements } = dataOf('--root', root);
    const resultOf = (number: number) => requirements.find((one) => one.id === id(number))!.tests[0]!.result;
    expect([resultOf(1), resultOf(2), resultOf(3)]).toEqual(['passed', 'failed', undefined]);
    expect(coverage('--root', root).out).toContain('1 passed, 1 failed, 1 not in the last run');
    rmSync(join(root, '.test-results'), { recursive: true });
    expect(coverage('--check', '--root', root)).toEqual({ status: 0, out: '', err: '' });
  });

  test('a page that is out of date, or missing, is one line and exit code 1', () => {
    tree({ 'test/conformance.md': 'old' });
    const renew = 'test/conformance.md is out of date: npm run coverage:rfc renews it';
    expect(coverage('--check', '--root', root)).toEqual({ status: 1, out: '', err: renew });
    rmSync(join(root, 'test/conformance.md'));
    expect(coverage('--check', '--root', root)).toEqual({ status: 1, out: '', err: renew });
  });

  test('--strict: a MUST without a test, and a test that failed, are a line each and exit code 1', () => {
    tree({ 'test/a.test.ts': `test('${id(1)}', f);` });
    const { status, err } = coverage('--strict', '--root', root);
    expect(status).toBe(1);
    expect(err).toContain(`${id(2)} has no test: `);
    expect(err).not.toContain(`${id(1)} `);
  });

  test('--strict: a rule of another RFC is shown by a test that names its place or a part of it, and by no other', () => {
    tree({ 'test/a.test.ts': `test('RFC 5961 §3.2.1: exact', f);\ntest('RFC 5961 §4: SYN', f);` });
    const { err } = coverage('--strict', '--root', root);
    expect(err).not.toContain('RFC 5961 §3.2 has');
    expect(err).toContain('RFC 5961 §4.2 has neither test nor reason: ');
  });

  test('a bare place in a file that is about one RFC is one of that RFC', () => {
    tree({ 'test/stack/tcp/hystart.test.ts': `test('§4.2: grows', f);`, 'test/b.test.ts': `test('§4.3: x', f);` });
    const { err } = coverage('--strict', '--root', root);
    expect(err).not.toContain('RFC 9406 §4.2 has');
    expect(err).toContain('RFC 9406 §4.3 has neither');
  });

  test.each([
    ['an option that there is not', ['--nonsense'], /^rfc-coverage: Unknown option '--nonsense'/],
    ['a tree that is none', ['--root', '/nowhere'], /^rfc-coverage: ENOENT/],
  ])('wrong use, exit code 2: %s', (_, args, words) => {
    const { status, err } = coverage(...args);
    expect(status).toBe(2);
    expect(err).toMatch(words);
  });
});
