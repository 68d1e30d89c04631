/** Every public name of the scenarios, listed by hand. */
export { findScenario, namesLike, scenarios, scenariosOf } from './catalogue.ts';
export type { Performance } from './perform.ts';
export { perform } from './perform.ts';
export type { Chapter, Look, Scenario } from './scenario.ts';
export { CHAPTERS, ScenarioError } from './scenario.ts';
export type { Segment, Sight } from './sight.ts';
export type { Pair, PairOptions } from './stage.ts';
export { Stage } from './stage.ts';
export type { Serve } from './stage-host.ts';
export { letters, readAll, readAndClose, StageHost } from './stage-host.ts';
