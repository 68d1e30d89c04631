/** A lab file read: what it exports, or where and why it cannot be played. */
import { readFileSync, statSync } from 'node:fs';
import { register } from 'node:module';
import { basename, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearest } from '../../capture/filter/nearest.ts';
import type { LabDefinition } from '../../lab/network/lab-definition.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { jsonLab } from './json-lab.ts';
import type { Place } from './lab-mistake.ts';
import { LabMistake } from './lab-mistake.ts';
import { isLabModule } from './lab-module.ts';
import { readMistakeMessage } from './mistake-message.ts';
import { scenarioOf } from './scenario-of.ts';

const ENDING = /\.(ts|mts|js|mjs|json)$/;
const KEYS = ['title', 'story', 'question', 'look', 'watch', 'rfcs', 'way', 'seed', 'play'];
const EXAMPLE = "export default lab({ title: '...', async play(net, stage) { ... } })";

/** Whether these words name a file rather than a scenario of the gallery. */
export const isLabFile = (name: string): boolean => ENDING.test(name);

/**
 * @param transcript of a lab in JSON: where the commands of its hosts go, and what they print, while it is played
 * @throws LabMistake
 */
export async function loadLab(file: string, transcript: string[] = []): Promise<Scenario> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new LabMistake({ file }, 'there is no such file');
  const name = basename(file).replace(ENDING, '');
  const isJson = file.endsWith('.json');
  const definition = isJson ? jsonLab(file, readFileSync(file, 'utf8'), transcript) : definitionIn(file, await importFile(file));
  return scenarioOf(name, definition);
}

let isRegistered = false; // hooks are for a process, and can only be added

async function importFile(file: string): Promise<Record<string, unknown>> {
  if (!isRegistered) register('./module-hooks.js', import.meta.url);
  isRegistered = true;
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    throw await mistakeOf(error, file);
  }
}

/** What is exported, looked at before anything is played. */
function definitionIn(file: string, { default: exported }: Record<string, unknown>): LabDefinition {
  if (exported === undefined) throw new LabMistake({ file }, `it has no default export, such as ${EXAMPLE}`);
  if (typeof exported !== 'object' || exported === null)
    throw new LabMistake({ file }, `its default export is no lab, such as ${EXAMPLE}`);
  for (const key of Object.keys(exported)) if (!KEYS.includes(key)) throw unknownKey(file, key);
  const { title, play } = exported as Record<string, unknown>;
  if (typeof title !== 'string' || title === '') throw new LabMistake({ file }, "its lab has no title: title: '...'");
  if (typeof play !== 'function') throw new LabMistake({ file }, 'its lab has no play: async play(net, stage) { ... }');
  return exported as LabDefinition;
}

function unknownKey(file: string, key: string): LabMistake {
  const lines = readFileSync(file, 'utf8').split('\n');
  const line =
    lines.findIndex((text) => new RegExp(`(^|[\\s{,])['"]?${key.replace(/\W/g, '\\$&')}['"]?\\s*[:(,]`).test(text)) + 1;
  const [near] = nearest(key, KEYS);
  const help = near === undefined ? `there are ${KEYS.join(', ')}` : `do you mean ${near}?`;
  return new LabMistake({ file, ...(line === 0 ? {} : { line }) }, `a lab has no ${key}; ${help}`);
}

/**
 * Where an error of a lab file's own code comes from: its place in that file, or in one that it imports.
 * @param file as the reader named it
 */
export async function mistakeOf(error: unknown, file: string): Promise<LabMistake> {
  if (error instanceof LabMistake) return error;
  if (error instanceof Error && error.cause instanceof LabMistake) return error.cause;
  if (!(error instanceof Error)) return new LabMistake({ file }, `threw ${String(error)}`, { cause: error });
  const told = readMistakeMessage(error.message);
  if (told !== undefined) return new LabMistake({ ...told, file: shown(told.path, file) }, told.what);
  const { line, column, path } = placeIn(error.stack ?? '') ?? {};
  const place =
    path === undefined
      ? placeOfNamed(error, file)
      : { file: shown(path, file), line: line!, ...(column === undefined ? {} : { column }) };
  return new LabMistake(place, (await missingName(error.message)) ?? sentence(error), { cause: error });
}

/** What cannot be drawn is found when it runs: the first line with a name in quotation marks that is spoken of. */
function placeOfNamed(error: Error, file: string): Place {
  const lines = error instanceof RangeError ? readFileSync(file, 'utf8').split('\n') : [];
  for (const word of error.message.match(/[\w-]+/g) ?? []) {
    const line = lines.findIndex((text) => text.includes(`'${word}'`) || text.includes(`"${word}"`)) + 1;
    if (line > 0) return { file, line };
  }
  return { file };
}

/** The innermost of the lab's own lines in a stack trace, or the line above the message of what cannot be compiled. */
function placeIn(stack: string): { readonly path: string; readonly line: number; readonly column?: number } | undefined {
  for (const [, url = '', line = '', column] of stack.matchAll(/(file:\/\/[^\s()]+?):(\d+)(?::(\d+))?(?=[\s)]|$)/g))
    if (isLabModule(url))
      return { path: fileURLToPath(url), line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
  return undefined;
}

/** `import { labb } from 'tapstack/lab'`: what there is instead. */
async function missingName(message: string): Promise<string | undefined> {
  const [, from = '', name = ''] = /^The requested module '(.+)' does not provide an export named '(.+)'$/.exec(message) ?? [];
  if (!/^tapstack(\/|$)/.test(from)) return undefined;
  const names = Object.keys((await import(from)) as object);
  const near = nearest(name, names);
  return `${from} has no ${name}${near.length === 0 ? '' : `; do you mean ${near.join(' or ')}?`}`;
}

const sentence = ({ name, message }: Error): string => message.split('\n').filter(Boolean).join('; ') || name;

/** As the reader would name it: relative to where they are. */
const shown = (path: string, file: string): string => (path === resolve(file) ? file : relative(process.cwd(), path));
