/** A home behind a NAT and a server outside, as stacks in virtual time: what applications see of the translation. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { describe } from '../../../src/capture/words/describe.ts';
import type { NatOptions } from '../../../src/lab/nat/options.ts';
import { Network } from '../../../src/lab/network/network.ts';
import { Recording } from '../../../src/lab/network/recording.ts';
import { World } from '../../../src/lab/world.ts';
import { ipv4, MILLISECOND, openUdp, parseInterfaceAddress, parsePrefix, SECOND } from '../../../src/stack/index.ts';
import { pattern } from '../../two-hosts.ts';
import { sound } from './box.ts';

const DELAY = { delay: 5 * MILLISECOND };

/** pc - home - isp - server; a second host inside hangs on a port of its own. */
function home(nat: Partial<NatOptions> = {}, loss = 0) {
  const recording = new Recording();
  const net = new Network(new World({ seed: 5, settle: () => setImmediate() }), { recording });
  const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
  const nas = net.host('nas', { address: '192.168.2.20/24', gateway: '192.168.2.1' });
  const router = net.router('home', {
    ports: { lan: '192.168.1.1/24', lan2: '192.168.2.1/24', wan: '203.0.113.1/24' },
    gateway: '203.0.113.254',
    nat: { outside: 'wan', ...nat },
  });
  const isp = net.router('isp', { ports: { customers: '203.0.113.254/24', core: '198.51.100.254/24' } });
  const server = net.host('server', { address: '198.51.100.7/24', gateway: '198.51.100.254' });
  net.cable(pc, router.port('lan'), DELAY);
  net.cable(nas, router.port('lan2'), DELAY);
  net.cable(router.port('wan'), isp.port('customers'), { ...DELAY, faults: { transmit: { loss }, receive: { loss } } });
  net.cable(isp.port('core'), server, DELAY);
  const natRows = (): string[] =>
    (router.tables().find(({ kind }) => kind === 'nat')?.rows ?? []).map((row) => row.slice(0, 5).join(' '));
  /** What went by at an end of a cable, described, and every checksum good. */
  const seen = (end: string): string[] => {
    const id = recording.interfaces.findIndex(({ name }) => name === end);
    return recording.frames.filter(({ interfaceId }) => interfaceId === id).map(({ bytes }) => sound(bytes));
  };
  return { net, world: net.world, recording, pc, nas, home: router, server, natRows, seen };
}

async function readAll(socket: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of socket) parts.push(part);
  return Buffer.concat(parts);
}

test.each([0, 0.03])('a transfer through a NAT comes out whole, at a loss of %d', async (loss) => {
  const { world, pc, server, natRows, seen } = home({}, loss);
  const text = pattern(60_000);
  let received: Uint8Array = new Uint8Array(0);
  server.listen(80, async (socket) => {
    received = await readAll(socket);
    await socket.close();
  });
  const upload = async (): Promise<void> => {
    const socket = await pc.connect(server, 80);
    await socket.write(text);
    await socket.close();
    await readAll(socket);
  };
  await world.finish(upload());
  await world.runFor(SECOND);
  expect(Buffer.compare(received, text)).toBe(0);
  expect(natRows()[0]).toMatch(/^tcp 192.168.1.10:(\d+) 203.0.113.1:\1 198.51.100.7:80 closing$/);
  expect(seen('home.lan').length).toBeGreaterThan(40);
  expect(seen('server').some((words) => words.includes('192.168.'))).toBe(false);
});

test('datagrams longer than the link are put together, translated and cut again', async () => {
  const { world, pc, server, seen } = home();
  const far = openUdp(server.stack, { port: 9000 });
  const near = openUdp(pc.stack, { port: 5000 });
  await near.send(pattern(4000), { address: server.address, port: 9000 });
  const asked = await world.finish(far.receive());
  expect([asked?.from.address.toString(), asked?.from.port, asked?.bytes.length]).toEqual(['203.0.113.1', 5000, 4000]);
  if (asked !== undefined) await far.send(asked.bytes, asked.from);
  const answered = await world.finish(near.receive());
  expect(answered && Buffer.compare(answered.bytes, pattern(4000))).toBe(0);
  expect(seen('home.wan').filter((words) => words.includes('203.0.113.1') && !words.includes('ARP'))).toHaveLength(6);
});

test('RFC 5508 §4.2: routers beyond the NAT give themselves away to a host inside', async () => {
  const { world, pc } = home();
  const hops: string[] = [];
  for (const ttl of [1, 2, 3]) {
    const [result] = await world.finish(pc.ping('198.51.100.7', { ttl }));
    hops.push(`${result?.from} ${result?.outcome}`);
  }
  expect(hops).toEqual(['192.168.1.1 time to live exceeded', '203.0.113.254 time to live exceeded', '198.51.100.7 reply']);
});

test('RFC 5508 §4.2: a port that nobody has is told of through the NAT', async () => {
  const { world, pc, server } = home();
  const socket = openUdp(pc.stack);
  await socket.send(pattern(9), { address: server.address, port: 4321 });
  await expect(world.finish(socket.receive())).rejects.toThrow('port unreachable');
});

