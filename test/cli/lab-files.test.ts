/** Lab files as their authors write them: those that play, and every mistake in one line that says where and what. */
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Tapstack } from './tapstack.ts';

const tapstack = new Tapstack(['node/lab/module-hooks.ts', 'lab/index.ts', 'stack/index.ts']);
afterAll(() => tapstack.remove());

const LABS = resolve(import.meta.dirname, '../labs');
for (const name of readdirSync(LABS)) copyFileSync(resolve(LABS, name), tapstack.path(name));
const write = (name: string, text: string): void => writeFileSync(tapstack.path(name), text);

test('a file in TypeScript is played like a scenario: story, ladder, tables, files', async () => {
  const { code, out, err } = await tapstack.run(['lab', 'run', 'two-networks.ts', '--tables', '--out', 'lecture']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('Two networks and a router\n\nA host asks its gateway');
  expect(out).toMatch(/── ICMP echo request ─+▶/);
  expect(out).toContain('For the class: Whose Ethernet address');
  expect(out).toContain('192.168.10.254');
  expect(readdirSync(tapstack.path('lecture'))).toContain('two-networks.pcapng');
});

const body = (lines: string): string =>
  `import { lab } from 'tapstack/lab';\nexport default lab({ title: 'x', async play(net, stage) {\n${lines}\n} });\n`;

/** Each is a file of its own; they are played by one process, which goes on behind a mistake. */
const MISTAKES: readonly (readonly [name: string, text: string, said: string])[] = [
  ['enum.ts', 'const a = 1;\n  enum Color { red }\n', 'enum.ts:2:3: TypeScript enum is not supported in strip-only mode'],
  ['half.ts', "export default lab({\n  title: 'x',\n", 'half.ts:2:15: unexpected end of the file'],
  ['comma.js', body('const a = { b: 1\n  c: 2 };'), "comma.js:4:3: expected ',', got 'c'"],
  ['twice.js', body('let a = 1;\nlet a = 2;'), "twice.js: Identifier 'a' has already been declared"],
  ['name.ts', "import { labb } from 'tapstack/lab';\nlabb();\n", 'name.ts:1: tapstack/lab has no labb; do you mean lab?'],
  [
    'room.ts',
    "\nimport { lab } from 'tapstack/labs';\nlab();\n",
    'room.ts:2: there is no tapstack/labs; there are tapstack, tapstack/lab, tapstack/capture, tapstack/drill, tapstack/scenarios, tapstack/node',
  ],
  ['beside.ts', "import { a } from './nowhere.ts';\na();\n", 'beside.ts:1: there is no file ./nowhere.ts beside this one'],
  [
    'nothing.mjs',
    'export const a = 1;\n',
    "nothing.mjs: it has no default export, such as export default lab({ title: '...', async play(net, stage) { ... } })",
  ],
  [
    'number.ts',
    'export default 7;\n',
    "number.ts: its default export is no lab, such as export default lab({ title: '...', async play(net, stage) { ... } })",
  ],
  [
    'key.ts',
    "export default {\n  title: 'x',\n  storry: 'y',\n  play() {} };\n",
    'key.ts:3: a lab has no storry; do you mean story?',
  ],
  ['title.ts', 'export default { play() {} };\n', "title.ts: its lab has no title: title: '...'"],
  ['play.ts', "export default { title: 'x' };\n", 'play.ts: its lab has no play: async play(net, stage) { ... }'],
  [
    'device.ts',
    body("net.host('pc1');\nnet.node('pc2');"),
    'device.ts:4:5: there is no device "pc2" in this network; there are pc1',
  ],
  [
    'port.ts',
    body("const r1 = net.router('r1', { ports: { lan: '10.0.0.1/24' } });\nnet.cable(net.host('a'), r1.port('wan'));"),
    'port.ts:4:29: r1 has no port "wan"; it has lan',
  ],
  ['address.ts', body("net.host('a', { address: '10.0.0.300/24' });"), 'address.ts:3:5: '],
  ['throws.ts', body("await stage.pause(5);\nthrow new Error('my mistake');"), 'throws.ts:4:7: my mistake'],
  ['undefined.ts', body('stage.nothing();'), 'undefined.ts:3:7: stage.nothing is not a function'],
  ['never.ts', body("net.host('a', { address: '10.0.0.1/24' });\nawait new Promise(() => {});"), 'never.ts: not done at '],
  [
    'two.ts',
    body(
      "const [a, b] = [net.host('a', { address: '10.0.0.1/24' }), net.host('b', { address: '10.0.0.1/24' })];\nnet.cable(a, b);\nawait stage.pause(5);",
    ),
    'two.ts:3: a and b have one address: 10.0.0.1',
  ],
  [
    'watch.ts',
    "export default { title: 'x', watch: ['pc1.eth0'], play(net) { net.cable(net.host('pc1'), net.switch('s1', { ports: 2 })); } };\n",
    'watch.ts:1: nothing is recorded at pc1.eth0, which watch names; it may name pc1, s1.1',
  ],
  ['missing.ts', '', 'missing.ts: it has no default export'],
];

test('a mistake is one line with its place, exit code 2, and the next file is played', async () => {
  for (const [name, text] of MISTAKES) write(name, text);
  const { code, err } = await tapstack.run(['lab', 'run', '--quiet', ...MISTAKES.map(([name]) => name), 'gone.ts']);
  const lines = err.split('\n');
  expect(lines.map((line, index) => line.slice(0, 'tapstack: '.length + (MISTAKES[index]?.[2].length ?? 99)))).toEqual([
    ...MISTAKES.map(([, , said]) => `tapstack: ${said}`),
    'tapstack: gone.ts: there is no such file',
    '',
  ]);
  expect(code).toBe(2);
});

test('what was expected and not seen is told with its line, exit code 1; a mistake beside it is 2', async () => {
  write('wrong.ts', body("await stage.pause(10);\nstage.expect('one is two', 1, 2);"));
  const { code, err } = await tapstack.run(['lab', 'run', 'wrong.ts', '--quiet']);
  expect([code, err]).toEqual([1, 'tapstack: wrong.ts:4:7: expected that one is two: 2, but saw 1\n']);
  expect((await tapstack.run(['lab', 'run', 'wrong.ts', 'gone.ts', '--quiet'])).code).toBe(2);
});

test('a file imports others: with and without ending, in TypeScript and JavaScript; the mistake of another is told as its own', async () => {
  write(
    'parts.ts',
    "import { seven } from './seven';\nexport const fail = (): never => {\n  throw new Error('seven is ' + seven);\n};\n",
  );
  write('seven.js', 'export const seven = 7;\n');
  write('whole.ts', `import { fail } from './parts.js';\nimport type { Network } from 'tapstack/lab';\n${body('fail();')}`);
  const { code, err } = await tapstack.run(['lab', 'run', 'whole.ts']);
  expect([code, err]).toEqual([2, 'tapstack: parts.ts:3:9: seven is 7\n']);
});
