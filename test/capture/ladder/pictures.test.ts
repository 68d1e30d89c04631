/** The ladder as SVG, as Mermaid and as a page: what is in it, that nothing overlaps, and that nothing in a capture becomes markup. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldRuns } from '../../../src/capture/ladder/fold.ts';
import { ladderHtml } from '../../../src/capture/ladder/html.ts';
import type { Ladder } from '../../../src/capture/ladder/ladder.ts';
import { ladder } from '../../../src/capture/ladder/ladder.ts';
import { ladderMermaid } from '../../../src/capture/ladder/mermaid.ts';
import type { Box } from '../../../src/capture/ladder/svg/labels.ts';
import { crosses, overlaps } from '../../../src/capture/ladder/svg/labels.ts';
import { NOTE_SIZE } from '../../../src/capture/ladder/svg/notes.ts';
import type { Plan } from '../../../src/capture/ladder/svg/plan.ts';
import { lostBoxes, planLadder } from '../../../src/capture/ladder/svg/plan.ts';
import { NOTE_RISE } from '../../../src/capture/ladder/svg/timeline.ts';
import { ladderSvg } from '../../../src/capture/ladder/svg.ts';
import { textWidth } from '../../../src/capture/picture/text-width.ts';
import { escapeXml } from '../../../src/capture/picture/xml.ts';
import type { RecordedFrame } from '../../../src/capture/record/frame-sink.ts';
import * as arp from '../../../src/stack/wire/arp.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { crossing, inOrder, STORY } from '../both-ends.ts';
import { A, arpFrame, B, bytesOf, echoFrame, icmpPacket, pattern, recorded, tcpFrame } from '../frames.ts';
import { elementsOf } from '../xml.ts';

const NAMES = new Map([
  [A, 'alice'],
  [B, 'bob'],
]);
const story = ladder(STORY, { names: NAMES });

/** Text of the elements of a class. */
const textsOf = (svg: string, name: string): string[] =>
  [...svg.matchAll(new RegExp(`<(?:text|tspan) class="${name}"[^>]*>([^<]*)<`, 'g'))].map((match) => match[1]!);

/** Everything that stands somewhere must stand there alone. */
function checkPlan(plan: Plan): void {
  const boxes: Box[] = [
    ...plan.rows.filter(({ words }) => words.length > 0).map(({ label }) => label.box),
    ...plan.rows.filter(({ row }) => row.lost).map(({ lines, reach }) => lostBoxes(lines[0]!, reach)[1]),
  ];
  for (const [index, box] of boxes.entries()) {
    const other = boxes.slice(index + 1).find((one) => overlaps(box, one));
    expect(other, JSON.stringify(box)).toBeUndefined();
    expect(box.x - box.halfWidth).toBeGreaterThan(plan.columns.timeRight);
    expect(box.x + box.halfWidth).toBeLessThan(plan.columns.width);
  }
  const times = plan.rows
    .filter(({ row }) => row.sentAt === undefined)
    .map(({ y }) => y)
    .toSorted((a, b) => a - b);
  for (const [index, y] of times.slice(1).entries()) expect(y - times[index]!).toBeGreaterThanOrEqual(14);
  const lanes = new Map<string, number>();
  for (const { column, y, block } of plan.notes.toSorted((a, b) => a.y - b.y)) {
    const { side, width, x } = plan.columns.notes[column]!;
    expect(y - NOTE_RISE).toBeGreaterThanOrEqual(lanes.get(side) ?? 0);
    lanes.set(side, y - NOTE_RISE + block.height);
    expect(y - NOTE_RISE + block.height).toBeLessThanOrEqual(plan.bottom);
    for (const { kind, text } of block.lines)
      expect(textWidth(text, NOTE_SIZE[kind], kind === 'state')).toBeLessThanOrEqual(width);
    expect(side === 'left' ? x - width : plan.columns.width - x - width).toBeGreaterThanOrEqual(0);
  }
  for (const { lines, row } of plan.rows) {
    for (const { y1, y2 } of lines) expect(y2, `row ${row.number} goes back in time`).toBeGreaterThanOrEqual(y1);
  }
}

