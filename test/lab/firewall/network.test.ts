/** A firewall between stacks in virtual time: what applications see of it, alone and beside a NAT. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FirewallOptions } from '../../../src/lab/firewall/firewall.ts';
import type { NatOptions } from '../../../src/lab/nat/options.ts';
import { Network } from '../../../src/lab/network/network.ts';
import { Recording } from '../../../src/lab/network/recording.ts';
import { World } from '../../../src/lab/world.ts';
import { ipv4, openUdp } from '../../../src/stack/index.ts';
import { pattern } from '../../two-hosts.ts';
import { sound } from '../nat/box.ts';

/** pc (10.1.0.7) - fw - server (198.51.100.7) */
function guarded(firewall: FirewallOptions, nat?: NatOptions) {
  const recording = new Recording();
  const net = new Network(new World({ seed: 3, settle: () => setImmediate() }), { recording });
  const pc = net.host('pc', { address: '10.1.0.7/24', gateway: '10.1.0.1' });
  const fw = net.router('fw', {
    ports: { lan: '10.1.0.1/24', wan: '198.51.100.1/24' },
    firewall,
    ...(nat === undefined ? {} : { nat }),
  });
  const server = net.host('server', { address: '198.51.100.7/24', gateway: '198.51.100.1' });
  net.cable(pc, fw.port('lan'));
  net.cable(fw.port('wan'), server);
  server.listen(80, async (socket) => void (await socket.close()));
  pc.listen(80, async (socket) => void (await socket.close()));
  const comments = (): string[] => recording.frames.map(({ comment }) => comment).filter((comment) => comment.includes('rule'));
  const rules = (): string[] =>
    (fw.tables().find(({ kind }) => kind === 'firewall')?.rows ?? []).map(([, name, , , packets]) => `${name} ${packets}`);
  return { net, world: net.world, recording, pc, fw, server, comments, rules };
}

const LET_OUT: FirewallOptions = {
  rules: ['allow tcp in lan port 80 as web', 'reject tcp port 23 as no-telnet', 'reject udp as no-udp'],
};

test('connections that a rule lets out work, and those that come the other way do not', async () => {
  const { world, pc, server, rules, fw } = guarded(LET_OUT);
  const socket = await world.finish(pc.connect(server, 80));
  await world.finish(socket.close());
  await expect(world.finish(server.connect(pc, 80, { synRetries: 1 }))).rejects.toThrow('timed out');
  expect(rules()).toEqual(expect.arrayContaining(['web 1', 'policy of forward 2']));
  const known = fw.tables().find(({ kind }) => kind === 'conntrack');
  expect(known?.rows[0]?.slice(0, 3)).toEqual(['tcp', expect.stringContaining('10.1.0.7:'), '198.51.100.7:80']);
});

test('a rejected connection is refused at once, in the name of the server', async () => {
  const { world, pc, server, comments, recording } = guarded(LET_OUT);
  await expect(world.finish(pc.connect(server, 23))).rejects.toThrow('refused');
  expect(comments()).toEqual(['dropped: rule no-telnet rejects: RST', 'RST: rejected by rule no-telnet']);
  for (const { bytes } of recording.frames) sound(bytes);
});

test('a rejected datagram is told of by ICMP, RFC 1812 §5.2.7.1', async () => {
  const { world, pc, server, comments } = guarded(LET_OUT);
  const socket = openUdp(pc.stack);
  await socket.send(pattern(4), { address: server.address, port: 53 });
  await expect(world.finish(socket.receive())).rejects.toThrow('prohibited');
  expect(comments()).toEqual(['dropped: rule no-udp rejects']);
});

test('rules see the addresses inside, whatever a NAT on the same host makes of them', async () => {
  const nat = { outside: 'wan', forward: ['tcp 8080 to 10.1.0.7:80'] };
  const rules = ['allow tcp from 10.1.0.0/24 out wan as out', 'allow tcp to 10.1.0.7 port 80 as published'];
  const box = guarded({ rules }, nat);
  await box.world.finish(box.pc.connect(box.server, 80));
  await box.world.finish(box.server.connect('198.51.100.1', 8080));
  expect(box.rules()).toEqual(expect.arrayContaining(['out 1', 'published 1', 'policy of forward 0']));
});

test('what is rejected behind a NAT is refused by the address that was asked', async () => {
  const nat = { outside: 'wan', forward: ['tcp 8080 to 10.1.0.7:80', 'udp 53 to 10.1.0.7'] };
  const { world, server, recording } = guarded({ rules: ['reject any as closed'] }, nat);
  await expect(world.finish(server.connect('198.51.100.1', 8080))).rejects.toThrow('refused');
  const socket = openUdp(server.stack);
  await socket.send(pattern(4), { address: ipv4('198.51.100.1'), port: 53 });
  await expect(world.finish(socket.receive())).rejects.toThrow('prohibited');
  for (const { bytes } of recording.frames) sound(bytes);
});

test('a host may have one too, for what comes to itself and leaves from itself', async () => {
  const { net, world } = guarded({});
  const { Firewall } = await import('../../../src/lab/firewall/firewall.ts');
  const wall = new Firewall({
    policy: { input: 'drop' },
    rules: ['allow icmp on input', 'drop tcp port 80 on output as no-web'],
  });
  const one = net.host('one', { address: '10.5.0.1/24', hooks: wall.hooks });
  const two = net.host('two', { address: '10.5.0.2/24' });
  net.cable(one, two);
  two.listen(80, async () => {});
  two.listen(81, async () => {});
  expect((await world.finish(two.ping(one)))[0]?.outcome).toBe('reply');
  expect((await world.finish(one.connect(two, 81))).remote?.port).toBe(81);
  await expect(world.finish(one.connect(two, 80, { synRetries: 0 }))).rejects.toThrow('timed out');
});

test('an interface that is not there is named', () => {
  expect(() => guarded({ rules: ['allow in lan2 as x'] })).toThrow(
    'fw: x speaks of the interface "lan2", but there are lan, wan',
  );
});

test('a host of a network has one in a line', async () => {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const rules = ['allow icmp on input', 'drop any on input as nothing-else'];
  const one = net.host('one', { address: '10.5.0.1/24', firewall: { rules } });
  const two = net.host('two', { address: '10.5.0.2/24' });
  net.cable(one, two);
  one.listen(80, async () => {});
  expect((await net.world.finish(two.ping(one)))[0]?.outcome).toBe('reply');
  await expect(net.world.finish(two.connect(one, 80, { synRetries: 0 }))).rejects.toThrow('timed out');
  expect(one.kind).toBe('host');
  expect(one.tables().map(({ kind }) => kind)).toContain('firewall');
});

test('traceroute shows the router that filters as well: what it says itself is about nothing that it let pass', async () => {
  const { world, pc } = guarded({ rules: ['allow icmp type echo-request in lan', 'allow udp in lan'] });
  const hops: string[] = [];
  for (const ttl of [1, 2]) {
    const [result] = await world.finish(pc.ping('198.51.100.7', { ttl }));
    hops.push(`${result?.from} ${result?.outcome}`);
  }
  expect(hops).toEqual(['10.1.0.1 time to live exceeded', '198.51.100.7 reply']);
  const socket = openUdp(pc.stack);
  await socket.send(pattern(4), { address: ipv4('198.51.100.7'), port: 4000 });
  await expect(world.finish(socket.receive())).rejects.toThrow('port unreachable');
});
