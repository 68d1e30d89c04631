/** Plots as ECharts draws them: the same bytes whatever was drawn before, well-formed, and nothing is loaded. */
import { describe, expect, test } from 'vitest';
import { plotRequest } from '../../src/capture/plot/make.ts';
import { PLOT_KINDS } from '../../src/capture/plot/plot.ts';
import { plot } from '../../src/capture/plot/plot-of.ts';
import { plotHtml } from '../../src/node/plot/html.ts';
import { plotSvg } from '../../src/node/plot/svg.ts';
import { STORY } from '../capture/both-ends.ts';
import { A } from '../capture/frames.ts';
import { elementsOf } from '../capture/xml.ts';

const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>&"';
const request = plotRequest(STORY, { names: new Map([[A, evil]]) })!;

describe('SVG', () => {
  test.each(PLOT_KINDS)('%s: well-formed, a name with markup stays text', async (kind) => {
    const svg = await plotSvg(plot(kind, request), { title: evil });
    const elements = elementsOf(svg);
    expect(elements[0]).toBe('svg');
    expect(elements).not.toContain('script');
    expect(elements).not.toContain('img');
    expect(svg).toMatch(/^<svg width="960" height="540"/);
  });

  test('the same bytes, in any order', async () => {
    const [first, other] = [plot('time-sequence', request), plot('throughput', request)];
    const alone = await plotSvg(first);
    await plotSvg(other);
    expect(await plotSvg(first)).toBe(alone);
    const [one, two] = await Promise.all([plotSvg(first), plotSvg(first)]);
    expect([one, two]).toEqual([alone, alone]);
    expect(alone).not.toMatch(/\bzr\d/);
  });

  test('says what it is: title, axes with units, legend, events', async () => {
    const svg = await plotSvg(plot('time-sequence', plotRequest(STORY)!), { title: 'A loss' });
    for (const words of ['A loss', 'sequence number, bytes', 'time, ms', 'acknowledged', 'retransmission', 'lost', 'RTO'])
      expect(svg).toContain(`>${words}</text>`);
  });
});

test('a page holds ECharts and the data, loads nothing, and a name with markup stays text', () => {
  const html = plotHtml(plot('rtt', request), { title: evil });
  const markup = html.replace(/<script>[\s\S]*?<\/script>/g, '');
  expect(markup).not.toMatch(/<(?:link|img|iframe)\b|<script[^>]*\bsrc=|https?:/);
  expect(html).toContain("default-src 'none'");
  expect(html.match(/<script/g)?.length).toBe(html.match(/<\/script>/g)?.length);
  expect(html).not.toContain('<script>alert');
  const data = JSON.parse(/id="data">([^<]*)</.exec(html)![1]!) as { light: { series: unknown[] }; dark: unknown };
  expect(data.light.series.length).toBeGreaterThan(0);
});
