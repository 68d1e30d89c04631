/** Routers that speak RIP, RFC 2453, in virtual time: what they learn, how they lose it, and whom they do not believe. */
import { expect, test } from 'vitest';
import type { NetHost } from '../../../src/lab/network/net-host.ts';
import { Network } from '../../../src/lab/network/network.ts';
import { Recording } from '../../../src/lab/network/recording.ts';
import { World } from '../../../src/lab/world.ts';
import type { Rip, RipOptions } from '../../../src/services/rip/index.ts';
import type { RipEntry } from '../../../src/services/rip/message.ts';
import { decode, encode } from '../../../src/services/rip/wire.ts';
import { formatV4, ipv4, openUdp, parsePrefix, SECOND } from '../../../src/stack/index.ts';
import { settle } from '../../two-hosts.ts';

const GROUP = ipv4('224.0.0.9');

/** r1 - r2 - ... in a line; r`n` has 192.168.`n`.0/24 and 10.0.`n`.0/24 to the next one. */
function line(count: number, options: Partial<RipOptions> = {}) {
  const recording = new Recording();
  const net = new Network(new World({ settle }), { recording });
  const routers = Array.from({ length: count }, (_, index) => {
    const n = index + 1;
    const right = n < count ? { right: `10.0.${n}.1/24` } : {};
    const left = n > 1 ? { left: `10.0.${n - 1}.2/24` } : {};
    return net.router(`r${n}`, { ports: { lan: `192.168.${n}.1/24`, ...left, ...right } });
  });
  const pcs = routers.map((router, index) => {
    const pc = net.host(`pc${index + 1}`, { address: `192.168.${index + 1}.2/24`, gateway: `192.168.${index + 1}.1` });
    net.cable(pc, router.port('lan'));
    return pc;
  });
  const cables = routers.slice(1).map((router, index) => net.cable(routers[index]!.port('right'), router.port('left')));
  const rips = routers.map((router) => router.speakRip({ jitter: 0, ...options }));
  const passes = (seconds: number): Promise<void> => net.world.runFor(seconds * SECOND);
  return { net, recording, routers, pcs, cables, rips, passes };
}

/** "192.168.3.0/24 by 10.0.1.2 in 3" */
const installed = ({ stack }: NetHost): string[] =>
  stack.routes
    .list()
    .filter(({ origin }) => origin === 'rip')
    .map(({ prefix, gateway = 0, metric }) => `${prefix} by ${formatV4(gateway)} in ${metric}`)
    .sort();

const metricOf = (rip: Rip | undefined, prefix: string): number | undefined =>
  rip?.routes.find((route) => `${route.prefix}` === prefix)?.metric;

test('three routers know all networks within seconds, by requests and triggered updates (RFC 2453 §3.9.1, §3.10.1)', async () => {
  const { net, routers, pcs, passes } = line(3);
  await passes(10);
  expect(routers.map(installed)).toEqual([
    ['10.0.2.0/24 by 10.0.1.2 in 2', '192.168.2.0/24 by 10.0.1.2 in 2', '192.168.3.0/24 by 10.0.1.2 in 3'],
    ['192.168.1.0/24 by 10.0.1.1 in 2', '192.168.3.0/24 by 10.0.2.2 in 2'],
    ['10.0.1.0/24 by 10.0.2.1 in 2', '192.168.1.0/24 by 10.0.2.1 in 3', '192.168.2.0/24 by 10.0.2.1 in 2'],
  ]);
  expect(await net.world.finish(pcs[0]!.ping(pcs[2]!))).toMatchObject([{ outcome: 'reply', ttl: 61 }]);
});

