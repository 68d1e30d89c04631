/** A series as text reads back as it was, and what is no sample is said with its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeriesSample } from '../../../src/capture/index.ts';
import { readSeries, sampleLine, seriesHeaderLine } from '../../../src/capture/index.ts';

const count = fc.nat();
const text = fc.string();
const sample: fc.Arbitrary<SeriesSample> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('connection' as const),
      at: count,
      host: text,
      local: text,
      remote: text,
      cause: fc.constantFrom('sent' as const, 'received' as const, 'timeout' as const),
      state: text,
      cwnd: count,
      ssthresh: count,
      flight: count,
      srtt: count,
      rto: count,
      receiveWindow: count,
      sendWindow: count,
      sendQueue: count,
      receiveQueue: count,
    },
    {
      requiredKeys: [
        ...(['kind', 'at', 'host', 'local', 'remote', 'cause', 'state', 'cwnd', 'flight', 'rto'] as const),
        ...(['receiveWindow', 'sendWindow', 'sendQueue', 'receiveQueue'] as const),
      ],
    },
  ),
  fc.record({
    kind: fc.constant('queue' as const),
    at: count,
    cable: text,
    end: fc.constantFrom('a' as const, 'b' as const),
    packets: count,
    bytes: count,
    dropped: count,
  }),
);

test('what was written reads back the same', () => {
  fc.assert(
    fc.property(count, fc.array(sample), (epoch, samples) => {
      const written = [seriesHeaderLine(epoch), ...samples.map(sampleLine)].map((line) => `${line}\n`).join('');
      expect(readSeries(written)).toEqual({ epoch, samples, faults: [] });
    }),
  );
});

const QUEUE = '{"kind":"queue","at":1,"cable":"c","end":"a","packets":1,"bytes":60,"dropped":0}';

describe('bad lines are passed over, each with a message', () => {
  for (const [line, message] of [
    ['{"kind":"queue"', 'line 3: no JSON object'],
    ['[1]', 'line 3: no JSON object'],
    ['{"at":1}', 'line 3: "kind" is undefined, and not "connection" or "queue"'],
    [QUEUE.replace('60', '-60'), 'line 3: "bytes" is -60, and not a number from 0 on'],
    [QUEUE.replace('"c"', '7'), 'line 3: "cable" is 7, and not a text'],
    [QUEUE.replace('"end":"a",', ''), 'line 3: "end" is undefined, and not a text'],
  ] as const) {
    test(message, () => {
      const { samples, faults } = readSeries(`${seriesHeaderLine()}\n${QUEUE}\n${line}\n\n${QUEUE}`);
      expect([samples.length, faults]).toEqual([2, [message]]);
    });
  }
});

describe('what is no series is refused', () => {
  for (const [what, message] of [
    ['', 'line 1: empty, where a series begins with its header'],
    ['once upon a time\n', 'line 1: no series: it begins with {"format":"tapstack-series", ...}'],
    [seriesHeaderLine().replace('"version":1', '"version":2'), 'line 1: version 2 of the format, and not 1'],
    [seriesHeaderLine().replace('us', 'ms'), 'line 1: the time unit is ms, and not "us"'],
    [seriesHeaderLine().replace('"epoch":0', '"epoch":"now"'), 'line 1: "epoch" is a number of microseconds'],
  ] as const) {
    test(message, () => expect(() => readSeries(what)).toThrow(new SyntaxError(message)));
  }
});
