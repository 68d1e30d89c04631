/** What we use of ECharts. Its own types want a browser's; these are the few calls that a server makes. */
import { textWidth } from '../../capture/picture/text-width.ts';

interface Chart {
  setOption(option: object): void;
  renderToSVGString(): string;
  dispose(): void;
}

interface ECharts {
  init(element: null, theme: null, options: { renderer: 'svg'; ssr: true; width: number; height: number; locale: object }): Chart;
  setPlatformAPI(api: { measureText(text: string, font?: string): { width: number } }): void;
}

/** Nothing of a plot is said in words of ECharts, so no language is needed; without one it would ask the machine for its own. */
const NO_LOCALE = { time: {}, legend: { selector: {} }, toolbox: {}, series: {}, aria: {} };

/**
 * Draws once. The same option gives the same bytes, on every machine and whatever was drawn before: words are measured by our
 * own table, and the numbers that ECharts gives to what it has drawn in this process are left out.
 */
export async function renderSvg(option: object, width: number, height: number): Promise<string> {
  const echarts = await load();
  echarts.setPlatformAPI({ measureText: (text, font = '12px') => ({ width: measured(text, font) }) });
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height, locale: NO_LOCALE });
  try {
    chart.setOption(option);
    return withoutNumbers(withoutHover(chart.renderToSVGString()));
  } finally {
    chart.dispose();
  }
}

/** Loaded when the first plot is drawn: it is large. */
async function load(): Promise<ECharts> {
  const name: string = 'echarts'; // a name that the compiler does not follow to types of the browser
  return (await import(name)) as ECharts;
}

/** @param font as in CSS: "bold 12px sans-serif" */
function measured(text: string, font: string): number {
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
  return textWidth(text, size, /\bbold\b|\b[6-9]00\b/.test(font));
}

/** What a mouse would do to it is of no use in a picture. */
const withoutHover = (svg: string): string =>
  svg.replace(/<style[^>]*>[\s\S]*?<\/style>\n?/g, '').replace(/ (?:class|pointer-events)="[^"]*"/g, '');

/** Names of clip paths begin with a number that counts the charts of the process. */
function withoutNumbers(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-(c|cls-|g|p|s|e|ani-)?\d+\b/g, (name) => {
    const known = names.get(name) ?? `plot-${names.size}`;
    names.set(name, known);
    return known;
  });
}
