/** What a DHCP server does with each message, RFC 2131 §4.3: who is answered, what, where to, and who is not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import type { DhcpServer, DhcpServerOptions } from '../../../src/services/dhcp/index.ts';
import * as option from '../../../src/services/dhcp/options.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/index.ts';
import { Lan, POOL } from './lan.ts';
import { Talker } from './talker.ts';

const AT_ONCE = { conflictCheck: 0 };

interface Setting {
  readonly lan: Lan;
  readonly server: DhcpServer;
  readonly talker: Talker;
}

function setting(options: Partial<DhcpServerOptions> = AT_ONCE, address?: string): Setting {
  const lan = new Lan();
  const server = lan.server(options);
  return { lan, server, talker: new Talker(lan, lan.host('pc1', address === undefined ? {} : { address })) };
}

/** Drops by reason, those that occurred. */
const dropsOf = ({ drops }: DhcpServer) => Object.fromEntries(Object.entries(drops).filter(([, count]) => count > 0));

/** Where the frames of a host went: Ethernet and IPv4 destinations. */
const wentTo = (lan: Lan, name: string): string[] =>
  lan.recording.frames
    .filter(({ interfaceId, direction }) => lan.recording.interfaces[interfaceId]?.name === name && direction === 'out')
    .flatMap(({ bytes }) => {
      const { ethernet, network, application } = dissect(bytes);
      return application?.kind === 'dhcp' && network?.kind === 'ipv4' ? [`${ethernet?.destination} ${network.destination}`] : [];
    });

/** Takes 10.0.0.100. */
async function bound(talker: Talker): Promise<void> {
  await talker.says('discover');
  await talker.says('request', { requested: '10.0.0.100', server: '10.0.0.1' });
}

test('RFC 2131 §4.3.1: an offer for whoever asks, the same one again, and the one that is wished for', async () => {
  const { talker } = setting();
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.100 for 3600 s']);
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.100 for 3600 s']);
  expect(await talker.hears('discover', { mac: 0x02_01, requested: '10.0.0.102' })).toEqual(['offer 10.0.0.102 for 3600 s']);
  expect(await talker.hears('discover', { mac: 0x02_02, requested: '10.0.0.7' })).toEqual(['offer 10.0.0.101 for 3600 s']);
});

test('RFC 2131 §4.1: to the address that is given without asking ARP for it; to everybody who asks for that', async () => {
  const { lan, talker } = setting();
  await talker.says('discover');
  await talker.says('discover', { broadcast: true });
  expect(wentTo(lan, 'server')).toEqual(['02:00:00:00:00:01 10.0.0.100', 'ff:ff:ff:ff:ff:ff 255.255.255.255']);
});

test.each([
  { name: 'the offer is taken', spoken: { requested: '10.0.0.100', server: '10.0.0.1' }, hears: ['ack 10.0.0.100 for 3600 s'] },
  {
    name: 'another address than the offered one, free',
    spoken: { requested: '10.0.0.101', server: '10.0.0.1' },
    hears: ['ack 10.0.0.101 for 3600 s'],
  },
  {
    name: 'an address outside of the pool',
    spoken: { requested: '10.0.0.7', server: '10.0.0.1' },
    hears: ['nak: 10.0.0.7 is not free any more'],
  },
  {
    name: 'the offer of another server',
    spoken: { requested: '10.0.0.100', server: '10.0.0.2' },
    hears: [],
    drops: 'it takes the offer of another server',
  },
  {
    name: 'server and own address',
    spoken: { ciaddr: '10.0.0.100', requested: '10.0.0.100', server: '10.0.0.1' },
    hears: [],
    drops: 'request fits no state',
  },
  { name: 'server and nothing wished for', spoken: { server: '10.0.0.1' }, hears: [], drops: 'request fits no state' },
  { name: 'neither server nor address', spoken: {}, hears: [], drops: 'request fits no state' },
  {
    name: 'an address and the wish for one',
    spoken: { ciaddr: '10.0.0.100', requested: '10.0.0.100' },
    hears: [],
    drops: 'request fits no state',
  },
])('RFC 2131 §4.3.2, after an offer: $name', async ({ spoken, hears, drops }) => {
  const { talker, server } = setting();
  await talker.says('discover');
  expect(await talker.hears('request', spoken)).toEqual(hears);
  expect(dropsOf(server)).toEqual(drops === undefined ? {} : { [drops]: 1 });
});