test('the NAT itself speaks and listens: its own connections, a service, pings', async () => {
  const { world, pc, home: router, server, natRows } = home();
  server.listen(80, async (socket) => void (await socket.write(Buffer.from('from outside'))));
  router.listen(8080, async (socket) => void (await socket.write(Buffer.from('settings'))));
  const talk = async (): Promise<string[]> => {
    const out = await router.connect(server, 80);
    const fromOutside = await server.connect('203.0.113.1', 8080);
    const fromInside = await pc.connect('203.0.113.1', 8080);
    const first = async (socket: AsyncIterable<Uint8Array>): Promise<string> => {
      for await (const bytes of socket) return Buffer.from(bytes).toString();
      return '';
    };
    return [await first(out), await first(fromOutside), await first(fromInside)];
  };
  expect(await world.finish(talk())).toEqual(['from outside', 'settings', 'settings']);
  expect(natRows()).toEqual([expect.stringMatching(/^tcp 203.0.113.1:(\d+) 203.0.113.1:\1 198.51.100.7:80 established$/)]);
  expect((await world.finish(server.ping('203.0.113.1')))[0]?.outcome).toBe('reply');
  expect((await world.finish(pc.ping('203.0.113.1')))[0]?.outcome).toBe('reply');
  expect((await world.finish(router.ping(server)))[0]?.outcome).toBe('reply');
});

test('a port of the host that it stands on is no port for a host inside', async () => {
  const { world, pc, home: router, server, natRows } = home();
  openUdp(router.stack, { port: 5353 });
  const far = openUdp(server.stack, { port: 9000 });
  const near = openUdp(pc.stack, { port: 5353 });
  await near.send(pattern(9), { address: server.address, port: 9000 });
  await world.finish(far.receive());
  expect(natRows()).toEqual(['udp 192.168.1.10:5353 203.0.113.1:5354 198.51.100.7:9000 open']);
});

test('a server inside is reached from outside and, by the same address, from inside', async () => {
  const { world, pc, nas, server, seen } = home({ forward: ['tcp 80 to 192.168.2.20:8080'] });
  const visitors: string[] = [];
  nas.listen(8080, async (socket) => {
    visitors.push(`${socket.remote?.address}`);
    await socket.close();
  });
  const visit = async (who: typeof pc): Promise<void> => {
    const socket = await who.connect('203.0.113.1', 80);
    await readAll(socket);
    await socket.close();
  };
  await world.finish(visit(server));
  await world.finish(visit(pc));
  expect(visitors).toEqual(['198.51.100.7', '203.0.113.1']);
  expect(seen('pc').some((words) => words.includes('192.168.2.20'))).toBe(false);
});

test('comments say what was translated, beside the frames of both sides', async () => {
  const { world, recording, pc, server } = home();
  await world.finish(pc.ping(server));
  const comments = recording.frames
    .filter(({ comment }) => comment.includes('became'))
    .map(({ comment, interfaceId }) => `${recording.interfaces[interfaceId]?.name}: ${comment}`);
  expect(comments).toEqual([
    expect.stringMatching(/^home.wan: source 192.168.1.10 id \d+ became 203.0.113.1 id \d+ \(a new mapping\)$/),
    expect.stringMatching(/^home.lan: destination 203.0.113.1 id \d+ became 192.168.1.10 id \d+$/),
  ]);
});

test('what is dropped says why in the capture', async () => {
  const { world, recording, server } = home();
  await expect(world.finish(server.connect('203.0.113.1', 80, { synRetries: 0 }))).rejects.toThrow();
  const [dropped] = recording.frames.filter(({ comment }) => comment.includes('NAT:'));
  expect(dropped?.comment).toBe('dropped: NAT: nobody inside asked for it');
  expect(describe(dissect(dropped?.bytes ?? new Uint8Array(0)))).toContain('203.0.113.1:80 [S]');
});

