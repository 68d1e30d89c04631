/** A scenario of the gallery by its name. */
import { findScenario, namesLike } from '../../../scenarios/catalogue.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { UsageError } from '../usage-error.ts';

/** @throws UsageError that names those which are spelled most like it */
export function scenarioNamed(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario !== undefined) return scenario;
  throw new UsageError(`there is no scenario ${name}; do you mean ${orList(namesLike(name))}? "tapstack lab list" shows all`);
}

const orList = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join();