test.each([
  { name: 'INIT-REBOOT, right', spoken: { requested: '10.0.0.100' }, hears: ['ack 10.0.0.100 for 3600 s'] },
  {
    name: "INIT-REBOOT, another's address",
    spoken: { requested: '10.0.0.101' },
    hears: ['nak: 10.0.0.101 is not the address of this client'],
  },
  {
    name: 'INIT-REBOOT, another network',
    spoken: { requested: '192.168.1.5' },
    hears: ['nak: 192.168.1.5 is not of this network, 10.0.0.0/24'],
  },
  { name: 'REBINDING', spoken: { ciaddr: '10.0.0.100' }, hears: ['ack 10.0.0.100 for 3600 s'] },
  {
    name: "REBINDING, another's address",
    spoken: { ciaddr: '10.0.0.101' },
    hears: ['nak: 10.0.0.101 is not the address of this client'],
  },
  {
    name: 'a stranger, INIT-REBOOT',
    spoken: { mac: 0x02_09, requested: '10.0.0.102' },
    hears: [],
    drops: 'no record of the client',
  },
])('RFC 2131 §4.3.2, with a lease: $name', async ({ spoken, hears, drops }) => {
  const { talker, server } = setting();
  await bound(talker);
  expect(await talker.hears('request', { broadcast: true, ...spoken })).toEqual(hears);
  expect(dropsOf(server)).toEqual(drops === undefined ? {} : { [drops]: 1 });
});

test('RFC 2131 §4.3.2: RENEWING is answered by unicast to the address that the client has', async () => {
  const { lan, talker, server } = setting(AT_ONCE, '10.0.0.100/24');
  await bound(talker);
  lan.recording.forget();
  expect(await talker.hears('request', { ciaddr: '10.0.0.100', to: '10.0.0.1' })).toEqual(['ack 10.0.0.100 for 3600 s']);
  expect(wentTo(lan, 'server')).toEqual(['02:00:0a:00:00:64 10.0.0.100']);
  expect(lan.said.at(-1)?.words).toBe('lease 10.0.0.100 for 1 h: renewed');
  expect(dropsOf(server)).toEqual({});
});

test('a refusal goes to everybody, for the address of the client is wrong', async () => {
  const { lan, talker } = setting();
  await talker.says('request', { requested: '192.168.1.5' });
  expect(wentTo(lan, 'server')).toEqual(['ff:ff:ff:ff:ff:ff 255.255.255.255']);
});

test('what a client asks for is what it is told, the mask first; an unasked client is told all there is', async () => {
  const { talker } = setting();
  const codes = async (wanted?: readonly number[]): Promise<number[]> => {
    const list = wanted === undefined ? [] : [[option.PARAMETER_REQUEST_LIST, Uint8Array.from(wanted)] as const];
    const [offer] = await talker.says('discover', { options: list });
    return [...offer!.options.keys()];
  };
  const { SERVER_IDENTIFIER, LEASE_TIME, RENEWAL_TIME, REBINDING_TIME, SUBNET_MASK, ROUTER, DOMAIN_NAME } = option;
  const times = [SERVER_IDENTIFIER, LEASE_TIME, RENEWAL_TIME, REBINDING_TIME, SUBNET_MASK];
  expect(await codes([DOMAIN_NAME, ROUTER, 99])).toEqual([...times, DOMAIN_NAME, ROUTER]);
  expect(await codes([])).toEqual(times);
  expect(await codes()).toEqual([...times, ROUTER, option.DOMAIN_NAME_SERVER, DOMAIN_NAME, option.BROADCAST_ADDRESS]);
});

test('RFC 6842 and RFC 3046: identifier and relay information come back, the latter last', async () => {
  const { talker } = setting();
  const said = [
    [option.RELAY_AGENT, Uint8Array.of(1, 2, 0x68, 0x69)],
    [option.CLIENT_IDENTIFIER, Uint8Array.of(0, 5, 5)],
  ] as const;
  const [offer] = await talker.says('discover', { options: said });
  expect([...offer!.options].slice(-2)).toEqual([said[1], said[0]]);
});

