/** `tapstack capture show`: a capture line by line, or the layers of a frame in each other with the bytes they come from. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { CapturedFrame } from '../../../capture/dissect/captured-frame.ts';
import { frameJson } from '../../../capture/nesting/json.ts';
import { nesting } from '../../../capture/nesting/nesting.ts';
import { nestingSvg } from '../../../capture/nesting/svg.ts';
import { nestingText } from '../../../capture/nesting/text.ts';
import { describe } from '../../../capture/words/describe.ts';
import { FrameLine } from '../../../capture/words/frame-line.ts';
import { hexDump } from '../../../capture/words/hex-dump.ts';
import * as parse from '../parse.ts';
import { showsColor, terminalWidth } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { writeOutput } from './output.ts';
import type { SelectionOptions } from './selection.ts';
import { addSelectionOptions, Selection } from './selection.ts';
import { plural } from './table.ts';
import { walk } from './walk.ts';

interface ShowOptions extends SelectionOptions {
  readonly frame?: number;
  readonly layers?: boolean;
  readonly bytes?: boolean;
  readonly json?: boolean;
  readonly limit?: number;
  readonly output?: string;
  readonly title?: string;
  readonly theme: 'light' | 'dark';
}

export function addShow(capture: Command, exit: (code: number) => void): void {
  addSelectionOptions(capture.command('show'))
    .summary('packet by packet, or one frame layer by layer')
    .description(
      'A line for each packet: its number, the time since the first, the interface, what it says, and why it was sent. With ' +
        '--frame one of them layer by layer: each header in the one that carries it, its fields beside the bytes they come from.',
    )
    .argument('<file>', FILE_HELP)
    .addOption(new Option('--frame <number>', 'this frame, layer by layer').argParser(parse.count))
    .option('--layers', 'every chosen frame layer by layer')
    .option('--bytes', 'the bytes of each frame in hexadecimal')
    .option('--json', 'every field, one object a line')
    .addOption(new Option('--limit <count>', 'so many frames at most').argParser(parse.count))
    .option('-o, --output <file.svg>', 'the layers of --frame as a picture; other endings: as text')
    .option('--title <words>', 'above the picture')
    .addOption(new Option('--theme <theme>', 'of the picture').choices(['light', 'dark']).default('light'))
    .action((file: string, options: ShowOptions) => {
      show(file, options);
      exit(0);
    });
}

function show(file: string, options: ShowOptions): void {
  const { frame, output } = options;
  if (output !== undefined && output !== '-' && frame === undefined)
    throw new UsageError('--output is for the picture of one frame: say which with --frame NUMBER');
  const chosen = frame === undefined ? options : { ...options, frames: [{ first: frame, last: frame }] };
  const limit = frame === undefined ? (options.limit ?? Number.POSITIVE_INFINITY) : 1;
  const input = openCapture(file, { progress: false });
  const selection = new Selection(chosen);
  const printer = new Printer(options);
  let [read, shown] = [0, 0];
  for (const walked of walk(input)) {
    read++;
    const isChosen = selection.isChosen(walked);
    printer.pass(walked.captured, isChosen);
    if (isChosen) shown++;
    if (selection.isOver || shown >= limit) break;
  }
  if (frame !== undefined && shown === 0) throw new UsageError(noSuchFrame(frame, read));
  printer.end();
}

const noSuchFrame = (frame: number, read: number): string =>
  read < frame
    ? `there is no frame ${frame}: the capture has ${plural(read, 'frame')}`
    : `frame ${frame} is not among the chosen`;

/** Text is gathered and written in pieces: a call for each line takes longer than the line. */
class Printer {
  readonly #options: ShowOptions;
  readonly #line: FrameLine;
  readonly #width: number;
  readonly #color: boolean;
  #text = '';

  constructor(options: ShowOptions) {
    const isPrinted = (options.output ?? '-') === '-';
    this.#options = options;
    this.#color = isPrinted && showsColor();
    this.#width = isPrinted ? terminalWidth() : 110;
    this.#line = new FrameLine({ color: this.#color });
  }

  /** Every frame, because sentences know what was said before. */
  pass(captured: CapturedFrame, isChosen: boolean): void {
    if (!isChosen) return;
    this.#text += this.#textOf(captured);
    if (this.#text.length > PIECE) this.#flush();
  }

  end(): void {
    this.#flush();
  }

  #flush(): void {
    if (this.#text !== '') writeOutput(this.#options.output, this.#text);
    this.#text = '';
  }

  #textOf(captured: CapturedFrame): string {
    const { frame, layers = false, bytes = false, json = false, output = '-', title, theme } = this.#options;
    if (json) return `${JSON.stringify(frameJson(captured, describe(captured.packet, { bases: captured.bases })))}\n`;
    const dump = bytes ? `${hexDump(captured.frame.bytes)}\n` : '';
    if (frame === undefined && !layers) return `${this.#line.text(captured)}\n${dump}`;
    if (/\.svg$/i.test(output)) return nestingSvg(nesting(captured), { title: title ?? headingOf(captured), theme });
    return `${this.#line.text(captured)}\n${nestingText(nesting(captured), { width: this.#width, color: this.#color })}\n${dump}`;
  }
}

/** Without the options: they are in the picture. */
const headingOf = ({ number, packet, bases }: CapturedFrame): string =>
  `Frame ${number}: ${describe(packet, { bases }).replace(/ <[^>]*>/, '')}`;

const PIECE = 1 << 16;
