/** `tapstack capture plot`: what happened over time, as a picture or as a page. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { PlotRequest } from '../../../capture/plot/make.ts';
import { plotRequest } from '../../../capture/plot/make.ts';
import type { PlotKind } from '../../../capture/plot/plot.ts';
import { PLOT_KINDS } from '../../../capture/plot/plot.ts';
import { needsSeries, plot } from '../../../capture/plot/plot-of.ts';
import { readSeries } from '../../../capture/series/jsonl.ts';
import type { SeriesSample } from '../../../capture/series/sample.ts';
import { plotHtml } from '../../plot/html.ts';
import { plotSvg } from '../../plot/svg.ts';
import { UsageError } from '../usage-error.ts';
import type { ChoiceOptions } from './choose.ts';
import { addChoiceOptions, chosenFrames, namesOf } from './choose.ts';
import { FILE_HELP, readCaptureFile } from './input.ts';
import { writeOutput } from './output.ts';

interface PlotCommandOptions extends ChoiceOptions {
  readonly kind: PlotKind;
  readonly series?: string;
  readonly direction?: 'client' | 'server';
  readonly style: 'tcptrace' | 'stevens';
  readonly output?: string;
  readonly title?: string;
  readonly theme: 'light' | 'dark';
}

export function addPlot(capture: Command, exit: (code: number) => void): void {
  const command = capture
    .command('plot')
    .summary('sequence numbers, throughput, round-trip times and windows over time')
    .description(
      'Draws TCP connections over time as SVG, or as a page in which one can zoom when the output ends in .html. What only the ' +
        'stack knew, its congestion window and the queues of cables, is drawn from a series, which --series records beside a capture.',
    )
    .argument('<file>', FILE_HELP)
    .addOption(new Option('--kind <kind>', 'what is drawn').choices(PLOT_KINDS).default('time-sequence'))
    .option('--series <file>', 'the series that was recorded beside the capture')
    .addOption(new Option('--direction <who>', 'whose data (default: whoever sent more)').choices(['client', 'server']))
    .addOption(new Option('--style <style>', 'of a time-sequence plot').choices(['tcptrace', 'stevens']).default('tcptrace'))
    .option('-o, --output <file>', 'where it goes, .svg or .html (default: SVG to standard output)')
    .option('--title <words>', 'above the picture')
    .addOption(new Option('--theme <theme>', 'of the SVG').choices(['light', 'dark']).default('light'));
  addChoiceOptions(command).action(async (file: string, options: PlotCommandOptions) => {
    await draw(file, options);
    exit(0);
  });
}

async function draw(file: string, options: PlotCommandOptions): Promise<void> {
  const { kind, series, output, title, theme } = options;
  if (needsSeries(kind) && series === undefined)
    throw new UsageError(`--kind ${kind} is drawn from a series: give it with --series FILE.jsonl`);
  const drawn = plot(kind, requestOf(file, options), series === undefined ? [] : samplesIn(series));
  if (drawn.panels.every(({ layers }) => layers.length === 0))
    throw new UsageError(
      `there is nothing to draw: no ${drawn.panels[0]?.y.name ?? 'data'} of this connection is in ${series ?? file}`,
    );
  const named = title === undefined ? {} : { title };
  writeOutput(output, /\.html?$/i.test(output ?? '') ? plotHtml(drawn, named) : await plotSvg(drawn, { ...named, theme }));
}

function requestOf(file: string, options: PlotCommandOptions): PlotRequest {
  const { direction, style } = options;
  const capture = readCaptureFile(file);
  const only = chosenFrames(capture, options);
  const request = plotRequest(capture.frames, {
    names: namesOf(capture, options),
    linkTypes: capture.interfaces.map(({ linkType }) => linkType),
    style,
    ...(direction === undefined ? {} : { direction }),
    ...(only === undefined ? {} : { only }),
  });
  if (request === undefined)
    throw new UsageError(`there is no TCP connection ${only === undefined ? `in ${file}` : 'among the frames that were chosen'}`);
  return request;
}

/** On the clock of the capture. */
function samplesIn(path: string): SeriesSample[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`cannot read ${path}`);
  }
  try {
    const { epoch, samples, faults } = readSeries(text);
    for (const fault of faults) process.stderr.write(`tapstack: ${path}: ${fault}\n`);
    return samples.map((sample) => ({ ...sample, at: sample.at + epoch }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}
