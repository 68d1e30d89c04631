/** The few statistics of the benchmark. */

/** The middle one; of an even number the mean of the two in the middle. NaN of none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the quotients of what was measured in the same round: a machine that was slow for one was slow for both. */
export const medianRatio = (values, others) => median(values.map((value, round) => value / others[round]));

/** Which sides are measured in what order in a round: turned round by round, so that nobody always comes first. */
export const order = (sides, round) => (round % 2 === 0 ? [...sides] : [...sides].reverse());