test.each([
  { asked: 60, max: HOURS(1), given: 60 },
  { asked: 7_200, max: HOURS(1), given: 3_600 },
  { asked: 7_200, max: HOURS(3), given: 7_200 },
  { asked: 0, max: HOURS(1), given: 1 },
  { asked: 0xffff_ffff, max: HOURS(2), given: 7_200 },
  { asked: 0xffff_ffff, max: Number.POSITIVE_INFINITY, given: 0xffff_ffff },
])('a lease of $asked s is asked for: $given s', async ({ asked, max, given }) => {
  const { talker } = setting({ ...AT_ONCE, pools: [{ ...POOL, maxLeaseTime: max }] });
  expect(await talker.hears('discover', { leaseTime: asked })).toEqual([`offer 10.0.0.100 for ${given} s`]);
});

function HOURS(count: number): number {
  return count * 60 * MINUTE;
}

test('no address is left: silence, counted; and one that nobody takes is free again after half a minute', async () => {
  const { lan, talker, server } = setting();
  for (const mac of [0x02_01, 0x02_02, 0x02_03]) await talker.says('discover', { mac });
  expect(await talker.hears('discover')).toEqual([]);
  expect(dropsOf(server)).toEqual({ 'every address is taken': 1 });
  await lan.passes(30 * SECOND);
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.100 for 3600 s']);
});

test('RFC 2131 §2.2: an address that answers a ping is not offered, the next one is', async () => {
  const { lan, talker, server } = setting({});
  lan.host('stranger', { address: '10.0.0.100/24' });
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.101 for 3600 s']);
  expect(server.leases).toMatchObject([
    { address: '10.0.0.100', state: 'declined' },
    { address: '10.0.0.101', state: 'offered' },
  ]);
  expect(lan.said[0]?.words).toBe('10.0.0.100 answers a ping: it is in use without a lease');
});

test('one that answers ARP and no ping is in use too', async () => {
  const { lan, talker } = setting({});
  const shy = lan.host('shy', { address: '10.0.0.100/24', hooks: { input: () => 'no pings' } });
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.101 for 3600 s']);
  expect(shy.stack.drops()).toMatchObject({ 'dropped by a rule': 2 }); // the broadcast and the ping
});

test('while an address is being pinged, its client may ask again, and hears one offer', async () => {
  const { lan, talker, server } = setting({});
  talker.send('discover');
  await lan.passes(100 * MILLISECOND);
  talker.send('discover');
  await lan.passes(SECOND);
  expect(talker.answers()).toHaveLength(1);
  expect(dropsOf(server)).toEqual({ 'its offer is being prepared': 1 });
});

test('a flood of strangers: a bounded number of pings, no more lines than addresses, and no end of the service', async () => {
  const lan = new Lan();
  const server = lan.server({ pools: [{ ...POOL, range: '10.0.0.10-10.0.0.250' }] });
  const talker = new Talker(lan, lan.host('pc1'));
  for (let i = 0; i < 500; i++) talker.send('discover', { mac: 0x02_00_00_00_10_00 + i, broadcast: true });
  await lan.passes(5 * SECOND);
  expect(server.leases.length).toBe(64);
  expect(dropsOf(server)).toEqual({ 'too many offers are being prepared': 436 });
  for (let i = 0; i < 500; i++) talker.send('discover', { mac: 0x02_00_00_00_20_00 + i, broadcast: true });
  await lan.passes(40 * SECOND);
  talker.answers();
  expect(await talker.hears('discover')).toHaveLength(1);
  expect(server.leases.length).toBeLessThanOrEqual(241);
});

test('reservations: the address is kept for its client, inside of the range or outside of it', async () => {
  const reservations = [
    { mac: '00:00:00:00:02:09', address: '10.0.0.100' },
    { clientId: '00aa', address: '10.0.0.7' },
  ];
  const { talker } = setting({ ...AT_ONCE, pools: [{ ...POOL, reservations }] });
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.101 for 3600 s']);
  expect(await talker.hears('discover', { mac: 0x02_09 })).toEqual(['offer 10.0.0.100 for 3600 s']);
  const options = [[option.CLIENT_IDENTIFIER, Uint8Array.of(0, 0xaa)]] as const;
  expect(await talker.hears('discover', { options })).toEqual(['offer 10.0.0.7 for 3600 s']);
});

