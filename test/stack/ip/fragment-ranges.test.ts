/** Which parts are there: the ranges of a datagram in reassembly. */
import { expect, test } from 'vitest';
import { FragmentRanges } from '../../../src/stack/ip/fragment-ranges.ts';

/** `8-16+` is bytes 8 to 16 with more to follow; without the plus it is the last fragment. */
function addAll(story: string, maximum = 10): { verdicts: string[]; ranges: FragmentRanges } {
  const ranges = new FragmentRanges(maximum);
  const verdicts = story.split(' ').map((step) => {
    const [, start, end, more] = /^(\d+)-(\d+)(\+?)$/.exec(step)!;
    return ranges.add(Number(start), Number(end), more === '+');
  });
  return { verdicts, ranges };
}

test.each([
  ['in order', '0-8+ 8-16+ 16-20', 'new', true],
  ['in reverse', '16-20 8-16+ 0-8+', 'new', true],
  ['the last in the middle', '0-8+ 16-20 8-16+', 'new', true],
  ['a hole', '0-8+ 16-20', 'new', false],
  ['no last', '0-8+ 8-16+', 'new', false],
  ['no first', '8-16+ 16-20', 'new', false],
  ['repeated', '0-8+ 8-16+ 0-8+', 'repeated', false],
  ['the last repeated', '16-20 16-20', 'repeated', false],
  ['the same beginning, longer', '0-8+ 0-16+', 'fragment overlaps', false],
  ['the same beginning, shorter', '0-16+ 0-8+', 'fragment overlaps', false],
  ['the same end', '0-16+ 8-16+', 'fragment overlaps', false],
  ['inside', '0-32+ 8-16+', 'fragment overlaps', false],
  ['around', '8-16+ 0-32+', 'fragment overlaps', false],
  ['across the end', '0-16+ 8-24+', 'fragment overlaps', false],
  ['across the beginning', '8-24+ 0-16+', 'fragment overlaps', false],
  ['over two', '0-8+ 8-16+ 0-16+', 'fragment overlaps', false],
  ['the last over another', '0-16+ 8-20', 'fragment overlaps', false],
  ['a second last, later', '16-20 24-28', 'last fragments disagree', false],
  ['a second last, earlier', '16-20 8-12', 'last fragments disagree', false],
  ['something behind the last', '16-20 24-32+', 'last fragments disagree', false],
  ['something up to the end that says more', '16-24 16-24+', 'last fragments disagree', false],
  ['a last before what is there', '24-32+ 8-16', 'last fragments disagree', false],
  ['the same range, now the last', '8-16+ 8-16', 'last fragments disagree', false],
] as const)('RFC 791 §3.2, RFC 5722: %s', (_, story, lastVerdict, complete) => {
  const { verdicts, ranges } = addAll(story);
  expect(verdicts.slice(0, -1).every((verdict) => verdict === 'new')).toBe(true);
  expect(verdicts.at(-1)).toBe(lastVerdict);
  expect(ranges.isComplete).toBe(complete);
});

test('there are at most so many fragments', () => {
  expect(addAll('0-8+ 16-24+ 32-40+', 2).verdicts).toEqual(['new', 'new', 'too many fragments']);
  expect(addAll('0-8+ 16-24+ 0-8+', 2).verdicts.at(-1)).toBe('repeated');
});

test('the total is known from the last fragment on', () => {
  expect(addAll('0-8+').ranges.total).toBe(0);
  expect(addAll('16-20').ranges.total).toBe(20);
});
