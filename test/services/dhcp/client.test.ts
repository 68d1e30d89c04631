/** A DHCP client and a server on one link: RFC 2131 from DISCOVER to RELEASE, in virtual time. */
import { expect, test } from 'vitest';
import type { ClientEvent, DhcpClient, DhcpClientOptions } from '../../../src/services/dhcp/index.ts';
import { inform } from '../../../src/services/dhcp/index.ts';
import { ipv4, MINUTE, parseMac, SECOND } from '../../../src/stack/index.ts';
import { Lan, POOL } from './lan.ts';

const HOUR = 60 * MINUTE;
const DORA = ['discover', 'offer 10.0.0.100', 'request', 'acknowledgment 10.0.0.100'];

/** A client whose states are noted. */
function watched(lan: Lan, options: Partial<DhcpClientOptions> = {}, name = 'pc1') {
  const states: string[] = [];
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent): void => {
    if (event.kind === 'state') states.push(event.state);
    else events.push(event);
  };
  const host = lan.host(name);
  const client: DhcpClient = lan.ask(host, { ...options, onEvent });
  return { host, client, states, events };
}

test('RFC 2131 §3.1: discover, offer, request, acknowledgment; then the host has its address, router, DNS and domain', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const { host, client, states } = watched(lan, { hostName: 'pc1' });
  expect(await lan.address(client)).toBe('10.0.0.100');
  expect(states).toEqual(['SELECTING', 'REQUESTING', 'BOUND']);
  expect(lan.notes('pc1')).toEqual(['asks whether there is a server', 'takes 10.0.0.100 from 10.0.0.1']);
  expect(lan.notes('server')).toEqual(['lease 10.0.0.100 for 1 h offered', 'lease 10.0.0.100 for 1 h: taken']);
  expect(lan.heard('pc1')).toEqual(DORA);
  const lease = client.lease!;
  expect([`${lease.prefix}`, `${lease.server}`, lease.dns.join(), lease.domain, lease.leaseTime]).toEqual([
    '10.0.0.0/24',
    '10.0.0.1',
    '10.0.0.1,10.0.0.9',
    'lan.example',
    HOUR,
  ]);
  expect(host.tables().find(({ kind }) => kind === 'routes')?.rows).toEqual([
    ['10.0.0.0/24', 'on the link', 'eth0', ''],
    ['default', '10.0.0.1', 'eth0', ''],
  ]);
  const [result] = await lan.net.world.finish(host.ping('10.0.0.1'));
  expect(result?.outcome).toBe('reply');
});

test('RFC 2131 §4.4.5: renewed at half of the time, by unicast, again and again', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const { client, states } = watched(lan);
  await lan.address(client);
  lan.recording.forget();
  await lan.passes(100 * MINUTE);
  expect(lan.notes('pc1')).toEqual(Array(3).fill('T1: asks for more time for 10.0.0.100'));
  expect(lan.notes('server')).toEqual(Array(3).fill('lease 10.0.0.100 for 1 h: renewed'));
  expect(lan.heard('pc1')).toEqual(Array(3).fill(['request', 'acknowledgment 10.0.0.100']).flat());
  expect(states.slice(3)).toEqual(Array(3).fill(['RENEWING', 'BOUND']).flat());
});

test('a server that is gone: RENEWING, REBINDING, then the lease is over, and address and routes are gone', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0 });
  const { host, client, states, events } = watched(lan);
  await lan.address(client);
  server.close();
  lan.recording.forget();
  await lan.passes(59 * MINUTE);
  expect([states.slice(3), `${client.lease?.address}`]).toEqual([['RENEWING', 'REBINDING'], '10.0.0.100']);
  const said = lan.notes('pc1');
  expect(said.filter((note) => note.startsWith('T1')).length).toBeGreaterThan(3);
  expect(said.filter((note) => note.startsWith('T2')).length).toBeGreaterThan(2);
  await lan.passes(2 * MINUTE);
  expect([states.slice(5), client.lease, host.stack.addresses.list(), host.stack.routes.list()]).toEqual([
    ['INIT', 'SELECTING'],
    undefined,
    [],
    [],
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'expired', words: 'the lease of 10.0.0.100 is over' });
});

test('another server with the same leases answers who is REBINDING', async () => {
  const lan = new Lan();
  const first = lan.server({ conflictCheck: 0 });
  const { client, states } = watched(lan);
  await lan.address(client);
  const { leases } = first;
  first.close();
  lan.server({ conflictCheck: 0, leases }, 'second', '10.0.0.2/24');
  await lan.passes(55 * MINUTE);
  expect([states.slice(3), `${client.lease?.server}`]).toEqual([['RENEWING', 'REBINDING', 'BOUND'], '10.0.0.2']);
});

