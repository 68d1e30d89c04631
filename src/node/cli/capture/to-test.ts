/** `tapstack capture to-test`: a vitest file that replays a capture, written when the replay passes. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { fittedOptions, replay } from '../../../replay/replay.ts';
import { testFile } from '../../../replay/test-file.ts';
import { UsageError } from '../usage-error.ts';
import { readCaptureFile } from './input.ts';
import type { ReplayFlags } from './replay.ts';
import { orUsage, replayOptions, withReplayOptions } from './replay.ts';

/** A capture up to this size stands in the test itself. */
const SMALL = 4096;

interface ToTestFlags extends ReplayFlags {
  readonly output?: string;
}

export function addToTest(capture: Command, exit: (code: number) => void): void {
  withReplayOptions(capture.command('to-test'))
    .summary('a vitest file that replays a capture')
    .description(
      'Writes a test that replays the capture: referenced by its path, or inside the test when it is small. What the stack does not repeat is said, and nothing written.',
    )
    .argument('<file>', 'a capture, pcapng or pcap')
    .option('-o, --output <file>', 'where it goes (default: standard output)')
    .action(async (file: string, flags: ToTestFlags) => exit(await toTest(file, flags)));
}

async function toTest(file: string, flags: ToTestFlags): Promise<number> {
  const [capture, options] = [readCaptureFile(file), replayOptions(flags)];
  const fitted = await orUsage(() => fittedOptions(capture, options));
  const { matches, report } = await orUsage(() => replay(capture, { ...options, ...fitted }));
  if (!matches) {
    process.stderr.write(`${report}\ntapstack: no test was written: it would fail; --mask and --tolerance say what may differ\n`);
    return 1;
  }
  const { output } = flags;
  const { host, mask, tolerance } = options;
  const text = testFile({
    name: basename(file),
    host,
    source: sourceOf(file, output),
    fitted,
    compare: fitted.compare,
    ...(mask === undefined ? {} : { mask }),
    ...(tolerance === undefined ? {} : { tolerance }),
  });
  if (output === undefined) process.stdout.write(text);
  else write(output, text);
  return 0;
}

function sourceOf(file: string, output: string | undefined): { readonly path: string } | { readonly base64: string } {
  if (statSync(file).size <= SMALL) return { base64: readFileSync(file).toString('base64') };
  const path = relative(dirname(resolve(output ?? 'x')), resolve(file));
  return { path: path.startsWith('.') ? path : `./${path}` };
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
