/** `tapstack capture merge`: several captures as one, by time, each with interfaces of its own. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { RecordedFrame } from '../../../capture/record/frame-sink.ts';
import { UsageError } from '../usage-error.ts';
import type { OutputOptions } from './copy.ts';
import { CaptureCopy, formatOption, outputOption } from './copy.ts';
import type { CaptureInput } from './input.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { plural } from './table.ts';

export function addMerge(capture: Command, exit: (code: number) => void): void {
  capture
    .command('merge')
    .summary('several captures as one, by time')
    .description('Writes the frames of several captures in the order of their times. Interfaces are kept apart.')
    .argument('<files...>', FILE_HELP)
    .addOption(outputOption())
    .addOption(formatOption())
    .action((files: string[], options: OutputOptions) => {
      const copied = merge(files, options);
      if (options.output !== '-') process.stdout.write(`${plural(copied, 'packet')} in ${options.output}\n`);
      exit(0);
    });
}

/** One capture with the frame that is next. */
interface Source {
  readonly input: CaptureInput;
  readonly frames: Iterator<RecordedFrame>;
  next: RecordedFrame | undefined;
}

function merge(files: readonly string[], options: OutputOptions): number {
  if (files.filter((file) => file === '-').length > 1)
    throw new UsageError('standard input can be one of the captures, not several');
  const sources = files.map(openSource);
  const copy = new CaptureCopy(options, files, { application: 'tapstack' });
  const describe = ({ input }: Source): void =>
    copy.describe(input.info, (one) => ({ ...one, description: one.description ?? `of ${basename(input.path)}` }));
  sources.forEach(describe);
  for (let source = earliest(sources); source !== undefined && copy.isOpen; source = earliest(sources)) {
    describe(source);
    copy.frame(source.input.info, source.next!);
    source.next = nextOf(source.frames);
  }
  sources.forEach(describe);
  copy.close();
  return copy.frames;
}

function openSource(file: string): Source {
  const input = openCapture(file, { progress: false });
  const frames = input[Symbol.iterator]();
  return { input, frames, next: nextOf(frames) };
}

function nextOf(frames: Iterator<RecordedFrame>): RecordedFrame | undefined {
  const { done, value } = frames.next();
  return done === true ? undefined : value;
}

/** Of frames at the same instant that of the first file. */
function earliest(sources: readonly Source[]): Source | undefined {
  let best: Source | undefined;
  for (const source of sources) {
    if (source.next === undefined) continue;
    if (best?.next === undefined || isBefore(source.next, best.next)) best = source;
  }
  return best;
}

const isBefore = (one: RecordedFrame, other: RecordedFrame): boolean =>
  one.at < other.at || (one.at === other.at && (one.nanoseconds ?? 0) < (other.nanoseconds ?? 0));
