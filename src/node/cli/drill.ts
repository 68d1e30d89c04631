/** `tapstack drill`: packetdrill scripts against the stack, in this process and in virtual time. */
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Dialect, Level, PersonalityName } from '../../drill/index.ts';
import type { FileResult } from '../drill-files.ts';
import { findScripts, runFiles } from '../drill-files.ts';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface DrillOptions {
  readonly level?: Level;
  readonly personality?: PersonalityName;
  readonly dialect: Dialect | 'auto';
  readonly define?: Readonly<Record<string, string>>;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly jobs: number;
}

/** Arguments and options of the command, without its action. */
export function addDrillOptions(command: Command): Command {
  return command
    .description('run packetdrill scripts against the stack, in virtual time; exit code 1 when one fails or does not parse')
    .argument('<scripts...>', 'scripts, or folders with .pkt files')
    .option('--level <level>', 'how much is forgiven, from L0 (nothing) to L3 (default: what the script states, or L1)', level)
    .option('--personality <name>', 'linux or freebsd (default: that of the dialect)', oneOf('linux', 'freebsd'))
    .option('--dialect <name>', 'google, freebsd or auto', oneOf('google', 'freebsd', 'auto'), 'auto')
    .option('-D, --define <name=value>', 'a symbol of the scripts; may be repeated', definition)
    .option('--json', 'results as JSON')
    .option('--verbose', 'every script, and packets that nobody expected')
    .option('--jobs <number>', 'threads', parse.count, availableParallelism());
}

/** @returns the exit code: 0 none failed, 1 some did */
export async function drill(where: readonly string[], options: DrillOptions): Promise<number> {
  const paths = scripts(where);
  const { dialect, personality, level: most, define: symbols, verbose = false } = options;
  const results = await runFiles(
    paths,
    {
      dialect,
      verbose,
      ...(personality === undefined ? {} : { personality }),
      ...(most === undefined ? {} : { level: most }),
      ...(symbols === undefined ? {} : { symbols }),
    },
    options.jobs,
  );
  if (results.length !== paths.length) throw new Error(`${paths.length} scripts were given, ${results.length} have a result`);
  process.stdout.write(options.json ? `${JSON.stringify(asJson(results), undefined, 2)}\n` : asText(results, verbose));
  return results.some(isBad) ? 1 : 0;
}

function scripts(where: readonly string[]): string[] {
  try {
    const paths = findScripts(where);
    if (paths.length === 0) throw new Error(`no .pkt file in ${where.join(', ')}`);
    return paths;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const isBad = ({ kind }: FileResult): boolean => kind === 'fail' || kind === 'not a script';

const asJson = (results: readonly FileResult[]): object => ({
  total: tally(results),
  scripts: results.map(({ path, kind, level: passed, line, reason }) => ({ path, kind, level: passed, line, reason })),
});

function asText(results: readonly FileResult[], verbose: boolean): string {
  const shown = results.filter((result) => verbose || result.kind !== 'pass').map(({ report }) => report);
  return `${[...shown, ...(shown.length > 0 ? [''] : []), ...table(results)].join('\n')}\n`;
}

interface Tally {
  readonly pass: number;
  /** Of those that pass, how many at which level. */
  readonly levels: readonly number[];
  readonly fail: number;
  readonly unsupported: number;
  readonly unparsed: number;
}

function tally(results: readonly FileResult[]): Tally {
  const count = (matches: (result: FileResult) => boolean): number => results.filter(matches).length;
  return {
    pass: count(({ kind }) => kind === 'pass'),
    levels: [0, 1, 2, 3].map((at) => count(({ level: passed }) => passed === at)),
    fail: count(({ kind }) => kind === 'fail'),
    unsupported: count(({ kind }) => kind === 'unsupported'),
    unparsed: count(({ kind }) => kind === 'not a script'),
  };
}

/** One row a folder, and their sum. */
function table(results: readonly FileResult[]): string[] {
  const folders = [...new Set(results.map(({ path }) => dirname(path)))];
  const inside = (folder: string): FileResult[] => results.filter(({ path }) => dirname(path) === folder);
  const rows: (readonly [string, Tally])[] = folders.map((folder) => [folder, tally(inside(folder))]);
  if (rows.length > 1) rows.push(['total', tally(results)]);
  const width = Math.max(...rows.map(([name]) => name.length), 6);
  const cells = (values: readonly (string | number)[]): string => values.map((value) => String(value).padStart(6)).join('');
  const head = `${'folder'.padEnd(width)}${cells(['pass', 'L0', 'L1', 'L2', 'L3', 'fail'])}  unsupported  not parsed`;
  return [
    head,
    ...rows.map(([name, { pass, levels, fail, unsupported, unparsed }]) => {
      const counts = cells([pass, ...levels, fail]);
      return `${name.padEnd(width)}${counts}  ${String(unsupported).padStart(11)}  ${String(unparsed).padStart(10)}`;
    }),
  ];
}

function level(text: string): Level {
  const match = /^L([0-3])$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('a level is L0, L1, L2 or L3');
  return Number(match[1]) as Level;
}

const oneOf =
  <T extends string>(...names: readonly T[]) =>
  (text: string): T => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(`one of ${names.join(', ')}`);
    return found;
  };

function definition(text: string, others: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const match = /^([A-Za-z_]\w*)=(.*)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw new InvalidArgumentError('a symbol is written NAME=value');
  return { ...others, [match[1]]: match[2] };
}
