/** From the numbers of all rounds to rows of the table. */
import { median, medianRatio } from './statistics.js';

/**
 * @param one of `cases.js`
 * @param measured `{ values, reports }`
 * @returns a row for the case, or those that it makes of its numbers and reports by itself
 */
export function summarize(one, measured) {
  if (one.rows === undefined) return [summary(one, measured)];
  return one.rows.map(({ of, ...row }) => {
    const { reports } = measured;
    const tapstack = measured.values.tapstack.map((value, round) => of(value, reports.tapstack[round]));
    return summary({ ...one, ...row }, { values: { tapstack } });
  });
}

/** The case without its functions, with all values, medians, the median of the ratios, and whether the target is met. */
function summary({ id, title, unit, better, target, reference }, { values, reports }) {
  const medians = Object.fromEntries(Object.entries(values).map(([column, numbers]) => [column, median(numbers)]));
  const ratio = reference === undefined ? undefined : medianRatio(values.tapstack, values[reference]);
  const met = isMet(target, better, medians.tapstack, ratio);
  return { id, title, unit, better, target, met, reference, ratio, median: medians, values, reports };
}

function isMet(target, better, value, ratio) {
  if (target === undefined) return undefined;
  const [is, wanted] = target.ratio === undefined ? [value, target.value] : [ratio, target.ratio];
  return better === 'more' ? is >= wanted : is <= wanted;
}
