/** The results as people read them: a table for the terminal, the same for a README. */

/** Three digits that count: 17.8, 0.62, 22,348. */
export function format(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d)(?!.*\.))/g, ',');
}

/** "1.0" stays "1.0": a target is written as it was set. */
const plain = (value) => (Number.isInteger(value) && value < 10 ? value.toFixed(1) : `${value}`);

/** The target in words, "" without one. */
export function targetWords({ target, better, unit }) {
  if (target === undefined) return '';
  if (target.ratio !== undefined) return `${better === 'more' ? '≥' : '≤'} ${plain(target.ratio)} ×`;
  return `${better === 'more' ? '≥' : '≤'} ${target.value}${unit === '/s' ? '' : ' '}${unit}`;
}

const metWords = (met) => (met === undefined ? '' : met ? 'met' : 'missed');

export const HEADINGS = ['', 'unit', 'tapstack', 'veth', 'node', 'ratio', 'target', ''];

/** One row as words, in the order of HEADINGS. */
export const cells = ({ title, unit, median = {}, ratio, met, failed, ...about }) => [
  title,
  unit,
  failed === undefined ? format(median.tapstack) : 'failed',
  format(median.veth),
  format(median.node),
  format(ratio),
  targetWords({ unit, ...about }),
  metWords(met),
];

const WIDTHS = [46, 12, 11, 11, 11, 8, 15, 8];
/** Words to the left, numbers to the right. */
const IS_NUMBER = [false, false, true, true, true, true, true, false];

export const line = (words) =>
  words
    .map((word, column) =>
      IS_NUMBER[column] ? word.padStart(WIDTHS[column]) : `${column === 0 ? '' : '  '}${word}`.padEnd(WIDTHS[column]),
    )
    .join('')
    .trimEnd();

/** A table for a README. */
export function markdown({ cases }) {
  const row = (words) => `| ${words.join(' | ')} |`;
  const names = ['', 'tapstack', 'kernel over veth', 'Node over veth', 'ratio', 'target', ''];
  const rows = cases.map((result) => {
    const [title, unit, ours, native, node, ratio, target, met] = cells(result);
    return row([`${title}, ${unit === '/s' ? 'per second' : unit}`, ours, native, node, ratio, target, met]);
  });
  return [row(names), row(['---', '---:', '---:', '---:', '---:', '---:', '---']), ...rows].join('\n');
}
