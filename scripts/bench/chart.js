/** The results as a picture: how many times the kernel tapstack is, and how many times its targets where there is no kernel. */
import { FONT_FAMILY, LIGHT } from '../../dist/capture/picture/palette.js';
import { renderSvg } from '../../dist/node/plot/echarts.js';
import { format } from './table.js';

const WIDTH = 1060;
const LEFT = 330;
const RIGHT = 190;
const TOP = 112;
const ROW = 30;
/** Between the panels, and below the last: axis, numbers and name. */
const FOOT = 66;

const TARGET = 'path://M4 0H6V10H4Z';
const CROSS = 'path://M0 1.5L1.5 0L5 3.5L8.5 0L10 1.5L6.5 5L10 8.5L8.5 10L5 6.5L1.5 10L0 8.5L3.5 5Z';

/** @returns SVG; undefined when no case of the report has anything to compare */
export async function drawChart(report) {
  const panels = [
    { name: 'times the kernel over veth (log scale; right of 1 it is better)', points: report.cases.flatMap(againstKernel) },
    { name: 'times as good as the target (log scale)', points: report.cases.flatMap(againstTarget) },
  ].filter(({ points }) => points.length > 0);
  if (panels.length === 0) return undefined;
  const height = TOP + panels.reduce((sum, { points }) => sum + points.length * ROW + FOOT, 0);
  return `${await renderSvg(chartOption(report, panels), WIDTH, height)}\n`;
}

/** `{ title, at, from, to, target, met, words }`; numbers are times as good, so that 2 is always twice as good. */
function againstKernel({ title, unit, better, reference, ratio, values, median, target, met }) {
  if (!(ratio > 0)) return [];
  const good = (value) => (better === 'more' ? value : 1 / value);
  const ratios = values.tapstack.map((value, round) => good(value / values[reference][round]));
  const kernel = format(median[reference]);
  return [
    {
      title,
      at: good(ratio),
      from: Math.min(...ratios),
      to: Math.max(...ratios),
      target: target?.ratio === undefined ? undefined : good(target.ratio),
      met: target?.ratio === undefined ? undefined : met,
      words: `${format(ratio)}   ${format(median.tapstack)} : ${kernel} ${unit}`,
    },
  ];
}

function againstTarget({ title, unit, better, values, median, target, met }) {
  if (target?.value === undefined || !(median?.tapstack > 0)) return [];
  const good = (value) => (better === 'more' ? value / target.value : target.value / value);
  const all = values.tapstack.map(good);
  const words = `${format(median.tapstack)} ${unit}`;
  return [{ title, at: good(median.tapstack), from: Math.min(...all), to: Math.max(...all), target: 1, met, words }];
}

function chartOption({ machine, settings, congestionControl, began }, panels) {
  const { ink, grey, paper } = LIGHT;
  const text = { fontFamily: FONT_FAMILY, color: ink };
  let top = TOP;
  const placed = panels.map((panel, index) => {
    const one = { ...panel, index, top, height: panel.points.length * ROW };
    top += one.height + FOOT;
    return one;
  });
  return {
    animation: false,
    backgroundColor: paper,
    textStyle: text,
    title: {
      text: 'tapstack beside the kernel',
      subtext: `${began.slice(0, 10)}; ${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}; medians of ${settings.rounds} rounds, ${congestionControl}`,
      left: 15,
      top: 12,
      textStyle: { ...text, fontSize: 18, lineHeight: 20 },
      subtextStyle: { ...text, fontSize: 12, lineHeight: 14, color: grey },
    },
    legend: {
      left: 15,
      top: 62,
      itemGap: 18,
      itemHeight: 10,
      itemWidth: 14,
      textStyle: { ...text, fontSize: 12 },
      data: LOOKS.map(({ name, symbol, color }) => ({ name, icon: symbol, itemStyle: { color } })),
    },
    grid: placed.map(({ top: at, height }) => ({ left: LEFT, right: RIGHT, top: at, height })),
    xAxis: placed.map(scaleOf),
    yAxis: placed.map(titlesOf),
    series: placed.flatMap(seriesOf),
  };
}