test('a neighbour that is silent for 180 s is given up, told of as unreachable, and forgotten after 120 s more (RFC 2453 §3.8)', async () => {
  const { routers, rips, cables, passes } = line(3);
  await passes(40);
  cables[0]?.cable.unplug();
  await passes(169);
  expect(metricOf(rips[1], '192.168.1.0/24')).toBe(2);
  await passes(2);
  expect(metricOf(rips[1], '192.168.1.0/24')).toBe(16);
  expect(metricOf(rips[2], '192.168.1.0/24')).toBe(16);
  expect(installed(routers[2]!)).toEqual(['10.0.1.0/24 by 10.0.2.1 in 2', '192.168.2.0/24 by 10.0.2.1 in 2']);
  await passes(121);
  expect(rips.map((rip) => metricOf(rip, '192.168.1.0/24'))).toEqual([1, undefined, undefined]);
  cables[0]?.cable.plug();
  await passes(40);
  expect(metricOf(rips[2], '192.168.1.0/24')).toBe(3);
});

test('a network that is taken from a router is unreachable for all at once, and comes back as fast', async () => {
  const { routers, rips, passes } = line(3);
  await passes(40);
  const r1 = routers[0]!;
  const lan = [...r1.stack.interfaces.values()][0]!;
  const [own] = r1.stack.addresses.list();
  r1.stack.removeAddress(lan, own!.address);
  await passes(30);
  expect(rips.map((rip) => metricOf(rip, '192.168.1.0/24'))).toEqual([16, 16, 16]);
  r1.stack.addAddress(lan, own!);
  await passes(35);
  expect(rips.map((rip) => metricOf(rip, '192.168.1.0/24'))).toEqual([1, 2, 3]);
});

test.each([
  { horizon: 'off', metric: 3 },
  { horizon: 'split horizon', metric: undefined },
  { horizon: 'poisoned reverse', metric: 16 },
] as const)('$horizon: what r2 tells r1 about the network of r1 (RFC 2453 §3.4.3)', async ({ horizon, metric }) => {
  const { recording, passes } = line(2, { horizon });
  await passes(35);
  const id = recording.interfaces.findIndex(({ name }) => name === 'r2.left');
  const updates = recording.frames.filter(
    ({ interfaceId, direction, comment }) => interfaceId === id && direction === 'out' && comment.includes('regular update'),
  );
  expect(updates).toHaveLength(1);
  const decoded = decode(updates[0]!.bytes.slice(14 + 20 + 8));
  if (typeof decoded === 'string') throw new Error(decoded);
  const said = decoded.message.entries.map((one) => [`${one.prefix}`, one.metric]);
  const lie = metric === undefined ? [] : [['192.168.1.0/24', metric === 3 ? 2 : metric]];
  const link = horizon === 'off' ? [['10.0.1.0/24', 1]] : [];
  expect(said).toEqual([...link, ...lie, ['192.168.2.0/24', 1]]);
  expect(updates[0]!.bytes[14 + 8]).toBe(1); // TTL
});

test('without split horizon and triggered updates two routers count to infinity (RFC 2453 §3.4.2)', async () => {
  const { rips, cables, passes } = await inStep('off', false);
  cables[0]?.cable.unplug();
  const seen = new Set<number>();
  for (let second = 0; second < 600; second++) {
    await passes(1);
    seen.add(metricOf(rips[1], '192.168.1.0/24') ?? 0);
  }
  expect([...seen]).toEqual([2, 16, 4, 6, 8, 10, 12, 14, 0]);
});

test('with split horizon the same routers do not count', async () => {
  const { rips, cables, passes } = await inStep('split horizon', false);
  cables[0]?.cable.unplug();
  const seen = new Set<number>();
  for (let second = 0; second < 300; second++) {
    await passes(1);
    seen.add(metricOf(rips[1], '192.168.1.0/24') ?? 0);
  }
  expect([...seen]).toEqual([2, 16, 0]);
});

/** r3 speaks before r2 in each round: the order in which bad news is overtaken by old news. */
async function inStep(horizon: RipOptions['horizon'] & string, triggeredUpdates: boolean) {
  const all = line(3);
  for (const rip of all.rips) rip.close();
  await all.passes(1);
  const rips: Rip[] = [];
  for (const index of [0, 2, 1]) {
    rips[index] = all.routers[index]!.speakRip({ horizon, triggeredUpdates, jitter: 0 });
    await all.passes(10);
  }
  await all.passes(100);
  return { ...all, rips };
}

