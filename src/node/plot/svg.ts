/** A plot as SVG, drawn by ECharts without a browser. */
import { DARK, LIGHT } from '../../capture/picture/palette.ts';
import type { Plot } from '../../capture/plot/plot.ts';
import { renderSvg } from './echarts.ts';
import { plotOption } from './option.ts';

export interface PlotSvgOptions {
  /** In pixels. @default 960, a slide */
  readonly width?: number;
  /** @default 540 */
  readonly height?: number;
  /** Above the picture. @default what the plot calls itself */
  readonly title?: string;
  /** @default 'light' */
  readonly theme?: 'light' | 'dark';
}

/** The same plot gives the same bytes. */
export async function plotSvg(
  plot: Plot,
  { width = 960, height = 540, title, theme = 'light' }: PlotSvgOptions = {},
): Promise<string> {
  const palette = theme === 'dark' ? DARK : LIGHT;
  const option = plotOption(plot, { width, height, palette, ...(title === undefined ? {} : { title }) });
  return `${await renderSvg(option, width, height)}\n`;
}