/** From power of two to power of two around all that is drawn: 1/16 ... 4. */
function boundsOf(points) {
  const all = points.flatMap(({ from, to, target = 1 }) => [from, to, target, 1]);
  return [2 ** Math.floor(Math.log2(Math.min(...all)) - 0.1), 2 ** Math.ceil(Math.log2(Math.max(...all)) + 0.1)];
}

function scaleOf({ name, points, index }) {
  const [low, high] = boundsOf(points);
  return {
    type: 'log',
    logBase: 2,
    gridIndex: index,
    min: low,
    max: high,
    name,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { fontFamily: FONT_FAMILY, fontSize: 12, color: LIGHT.ink },
    axisLine: { show: true, lineStyle: { color: LIGHT.grey } },
    axisLabel: {
      fontFamily: FONT_FAMILY,
      fontSize: 11,
      color: LIGHT.grey,
      formatter: (value) => (value < 1 ? `1/${Math.round(1 / value)}` : `${value}`),
    },
    splitLine: { lineStyle: { color: LIGHT.faint, width: 0.8 } },
  };
}

const titlesOf = ({ points, index }) => ({
  type: 'category',
  gridIndex: index,
  inverse: true,
  data: points.map(({ title }) => title),
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { fontFamily: FONT_FAMILY, fontSize: 12, color: LIGHT.ink, interval: 0, margin: 14 },
});

/** A point is told apart by its shape, too: nothing is said by colour alone. */
const LOOKS = [
  { name: 'target', symbol: TARGET, color: LIGHT.ink },
  { name: 'target met', symbol: 'circle', color: LIGHT.blue, size: 12, shows: ({ met }) => met === true },
  { name: 'target missed', symbol: CROSS, color: LIGHT.vermillion, size: 12, shows: ({ met }) => met === false },
  { name: 'without a target', symbol: 'diamond', color: LIGHT.grey, size: 12, shows: ({ met }) => met === undefined },
];

function seriesOf({ points, index }) {
  const base = { xAxisIndex: index, yAxisIndex: index, silent: true };
  const [targets, ...dots] = LOOKS;
  const [, right] = boundsOf(points);
  const indexed = points.map((point, row) => ({ ...point, row, right }));
  return [
    parity(base),
    {
      ...base,
      type: 'lines',
      name: 'range',
      coordinateSystem: 'cartesian2d',
      lineStyle: { color: LIGHT.grey, width: 1.6, opacity: 1 },
      data: indexed.map(({ from, to, row }) => ({ coords: [from, to].map((x) => [x, row]) })),
    },
    {
      ...base,
      type: 'scatter',
      name: targets.name,
      symbol: targets.symbol,
      symbolSize: [4, 20],
      itemStyle: { color: targets.color, opacity: 1 },
      data: indexed.flatMap(({ target, row }) => (target === undefined ? [] : [[target, row]])),
    },
    ...dots.map(({ name, symbol, color, size, shows }) => ({
      ...base,
      type: 'scatter',
      name,
      symbol,
      symbolSize: size,
      itemStyle: { color, opacity: 1 },
      data: indexed.filter(shows).map(({ at, row }) => [at, row]),
    })),
    figures(base, indexed),
  ];
}

/** As good as what it is compared with. */
const parity = (base) => ({
  ...base,
  type: 'line',
  name: 'parity',
  data: [],
  markLine: {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: LIGHT.grey, type: 'solid', width: 1.2 },
    data: [{ xAxis: 1 }],
  },
});

/** The numbers themselves, in a column at the right. */
const figures = (base, points) => ({
  ...base,
  type: 'scatter',
  name: 'figures',
  symbolSize: 0,
  data: points.map(({ row, words, right }) => ({ value: [right, row], label: { formatter: words } })),
  label: { show: true, position: 'right', distance: 12, fontFamily: FONT_FAMILY, fontSize: 11, color: LIGHT.ink },
});
