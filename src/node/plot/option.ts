/** A plot in the words of ECharts: plain data, so that a page can hold it as JSON. */
import type { Color, Palette } from '../../capture/picture/palette.ts';
import { FONT_FAMILY } from '../../capture/picture/palette.ts';
import { textWidth } from '../../capture/picture/text-width.ts';
import type { Axis, Layer, Panel, Plot, PlotEvent } from '../../capture/plot/plot.ts';

export interface OptionSettings {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** Above the picture, instead of what the plot calls itself. */
  readonly title?: string;
}

/** Where title, legend and names of axes begin; ECharts pads the first two by 5. */
const EDGE = 20;
/** Around the panels. */
const LEFT = 74;
const RIGHT = 30;
const TOP = 104;
const BOTTOM = 50;
/** Between two panels. */
const GAP = 44;
const LABEL_SIZE = 11;
/** More points than this are no dots that one could tell apart. */
const MANY = 1500;

export function plotOption(plot: Plot, settings: OptionSettings): object {
  const { palette, width, height } = settings;
  const grids = gridsOf(plot.panels, width, height);
  const text = { fontFamily: FONT_FAMILY, color: palette.ink };
  return {
    animation: false,
    backgroundColor: palette.paper,
    textStyle: text,
    title: {
      text: settings.title ?? plot.title,
      subtext: plot.subtitle,
      left: EDGE - 5,
      top: 12,
      itemGap: 6,
      textStyle: { ...text, fontSize: 18, fontWeight: 'bold', lineHeight: 20 },
      subtextStyle: { ...text, fontSize: 12, lineHeight: 14, color: palette.grey },
    },
    legend: {
      type: 'plain',
      left: EDGE - 5,
      top: 58,
      itemGap: 16,
      itemWidth: 18,
      itemHeight: 9,
      symbolKeepAspect: true,
      textStyle: { ...text, fontSize: 12 },
      data: legendOf(plot, palette),
    },
    grid: grids,
    xAxis: plot.panels.map((_, index) => xAxis(plot.x, index, index === plot.panels.length - 1, palette)),
    yAxis: plot.panels.map(({ y }, index) => yAxis(y, index, palette)),
    series: plot.panels.flatMap((panel, index) => [
      ...panel.layers.map((layer) => seriesOf(layer, index, panel.y.max, palette)),
      ...(index === 0 ? annotations(plot, width - LEFT - RIGHT, palette) : []),
    ]),
  };
}

function gridsOf(panels: readonly Panel[], width: number, height: number): object[] {
  const room = (height - TOP - BOTTOM - GAP * (panels.length - 1)) / panels.length;
  return panels.map((_, index) => ({ left: LEFT, top: TOP + index * (room + GAP), width: width - LEFT - RIGHT, height: room }));
}

/** What is drawn as a line has a line for a sign, what is drawn as dots a dot. */
function legendOf({ panels }: Plot, palette: Palette): object[] {
  const seen = new Set<string>();
  return panels.flatMap(({ layers }) =>
    layers.flatMap((layer) => {
      if (seen.has(layer.name)) return [];
      seen.add(layer.name);
      return [{ name: layer.name, icon: iconOf(layer), itemStyle: { color: palette[layer.color] } }];
    }),
  );
}

function iconOf({ shape, dashed = false, name }: Layer): string {
  if (shape === 'dots') return 'circle';
  if (shape === 'bars') return 'path://M4 0H6V10H4Z';
  if (shape === 'marks') return symbolOf(name);
  return dashed ? 'path://M0 4H4V6H0ZM7 4H11V6H7ZM14 4H18V6H14Z' : 'path://M0 4H18V6H0Z';
}

const CROSS = 'path://M0 1.5L1.5 0L5 3.5L8.5 0L10 1.5L6.5 5L10 8.5L8.5 10L5 6.5L1.5 10L0 8.5L3.5 5Z';

const DIAMOND = 'path://M5 0L10 5L5 10L0 5Z';
const TRIANGLE = 'path://M5 0.5L10 9.5H0Z';

const symbolOf = (name: string): string => (/lost|dropped|RST/.test(name) ? CROSS : /SYN|FIN/.test(name) ? DIAMOND : TRIANGLE);

const axisLook = (palette: Palette): object => ({
  axisLine: { show: true, lineStyle: { color: palette.grey } },
  axisTick: { show: true, lineStyle: { color: palette.grey } },
  axisLabel: { color: palette.grey, fontSize: LABEL_SIZE, lineHeight: 13, fontFamily: FONT_FAMILY },
  nameTextStyle: { color: palette.ink, fontSize: 12, lineHeight: 14, fontFamily: FONT_FAMILY },
});

