/** What two of our stacks say to each other replays from either side: over bad cables, and with writes that Nagle's algorithm gathered. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordedFrame, ReplayOptions } from '../../src/capture/index.ts';
import { replay } from '../../src/capture/index.ts';
import * as conversations from './conversations.ts';
import { A, B, recordLab } from './lab.ts';

const LOSS = { receive: { loss: 0.03 }, transmit: { loss: 0.03 } };
const seed = fc.nat(1_000_000);
const delay = fc.integer({ min: 0, max: 60_000 });

async function replaysFromBothSides(frames: readonly RecordedFrame[], options: Omit<ReplayOptions, 'host'> = {}): Promise<void> {
  for (const host of [A, B]) {
    const { matches, report } = await replay(frames, { host, ...options });
    expect(matches, report).toBe(true);
  }
}

test('transfers with loss in both directions, by what is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ seed, delay, size: fc.integer({ min: 1, max: 150_000 }) }), async (drawn) => {
      const options = { seed: drawn.seed, cable: { delay: drawn.delay }, faults: LOSS };
      await replaysFromBothSides(await recordLab((lab) => conversations.download(lab, drawn.size), options), {
        compare: 'streams',
      });
    }),
    { numRuns: 20 },
  );
});

/** Where one write ended and the next began inside of gathered text, no frame tells: PSH may stand elsewhere, the streams are the same. */
test("writes that Nagle's algorithm gathered, with loss, by what is said", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.record({ seed, delay, sizes, pause: fc.constantFrom(0, 1000, 30_000) }), async (drawn) => {
      const options = { seed: drawn.seed, cable: { delay: drawn.delay }, faults: LOSS };
      const frames = await recordLab((lab) => conversations.messages(lab, drawn.sizes, drawn.pause), options);
      await replaysFromBothSides(frames, { compare: 'streams' });
    }),
    { numRuns: 20 },
  );
});
