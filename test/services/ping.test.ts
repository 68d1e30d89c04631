/** Ping in virtual time. */
import { expect, test } from 'vitest';
import type { PingOptions, PingResult } from '../../src/services/ping.ts';
import { ping, summarize } from '../../src/services/ping.ts';
import type { IpAddress, Stack } from '../../src/stack/index.ts';
import { ipv4, MILLISECOND, SECOND } from '../../src/stack/index.ts';
import type { TwoHosts } from '../two-hosts.ts';
import { sleeper, twoHosts } from '../two-hosts.ts';

const BOB = ipv4('10.0.0.2');

async function collect(stack: Stack, target: IpAddress, options: PingOptions): Promise<PingResult[]> {
  const results: PingResult[] = [];
  for await (const result of ping(stack, target, options)) results.push(result);
  return results;
}

const clock = ({ world }: TwoHosts) => ({ now: () => world.now, sleep: sleeper(world) });

test('RFC 1122 §3.2.2.6: three pings, a second apart, each with its round-trip time', async () => {
  const hosts = twoHosts({ cable: { delay: 5 * MILLISECOND } });
  const { world, alice } = hosts;
  const results = await world.finish(collect(alice, BOB, { ...clock(hosts), count: 3 }));
  expect(results.map(({ sequence, outcome, from, length, ttl }) => [sequence, outcome, `${from}`, length, ttl])).toEqual([
    [1, 'reply', '10.0.0.2', 56, 64],
    [2, 'reply', '10.0.0.2', 56, 64],
    [3, 'reply', '10.0.0.2', 56, 64],
  ]);
  expect(results.map(({ rtt }) => rtt)).toEqual([15, 10, 10].map((ms) => ms * MILLISECOND)); // the first waits for ARP
  expect(world.now).toBe(2 * SECOND + 10 * MILLISECOND);
  expect(alice.icmp.echoListeners.size).toBe(0);
  expect(summarize(results)).toMatchObject({ sent: 3, received: 3, min: 10 * MILLISECOND, max: 15 * MILLISECOND });
  expect(summarize(results).deviation).toBeCloseTo(2357.02, 1);
});

test('a ping larger than the MTU is fragmented and put together again', async () => {
  const hosts = twoHosts();
  const options = { ...clock(hosts), count: 2, size: 65_507 };
  const [, result] = await hosts.world.finish(collect(hosts.alice, BOB, options)); // ARP has no room for all of the first
  expect(result).toMatchObject({ outcome: 'reply', length: 65_507 });
});

test('an answer that does not come is timed out, and the next is sent at its time', async () => {
  const hosts = twoHosts();
  const { world, alice, cable } = hosts;
  await world.finish(collect(alice, BOB, { ...clock(hosts), count: 1 }));
  const begin = world.now;
  cable.unplug();
  const pinging = collect(alice, BOB, { now: () => world.now, sleep: sleeper(world), count: 2, timeout: 300 * MILLISECOND });
  const results = await world.finish(pinging);
  expect(results.map(({ outcome, from }) => [outcome, from])).toEqual([
    ['timed out', undefined],
    ['timed out', undefined],
  ]);
  expect(world.now - begin).toBe(SECOND + 300 * MILLISECOND);
  expect(summarize(results)).toEqual({ sent: 2, received: 0, min: 0, average: 0, max: 0, deviation: 0 });
});

test('no route is told at once', async () => {
  const hosts = twoHosts();
  const [result] = await hosts.world.finish(collect(hosts.alice, ipv4('192.0.2.1'), { ...clock(hosts), count: 1 }));
  expect(result?.outcome).toBe('no route');
});

test('two pings at once do not hear each other, and leaving the loop ends one', async () => {
  const hosts = twoHosts();
  const { world, alice } = hosts;
  const options = { ...clock(hosts), interval: 100 * MILLISECOND };
  const leaves = async (): Promise<number> => {
    let heard = 0;
    for await (const { outcome } of ping(alice, BOB, options)) {
      if (outcome === 'reply') heard++;
      if (heard === 2) break;
    }
    return heard;
  };
  const [few, many] = await world.finish(Promise.all([leaves(), collect(alice, BOB, { ...options, count: 5 })]));
  expect(few).toBe(2);
  expect(many.map(({ outcome }) => outcome)).toEqual(['reply', 'reply', 'reply', 'reply', 'reply']);
  expect(alice.icmp.echoListeners.size).toBe(0);
});

test.each([
  ['size', { size: 65_508 }, 'a ping carries 0 to 65507 bytes, not 65508'],
  ['count', { count: 0 }, 'the number of pings is 1 or more, not 0'],
])('a wrong %s is refused in words', async (_name, wrong, message) => {
  const hosts = twoHosts();
  await expect(collect(hosts.alice, BOB, { ...clock(hosts), ...wrong })).rejects.toThrow(message);
});
