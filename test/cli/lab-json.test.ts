/** Labs written as JSON, and the results of labs as JSON: what is told, and what is said of mistakes. */
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Tapstack } from './tapstack.ts';

const tapstack = new Tapstack(['node/lab/module-hooks.ts', 'lab/index.ts', 'stack/index.ts']);
afterAll(() => tapstack.remove());

const LABS = resolve(import.meta.dirname, '../labs');
const EXAMPLES = readdirSync(LABS).sort();
for (const name of EXAMPLES) copyFileSync(resolve(LABS, name), tapstack.path(name));

const write = (name: string, text: string): string => {
  writeFileSync(tapstack.path(name), text);
  return name;
};

test('the examples in TypeScript, JavaScript and JSON go as they are told', async () => {
  const { code, out, err } = await tapstack.run(['lab', 'run', '--quiet', ...EXAMPLES]);
  const told = EXAMPLES.map((name) => `${name.replace(/\.\w+$/, '')}: as told\n`);
  expect([code, out, err]).toEqual([0, told.join(''), '']);
});

test('a lab in JSON: its story, what its hosts printed, what its devices learnt', async () => {
  const { code, out, err } = await tapstack.run(['lab', 'run', '--tables', 'home.json']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^A home\n\nA router gives addresses/);
  expect(out).toContain('laptop> ping -c 2 198.51.100.7\n');
  expect(out).toMatch(/\nwww> get http:\/\/203\.0\.113\.2:8080\/\nThis is nas\.\n\n/);
  expect(out).toContain('At the end of the visit (');
});

test('--json: what was met, the drawing, the tables, the files', async () => {
  const { code, out } = await tapstack.run(['lab', 'run', '--json', '--out', 'made', '--format', 'pcapng', 'home.json']);
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({ name: 'home', asTold: true, files: ['made/home.pcapng'] });
  expect(result.met).toContain('"laptop ping -c 2 198.51.100.7" prints "2 received"');
  const names = result.topology.nodes.map(({ name }: { name: string }) => name);
  expect(names.sort()).toEqual(['home', 'isp', 'laptop', 'linux', 'nas', 's1', 'www']);
  expect(result.tables.map(({ moment }: { moment: string }) => moment)).toEqual(['at the end of the visit', 'at the end']);
  expect(result.changes.length).toBeGreaterThan(3);
});

const json = (play: string, more = ''): string => `{ "title": "x",
  "hosts": { "pc1": { "address": "10.0.0.1/24" },
    "pc2": { "address": "10.0.0.2/24"${more} } },
  "cables": [["pc1", "pc2"]],
  "play": [
    ${play}
  ] }`;

const MISTAKES: readonly (readonly [name: string, text: string, said: string])[] = [
  ['empty.json', '', ':1:1: the file ends where a value should be'],
  ['comma.json', '{ "title": "x",\n  "cables": [["a", "b"],] }', ':2:25: there is ] where a value should be'],
  [
    'quotes.json',
    '{ "title": "x", \'cables\': [] }',
    `:1:17: there is ' where a name in "quotation marks" behind the comma should be`,
  ],
  ['comment.json', '{ // a lab\n}', ':1:3: JSON knows no comments'],
  ['twice.json', '{ "title": "x",\n "hosts": {},\n "hosts": {} }', ':3:2: "hosts" is here a second time'],
  ['deep.json', '['.repeat(99), ':1:52: this is nested more than 50 deep'],
  ['needs.json', '{ "title": "x" }', ':1: a lab needs a "cables"'],
  ['list.json', '[]', ':1: a lab is an object, not a list'],
  ['kind.json', json('5'), ':6: play.number 1 is a text, not 5'],
  [
    'key.json',
    json('', ',\n "gatway": "10.0.0.9"'),
    ':4: hosts.pc2 has no "gatway"; it has address, gateway, routes, ports, firewall, http, dhcp',
  ],
  ['name.json', json('"pc9 ping pc1"'), ':6: "pc9" is no device and no verb; there are pc1, pc2, and "NAME COMMAND", '],
  ['command.json', json('"pc1 fly"'), ':6: there is no command "fly": there are '],
  [
    'wait.json',
    json('"wait long"'),
    ':6: wait wants a time up to 12 hours, such as "wait 5 s", "wait 200 ms" or "wait 2 min", not "long"',
  ],
  ['device.json', json('').replace('"pc2"]', '"s1.3"]'), ':4: there is no device "s1" in this network; there are pc1, pc2'],
  ['port.json', json('').replace('"pc2"]', '"pc2.eth1"]'), ':4: pc2 has no port "eth1"; it has eth0'],
  ['ends.json', json('').replace('"pc2"]', '"pc2", "pc3"]'), ':4: a cable has two ends: ["pc1", "s1"], or '],
  ['address.json', json('').replace('0.2/24', '0.300/24'), ':3: pc2: '],
  ['gateway.json', json('', ', "gateway": "10.0.0.9"'), ':3: nobody on the link of pc2 has the address of its gateway, 10.0.0.9'],
  ['unplug.json', json('"unplug pc3"'), ':6: there is no device "pc3" in this network; there are pc1, pc2'],
  ['expect.json', json('"expect something"'), ':6: nothing was printed yet that could hold what is expected'],
];

test('a mistake is one line with its place, and exit code 2', async () => {
  for (const [name, text] of MISTAKES) write(name, text);
  const { code, err } = await tapstack.run(['lab', 'run', '--quiet', ...MISTAKES.map(([name]) => name)]);
  const wanted = MISTAKES.map(([name, , said]) => `tapstack: ${name}${said}`);
  const lines = err.split('\n');
  expect(lines.map((line, index) => line.slice(0, wanted[index]?.length))).toEqual([...wanted, '']);
  expect(code).toBe(2);
});

test('what was expected and not printed: exit code 1, with the place and what was printed; --json says it too', async () => {
  const file = write('wrong.json', json('"pc1 ping -c 1 pc2", "expect no 1 received"'));
  const { code, err } = await tapstack.run(['lab', 'run', '--quiet', file]);
  expect(code).toBe(1);
  expect(err).toContain(
    'tapstack: wrong.json:6: expected that "pc1 ping -c 1 pc2" prints no "1 received", but it printed\n  PING',
  );
  const { out } = await tapstack.run(['lab', 'run', '--json', file, 'name.json']);
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(results).toMatchObject([
    { name: 'wrong.json', asTold: false },
    { name: 'name.json', asTold: false, mistake: { file: 'name.json', line: 6 } },
  ]);
});
