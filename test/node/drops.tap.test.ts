/** Frames that get lost between Linux and the stack are counted on the side where it happens, and said in words. */
import { createSocket } from 'node:dgram';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { describeStack } from '../../src/node/describe-stack.ts';
import { dropSummary, hasLinkLoss, lossesOf } from '../../src/node/drop-summary.ts';
import { configureInterface } from '../../src/node/interface-config.ts';
import { parseKernelCounters, readKernelCounters, sinceThen } from '../../src/node/kernel-counters.ts';
import { statusPage } from '../../src/node/status-page.ts';
import { TapDevice } from '../../src/node/tap.ts';
import { SeededRandom, Stack } from '../../src/stack/index.ts';
import { requirePrivateNamespace } from './private.ts';
import { until } from './until.ts';

beforeAll(requirePrivateNamespace);
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});

const TABLE = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:   29772     456    0    0    0     0          0         0    29772     456    0    0    0     0       0          0
  tap0: 50061919   883    1    2    0     0          0         0 50101599    1535    3    4    0     0       0          0
 tap01: broken
`;

test.each([
  { name: 'tap0', expected: { received: 883, receiveErrors: 1, receiveDropped: 2, sent: 1535, sendErrors: 3, sendDropped: 4 } },
  { name: 'lo', expected: { received: 456, receiveErrors: 0, receiveDropped: 0, sent: 456, sendErrors: 0, sendDropped: 0 } },
  { name: 'tap01', expected: undefined },
  { name: 'tap', expected: undefined },
])("the kernel's table of interfaces: $name", ({ name, expected }) => {
  expect(parseKernelCounters(TABLE, name)).toEqual(expected);
});

test('what was counted before us is not ours', () => {
  const then = parseKernelCounters(TABLE, 'tap0')!;
  const now = { ...then, sendDropped: 14, received: 884 };
  const none = { received: 0, receiveErrors: 0, receiveDropped: 0, sent: 0, sendErrors: 0, sendDropped: 0 };
  expect(sinceThen(now, then)).toEqual({ ...none, received: 1, sendDropped: 10 });
  expect(sinceThen(now, undefined)).toEqual(now);
  expect(sinceThen(undefined, then)).toBeUndefined();
  expect(readKernelCounters('none0')).toBeUndefined();
});

test("a queue that nobody empties: the kernel's drops are on the page, in the data and in the summary", async () => {
  const tap = TapDevice.open({ name: 'full0', queueLength: 10, offload: false });
  cleanup.push(() => tap.close());
  configureInterface('full0', { address: '10.88.0.1', isUp: true });
  const stack = new Stack({ random: new SeededRandom(1), wake: () => {} });
  stack.addInterface(tap, { name: tap.name, mac: 0x02_00_00_00_00_02 as never, addresses: ['10.88.0.2/24'] });
  expect(hasLinkLoss(describeStack(stack))).toBe(false);
  expect(dropSummary(describeStack(stack)).join()).toMatch(/^0 frames in \(0 bytes\), .*; none dropped$/);

  const socket = createSocket('udp4');
  cleanup.push(() => socket.close());
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  socket.setBroadcast(true); // no neighbour has to be found first
  await until(() => {
    for (let i = 0; i < 50; i++) socket.send('to nobody', 4000, '10.88.0.255');
    return (tap.kernel?.sendDropped ?? 0) > 0;
  });
  const description = describeStack(stack);
  const [link] = description.interfaces;
  expect(link?.kernel?.sendDropped).toBeGreaterThan(0);
  expect(hasLinkLoss(description)).toBe(true);
  expect(lossesOf(description)).toContainEqual({
    where: 'full0, Linux',
    reason: 'no room for a frame to us',
    count: link?.kernel?.sendDropped,
  });
  expect(dropSummary(description).join('\n')).toMatch(/; dropped:\n {2}[\d,]+ by full0, Linux: no room for a frame to us$/);
  const html = statusPage({ ...description, title: 'x', memory: { ...process.memoryUsage() } });
  for (const words of ['no room for a frame to us', 'lost on the link', 'of it array buffers']) expect(html).toContain(words);
});

test('frames of ours for an interface that is down are drops of our side', () => {
  const tap = TapDevice.open({ name: 'down0' });
  cleanup.push(() => tap.close());
  const stack = new Stack({ random: new SeededRandom(1), wake: () => {} });
  stack.addInterface(tap, { name: tap.name, mac: 0x02_00_00_00_00_02 as never, addresses: ['10.89.0.2/24'] });
  stack.run(0); // announces its address
  const description = describeStack(stack);
  expect(description.interfaces[0]?.deviceDrops).toEqual({ 'interface is down': tap.counters.dropped['interface is down'] });
  expect(lossesOf(description)[0]).toMatchObject({ where: 'down0, our side', reason: 'interface is down' });
});