test('only neighbours on port 520 are believed, and a next hop only on the link (RFC 2453 §3.9.2, §4.4)', async () => {
  const { net, pcs, rips, passes } = line(2);
  await passes(10);
  const [pc, far] = pcs as [NetHost, NetHost];
  const lie = (metric: number, nextHop = 0, prefix = '172.16.0.0/12'): Uint8Array =>
    encode({ command: 'response', wantsAll: false, entries: [{ prefix: parsePrefix(prefix), nextHop, metric, tag: 0 }] });
  const wrongPort = openUdp(pc.stack, { port: 5_200 });
  wrongPort.sendNow(lie(1), { address: GROUP, port: 520 });
  const stranger = openUdp(far.stack, { port: 520 });
  stranger.sendNow(lie(1), { address: ipv4('192.168.1.1'), port: 520 });
  await passes(1);
  expect(rips[0]?.drops).toMatchObject({ 'response from another port than 520': 1, 'not from a neighbour': 1 });
  expect(metricOf(rips[0], '172.16.0.0/12')).toBeUndefined();

  const neighbour = openUdp(pc.stack, { port: 520 });
  neighbour.sendNow(lie(3, ipv4('192.168.1.77').w3), { address: GROUP, port: 520 });
  neighbour.sendNow(lie(4, ipv4('8.8.8.8').w3, '172.0.0.0/16'), { address: GROUP, port: 520 });
  neighbour.sendNow(lie(1, 0, '10.0.1.0/24'), { address: GROUP, port: 520 });
  neighbour.sendNow(Uint8Array.of(2, 1, 0, 0), { address: GROUP, port: 520 });
  await passes(1);
  expect(installed(net.node('r1') as NetHost)).toEqual([
    '172.0.0.0/16 by 192.168.1.2 in 5',
    '172.16.0.0/12 by 192.168.1.77 in 4',
    '192.168.2.0/24 by 10.0.1.2 in 2',
  ]);
  expect(rips[0]?.drops['version 1: no masks']).toBe(1);
});

test('who asks about networks is told of them, from any port (RFC 2453 §3.9.1)', async () => {
  const { net, pcs, passes } = line(2);
  await passes(10);
  const socket = openUdp(pcs[0]!.stack, { port: 5_200 });
  const asked = ['192.168.2.0/24', '10.9.0.0/16'].map(
    (text): RipEntry => ({ prefix: parsePrefix(text), nextHop: 0, metric: 1, tag: 0 }),
  );
  socket.sendNow(encode({ command: 'request', wantsAll: false, entries: asked }), { address: ipv4('192.168.1.1'), port: 520 });
  const answer = await net.world.finish(socket.receive());
  const decoded = decode(answer!.bytes);
  if (typeof decoded === 'string') throw new Error(decoded);
  expect(decoded.message.entries.map(({ prefix, metric }) => [`${prefix}`, metric])).toEqual([
    ['192.168.2.0/24', 2],
    ['10.9.0.0/16', 16],
  ]);
});

test('more than 25 routes go in several messages, and a table that is full takes no more', async () => {
  const { pcs, rips, routers, passes } = line(2);
  await passes(10);
  const neighbour = openUdp(pcs[0]!.stack, { port: 520 });
  for (let i = 0; i < 42; i++) {
    const entries = Array.from({ length: 25 }, (_, j) => ({
      prefix: parsePrefix(`172.${i}.${j}.0/24`),
      nextHop: 0,
      metric: 1,
      tag: 0,
    }));
    neighbour.sendNow(encode({ command: 'response', wantsAll: false, entries }), { address: GROUP, port: 520 });
  }
  await passes(40);
  expect(rips[0]?.routes).toHaveLength(1_024);
  expect(rips[0]?.drops['routing table full']).toBe(42 * 25 - 1_021);
  expect(installed(routers[1]!).length).toBe(1_022);
  rips[0]?.close();
  expect(installed(routers[0]!)).toEqual([]);
});
