/** The UDP echo's client: it asks again, and believes no other answer. */
import { expect, test } from 'vitest';
import { udpEcho } from '../../../src/services/apps/udp-echo.ts';
import { startEcho } from '../../../src/services/echo.ts';
import { openUdp, SECOND, UdpError } from '../../../src/stack/index.ts';
import { appSetting, PORT } from './setting.ts';

const HELLO = Buffer.from('hello');

test('what was sent comes back', async () => {
  const { alice, bob, time, to, done } = appSetting();
  startEcho(bob, { port: PORT });
  expect(await done(udpEcho(alice, to, HELLO, { time }))).toMatchObject({ tries: 1 });
  expect(alice.udp.size).toBe(0);
});

test('a server that answers the third time only: two were in vain', async () => {
  const { alice, bob, time, to, done, world } = appSetting();
  const socket = openUdp(bob, { port: PORT });
  const serve = async (): Promise<void> => {
    for (let count = 1; ; count++) {
      const { bytes, from } = (await socket.receive())!;
      await socket.send(count === 3 ? bytes : Buffer.from('something else'), from);
    }
  };
  void serve();
  expect(await done(udpEcho(alice, to, HELLO, { time }))).toMatchObject({ tries: 3 });
  expect(world.now).toBeGreaterThanOrEqual(2 * SECOND);
});

test('no answer, and nobody there', async () => {
  const { alice, bob, time, to, done } = appSetting();
  openUdp(bob, { port: PORT });
  expect(await done(udpEcho(alice, to, HELLO, { time, tries: 2 }))).toBeUndefined();
  await expect(done(udpEcho(alice, { ...to, port: PORT + 1 }, HELLO, { time }))).rejects.toThrow(UdpError);
});
