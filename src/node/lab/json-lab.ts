/** A lab written as JSON: devices by kind and name, cables, and what happens line by line. */
import type { LabDefinition } from '../../lab/index.ts';
import { ScenarioError } from '../../scenarios/scenario.ts';
import type { JsonDrawing } from './json-drawing.ts';
import { DRAWING, draw } from './json-drawing.ts';
import { JsonPlay } from './json-play.ts';
import type { Shape } from './json-shape.ts';
import { checkShape, fields, listOf, ShapeMistake } from './json-shape.ts';
import type { JsonText } from './json-text.ts';
import { JsonMistake, readJson } from './json-text.ts';
import type { Place } from './lab-mistake.ts';
import { LabMistake } from './lab-mistake.ts';

interface JsonLab extends JsonDrawing, Omit<LabDefinition, 'play'> {
  readonly play?: readonly string[];
}

const SHAPE: Shape = fields(
  {
    title: 'text',
    story: 'text',
    question: 'text',
    look: listOf(fields({ filter: 'text', meaning: 'text' }, ['filter', 'meaning'])),
    watch: listOf('text'),
    rfcs: listOf('text'),
    way: 'text',
    seed: 'number',
    ...DRAWING,
    play: listOf('text'),
  },
  ['title', 'cables'],
);

/** @param transcript where the commands of hosts go, and what they print @throws LabMistake */
export function jsonLab(file: string, text: string, transcript: string[]): LabDefinition {
  const json = read(file, text);
  const { hosts, switches, hubs, routers, taps, cables, play = [], ...about } = json.value as JsonLab;
  const kinds = Object.entries({ hosts, switches, hubs, routers, taps, cables }).filter(([, kind]) => kind !== undefined);
  const drawing = Object.fromEntries(kinds) as JsonDrawing;
  return {
    ...about,
    async play(net, stage) {
      let path: readonly (string | number)[] = [];
      try {
        draw(net, drawing, (now) => {
          path = now;
        });
        await stage.pause(0); // a network that cannot work says so before anything happens in it
        const going = new JsonPlay(net, stage, transcript);
        for (const [index, line] of play.entries()) {
          path = ['play', index];
          await going.step(line);
        }
      } catch (error) {
        throw placed({ file, line: json.lineOf(path) }, error);
      }
    },
  };
}

/** It stays what it was: something that was not seen, or a mistake. */
function placed(place: Place, error: unknown): Error {
  const mistake = new LabMistake(place, error instanceof Error ? error.message : String(error), { cause: error });
  return error instanceof ScenarioError ? new ScenarioError(mistake.message, { cause: mistake }) : mistake;
}

function read(file: string, text: string): JsonText {
  try {
    const json = readJson(text);
    try {
      checkShape(json.value, SHAPE);
    } catch (error) {
      if (error instanceof ShapeMistake) throw new LabMistake({ file, line: json.lineOf(error.path) }, error.message);
      throw error;
    }
    return json;
  } catch (error) {
    if (error instanceof JsonMistake) throw new LabMistake({ file, ...error.place }, error.message);
    throw error;
  }
}