test('RFC 2131 §4.1: nobody there: asked again after 4, 8, 16, 32, 64, 64 s, a second more or less', async () => {
  const lan = new Lan();
  watched(lan);
  await lan.passes(200 * SECOND);
  const at = lan.recording.frames.filter(({ direction }) => direction === 'out').map((frame) => frame.at);
  const gaps = at.slice(1).map((time, index) => (time - at[index]!) / SECOND);
  expect(gaps.map((gap, index) => Math.abs(gap - Math.min(64, 4 * 2 ** index)) <= 1)).toEqual(Array(6).fill(true));
  expect(lan.notes('pc1').slice(0, 2)).toEqual(['asks whether there is a server', 'asks again: no offer yet']);
});

test('RFC 2131 §3.1.5: an address that somebody has is declined; ten seconds later another one is asked for', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  lan.host('stranger', { address: '10.0.0.100/24' });
  const { client, events } = watched(lan);
  expect(await lan.address(client)).toBe('10.0.0.101');
  expect(lan.now).toBeGreaterThan(10 * SECOND);
  expect(lan.heard('pc1')).toEqual([...DORA, 'decline', 'discover', 'offer 10.0.0.101', 'request', 'acknowledgment 10.0.0.101']);
  expect(events[0]).toMatchObject({ kind: 'conflict', words: '10.0.0.100 is in use by 02:00:0a:00:00:64' });
  expect(lan.said.find(({ kind }) => kind === 'declined')?.lease).toMatchObject({ address: '10.0.0.100', state: 'declined' });
});

test('INIT-REBOOT: the address of last time, and two messages less', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0 });
  const pc = lan.host('pc1');
  const before = lan.ask(pc);
  await lan.address(before);
  const stored = server.leases;
  await lan.net.world.finish(before.close());
  server.close();
  lan.serve(lan.net.node('server') as never, { conflictCheck: 0, leases: stored });
  lan.recording.forget();
  const states: string[] = [];
  const again = lan.ask(pc, {
    previous: ipv4('10.0.0.100'),
    onEvent: ({ kind, state }) => kind === 'state' && states.push(state),
  });
  expect(await lan.address(again)).toBe('10.0.0.100');
  expect(lan.heard('pc1')).toEqual(['request', 'acknowledgment 10.0.0.100']);
  expect(states).toEqual(['INIT-REBOOT', 'REBOOTING', 'BOUND']);
});

test('INIT-REBOOT in another network: refused with the reason, then from the beginning', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const { client, states, events } = watched(lan, { previous: ipv4('192.168.7.7') });
  expect(await lan.address(client)).toBe('10.0.0.100');
  expect(lan.heard('pc1')).toEqual(['request', 'negative acknowledgment', ...DORA]);
  expect(events[0]).toMatchObject({ kind: 'refused', words: '192.168.7.7 is not of this network, 10.0.0.0/24' });
  expect(states).toEqual(['INIT-REBOOT', 'REBOOTING', 'INIT', 'SELECTING', 'REQUESTING', 'BOUND']);
});

test('INIT-REBOOT at a server that does not know the client: silence, and after four questions from the beginning', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0 });
  const { client } = watched(lan, { previous: ipv4('10.0.0.102') });
  expect(await lan.address(client)).toBe('10.0.0.102'); // asked for in the DISCOVER
  expect(lan.heard('pc1').filter((word) => word === 'request')).toHaveLength(5);
  expect(server.drops['no record of the client']).toBe(4);
});

test('a server that is alone on its network, and says so, answers strangers at once', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0, authoritative: true });
  const { client } = watched(lan, { previous: ipv4('10.0.0.102') });
  expect(await lan.address(client)).toBe('10.0.0.102');
  expect(lan.heard('pc1')).toEqual(['request', 'acknowledgment 10.0.0.102']);
});

test('RFC 2131 §4.4.6: what is given back is off the interface, and another one can have it', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0, pools: [{ ...POOL, range: '10.0.0.100' }] });
  const { host, client, events } = watched(lan);
  await lan.address(client);
  await lan.net.world.finish(client.close());
  expect([events.at(-1)?.kind, host.stack.addresses.list(), host.stack.routes.list()]).toEqual(['released', [], []]);
  await lan.passes(SECOND);
  expect(server.leases).toMatchObject([{ address: '10.0.0.100', state: 'released' }]);
  expect(await lan.address(lan.client('pc2'))).toBe('10.0.0.100');
  await lan.net.world.finish(client.close()); // a second time is nothing
  expect(await client.ready()).toBeUndefined();
});

test('the port is free again after a client, and one interface has one client', async () => {
  const lan = new Lan();
  const pc = lan.host('pc1');
  const client = lan.ask(pc);
  expect(() => lan.ask(pc)).toThrow('port in use');
  await lan.net.world.finish(client.close());
  await lan.net.world.finish(lan.ask(pc).close());
});

