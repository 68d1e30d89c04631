/** The table of textbooks names stories and rules that there are. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findScenario } from '../../src/scenarios/catalogue.ts';
import { TEXTBOOKS } from '../../src/scenarios/textbook.ts';

const labs = TEXTBOOKS.flatMap(({ book, labs }) => labs.map((lab) => ({ book, ...lab })));

test.each(labs)('$book: $lab', ({ scenarios, rules }) => {
  expect(scenarios.length).toBeGreaterThan(0);
  expect(scenarios.filter((name) => findScenario(name) === undefined)).toEqual([]);
  if (rules !== undefined) expect(existsSync(new URL(`../../src/scenarios/textbook/${rules}.rules`, import.meta.url))).toBe(true);
});