function xAxis({ name, unit, max }: Axis, gridIndex: number, isLast: boolean, palette: Palette): object {
  const { axisLabel, ...look } = axisLook(palette) as { axisLabel: object };
  return {
    type: 'value',
    gridIndex,
    min: 0,
    max,
    ...look,
    axisLabel: { ...axisLabel, show: isLast, showMaxLabel: false },
    ...(isLast ? { name: `${name}, ${unit}`, nameLocation: 'middle', nameGap: 28 } : {}),
    splitLine: { show: false },
  };
}

function yAxis({ name, unit, max, step }: Axis, gridIndex: number, palette: Palette): object {
  return {
    type: 'value',
    gridIndex,
    min: 0,
    max,
    ...axisLook(palette),
    name: name === unit ? name : `${name}, ${unit}`,
    nameLocation: 'end',
    nameGap: 9,
    nameTextStyle: {
      color: palette.ink,
      fontSize: 12,
      lineHeight: 14,
      fontFamily: FONT_FAMILY,
      align: 'left',
      padding: [0, 0, 0, EDGE - LEFT],
    },
    splitLine: { lineStyle: { color: palette.faint, width: 0.8 } },
    interval: step,
  };
}

function seriesOf(layer: Layer, panel: number, max: number, palette: Palette): object {
  const color = palette[layer.color];
  const base = { name: layer.name, xAxisIndex: panel, yAxisIndex: panel, silent: false, itemStyle: { color } };
  switch (layer.shape) {
    case 'dots':
      return { ...base, type: 'scatter', symbolSize: layer.points.length > MANY ? 2.5 : 4.5, data: layer.points };
    case 'marks':
      return { ...base, type: 'scatter', symbol: symbolOf(layer.name), symbolSize: 10, z: 5, data: layer.points };
    case 'bars':
      return {
        ...base,
        type: 'lines',
        coordinateSystem: 'cartesian2d',
        symbol: ['none', 'none'],
        z: zOf(layer.color),
        lineStyle: { color, width: layer.points.length > MANY ? 1.2 : 2.4, opacity: 1, curveness: 0, cap: 'butt' },
        data: layer.points.map((point) => bar(point, max)),
      };
    default:
      return {
        ...base,
        type: 'line',
        symbol: 'none',
        step: layer.shape === 'step' ? 'end' : false,
        z: 3,
        lineStyle: {
          color,
          width: layer.area === true ? 1 : 2,
          opacity: layer.area === true ? 0.65 : 1,
          type: layer.dashed === true ? [5, 4] : 'solid',
        },
        ...(layer.area === true ? { areaStyle: { color, opacity: 0.14 } } : {}),
        data: layer.points,
      };
  }
}

/** A little shorter than it is, by a pixel at most, so that two that touch are seen to be two. */
function bar([x, from, to = from]: Layer['points'][number], max: number): object {
  const cut = Math.min((to - from) * 0.1, max * 0.003);
  return {
    coords: [
      [x, from + cut],
      [x, to - cut],
    ],
  };
}

/** What went wrong is drawn on top of what went well. */
const zOf = (color: Color): number => (color === 'vermillion' ? 6 : 4);

/** Events as dashed lines with their names where there is room, spans as shades: a series without data carries them. */
function annotations({ events, spans, x }: Plot, width: number, palette: Palette): object[] {
  if (events.length === 0 && spans.length === 0) return [];
  const shown = named(events, (at) => (at / x.max) * width);
  return [
    {
      type: 'line',
      name: 'annotations',
      xAxisIndex: 0,
      yAxisIndex: 0,
      silent: true,
      data: [],
      markLine: {
        silent: true,
        symbol: ['none', 'none'],
        data: events.map((event) => ({
          xAxis: event.x,
          lineStyle: { color: palette[event.color], width: 1, type: [3, 4], opacity: 0.8 },
          label: {
            show: shown.has(event),
            formatter: event.name,
            position: 'end',
            distance: 3,
            color: palette[event.color],
            fontSize: LABEL_SIZE,
            fontFamily: FONT_FAMILY,
          },
        })),
      },
      markArea: {
        silent: true,
        itemStyle: { color: palette.vermillion, opacity: 0.07 },
        label: { show: false },
        data: spans.map(({ from, to, name }) => [{ name, xAxis: from }, { xAxis: to }]),
      },
    },
  ];
}

/** Those whose names do not run into each other. */
function named(events: readonly PlotEvent[], pixels: (x: number) => number): Set<PlotEvent> {
  const shown = new Set<PlotEvent>();
  let free = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const half = textWidth(event.name, LABEL_SIZE) / 2 + 4;
    if (pixels(event.x) - half < free) continue;
    shown.add(event);
    free = pixels(event.x) + half;
  }
  return shown;
}
