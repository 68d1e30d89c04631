/** `tapstack lab run`: plays a scenario, tells what happened and leaves its files. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { scenarios } from '../../../scenarios/catalogue.ts';
import type { Performance } from '../../../scenarios/perform.ts';
import { perform } from '../../../scenarios/perform.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { ScenarioError } from '../../../scenarios/scenario.ts';
import { tablesText } from '../../../scenarios/tables-text.ts';
import { LabMistake } from '../../lab/lab-mistake.ts';
import { isLabFile, loadLab, mistakeOf } from '../../lab/load-lab.ts';
import type { FileKind } from '../../lab-files.ts';
import { FILE_KINDS, settle, writeFiles } from '../../lab-files.ts';
import { UsageError } from '../usage-error.ts';
import { failureResult, resultOf } from './result.ts';
import { scenarioNamed } from './scenario-named.ts';
import { storyText } from './story.ts';

interface RunOptions {
  readonly out?: string;
  readonly format?: readonly FileKind[];
  readonly all?: boolean;
  readonly tables?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addRun(lab: Command, exit: (code: number) => void): void {
  lab
    .command('run')
    .summary('play scenarios, and leave their captures and pictures')
    .description(
      'Plays a scenario and tells what happened: the ladder, what to look at and with which display filter. Exits with 1 when ' +
        'something else was seen than must be.',
    )
    .argument('<names...>', 'scenarios, all, or lab files: home.ts, home.js, home.json')
    .option('--out <folder>', 'write the files there (default: none are written)')
    .option('--format <kinds>', `which files, joined by commas: ${FILE_KINDS.join(', ')} (default: all of them)`, kindsOf)
    .option('--all', 'every packet in the ladder, long runs too')
    .option('--tables', 'what the devices of a network learnt and forgot, too')
    .option('--json', 'the result as JSON, a line each: what was expected, topology, tables, files')
    .option('--quiet', 'a line a scenario instead of its story')
    .action(async (names: readonly string[], options: RunOptions) => exit(await run(names, options)));
}

function kindsOf(text: string): readonly FileKind[] {
  return text.split(',').map((word) => {
    const kind = FILE_KINDS.find((known) => known === word.trim());
    if (kind === undefined) throw new InvalidArgumentError(`one or more of ${FILE_KINDS.join(',')}`);
    return kind;
  });
}

/** @returns the exit code: 0 every story went as it is told, 1 one did not, 2 a lab file has a mistake */
async function run(names: readonly string[], options: RunOptions): Promise<number> {
  if (options.format !== undefined && options.out === undefined)
    throw new UsageError('--format says which files; --out says where they go');
  let code = 0;
  for (const name of names) {
    if (isLabFile(name)) code = Math.max(code, await runFile(name, options));
    else for (const scenario of chosen(name)) if (!(await play(scenario, options))) code = Math.max(code, 1);
  }
  return code;
}

/** @returns the exit code */
async function runFile(file: string, options: RunOptions): Promise<number> {
  try {
    const transcript: string[] = [];
    return (await play(await loadLab(file, transcript), options, { file, transcript })) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof LabMistake)) throw error;
    if (options.json === true) process.stdout.write(failureResult(file, error));
    process.stderr.write(`tapstack: ${error.message}\n`);
    return 2;
  }
}

const chosen = (name: string): readonly Scenario[] => (name === 'all' ? scenarios() : [scenarioNamed(name)]);

/** A file that holds a story. */
interface Source {
  readonly file: string;
  /** What its hosts printed. */
  readonly transcript: readonly string[];
}

/**
 * @returns false when the story went another way
 * @throws LabMistake when it cannot be told as its file has it
 */
async function play(scenario: Scenario, options: RunOptions, source?: Source): Promise<boolean> {
  const performance = await performed(scenario, options, source?.file);
  if (performance === undefined) return false;
  const files = options.out === undefined ? [] : await writeInto(options.out, performance, options.format ?? FILE_KINDS);
  const transcript = source?.transcript ?? [];
  process.stdout.write(
    options.json === true ? resultOf(performance, files, transcript) : textOf(performance, files, transcript, options),
  );
  return true;
}

function textOf(
  performance: Performance,
  files: readonly string[],
  transcript: readonly string[],
  { quiet = false, all = false, tables = false }: RunOptions,
): string {
  const { name } = performance.scenario;
  const printed = quiet || transcript.length === 0 ? '' : `\nWhat the hosts printed:\n\n${transcript.join('\n').trimEnd()}\n`;
  return [
    quiet ? `${name}: as told${files.length === 0 ? '' : `; ${files.join(' ')}`}\n` : storyText(performance, files, all),
    printed,
    tables && performance.network !== undefined ? `\n${tablesText(performance)}` : '',
  ].join('');
}

/** @returns undefined when the story went another way, which has been said */
async function performed(scenario: Scenario, { json }: RunOptions, file: string | undefined): Promise<Performance | undefined> {
  try {
    return await perform(scenario, settle);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const mistake = file === undefined ? undefined : await mistakeOf(error.cause, file);
    if (mistake !== undefined && !(error.cause instanceof ScenarioError)) throw mistake;
    if (json === true) process.stdout.write(failureResult(file ?? scenario.name, error));
    process.stderr.write(`tapstack: ${(mistake ?? error).message}\n`);
    return undefined;
  }
}

async function writeInto(folder: string, performance: Performance, kinds: readonly FileKind[]): Promise<string[]> {
  try {
    return await writeFiles(folder, performance, kinds);
  } catch (error) {
    throw new UsageError(`cannot write into ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
