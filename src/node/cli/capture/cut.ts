/** `tapstack capture cut`: some frames of a capture as a capture of their own. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { RecordedFrame } from '../../../capture/record/frame-sink.ts';
import * as parse from '../parse.ts';
import type { OutputOptions } from './copy.ts';
import { CaptureCopy, formatOption, outputOption } from './copy.ts';
import type { CaptureInput } from './input.ts';
import { FILE_HELP, openCapture } from './input.ts';
import type { SelectionOptions } from './selection.ts';
import { addSelectionOptions, Selection } from './selection.ts';
import { plural } from './table.ts';
import { walk } from './walk.ts';

interface CutOptions extends SelectionOptions, OutputOptions {
  readonly bytes?: number;
}

export function addCut(capture: Command, exit: (code: number) => void): void {
  addSelectionOptions(capture.command('cut'))
    .summary('some frames of a capture as a capture of their own')
    .description('Writes the frames that are chosen, with their interfaces, comments, and the names of hosts.')
    .argument('<file>', FILE_HELP)
    .addOption(new Option('--bytes <count>', 'keep so many of each frame').argParser(parse.count))
    .addOption(outputOption())
    .addOption(formatOption())
    .action((file: string, options: CutOptions) => {
      const copied = cut(file, options);
      if (options.output !== '-') process.stdout.write(`${plural(copied, 'packet')} in ${options.output}\n`);
      exit(0);
    });
}

function cut(file: string, options: CutOptions): number {
  const input = openCapture(file);
  const copy = new CaptureCopy(options, [file], { application: 'tapstack' });
  const selection = new Selection(options);
  copy.describe(input.info);
  for (const walked of selection.looksInside ? walk(input) : unasked(input)) {
    copy.describe(input.info);
    if (selection.isChosen(walked)) copy.frame(input.info, shortened(walked.frame, options.bytes));
    if (selection.isOver || !copy.isOpen) break;
  }
  copy.describe(input.info);
  copy.close();
  return copy.frames;
}

/** To look into every frame takes longer than to copy it. */
function* unasked(input: CaptureInput): Generator<{ readonly frame: RecordedFrame }> {
  for (const frame of input) yield { frame };
}

function shortened(frame: RecordedFrame, most = Number.POSITIVE_INFINITY): RecordedFrame {
  const { bytes, originalLength = bytes.length } = frame;
  return bytes.length <= most ? frame : { ...frame, bytes: bytes.subarray(0, most), originalLength };
}
