/** Hosts on two sides of one or two routers: what gets through, in how many pieces, and what is said about the rest. */
import { expect, test } from 'vitest';
import { dissect } from '../../src/capture/dissect/dissect.ts';
import { FrameLog } from '../../src/capture/record/frame-log.ts';
import { describe } from '../../src/capture/words/describe.ts';
import { host } from '../../src/lab/host.ts';
import { type Router, type RouterOptions, router } from '../../src/lab/router.ts';
import { World } from '../../src/lab/world.ts';
import { ping } from '../../src/services/ping.ts';
import { openUdp } from '../../src/stack/index.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import { formatV4, ipv4 } from '../../src/stack/wire/ip-address.ts';
import { settle, sleeper } from '../two-hosts.ts';

interface Path {
  readonly world: World;
  /** 10.0.0.1, and what went over its cable. */
  readonly client: Stack;
  readonly atClient: FrameLog;
  readonly r1: Router;
  readonly r2: Router;
  /** 10.0.2.1 */
  readonly server: Stack;
  readonly atServer: FrameLog;
  readonly sleep: (duration: number) => Promise<void>;
}

/** client - r1 - r2 - server, with a cable of its own MTU between the routers. */
function path(mtu = 1500, options: Partial<RouterOptions> = {}): Path {
  const world = new World({ settle });
  const [left, middle, right] = [world.cable(), world.cable({ mtu }), world.cable()];
  const [atClient, atServer] = [new FrameLog(), new FrameLog()];
  const client = host(world, 'client', left.a, { address: '10.0.0.1/24', gateway: '10.0.0.254', capture: atClient });
  const r1 = router(world, 'r1', {
    ports: [
      { end: left.b, address: '10.0.0.254/24' },
      { end: middle.a, address: '10.0.1.1/24' },
    ],
    routes: { '10.0.2.0/24': '10.0.1.2', '10.9.0.0/16': '10.0.1.77' },
    ...options,
  });
  const r2 = router(world, 'r2', {
    ports: [
      { end: middle.b, address: '10.0.1.2/24' },
      { end: right.a, address: '10.0.2.254/24' },
    ],
    routes: { default: '10.0.1.1' },
  });
  const server = host(world, 'server', right.b, { address: '10.0.2.1/24', gateway: '10.0.2.254', capture: atServer });
  const sleep = sleeper(world);
  world.runForSync(3 * SECOND);
  atClient.clear();
  atServer.clear();
  return { world, client, atClient, r1, r2, server, atServer, sleep };
}

/** One ping; who answered and what. */
async function probe({ world, client, sleep }: Path, to: string, more: object = {}): Promise<string> {
  const results = ping(client, ipv4(to), { now: () => world.now, sleep, count: 1, ...more });
  const { value } = await world.finish(results.next());
  if (value === undefined || !('outcome' in value)) return 'nothing';
  return `${value.from === undefined ? '' : `${formatV4(value.from.w3)} `}${value.outcome}`;
}

test('a packet passes both routers, its TTL two lower, its checksum right', async () => {
  const line = path();
  expect(await probe(line, '10.0.2.1')).toBe('10.0.2.1 reply');
  const arrived = line.atServer.frames().map(({ bytes }) => dissect(bytes));
  const request = arrived.find(({ transport }) => transport?.kind === 'icmp');
  expect(request).toMatchObject({ faults: [], network: { ttl: 62, source: '10.0.0.1' } });
  expect([line.r1.forwarded, line.r2.forwarded, line.r1.reported]).toEqual([2, 2, 0]);
});

test('every port of a router answers a ping', async () => {
  const line = path();
  for (const address of ['10.0.0.254', '10.0.1.1', '10.0.1.2', '10.0.2.254'])
    expect(await probe(line, address)).toBe(`${address} reply`);
});

test('RFC 1812 §5.3.1: who sees the TTL run out says so: what traceroute lives by', async () => {
  const line = path();
  expect(await probe(line, '10.0.2.1', { ttl: 1 })).toBe('10.0.0.254 time to live exceeded');
  expect(await probe(line, '10.0.2.1', { ttl: 2 })).toBe('10.0.1.2 time to live exceeded');
  expect(await probe(line, '10.0.2.1', { ttl: 3 })).toBe('10.0.2.1 reply');
});

test('nowhere to send it: the network is unreachable; a next hop that does not answer: the host is', async () => {
  const line = path();
  expect(await probe(line, '192.0.2.1')).toBe('10.0.0.254 net unreachable');
  expect(await probe(line, '10.9.1.1', { timeout: 10 * SECOND })).toBe('10.0.0.254 host unreachable');
});

test('RFC 1191 §4: too long and not to be cut: how long it may be is said', async () => {
  const line = path(1000);
  expect(await probe(line, '10.0.2.1', { size: 1200, dontFragment: true })).toBe('10.0.0.254 fragmentation needed');
  const said = line.atClient.frames().map(({ bytes }) => describe(dissect(bytes)));
  expect(said.some((words) => words.includes('fragmentation needed') && words.includes('1000'))).toBe(true);
});

test('too long and may be cut: it arrives in pieces that fit, and the answer too', async () => {
  const line = path(1000);
  expect(await probe(line, '10.0.2.1', { size: 1400 })).toBe('10.0.2.1 reply');
  const pieces = line.atServer.frames().map(({ bytes }) => dissect(bytes).network);
  const lengths = pieces.flatMap((network) =>
    network?.kind === 'ipv4' && network.source === '10.0.0.1' ? [network.totalLength] : [],
  );
  expect(lengths).toEqual([996, 452]);
});

test('a router that says nothing', async () => {
  const line = path(1000, { isSilent: true });
  expect(await probe(line, '10.0.2.1', { ttl: 1 })).toBe('timed out');
  expect(await probe(line, '10.0.2.1', { size: 1200, dontFragment: true })).toBe('timed out');
  expect(await probe(line, '10.0.2.1', { size: 1200 })).toBe('10.0.2.1 reply');
});

test('no ICMP error about an ICMP error, nor a later fragment: RFC 1122 §3.2.2', async () => {
  const line = path(1000);
  const socket = openUdp(line.client);
  // two fragments leave the client; only the first is answered
  await line.world.finish(socket.send(new Uint8Array(2500), { address: ipv4('192.0.2.1'), port: 9 }));
  await line.world.runFor(500 * MILLISECOND);
  expect(line.r1.reported).toBe(1);
});

test('refused: a gateway on none of its networks, an address without prefix, cables with offload', () => {
  const world = new World();
  const cable = world.cable();
  const ports = [{ end: cable.a, address: '10.0.0.1/24' }];
  expect(() => router(world, 'r', { ports, routes: { default: '10.0.9.1' } })).toThrow('on no network of r');
  expect(() => router(world, 'r', { ports, routes: { default: 'there' } })).toThrow('"there" is not an IPv4 address');
  expect(() => router(world, 'r', { ports: [{ end: cable.a, address: '10.0.0.1' }] })).toThrow('prefix length is missing');
  const { a } = world.cable({ offload: true });
  expect(() => router(world, 'r', { ports: [{ end: a, address: '10.0.0.1/24' }] })).toThrow('offload off');
});
