import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { configureInterface } from '../../src/node/interface-config.ts';
import { TapDevice } from '../../src/node/tap.ts';
import { requirePrivateNamespace } from './private.ts';
import { until } from './until.ts';

beforeAll(requirePrivateNamespace);

const frames = (tap: TapDevice): void => configureInterface(tap.name, { isUp: true }); // IPv6 announces itself at once

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a watch that nobody holds goes on working when the collector runs', async () => {
  const tap = TapDevice.open({ name: 'wait0' });
  let calls = 0;
  tap.watch(() => calls++);
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  frames(tap);
  await until(() => calls > 0);
  tap.close();
});

test('two watches on one device are both told, and a closed one is not', async () => {
  const tap = TapDevice.open({ name: 'wait1' });
  const calls = [0, 0];
  const watches = calls.map((_, i) => tap.watch(() => calls[i]!++));
  frames(tap);
  await until(() => calls.every((count) => count > 0));
  watches[0]?.close();
  watches[0]?.close(); // again: no harm
  const [closed, open] = calls;
  await until(() => calls[1]! > open! + 3); // nobody reads, so it is told again and again
  expect(calls[0]).toBe(closed);
  tap.close();
});

test('closing the device closes its watches', async () => {
  const tap = TapDevice.open({ name: 'wait2' });
  let calls = 0;
  const watch = tap.watch(() => calls++);
  frames(tap);
  await until(() => calls > 0);
  tap.close();
  const before = calls;
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toBe(before);
  watch.close();
});

test('after the last watch was closed there can be a new one', async () => {
  const tap = TapDevice.open({ name: 'wait3' });
  tap.watch(() => {}).close();
  let calls = 0;
  tap.watch(() => calls++);
  frames(tap);
  await until(() => calls > 0);
  tap.close();
});
