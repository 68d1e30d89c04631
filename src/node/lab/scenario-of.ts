/** A lab as a scenario: what a file defines, played as the stories of the gallery are. */
import type { LabDefinition } from '../../lab/network/lab-definition.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** @param name how its files begin */
export const scenarioOf = (name: string, definition: LabDefinition): Scenario => {
  const { title, story = '', question = '', look = [], watch, rfcs = [], way, seed } = definition;
  return {
    name,
    title,
    chapter: 'Between networks', // no list shows it
    rfcs,
    story,
    question,
    look,
    ...(watch === undefined ? {} : { watch }),
    ...(way === undefined ? {} : { way }),
    ...(seed === undefined ? {} : { seed }),
    async play(stage) {
      await definition.play(stage.network, stage);
      const ends = stage.recording.interfaces.map((one) => one.name);
      for (const end of watch ?? [])
        if (!ends.includes(end))
          throw new RangeError(`nothing is recorded at ${end}, which watch names; it may name ${ends.join(', ')}`);
    },
  };
};
