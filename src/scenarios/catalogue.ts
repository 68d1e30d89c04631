/** All scenarios, by chapter in the order of a course. A new one is a file and a line in the list of its folder. */
import { IP_SCENARIOS } from './ip/all.ts';
import { LOSS_SCENARIOS } from './loss/all.ts';
import type { Chapter, Scenario } from './scenario.ts';
import { CHAPTERS } from './scenario.ts';
import { TCP_SCENARIOS } from './tcp/all.ts';

const ALL: readonly Scenario[] = [...TCP_SCENARIOS, ...LOSS_SCENARIOS, ...IP_SCENARIOS];

/** In the order of the chapters, and inside one as they are listed. */
export const scenarios = (): readonly Scenario[] => CHAPTERS.flatMap(scenariosOf);

export const scenariosOf = (chapter: Chapter): readonly Scenario[] => ALL.filter((scenario) => scenario.chapter === chapter);

export const findScenario = (name: string): Scenario | undefined => ALL.find((scenario) => scenario.name === name);

/** The names that are spelled most like a wrong one, best first. */
export function namesLike(name: string, count = 3): string[] {
  const scored = scenarios().map((scenario) => ({ name: scenario.name, score: distance(name.toLowerCase(), scenario.name) }));
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, count)
    .map((one) => one.name);
}

/** How many letters have to be changed, but what is a part of the other is near: "sack" to "sack-two-losses". */
function distance(typed: string, name: string): number {
  if (typed !== '' && (name.includes(typed) || typed.includes(name))) return 0;
  let row = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    for (let j = 1; j <= name.length; j++) {
      const substitution = row[j - 1]! + (typed[i - 1] === name[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[name.length]!;
}
