/** A plot as a page of one file: ECharts and the data are in it, one can zoom, point at what is drawn and switch lines off. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { page } from '../../capture/picture/page.ts';
import { DARK, FONT_FAMILY, LIGHT, type Palette } from '../../capture/picture/palette.ts';
import { escapeXml } from '../../capture/picture/xml.ts';
import type { Plot } from '../../capture/plot/plot.ts';
import { plotOption } from './option.ts';

export interface PlotHtmlOptions {
  /** @default what the plot calls itself */
  readonly title?: string;
}

/** What the picture is laid out for; the page fits it to its window. */
const WIDTH = 1200;
const HEIGHT = 660;

export function plotHtml(plot: Plot, options: PlotHtmlOptions = {}): string {
  const title = options.title ?? plot.title;
  const optionIn = (palette: Palette): object => plotOption(plot, { width: WIDTH, height: HEIGHT, palette, title });
  return page({
    title: `${title}: ${plot.subtitle}`,
    style: `html, body { height: 100%; margin: 0; background: ${LIGHT.paper}; font-family: ${FONT_FAMILY}; }
#plot { width: 100%; height: calc(100% - 1px); min-height: 420px; }
@media screen and (prefers-color-scheme: dark) { html, body { background: ${DARK.paper}; } }
@media print { #plot { height: 60vh; } }`,
    body: `<div id="plot" role="img" aria-label="${escapeXml(`${title}: ${plot.subtitle}`)}"></div>`,
    data: { light: optionIn(LIGHT), dark: optionIn(DARK), units: plot.panels.map(({ y }) => y.unit), time: plot.x.unit },
    scripts: [readFileSync(createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js'), 'utf8'), SCRIPT],
  });
}

const SCRIPT = `'use strict';
const { light, dark, units, time } = JSON.parse(document.getElementById('data').textContent);
const element = document.getElementById('plot');
const isDark = window.matchMedia('(prefers-color-scheme: dark)');
const short = (value) => String(Math.round(value * 1000) / 1000).replace(/\\B(?=(\\d{3})+$)/g, ',');
let chart;
const words = ({ value, data, seriesName, seriesIndex }) => {
  const option = isDark.matches ? dark : light;
  const unit = units[option.series[seriesIndex]?.yAxisIndex ?? 0];
  const [from, to] = data.coords ?? [value, value];
  const height = from[1] === to[1] ? short(from[1]) : short(from[1]) + ' to ' + short(to[1]);
  return echarts.format.encodeHTML(seriesName) + '<br>' + short(from[0]) + ' ' + time + ': ' + height + ' ' + unit;
};
const draw = () => {
  chart?.dispose();
  chart = echarts.init(element, null, { renderer: 'canvas' });
  const option = structuredClone(isDark.matches ? dark : light);
  const axes = option.xAxis.map((_, index) => index);
  const { clientWidth: width, clientHeight: height } = element;
  const [first] = option.grid;
  const last = option.grid.at(-1);
  const bottom = ${HEIGHT} - last.top - last.height;
  const scale = (height - first.top - bottom) / (${HEIGHT} - first.top - bottom);
  for (const grid of option.grid) {
    grid.width = width - grid.left - 30;
    grid.top = first.top + (grid.top - first.top) * scale;
    grid.height *= scale;
  }
  option.dataZoom = [
    { type: 'inside', xAxisIndex: axes, filterMode: 'none' },
    { type: 'inside', yAxisIndex: axes, filterMode: 'none', zoomOnMouseWheel: 'shift' },
  ];
  // lines are read at one moment, everything else at one point
  option.tooltip = option.series.every(({ type }) => type === 'line')
    ? { trigger: 'axis', valueFormatter: short, confine: true }
    : { trigger: 'item', formatter: words, confine: true };
  option.toolbox = { right: 16, top: 10, iconStyle: { borderColor: option.title.subtextStyle.color }, feature: { dataZoom: { xAxisIndex: axes, yAxisIndex: axes, filterMode: 'none' }, restore: {}, saveAsImage: {} } };
  chart.setOption(option);
};
draw();
isDark.addEventListener('change', draw);
window.addEventListener('resize', draw);`;
