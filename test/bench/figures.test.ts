/** From numbers to rows: statistics, targets, the table, the picture. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { script } from './script.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better?: 'more' | 'less';
  readonly target?: { readonly ratio?: number; readonly value?: number };
  readonly reference?: string;
  readonly ratio?: number;
  readonly met?: boolean;
  readonly median?: Readonly<Record<string, number>>;
  readonly failed?: string;
}

type Values = Readonly<Record<string, readonly number[]>>;

const { median, medianRatio, order } = await script<{
  median(values: readonly number[]): number;
  medianRatio(values: readonly number[], others: readonly number[]): number;
  order(sides: readonly string[], round: number): string[];
}>('statistics.js');
const { summarize } = await script<{ summarize(one: object, measured: { values: Values; reports?: object }): Row[] }>(
  'summary.js',
);
const { cells, format, line, markdown } = await script<{
  cells(row: Row): string[];
  format(value: number | undefined): string;
  line(words: readonly string[]): string;
  markdown(report: { cases: readonly Row[] }): string;
}>('table.js');
const { selfTimes } = await script<{ selfTimes(profile: object): { share: number; name: string; place: string }[] }>(
  'profile.js',
);

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[10, 9, 100], 10],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('the median of nothing is no number, and the values stay in their order', () => {
  expect(median([])).toBeNaN();
  const values = Object.freeze([3, 1, 2]);
  expect(median(values)).toBe(2);
});

test('half of the values are not above the median, half are not below', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
      const middle = median(values);
      expect(values.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(values.length);
      expect(values.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(values.length);
    }),
  );
});

test('the ratio is of what was measured in the same round: a machine that slows down changes nothing', () => {
  expect(medianRatio([50, 25, 5], [100, 50, 10])).toBe(0.5);
});

test('rounds alternate who comes first', () => {
  expect([0, 1, 2].map((round) => order(['tapstack', 'veth', 'node'], round)[0])).toEqual(['tapstack', 'node', 'tapstack']);
});

const ONE = { id: 'x', title: 'x', unit: '/s', better: 'more', reference: 'veth' };

test.each([
  ['a ratio that is reached', { ...ONE, target: { ratio: 0.5 } }, true],
  ['a ratio that is missed', { ...ONE, target: { ratio: 0.51 } }, false],
  ['at least a value', { ...ONE, target: { value: 10 } }, true],
  ['at most a value', { ...ONE, better: 'less', target: { value: 9 } }, false],
  ['no target', ONE, undefined],
])('%s', (_name, one, met) => {
  const [row] = summarize(one, { values: { tapstack: [9, 10, 11], veth: [18, 20, 22] } });
  expect(row).toMatchObject({ ratio: 0.5, median: { tapstack: 10, veth: 20 } });
  expect(row?.met).toBe(met);
});

test('a case makes several rows of its numbers and of what the stack said of itself', () => {
  const rows = [
    { title: 'half', of: (value: number) => value / 2 },
    { title: 'told', of: (_value: number, report: { told: number }) => report.told },
  ];
  const measured = { values: { tapstack: [2, 4, 6] }, reports: { tapstack: [{ told: 7 }, { told: 8 }, { told: 9 }] } };
  const made = summarize({ ...ONE, reference: undefined, rows }, measured);
  expect(made.map(({ title, median: { tapstack } = {} }) => [title, tapstack])).toEqual([
    ['half', 2],
    ['told', 8],
  ]);
});

test.each([
  [undefined, ''],
  [Number.NaN, ''],
  [0.619, '0.62'],
  [17.84, '17.8'],
  [127.4, '127'],
  [22348, '22,348'],
  [1437214.6, '1,437,215'],
])('%s is written "%s"', (value, text) => {
  expect(format(value)).toBe(text);
});

test('a row of the table, and the same row in Markdown', () => {
  const row: Row = {
    id: 'x',
    title: 'bulk',
    unit: 'Gbit/s',
    better: 'more',
    target: { ratio: 1 },
    ratio: 0.62,
    met: false,
    median: { tapstack: 17.8, veth: 28.7 },
  };
  expect(cells(row)).toEqual(['bulk', 'Gbit/s', '17.8', '28.7', '', '0.62', '≥ 1.0 ×', 'missed']);
  expect(line(cells(row)).split(/ {2,}/)).toEqual(['bulk', 'Gbit/s', '17.8', '28.7', '0.62', '≥ 1.0 ×', 'missed']);
  expect(
    markdown({ cases: [row] })
      .split('\n')
      .at(-1),
  ).toBe('| bulk, Gbit/s | 17.8 | 28.7 |  | 0.62 | ≥ 1.0 × | missed |');
});

test('what could not be measured is a row, too', () => {
  expect(cells({ id: 'x', title: 'x', unit: 'µs', failed: 'wrk is not installed' })[2]).toBe('failed');
});

test('a profile: the time of each function itself, the largest share first', () => {
  const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
    children,
  });
  const nodes = [
    node(1, 'copy', 'file:///x/dist/stack/bytes/ring-buffer.js'),
    node(2, 'read', 'file:///x/dist/node/tap.js', [3]),
    node(3, 'any', ''),
  ];
  expect(selfTimes({ nodes, samples: [1, 2, 2, 3, 1], timeDeltas: [10, 15, 35, 30, 10] })).toEqual([
    { share: 0.5, name: 'read', place: 'node/tap.js:10' },
    { share: 0.3, name: 'system calls of the TAP', place: '' },
    { share: 0.2, name: 'copy', place: 'stack/bytes/ring-buffer.js:10' },
  ]);
});