describe('SVG', () => {
  const svg = ladderSvg(story, { title: 'A loss' });

  test('is well-formed, and every row has all of its words', () => {
    expect(elementsOf(svg)[0]).toBe('svg');
    for (const { parts } of foldRuns(story.rows)) expect(svg).toContain(`${parts.map(escapeXml).join('  ')}</title>`);
    expect(textsOf(svg, 'name')).toEqual(['alice', 'bob']);
    expect(textsOf(svg, 'title')).toEqual(['A loss']);
  });

  test('arrows slope with the transit time where both ends were recorded, and only there', () => {
    const slopes = planLadder(story, 1200, 100).rows.map(({ lines, row }) => ({ row, slope: lines[0]!.y2 - lines[0]!.y1 }));
    expect(slopes.every(({ slope }) => slope > 20)).toBe(true);
    const oneEnd = ladder(STORY.filter(({ interfaceId }) => interfaceId === 0));
    for (const { lines } of planLadder(oneEnd, 1200, 100).rows) expect(lines[0]!.y1).toBe(lines[0]!.y2);
  });

  test('what was lost, what was sent again and what was overtaken is said in words', () => {
    expect(textsOf(svg, 'lost')).toEqual(['lost']);
    expect(textsOf(svg, 'mark')).toEqual(['out of order', 'retransmission']);
  });

  test('states stand beside the lifelines, from change to change', () => {
    expect(textsOf(svg, 'state')).toEqual(['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'ESTABLISHED']);
    const { states } = planLadder(story, 1200, 100);
    expect(states.map(({ column, state }) => `${column} ${state}`).toSorted()).toEqual([
      '0 ESTABLISHED',
      '0 SYN-SENT',
      '1 ESTABLISHED',
      '1 LISTEN',
      '1 SYN-RECEIVED',
    ]);
    const both = ladder([...STORY, ...crossing({ sourcePort: 99, flags: tcp.SYN }, { at: 300_000, sent: 'CLOSED to SYN-SENT' })]);
    const several = ladderSvg(both);
    expect(textsOf(several, 'state'), 'several connections have no common state').toEqual([]);
    expect(textsOf(several, 'note')).toContain('CLOSED to SYN-SENT');
  });

  test('the numbers of a comment stand below its words', () => {
    expect(textsOf(svg, 'numbers')).toEqual(['cwnd 14480', 'cwnd 1448, ssthresh 2896', 'flight 0']);
    expect(textsOf(svg, 'note')).toContain('acknowledges 200 bytes');
    expect(textsOf(svg, 'note').join(' ')).toContain('retransmission 1: RTO expired, next after 400 ms');
  });

  test('a long pause is drawn short and says how long it was', () => {
    expect(textsOf(svg, 'pause')).toEqual(['209 ms']);
  });

  test('two copies of one segment begin at the same place', () => {
    const twice = crossing({ seq: 1, payload: pattern(9) }, { at: 0 });
    const copy = { ...twice[1]!, at: 10_100 };
    const drawn = ladder(inOrder([...twice, copy, ...crossing({ ack: 10 }, { by: 'B', at: 11_000 })]));
    expect(drawn.rows.map(({ mark }) => mark)).toEqual([undefined, 'duplicate', undefined]);
    const [first, second] = planLadder(drawn, 1200, 100).rows;
    expect(second!.lines[0]!.y1).toBe(first!.lines[0]!.y1);
    expect(second!.lines[0]!.y2).toBeGreaterThan(first!.lines[0]!.y2);
  });

  test('what was corrupted on the way is one arrow that says so', () => {
    const [sent, arrived] = crossing({ seq: 1, payload: pattern(50) }, { at: 0, received: 'dropped: bad checksum' });
    const bytes = arrived!.bytes.slice();
    bytes[60]! ^= 4;
    const drawn = ladder(inOrder([sent!, { ...arrived!, bytes }, ...crossing({ ack: 1 }, { by: 'B', at: 90_000 })]));
    expect(drawn.rows.map(({ mark, lost, arrivals }) => [mark, lost, arrivals.length])).toEqual([
      ['corrupted', false, 1],
      [undefined, false, 1],
    ]);
    expect(textsOf(ladderSvg(drawn), 'note')).toEqual(['dropped: bad checksum']);
  });

  test('what a router says to have dropped ends at the router', () => {
    const router = '10.0.0.9';
    const [leaving] = crossing({ seq: 1, payload: pattern(30) }, { at: 0, lost: true });
    const error = icmpPacket(11, 0, 0, leaving!.bytes.subarray(14, 42), { from: router, to: A });
    const drawn = ladder(
      inOrder([
        leaving!,
        recorded(bytesOf(error), 9000, { direction: 'in' }),
        ...crossing({ ack: 1 }, { by: 'B', at: 50_000 }),
        ...crossing({ seq: 1 }, { at: 90_000 }),
      ]),
      { names: new Map([A, router, B].map((address) => [address, address])) },
    );
    expect(drawn.rows[0]).toMatchObject({ lost: true, stoppedBy: 1 });
    const plan = planLadder(drawn, 1200, 100);
    expect(plan.rows[0]!.lines[0]!.x2).toBe(plan.columns.xs[1]);
    expect(plan.rows[0]!.reach).toBe(1);
  });

  test('three hosts: three columns, and what the one in the middle says has its name', () => {
    const C = '10.0.0.3';
    const drawn = ladder([
      recorded(echoFrame({ from: A, to: C }), 0, { comment: 'the first' }),
      recorded(tcpFrame({ from: C, to: B, flags: tcp.RST }), 1000, { comment: 'no listener: RST' }),
      recorded(arpFrame(arp.REQUEST, B, A), 2000),
    ]);
    const plan = planLadder(drawn, 1200, 100);
    expect(plan.columns.xs).toHaveLength(3);
    expect(textsOf(ladderSvg(drawn), 'note')).toEqual(['the first', `${C}: no listener: RST`]);
    checkPlan(plan);
  });

  test('two themes, the same drawing', () => {
    const without = (text: string): string => text.replace(/<style>[\s\S]*?<\/style>/, '');
    const dark = ladderSvg(story, { title: 'A loss', theme: 'dark' });
    expect(dark).not.toBe(svg);
    expect(without(dark)).toBe(without(svg));
  });

  test('the same bytes each time', () => {
    expect(ladderSvg(ladder(STORY, { names: NAMES }), { title: 'A loss' })).toBe(svg);
  });
});

describe('nothing overlaps', () => {
  test('in the story, narrow and wide', () => {
    for (const width of [600, 900, 1200, 2000]) checkPlan(planLadder(story, width, 100));
  });

  const segment = fc.record({
    by: fc.constantFrom('A' as const, 'B' as const),
    at: fc.nat(60_000),
    transit: fc.integer({ min: 1, max: 40_000 }),
    lost: fc.boolean(),
    length: fc.nat(3),
    sent: fc.constantFrom(
      '',
      'fast retransmit: three segments above it have arrived (RACK)',
      'quick ACK\ncwnd 14480, flight 1448, srtt 50.2 ms',
    ),
    received: fc.constantFrom('', 'out of order: hole 8689:10137', 'SYN-SENT to ESTABLISHED; acknowledges the SYN\ncwnd 2896'),
  });

  test('whatever is sent, lost and delayed', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 40 }), (segments) => {
        const frames = segments.flatMap(({ length, ...how }, index) =>
          crossing({ seq: index * 7, ack: index, payload: pattern(length * 100), identification: index }, how),
        );
        const drawn = ladder(inOrder(frames));
        checkPlan(planLadder(drawn, 1200, 100));
        elementsOf(ladderSvg(drawn));
      }),
      { numRuns: 60 },
    );
  });

  test('boxes: turned ones are compared as they stand', () => {
    const box = { x: 0, y: 0, halfWidth: 10, halfHeight: 1, angle: 0 };
    expect(overlaps(box, { ...box, y: 1.9 })).toBe(true);
    expect(overlaps(box, { ...box, y: 2.1 })).toBe(false);
    expect(overlaps(box, { ...box, x: 15, y: 5, angle: Math.PI / 2 })).toBe(false);
    expect(overlaps(box, { ...box, x: 5, y: 5, angle: Math.PI / 2 })).toBe(true);
    expect(crosses({ x1: -20, y1: -5, x2: 20, y2: 5 }, box)).toBe(true);
    expect(crosses({ x1: -20, y1: 3, x2: 20, y2: 3 }, box)).toBe(false);
    expect(crosses({ x1: 11, y1: 0, x2: 20, y2: 0 }, box)).toBe(false);
  });
});