test('two homes behind one carrier NAT: each NAT does its own', async () => {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const carrier = net.router('carrier', {
    ports: { a: '100.64.1.1/24', b: '100.64.2.1/24', out: '203.0.113.1/24' },
    nat: { outside: 'out', inside: ['100.64.0.0/10'] },
  });
  const server = net.host('server', { address: '203.0.113.7/24' });
  const homes = ['a', 'b'].map((name, index) => {
    const pc = net.host(`pc-${name}`, { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const router = net.router(`home-${name}`, {
      ports: { lan: '192.168.1.1/24', wan: `100.64.${index + 1}.2/24` },
      gateway: `100.64.${index + 1}.1`,
      nat: { outside: 'wan' },
    });
    net.cable(pc, router.port('lan'));
    net.cable(router.port('wan'), carrier.port(name));
    return pc;
  });
  net.cable(carrier.port('out'), server);
  const far = openUdp(server.stack, { port: 9000 });
  for (const pc of homes) await openUdp(pc.stack, { port: 5000 }).send(pattern(9), { address: server.address, port: 9000 });
  const ports = [await net.world.finish(far.receive()), await net.world.finish(far.receive())].map((one) => one?.from.port);
  expect(ports.sort()).toEqual([5000, 5001]);
  const [rows] = carrier.tables().filter(({ kind }) => kind === 'nat');
  expect(rows?.rows.map(([, inside]) => inside)).toEqual(['100.64.1.2:5000', '100.64.2.2:5000']);
});

test('a NAT needs a port of the name that is said', () => {
  expect(() => home({ outside: 'wlan' })).toThrow('home: a NAT\'s outside is "wlan", but the interfaces are: lan, lan2, wan');
});

test('what is forgotten is seen to go when its time is over, without a packet', async () => {
  const { net, world, pc, server } = home();
  await world.finish(pc.ping(server));
  await world.runFor(120 * SECOND);
  const news = (net.watch?.changes ?? []).filter(({ kind }) => kind === 'nat');
  expect(news.map(({ at, what, row }) => `${Math.floor(at / SECOND)} s: ${what} ${row[0]} ${row[3]}`)).toEqual([
    '0 s: new icmp 198.51.100.7',
    '60 s: gone icmp 198.51.100.7',
  ]);
});

test('an address outside that comes later, and another one after it: what was known by the old one is known no more', async () => {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
  const router = net.router('home', { ports: { lan: '192.168.1.1/24', wan: {} }, nat: { outside: 'wan' } });
  const server = net.host('server', { address: '198.51.100.7/24' });
  net.cable(pc, router.port('lan'));
  net.cable(router.port('wan'), server);
  const { stack } = router;
  const wan = stack.interfaces.get(2)!;
  const inside = () =>
    router
      .tables()
      .find(({ kind }) => kind === 'nat')
      ?.rows.map((row) => row[2]);
  const far = openUdp(server.stack, { port: 9000 });
  const heard: string[] = [];
  server.goesOn(async () => {
    for await (const { from } of far) heard.push(`${from.address}`);
  });
  const near = openUdp(pc.stack, { port: 5000 });
  const say = async (): Promise<string> => {
    await near.send(pattern(9), { address: server.address, port: 9000 });
    await net.world.runFor(SECOND);
    return heard.splice(0).join();
  };
  stack.routes.add({ prefix: parsePrefix('198.51.100.0/24'), interfaceId: 2 });
  expect(await say()).toBe('');
  stack.addAddress(wan, parseInterfaceAddress('198.51.100.20/24'));
  expect([await say(), inside()]).toEqual(['198.51.100.20', ['198.51.100.20:5000']]);
  stack.removeAddress(wan, parseInterfaceAddress('198.51.100.20/24').address);
  stack.addAddress(wan, parseInterfaceAddress('198.51.100.30/24'));
  expect([await say(), inside()]).toEqual(['198.51.100.30', ['198.51.100.30:5000']]);
});

test('RFC 5508 §5: what the NAT itself says of a packet that it was turning round', async () => {
  const { world, pc, recording } = home({ forward: ['udp 53 to 192.168.2.20:5353'] });
  const socket = openUdp(pc.stack, { port: 5000, ttl: 1 });
  await socket.send(pattern(9), { address: ipv4('203.0.113.1'), port: 53 });
  await world.runFor(SECOND);
  const said = recording.frames.map(({ bytes }) => sound(bytes)).filter((words) => words.includes('exceeded'));
  expect(said[0]).toContain('192.168.1.1 > 192.168.1.10 ICMP time to live exceeded for 192.168.1.10:5000 > 203.0.113.1:53');
});

test('the router answers for the addresses of its pool on the link outside', async () => {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const hosts = [1, 2, 3].map((n) => net.host(`pc${n}`, { address: `192.168.1.${n * 10}/24`, gateway: '192.168.1.1' }));
  const router = net.router('edge', {
    ports: { lan: '192.168.1.1/24', wan: '203.0.113.1/24' },
    nat: { outside: 'wan', addresses: ['203.0.113.8-203.0.113.9'], oneToOne: { '203.0.113.5': '192.168.1.30' } },
  });
  const server = net.host('server', { address: '203.0.113.7/24' });
  const sw = net.switch('sw', { ports: 4 });
  for (const node of [...hosts, router.port('lan')]) net.cable(node, sw);
  net.cable(router.port('wan'), server);
  const seen: string[] = [];
  server.listen(80, async (socket) => {
    seen.push(`${socket.remote?.address}`);
    await socket.close();
  });
  for (const pc of hosts) await net.world.finish(pc.connect(server, 80));
  await net.world.finish(router.connect(server, 80));
  await net.world.runFor(SECOND);
  expect(seen).toEqual(['203.0.113.8', '203.0.113.9', '203.0.113.5', '203.0.113.1']);
  expect((await net.world.finish(server.ping('203.0.113.5')))[0]?.ttl).toBe(63);
  expect((await net.world.finish(server.ping('203.0.113.1')))[0]?.ttl).toBe(64);
  expect(net.names.get('203.0.113.9')).toBe('edge');
});
