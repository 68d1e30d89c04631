/** Captures that two of our stacks made in a lab replay from either side: same frames, same microsecond. */
import { expect, test } from 'vitest';
import { replay } from '../../src/capture/index.ts';
import { MILLISECOND, SECOND } from '../../src/stack/index.ts';
import * as conversations from './conversations.ts';
import type { Lab, LabOptions } from './lab.ts';
import { A, B, recordLab } from './lab.ts';

interface Case {
  readonly name: string;
  readonly act: (lab: Lab) => Promise<unknown>;
  readonly options?: LabOptions;
}

const SLOW = { cable: { delay: 5 * MILLISECOND } };

const CASES: readonly Case[] = [
  { name: 'one byte there and back', act: (lab) => conversations.echoed(lab, 1), options: SLOW },
  { name: '5,000 bytes there and back', act: (lab) => conversations.echoed(lab, 5000), options: SLOW },
  { name: '100,000 bytes there and back', act: (lab) => conversations.echoed(lab, 100_000), options: SLOW },
  { name: 'a download of 3 MB', act: (lab) => conversations.download(lab, 3_000_000), options: SLOW },
  {
    name: 'a download over a narrow cable',
    act: (lab) => conversations.download(lab, 1_000_000),
    options: { cable: { rate: 10e6, queue: { packets: 30 } } },
  },
  { name: 'messages with pauses', act: (lab) => conversations.messages(lab, [1, 10, 1000, 1448, 1449, 5000, 3]) },
  { name: 'messages without pauses', act: (lab) => conversations.messages(lab, [1, 10, 1000, 1448, 20], 0), options: SLOW },
  {
    name: 'no delay',
    act: (lab) => conversations.messages(lab, [1, 10, 20, 30], 1 * MILLISECOND),
    options: { ...SLOW, tcpA: { noDelay: true } },
  },
  { name: 'a refused connection', act: conversations.refused },
  { name: 'an aborted connection', act: conversations.aborted },
  { name: 'a slow reader', act: (lab) => conversations.slowReader(lab, 200_000, 2000 * MILLISECOND), options: SLOW },
  { name: 'pings', act: (lab) => conversations.pings(lab, 3) },
  { name: 'long pings in fragments', act: (lab) => conversations.pings(lab, 2, 4000) },
  { name: 'datagrams, long ones and one for nobody', act: (lab) => conversations.datagrams(lab, [0, 1, 500, 1472, 1473, 9000]) },
  {
    name: 'loss',
    act: (lab) => conversations.download(lab, 300_000),
    options: { ...SLOW, faults: { receive: { loss: 0.02 }, transmit: { loss: 0.02 } } },
  },
  {
    name: 'no options at all',
    act: (lab) => conversations.download(lab, 50_000),
    options: { ...SLOW, tcpB: { sack: false, timestamps: false, windowScale: false } },
  },
  {
    name: 'a small buffer',
    act: (lab) => conversations.echoed(lab, 20_000),
    options: { ...SLOW, tcpA: { receiveBuffer: 4096, maxReceiveBuffer: 4096 } },
  },
  { name: 'a small MTU', act: (lab) => conversations.download(lab, 20_000), options: { cable: { mtu: 576 } } },
  { name: 'ECN', act: (lab) => conversations.download(lab, 20_000), options: { tcpA: { ecn: 'on' } } },
];

test.each(CASES)('$name', async ({ act, options }) => {
  const frames = await recordLab(act, options);
  for (const host of [A, B]) {
    const result = await replay(frames, { host, tolerance: 0 });
    expect(result.matches, result.report).toBe(true);
    expect(result.compared).toBe(result.expected);
    expect(result.compared).toBeGreaterThan(1);
  }
});

test('RFC 5227 §2.3: a capture that begins between the two announcements of a host, or behind the first words of one', async () => {
  const frames = await recordLab(
    async (lab) => {
      await lab.sleep(1 * SECOND);
      await conversations.echoed(lab, 5000);
    },
    { rest: 1500 * MILLISECOND },
  );
  const start = frames[0]!.at;
  const late = frames.filter(({ at }) => at > start + 500 * MILLISECOND);
  for (const host of [A, B]) {
    const result = await replay(late, { host });
    expect(result.matches, result.report).toBe(true);
    expect(result.compared).toBe(result.expected);
  }
});
