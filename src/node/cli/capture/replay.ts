/** `tapstack capture replay`: the stack in the place of a host of a capture. Exit code 1 when it does not answer as recorded. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { MaskName } from '../../../replay/mask.ts';
import { Mask } from '../../../replay/mask.ts';
import type { Comparison, ReplayOptions } from '../../../replay/replay.ts';
import { replay } from '../../../replay/replay.ts';
import { ReplayError } from '../../../replay/replay-error.ts';
import type { Micros } from '../../../stack/time.ts';
import { parseV4 } from '../../../stack/wire/ip-address.ts';
import * as parse from '../parse.ts';
import { UsageError } from '../usage-error.ts';
import { FILE_HELP, readCaptureFile } from './input.ts';

export interface ReplayFlags {
  readonly host: string;
  readonly mask?: readonly MaskName[];
  readonly tolerance?: Micros;
  readonly compare?: Comparison;
  readonly json?: boolean;
}

export function addReplay(capture: Command, exit: (code: number) => void): void {
  withReplayOptions(capture.command('replay'))
    .summary('put the stack in the place of a host and compare')
    .description(
      "Feeds the other side's frames to the stack in virtual time and compares every frame that it sends with the recorded one.",
    )
    .argument('<file>', FILE_HELP)
    .option('--json', 'the verdict as JSON')
    .action(async (file: string, flags: ReplayFlags) => {
      const result = await orUsage(() => replay(readCaptureFile(file), replayOptions(flags)));
      const { report, frames: _, ...verdict } = result;
      process.stdout.write(flags.json ? `${JSON.stringify(verdict, undefined, 2)}\n` : `${report}\n`);
      exit(result.matches ? 0 : 1);
    });
}

/** What `replay` and `to-test` have in common. */
export function withReplayOptions(command: Command): Command {
  return command
    .requiredOption('--host <address>', 'whom the stack plays', address)
    .option('--mask <fields>', 'fields that are not compared, with commas: tcp.window,tcp.options', mask)
    .option('--tolerance <time>', 'how far from its recorded time a frame may leave (default: 5ms)', parse.duration)
    .addOption(
      new Option(
        '--compare <how>',
        'frames: each with its own; streams: TCP by what it says, without windows, how text is cut, and what is sent again (default: frames, but streams for another implementation such as Linux, or where segments were lost before the recording)',
      ).argParser(comparison),
    );
}

export const replayOptions = ({ host, mask: masked, tolerance, compare }: ReplayFlags): ReplayOptions => ({
  host,
  ...(masked === undefined ? {} : { mask: masked }),
  ...(tolerance === undefined ? {} : { tolerance }),
  ...(compare === undefined ? {} : { compare }),
});

/** @throws UsageError for a host that is not in the capture */
export async function orUsage<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ReplayError) throw new UsageError(error.message);
    throw error;
  }
}

function address(text: string): string {
  if (parseV4(text) === undefined) throw new InvalidArgumentError('an address is written 10.0.0.2');
  return text;
}

function comparison(text: string): Comparison {
  if (text !== 'frames' && text !== 'streams') throw new InvalidArgumentError('frames or streams');
  return text;
}

function mask(text: string, others: readonly MaskName[] = []): readonly MaskName[] {
  const names = text.split(',').map((name) => name.trim());
  try {
    new Mask(names);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return [...others, ...(names as MaskName[])];
}
