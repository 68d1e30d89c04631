/** Linux takes part in a lab that runs in real time: through routers, with several TAPs, and what becomes of the TAPs at the end. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { host } from '../../../src/lab/host.ts';
import { router } from '../../../src/lab/router.ts';
import { TapPort } from '../../../src/lab/tap-port.ts';
import { World } from '../../../src/lab/world.ts';
import { startHttpService } from '../../../src/node/http-service.ts';
import { readInterface } from '../../../src/node/interface-config.ts';
import type { KernelPlace } from '../../../src/node/lab/real-time.ts';
import { RealTime } from '../../../src/node/lab/real-time.ts';
import type { Stack } from '../../../src/stack/stack.ts';
import { SECOND } from '../../../src/stack/time.ts';
import { requirePrivateNamespace } from '../private.ts';
import { until } from '../until.ts';

beforeAll(requirePrivateNamespace);

const running: RealTime[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

function start(world: World, places: readonly KernelPlace[]): RealTime {
  const one = RealTime.start(world, places);
  running.push(one);
  return one;
}

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { timeout: 20_000, env: { PATH: process.env['PATH'] } })).stdout;

/** linux - r1 - r2 - server, where the world has an hour of virtual time behind it. */
function path(): { world: World; port: TapPort; server: Stack } {
  const world = new World();
  const [left, middle, right] = [world.cable(), world.cable(), world.cable()];
  const port = new TapPort('linux', left.a);
  world.add('linux', port, [left.a]);
  router(world, 'r1', {
    ports: [
      { end: left.b, address: '192.168.10.254/24' },
      { end: middle.a, address: '10.0.1.1/30' },
    ],
    routes: { default: '10.0.1.2' },
  });
  router(world, 'r2', {
    ports: [
      { end: middle.b, address: '10.0.1.2/30' },
      { end: right.a, address: '192.168.20.254/24' },
    ],
    routes: { default: '10.0.1.1' },
  });
  const server = host(world, 'server', right.b, { address: '192.168.20.1/24', gateway: '192.168.20.254' });
  world.runForSync(3_600 * SECOND);
  return { world, port, server };
}

test('the kernel reaches a host two routers away: ping, traceroute and curl', async () => {
  const { world, port, server } = path();
  startHttpService(server);
  start(world, [{ port, address: '192.168.10.9/24', gateway: '192.168.10.254' }]);
  expect(await run('ping', '-n', '-c', '2', '-i', '0.1', '192.168.20.1')).toContain(
    '2 packets transmitted, 2 received, 0% packet loss',
  );
  const hops = await run('traceroute', '-n', '-q', '1', '-w', '2', '192.168.20.1');
  expect([...hops.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address)).toEqual([
    '192.168.10.254',
    '10.0.1.2',
    '192.168.20.1',
  ]);
  expect(await run('curl', '-sS', 'http://192.168.20.1/hello')).toContain('Hello from tapstack');
  const bytes = await promisify(execFile)('curl', ['-sS', 'http://192.168.20.1/bytes/2000000'], {
    encoding: 'buffer',
    maxBuffer: 3e6,
  });
  expect(bytes.stdout.length).toBe(2_000_000);
});

/** A host with a cable of its own for Linux. */
function beside(world: World, name: string, address: string): TapPort {
  const cable = world.cable();
  const port = new TapPort(name, cable.a);
  world.add(name, port, [cable.a]);
  host(world, `${name}'s peer`, cable.b, { address });
  return port;
}

test('several TAPs in one lab; they are called as their places, and are gone when time stands still', async () => {
  const world = new World();
  const places = [
    { port: beside(world, 'left', '10.1.0.1/24'), address: '10.1.0.9/24' },
    { port: beside(world, 'right', '10.2.0.1/24'), address: '10.2.0.9/24' },
    { port: beside(world, 'bare', '10.3.0.1/24') },
  ];
  const lab = start(world, places);
  expect(lab.devices.map(({ name }) => name)).toEqual(['left', 'right', 'bare']);
  expect(readInterface('left')).toMatchObject({ address: '10.1.0.9', prefixLength: 24, isUp: true, mtu: 1500 });
  expect(readInterface('bare')).toMatchObject({ address: undefined, isUp: true });
  for (const address of ['10.1.0.1', '10.2.0.1']) expect(await run('ping', '-n', '-c', '1', address)).toContain('1 received');
  expect(places.map(({ port }) => port.received > 1 && port.sent > 1)).toEqual([true, true, false]);
  await lab.stop();
  await lab.stop();
  expect(places.map(({ port }) => readInterface(port.name))).toEqual([undefined, undefined, undefined]);
  expect(world.nextTimeout()).toBeGreaterThan(0);
});

test('virtual time follows the clock of the host, and a host that sends by itself is heard outside', async () => {
  const world = new World({ start: 7 * SECOND });
  const port = beside(world, 'linux', '10.1.0.1/24');
  const before = performance.now();
  start(world, [{ port, address: '10.1.0.9/24' }]);
  await until(() => port.sent >= 2); // announcements of its address, seconds apart
  const passed = (performance.now() - before) * 1_000;
  expect(world.now).toBeGreaterThan(8 * SECOND);
  expect(world.now - 7 * SECOND).toBeLessThanOrEqual(passed);
});

test.each([
  [
    { address: '10.1.0.9/24', gateway: '10.2.0.1' },
    'second: default via 10.2.0.1 leads nowhere, for no address is in its network',
  ],
  [{ address: '10.1.0.9/24', gateway: '10.2.0' }, '"10.2.0" is not an IPv4 address such as 10.0.0.1'],
  [{ address: '10.1.0.9' }, /10\.1\.0\.9/],
] as const)('%j cannot be had: one line, and nothing is left behind', (addresses, said) => {
  const world = new World();
  const places = [
    { port: beside(world, 'first', '10.1.0.1/24') },
    { port: beside(world, 'second', '10.2.0.1/24'), ...addresses },
  ];
  expect(() => RealTime.start(world, places)).toThrow(said);
  expect([readInterface('first'), readInterface('second')]).toEqual([undefined, undefined]);
});

test('a second default route is refused', () => {
  const world = new World();
  const places = ['10.1.0', '10.2.0'].map((network, index) => ({
    port: beside(world, `tap${index}`, `${network}.1/24`),
    address: `${network}.9/24`,
    gateway: `${network}.1`,
  }));
  const said = 'tap1: Linux has a default route already, so that default via 10.2.0.1 cannot be added';
  expect(() => RealTime.start(world, places)).toThrow(said);
});

test('the route of the lab is the route of the kernel', () => {
  const world = new World();
  start(world, [{ port: beside(world, 'linux', '10.1.0.1/24'), address: '10.1.0.9/24', gateway: '10.1.0.1' }]);
  const rows = readFileSync('/proc/self/net/route', 'latin1')
    .trim()
    .split('\n')
    .map((row) => row.split('\t'));
  expect(rows.filter(([name]) => name === 'linux').map(([, to, via]) => [to, via])).toContainEqual(['00000000', '0100010A']);
});
