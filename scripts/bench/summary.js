/** From the numbers of all rounds to a row of the table. */
import { median, medianRatio } from './statistics.js';

/** @returns the case without its functions, with all values, medians, the median of the ratios, and whether the target is met */
export function summarize({ id, title, unit, better, target, reference }, { values, reports = {}, ...more }) {
  const medians = Object.fromEntries(Object.entries(values).map(([column, numbers]) => [column, median(numbers)]));
  const ratio = reference === undefined ? undefined : medianRatio(values.tapstack, values[reference]);
  const met = isMet(target, better, medians.tapstack, ratio);
  return { id, title, unit, better, target, reference, values, median: medians, ratio, met, reports, ...more };
}

function isMet(target, better, value, ratio) {
  if (target === undefined) return undefined;
  const [is, wanted] = target.ratio === undefined ? [value, target.value] : [ratio, target.ratio];
  return better === 'more' ? is >= wanted : is <= wanted;
}
