/** `tapstack capture ladder`: the conversation in a file as a sequence diagram. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { ladderHtml } from '../../../capture/ladder/html.ts';
import type { Ladder } from '../../../capture/ladder/ladder.ts';
import { ladder } from '../../../capture/ladder/ladder.ts';
import { ladderMermaid } from '../../../capture/ladder/mermaid.ts';
import { ladderSvg } from '../../../capture/ladder/svg.ts';
import { drawLadder } from '../../../capture/ladder/text.ts';
import { terminalWidth } from '../terminal.ts';
import type { ChoiceOptions } from './choose.ts';
import { addChoiceOptions, chosenFrames, namesOf } from './choose.ts';
import { FILE_HELP, readCaptureFile } from './input.ts';
import { writeOutput } from './output.ts';

const FORMATS = ['text', 'svg', 'mermaid', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface LadderCommandOptions extends ChoiceOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly all?: boolean;
  readonly title?: string;
  readonly theme: 'light' | 'dark';
}

export function addLadder(capture: Command, exit: (code: number) => void): void {
  const command = capture
    .command('ladder')
    .summary('who said what to whom, as a sequence diagram')
    .description(
      'Draws a capture as a sequence diagram: for the terminal, as a picture, for Markdown, or as a page. Where both ends were ' +
        'recorded, arrows slope with the transit time, and what never arrived is seen.',
    )
    .argument('<file>', FILE_HELP)
    .addOption(new Option('--format <format>', 'default: what the ending of the output says, else text').choices(FORMATS))
    .option('-o, --output <file>', 'where it goes (default: standard output)')
    .option('--all', 'every packet, long runs too')
    .option('--title <words>', 'above the picture')
    .addOption(new Option('--theme <theme>', 'of the SVG').choices(['light', 'dark']).default('light'));
  addChoiceOptions(command).action((file: string, options: LadderCommandOptions) => {
    draw(file, options);
    exit(0);
  });
}

function draw(file: string, options: LadderCommandOptions): void {
  const capture = readCaptureFile(file);
  const only = chosenFrames(capture, options);
  const drawn = ladder(capture.frames, {
    names: namesOf(capture, options),
    linkTypes: capture.interfaces.map(({ linkType }) => linkType),
    ...(only === undefined ? {} : { only }),
  });
  writeOutput(options.output, inFormat(drawn, options));
}

function inFormat(drawn: Ladder, options: LadderCommandOptions): string {
  const { format = formatOf(options.output), title, theme, all = false } = options;
  const common = { all, ...(title === undefined ? {} : { title }) };
  switch (format) {
    case 'svg':
      return ladderSvg(drawn, { ...common, theme });
    case 'mermaid':
      return ladderMermaid(drawn, common);
    case 'html':
      return ladderHtml(drawn, common);
    case 'text':
      return drawLadder(drawn, { all, width: textWidthOf(options.output) });
  }
}

const ENDINGS: Readonly<Record<string, Format>> = { svg: 'svg', html: 'html', htm: 'html', mmd: 'mermaid', mermaid: 'mermaid' };

const formatOf = (output = ''): Format => ENDINGS[/\.(\w+)$/.exec(output)?.[1]?.toLowerCase() ?? ''] ?? 'text';

const textWidthOf = (output: string | undefined): number => (output === undefined ? terminalWidth() : 110);