test('of several offers one is picked: the first, or whatever the user thinks best', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const longer = { ...POOL, range: '10.0.0.200-10.0.0.209', leaseTime: 2 * HOUR };
  const other = lan.server({ conflictCheck: 0, pools: [longer] }, 'other', '10.0.0.2/24');
  const choose: DhcpClientOptions['choose'] = (offers) => [...offers].sort((a, b) => b.leaseTime - a.leaseTime)[0];
  const { client } = watched(lan, { collectOffers: SECOND, choose });
  expect(await lan.address(client)).toBe('10.0.0.200');
  expect(lan.notes('pc1').at(-1)).toBe('takes 10.0.0.200 from 10.0.0.2, of 2 offers');
  expect(other.leases).toMatchObject([{ state: 'bound' }]);
  const { client: hasty } = watched(lan, {}, 'pc2');
  expect(await lan.address(hasty)).toBe('10.0.0.100');
});

test('the servers whose offers were not taken take them back', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const other = lan.server({ conflictCheck: 0, pools: [{ ...POOL, range: '10.0.0.200-10.0.0.209' }] }, 'other', '10.0.0.2/24');
  await lan.address(lan.client('pc1'));
  expect([other.leases, other.drops['it takes the offer of another server']]).toEqual([[], 1]);
});

test('RFC 2131 §3.4: who has an address from elsewhere asks for the rest', async () => {
  const lan = new Lan();
  lan.server();
  const { stack } = lan.host('pc1', { address: '10.0.0.50/24' });
  const { timers, world } = lan.net;
  const asked = { stack, interface: stack.interfaces.get(1)!, time: timers, random: world.random };
  const found = await world.finish(inform(asked));
  expect([found?.dns.join(), found?.domain, found?.routers.join()]).toEqual(['10.0.0.1,10.0.0.9', 'lan.example', '10.0.0.1']);
  expect(lan.heard('pc1')).toEqual(['inform', 'acknowledgment']);
  const bare = lan.host('pc2').stack;
  await expect(inform({ ...asked, stack: bare, interface: bare.interfaces.get(1)! })).rejects.toThrow('has no address');
});

test('nobody who informs: undefined after four questions', async () => {
  const lan = new Lan();
  const { stack } = lan.host('pc1', { address: '10.0.0.50/24' });
  const { timers, world } = lan.net;
  expect(
    await world.finish(inform({ stack, interface: stack.interfaces.get(1)!, time: timers, random: world.random })),
  ).toBeUndefined();
  expect(lan.heard('pc1')).toEqual(Array(4).fill('inform'));
});

test('a lease for ever is never renewed', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0, pools: [{ ...POOL, maxLeaseTime: Number.POSITIVE_INFINITY }] });
  const { client } = watched(lan, { leaseTime: 0xffff_ffff * SECOND });
  await lan.address(client);
  expect(client.lease?.leaseTime).toBe(Number.POSITIVE_INFINITY);
  lan.recording.forget();
  await lan.passes(100 * 24 * HOUR);
  expect([lan.heard('pc1'), client.state]).toEqual([[], 'BOUND']);
});

test('a client that wants its answers by broadcast gets them so', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const { client } = watched(lan, { broadcast: true });
  await lan.address(client);
  const toAll = lan.recording.frames.filter(({ bytes, direction, interfaceId }) => {
    return direction === 'out' && lan.recording.interfaces[interfaceId]?.name === 'server' && bytes[0] === 0xff;
  });
  expect(toAll).toHaveLength(2);
});

test('RFC 5227 §2.1.1: by default an address is probed for three times before it is used, which takes seconds', async () => {
  const lan = new Lan();
  lan.server({ conflictCheck: 0 });
  const { client } = watched(lan, { conflictCheck: undefined as never });
  await lan.address(client);
  expect(lan.now).toBeGreaterThan(4 * SECOND);
  const { client: careless } = watched(lan, { conflictCheck: false }, 'pc2');
  const began = lan.now;
  await lan.address(careless);
  expect(lan.now - began).toBeLessThan(SECOND);
});

test('a name and an identifier that are told stand in the table of leases', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0 });
  const { client } = watched(lan, { hostName: 'pc1', clientId: Uint8Array.of(0, 1, 2, 3) });
  await lan.address(client);
  expect(server.leases).toMatchObject([{ address: '10.0.0.100', client: '00010203', hostName: 'pc1', state: 'bound' }]);
  expect(parseMac(server.leases[0]!.mac)).toBeDefined();
});

test('a renewal that brings another router changes the route and keeps the address', async () => {
  const lan = new Lan();
  const server = lan.server({ conflictCheck: 0 });
  const { host, client } = watched(lan);
  await lan.address(client);
  const stored = server.leases;
  server.close();
  lan.serve(lan.net.node('server') as never, { conflictCheck: 0, leases: stored, pools: [{ ...POOL, router: '10.0.0.254' }] });
  await lan.passes(31 * MINUTE);
  expect(host.tables().find(({ kind }) => kind === 'routes')?.rows).toEqual([
    ['10.0.0.0/24', 'on the link', 'eth0', ''],
    ['default', '10.0.0.254', 'eth0', ''],
  ]);
  expect(client.state).toBe('BOUND');
});