describe('Mermaid', () => {
  test('the story', () => {
    expect(`\n${ladderMermaid(story, { title: 'A loss' })}`).toMatchInlineSnapshot(`
      "
      ---
      title: "A loss"
      ---
      sequenceDiagram
          participant h0 as alice<br/>10.0.0.1
          participant h1 as bob<br/>10.0.0.2
          h0->>h1: 0.000 ms: SYN seq 0 win 64240
          Note over h0: SYN-SENT<br/>SYN
          Note over h1: SYN-RECEIVED
          h1->>h0: 10.000 ms: SYN ACK seq 0 ack 1 win 64240
          Note over h0: ESTABLISHED<br/>cwnd 14480
          h0->>h1: 20.000 ms: ACK seq 1 ack 1 win 64240
          Note over h1: ESTABLISHED
          h0->>h1: 21.000 ms: ACK seq 1:101 ack 1 100 bytes win 64240
          h0->>h1: 21.100 ms: ACK seq 101:201 ack 1 100 bytes win 64240
          h0-xh1: 21.200 ms: lost ACK seq 201:301 ack 1 100 bytes win 64240
          h0->>h1: 21.300 ms: out of order ACK seq 301:401 ack 1 100 bytes win 64240
          h0->>h1: 21.400 ms: ACK seq 401:501 ack 1 100 bytes win 64240
          h1->>h0: 31.300 ms: ACK seq 1 ack 201 win 64240
          Note over h0: acknowledges 200 bytes
          h0->>h1: 250.000 ms: retransmission ACK seq 201:301 ack 1 100 bytes win 64240
          Note over h0: retransmission 1: RTO expired, next after 400 ms<br/>cwnd 1448, ssthresh 2896
          h1->>h0: 260.000 ms: ACK seq 1 ack 501 win 64240
          Note over h0: acknowledges 300 bytes<br/>flight 0
      "
    `);
  });

  test('nothing in it has a meaning of its own', () => {
    const hostile = ladder([recorded(tcpFrame(), 0, { comment: 'end; note: %% <b>#35;</b>\n"quoted" `x` {a} | \\ &' })]);
    const text = ladderMermaid(hostile, { title: 'a: "b" %%{init: {}}%%' });
    const note = text.split('\n').find((line) => line.includes('Note over'))!;
    expect(note.replace(/#\d+;/g, '').replaceAll('<br/>', '')).not.toMatch(/[;%<"`{}|\\&#]/);
    expect(text).not.toContain('%%');
  });
});

describe('a page', () => {
  const html = ladderHtml(story, { title: 'A loss' });

  test('loads nothing from anywhere', () => {
    const addresses = [...html.matchAll(/https?:\/\/[^\s"')<]+/g)].map(([address]) => address);
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg'])); // a name, which nobody fetches
    expect(html).not.toMatch(/<(?:link|img|iframe|object)\b|@import|url\(|\bsrc=/);
    expect(html).toContain("default-src 'none'");
  });

  test('holds what is known of every packet', () => {
    const data = JSON.parse(/id="data">([^<]*)</.exec(html)![1]!) as { id: number; head: string; lines: [string, string][] }[];
    expect(data).toHaveLength(story.rows.length);
    expect(data[0]).toEqual({
      id: 1,
      head: 'alice to bob: SYN',
      lines: [
        ['packet', 'number 1'],
        ['sent', '0.000 ms by alice'],
        ['arrived', '10.000 ms at bob, 10.000 ms later, as number 2'],
        ['', 'seq 0'],
        ['', 'win 64240'],
        ['alice', 'SYN; CLOSED to SYN-SENT'],
        ['bob', 'LISTEN to SYN-RECEIVED'],
      ],
    });
    const lost = data.find(({ lines }) => lines.some(([, words]) => words.startsWith('never')));
    expect(lost?.lines).toContainEqual(['arrived', 'never: lost on the way']);
  });

  test('has both themes, and can be printed', () => {
    expect(html).toMatch(/prefers-color-scheme: dark/);
    expect(html).toMatch(/@media print/);
  });

  test('its own script is JavaScript', () => {
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
    expect(scripts).toHaveLength(1);
    for (const script of scripts) expect(() => new Function(script)).not.toThrow();
  });
});

describe('what stands in a capture stays text', () => {
  const evil = '</script><script>alert(1)</script>"\'<img src=x onerror=alert(1)>]]>&\u0000\ud800';
  const hostile = ladder([recorded(tcpFrame(), 0, { comment: evil })], { names: new Map([[A, evil]]) });

  test('in SVG', () => {
    const svg = ladderSvg(hostile, { title: evil });
    expect(elementsOf(svg)).not.toContain('script');
    expect(elementsOf(svg)).not.toContain('img');
  });

  test('in a page', () => {
    const html = ladderHtml(hostile, { title: evil });
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });
});

describe('sizes', () => {
  const draw: [string, (drawn: Ladder) => string][] = [
    ['SVG', (drawn) => ladderSvg(drawn, { all: true })],
    ['Mermaid', (drawn) => ladderMermaid(drawn, { all: true })],
    ['a page', (drawn) => ladderHtml(drawn, { all: true })],
  ];

  test.each(draw)('no packets: %s', (_name, inFormat) => {
    expect(inFormat(ladder([]))).toMatch(/no packets|sequenceDiagram/);
  });

  test.each(draw)('one packet: %s', (_name, inFormat) => {
    expect(inFormat(ladder([recorded(tcpFrame({ flags: tcp.SYN }))]))).toContain('SYN');
  });

  test.each(draw)('frames that are none: %s', (_name, inFormat) => {
    expect(inFormat(ladder([recorded(new Uint8Array(0)), recorded(pattern(5), 1)]))).toContain('unknown');
  });

  const many: RecordedFrame[] = Array.from({ length: 5000 }, (_, index) =>
    crossing({ seq: 1 + index * 10, payload: pattern(10), identification: index & 0xffff }, { at: index * 1000 }),
  ).flat();

  test.each(draw)('10,000 frames: %s', (_name, inFormat) => {
    const text = inFormat(ladder(inOrder(many)));
    expect(text.match(/data-row="\d+"><title>|->>h1/g)).toHaveLength(5000);
  });
});