test('RFC 2131 §4.3.3 and §4.3.4: only of what it has can a client speak', async () => {
  const { talker, server } = setting();
  await bound(talker);
  expect(await talker.hears('decline', { mac: 0x02_09, requested: '10.0.0.100', server: '10.0.0.1' })).toEqual([]);
  expect(await talker.hears('release', { mac: 0x02_09, ciaddr: '10.0.0.100', server: '10.0.0.1' })).toEqual([]);
  expect(await talker.hears('decline', { requested: '10.0.0.100', server: '10.0.0.2' })).toEqual([]);
  expect(dropsOf(server)).toEqual({ 'speaks of an address that is not its own': 2, 'speaks to another server': 1 });
  expect(server.leases).toMatchObject([{ address: '10.0.0.100', state: 'bound' }]);
});

test('whoever asks under the name of a client with a lease does not shorten it', async () => {
  const { lan, talker, server } = setting();
  await bound(talker);
  const [before] = server.leases;
  await talker.says('discover');
  await lan.passes(MINUTE);
  expect(server.leases).toEqual([before]);
});

test('leases outlive the server: what it said before goes in again, what fits no pool does not', async () => {
  const { lan, talker, server } = setting();
  await bound(talker);
  const kept = server.leases;
  server.close();
  const foreign = { ...kept[0]!, address: '192.168.1.5', client: '00ff' };
  const broken = { ...kept[0]!, address: 'x' };
  const again = lan.serve(lan.net.node('server') as never, { ...AT_ONCE, leases: [...kept, foreign, broken] });
  expect(again.leases).toEqual(kept);
  expect(await talker.hears('request', { requested: '10.0.0.100' })).toEqual(['ack 10.0.0.100 for 3600 s']);
});

test('only the interfaces that are named are served, and a network without a pool is counted', async () => {
  const { talker, server, lan } = setting({ ...AT_ONCE, interfaces: [2] });
  expect(await talker.hears('discover')).toEqual([]);
  expect(dropsOf(server)).toEqual({});
  server.close();
  const other = lan.serve(lan.net.node('server') as never, { pools: [{ network: '10.9.0.0/24', range: '10.9.0.1' }] });
  expect(await talker.hears('discover')).toEqual([]);
  expect(dropsOf(other)).toEqual({ 'no pool for the network': 1 });
});

test('pools that give away the same addresses are refused, two beside each other are one after the other', async () => {
  const lan = new Lan();
  expect(() => lan.server({ pools: [POOL, { ...POOL, range: '10.0.0.102-10.0.0.110' }] })).toThrow(
    'two pools give away the same addresses of 10.0.0.0/24',
  );
  expect(() => lan.serve(lan.host('other', { address: '10.0.0.2/24' }), { pools: [] })).toThrow('needs a pool');
  lan.serve(lan.host('third', { address: '10.0.0.3/24' }), {
    ...AT_ONCE,
    pools: [
      { ...POOL, range: '10.0.0.100' },
      { ...POOL, range: '10.0.0.200' },
    ],
  });
  const talker = new Talker(lan, lan.host('pc1'));
  expect(await talker.hears('discover')).toEqual(['offer 10.0.0.100 for 3600 s']);
  expect(await talker.hears('discover', { mac: 0x02_09 })).toEqual(['offer 10.0.0.200 for 3600 s']);
  expect(await talker.hears('discover', { mac: 0x02_09 })).toEqual(['offer 10.0.0.200 for 3600 s']);
});

test('whatever comes to the port, the server goes on', async () => {
  const { lan, talker, server } = setting();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), async (datagrams) => {
      for (const bytes of datagrams) talker.raw(bytes);
      await lan.passes(SECOND);
    }),
    { numRuns: 30 },
  );
  talker.answers();
  expect(await talker.hears('discover')).toHaveLength(1);
  expect(server.drops['shorter than a DHCP message']).toBeGreaterThan(100);
});

test('an offer that is being prepared when its client takes that of another server is not made', async () => {
  const { lan, talker, server } = setting({});
  talker.send('discover');
  await lan.passes(100 * MILLISECOND);
  talker.send('request', { requested: '10.0.0.200', server: '10.0.0.2' });
  await lan.passes(SECOND);
  expect([talker.answers(), server.leases]).toEqual([[], []]);
  expect(dropsOf(server)).toEqual({ 'it takes the offer of another server': 1 });
});

test('the ping that nobody answered does not reach the client that gets the address', async () => {
  const { lan, talker } = setting({});
  expect(await talker.hears('discover')).toHaveLength(1);
  const pinged = lan.recording.frames.filter(({ bytes }) => dissect(bytes).transport?.kind === 'icmp');
  expect(pinged).toEqual([]);
});
