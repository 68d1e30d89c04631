/** `tapstack lab run`: plays a scenario, tells what happened and leaves its files. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { findScenario, namesLike, scenarios } from '../../../scenarios/catalogue.ts';
import type { Performance } from '../../../scenarios/perform.ts';
import { perform } from '../../../scenarios/perform.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { ScenarioError } from '../../../scenarios/scenario.ts';
import { tablesText } from '../../../scenarios/tables-text.ts';
import type { FileKind } from '../../lab-files.ts';
import { FILE_KINDS, settle, writeFiles } from '../../lab-files.ts';
import { UsageError } from '../usage-error.ts';
import { storyText } from './story.ts';

interface RunOptions {
  readonly out?: string;
  readonly format?: readonly FileKind[];
  readonly all?: boolean;
  readonly tables?: boolean;
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
    .argument('<names...>', 'scenarios, or all')
    .option('--out <folder>', 'write the files there (default: none are written)')
    .option('--format <kinds>', `which files, joined by commas: ${FILE_KINDS.join(', ')} (default: all of them)`, kindsOf)
    .option('--all', 'every packet in the ladder, long runs too')
    .option('--tables', 'what the devices of a network learnt and forgot, too')
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

/** @returns the exit code: 0 every story went as it is told, 1 one did not */
async function run(names: readonly string[], options: RunOptions): Promise<number> {
  if (options.format !== undefined && options.out === undefined)
    throw new UsageError('--format says which files; --out says where they go');
  let code = 0;
  for (const scenario of chosen(names)) if (!(await play(scenario, options))) code = 1;
  return code;
}

function chosen(names: readonly string[]): readonly Scenario[] {
  return names.flatMap((name) => {
    if (name === 'all') return scenarios();
    const scenario = findScenario(name);
    if (scenario === undefined)
      throw new UsageError(`there is no scenario ${name}; do you mean ${orList(namesLike(name))}? "tapstack lab list" shows all`);
    return [scenario];
  });
}

const orList = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join();

/** @returns false when the story went another way */
async function play(scenario: Scenario, options: RunOptions): Promise<boolean> {
  let performance: Performance;
  try {
    performance = await perform(scenario, settle);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    process.stderr.write(`tapstack: ${error.message}\n`);
    return false;
  }
  const files = options.out === undefined ? [] : await writeInto(options.out, performance, options.format ?? FILE_KINDS);
  process.stdout.write(
    options.quiet === true
      ? `${scenario.name}: as told${files.length === 0 ? '' : `; ${files.join(' ')}`}\n`
      : storyText(performance, files, options.all === true),
  );
  if (options.tables === true && performance.network !== undefined) process.stdout.write(`\n${tablesText(performance)}`);
  return true;
}

async function writeInto(folder: string, performance: Performance, kinds: readonly FileKind[]): Promise<string[]> {
  try {
    return await writeFiles(folder, performance, kinds);
  } catch (error) {
    throw new UsageError(`cannot write into ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
