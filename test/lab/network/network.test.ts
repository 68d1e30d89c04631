/** Networks drawn device by device: what they do, what they tell, and which drawings are refused. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Network } from '../../../src/lab/network/network.ts';
import { Recording } from '../../../src/lab/network/recording.ts';
import { tableText } from '../../../src/lab/network/table.ts';
import type { SwitchOptions } from '../../../src/lab/switching/port-options.ts';
import { World } from '../../../src/lab/world.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/index.ts';

const worldOf = (): World => new World({ settle: () => setImmediate() });

/** Two networks and the router between them, each with one host on a cable of its own. */
function twoNetworks() {
  const recording = new Recording();
  const net = new Network(worldOf(), { recording });
  const pc1 = net.host('pc1', { address: '192.168.10.1/24', gateway: '192.168.10.254' });
  const pc2 = net.host('pc2', { address: '192.168.20.1/24', gateway: '192.168.20.254' });
  const r1 = net.router('r1', { ports: { lan10: '192.168.10.254/24', lan20: '192.168.20.254/24' } });
  net.cable(pc1, r1.port('lan10'));
  net.cable(r1.port('lan20'), pc2, { delay: 5 * MILLISECOND, rate: 10_000_000 });
  return { net, recording, pc1, pc2, r1 };
}

test('a ping goes through a router, and everybody has learnt what there was to learn', async () => {
  const { net, recording, pc1, pc2, r1 } = twoNetworks();
  const [result] = await net.world.finish(pc1.ping(pc2));
  expect([result?.outcome, result?.ttl]).toEqual(['reply', 63]);
  expect(recording.interfaces.map(({ name }) => name)).toEqual(['pc1', 'r1.lan10', 'r1.lan20', 'pc2']);
  const neighbours = r1.tables().find(({ kind }) => kind === 'arp');
  expect(neighbours?.rows.map(([address, , port]) => `${address} at ${port}`)).toEqual([
    '192.168.10.1 at lan10',
    '192.168.20.1 at lan20',
  ]);
});

test('tables read like the ones on a board, and tell of every change', async () => {
  const { net, pc1, pc2 } = twoNetworks();
  await net.world.finish(pc1.ping(pc2));
  const routes = net.tables().find(({ of, kind }) => of === 'pc1' && kind === 'routes');
  expect(routes && tableText(routes)).toBe(
    [
      'pc1: routes',
      '  network          next hop        interface  metric',
      '  192.168.10.0/24  on the link     eth0',
      '  default          192.168.10.254  eth0',
      '',
    ].join('\n'),
  );
  const learnt = net.watch?.changes.filter(({ kind }) => kind === 'arp').map(({ of, row }) => `${of}: ${row[0]}`);
  expect(learnt).toEqual(
    expect.arrayContaining(['pc1: 192.168.10.254', 'r1: 192.168.10.1', 'r1: 192.168.20.1', 'pc2: 192.168.20.254']),
  );
});

test('the drawing as data: nodes, cables, addresses at their ports', () => {
  const { net } = twoNetworks();
  expect(net.topology()).toEqual({
    nodes: [
      { name: 'pc1', kind: 'host', addresses: ['192.168.10.1/24'] },
      { name: 'pc2', kind: 'host', addresses: ['192.168.20.1/24'] },
      { name: 'r1', kind: 'router', addresses: ['192.168.10.254/24', '192.168.20.254/24'] },
    ],
    links: [
      {
        a: { node: 'pc1', port: 'eth0', address: '192.168.10.1/24' },
        b: { node: 'r1', port: 'lan10', address: '192.168.10.254/24' },
      },
      {
        a: { node: 'r1', port: 'lan20', address: '192.168.20.254/24' },
        b: { node: 'pc2', port: 'eth0', address: '192.168.20.1/24' },
        label: '10 Mbit/s, 5 ms',
      },
    ],
  });
});

test('a cable that is pulled out loses what is sent, and may go into another port', async () => {
  const { net, pc1, pc2, r1 } = twoNetworks();
  expect((await net.world.finish(pc1.ping(pc2)))[0]?.outcome).toBe('reply');
  net.remove(net.cableAt(pc1));
  expect((await net.world.finish(pc1.ping(pc2)))[0]?.outcome).not.toBe('reply');
  net.cable(r1.port('lan10'), pc1);
  await net.world.runFor(SECOND);
  expect((await net.world.finish(pc1.ping(pc2)))[0]?.outcome).toBe('reply');
});

test('a router gives addresses to the hosts of its link, and shows its leases', async () => {
  const net = new Network(worldOf());
  const r1 = net.router('r1', { ports: { lan: '192.168.1.1/24', wan: '10.0.0.1/24' } });
  const [s1, pc1, pc2] = [net.switch('s1'), net.host('pc1'), net.host('pc2')];
  for (const node of [r1.port('lan'), pc1, pc2]) net.cable(node, s1);
  r1.serveAddresses({ pools: [{ network: '192.168.1.0/24', range: '192.168.1.100-192.168.1.150', router: '192.168.1.1' }] });
  const both = await net.world.finish(Promise.all([pc1.obtainAddress(), pc2.obtainAddress()]));
  expect(both.map(({ lease }) => `${lease?.address}`).sort()).toEqual(['192.168.1.100', '192.168.1.101']);
  expect((await net.world.finish(pc1.ping('10.0.0.1')))[0]?.outcome).toBe('reply');
  const leases = r1.tables().find(({ kind }) => kind === 'leases');
  expect(leases?.rows.map(([address, , host, state]) => `${address} ${host} ${state}`).sort()).toEqual(
    both.map(({ lease }, index) => `${lease?.address} pc${index + 1} bound`).sort(),
  );
});

test('a host takes command lines, and knows the others by name', async () => {
  const { net, pc1 } = twoNetworks();
  const lines = (await net.world.finish(pc1.run('traceroute pc2'))).split('\n');
  expect(lines.map((line) => line.replace(/ {2}[\d.]+ ms.*/, ''))).toEqual([
    'traceroute to pc2 (192.168.20.1), 30 hops at most',
    ' 1  r1 (192.168.10.254)',
    ' 2  pc2 (192.168.20.1)',
  ]);
  await expect(net.world.finish(pc1.run('ping pc7'))).rejects.toThrow('no address is known for "pc7"');
});

test('a switch learns behind which port each host is, and a hub lets everybody hear', async () => {
  const net = new Network(worldOf(), { recording: new Recording() });
  const [s1, h1] = [net.switch('s1'), net.hub('h1')];
  const hosts = [1, 2, 3, 4].map((n) => net.host(`pc${n}`, { address: `10.0.0.${n}/24` }));
  hosts.forEach((host, index) => void net.cable(host, index < 2 ? s1 : h1));
  net.cable(s1.port('8'), h1);
  expect((await net.world.finish(hosts[0]!.ping(hosts[3]!)))[0]?.outcome).toBe('reply');
  expect(s1.tables()[0]?.rows.map((row) => row.slice(0, 2))).toEqual([
    ['02:00:0a:00:00:01', '1'],
    ['02:00:0a:00:00:04', '8'],
  ]);
  expect(hosts.map(({ stack }) => stack.counters.framesIn)).toEqual([2, 1, 4, 2]);
});

test('hosts on one switch are on one link, and in two VLANs on two', async () => {
  const draw = (ports: SwitchOptions['ports']): Network => {
    const net = new Network(worldOf());
    const s1 = net.switch('s1', { ports });
    net.cable(net.host('pc1', { address: '10.0.0.1/24' }), s1);
    net.cable(net.host('pc2', { address: '10.0.0.1/24' }), s1);
    return net;
  };
  expect(() => draw(2).check()).toThrow('pc1 and pc2 have one address: 10.0.0.1');
  expect(() => draw({ a: { vlan: 10 }, b: { vlan: 20 } }).check()).not.toThrow();
});

/** A drawing with a mistake, and what is said of it. */
const MISTAKES: readonly [what: string, draw: (net: Network) => unknown, said: string][] = [
  [
    'two hosts with one address',
    (net) =>
      net.cable(
        net.host('pc1', { address: '10.0.0.1/24' }),
        net.host('pc2', { address: '10.0.0.1/24', mac: 0x02_00_00_00_00_77 as never }),
      ),
    'pc1 and pc2 have one address: 10.0.0.1',
  ],
  [
    'a host outside of the network of its link',
    (net) => net.cable(net.host('pc1', { address: '10.0.0.1/24' }), net.router('r1', { ports: { lan: '10.0.1.254/24' } })),
    'r1 (10.0.1.254/24) is outside of the networks on its link: 10.0.0.0/24 (pc1)',
  ],
  [
    'masks that differ',
    (net) => net.cable(net.host('pc1', { address: '10.0.0.1/24' }), net.host('pc2', { address: '10.0.0.2/16' })),
    'pc2 (10.0.0.2/16) is outside of the networks on its link: 10.0.0.0/24 (pc1)',
  ],
  [
    'a gateway that nobody is',
    (net) =>
      net.cable(net.host('pc1', { address: '10.0.0.1/24', gateway: '10.0.0.254' }), net.host('pc2', { address: '10.0.0.2/24' })),
    'nobody on the link of pc1 has the address of its gateway, 10.0.0.254',
  ],
  [
    'Linux outside of the network',
    (net) => net.cable(net.host('pc1', { address: '10.0.0.1/24' }), net.tap('linux', { address: '10.0.1.2/24' })),
    'linux (10.0.1.2/24) is outside of the networks on its link: 10.0.0.0/24 (pc1)',
  ],
  ['a host without a cable', (net) => [net.host('pc1', { address: '10.0.0.1/24' }), net.check()], 'pc1 has no cable'],
  [
    'a gateway in another network',
    (net) => net.host('pc1', { address: '10.0.0.1/24', gateway: '10.0.1.254' }),
    'pc1: the gateway 10.0.1.254 of default is on none of its networks (10.0.0.0/24)',
  ],
  [
    'an address that is the network itself',
    (net) => net.host('pc1', { address: '10.0.0.0/24' }),
    'pc1: "10.0.0.0/24" cannot be the address of a host: it is the network itself; the first host is 10.0.0.1/24',
  ],
  ['a name twice', (net) => [net.host('pc1'), net.host('pc1')], 'there are two devices "pc1"'],
  [
    'a port that is taken',
    (net) => {
      const [one, two, three] = ['pc1', 'pc2', 'pc3'].map((name) => net.host(name));
      net.cable(one!, two!);
      net.cable(three!, two!.port('eth0'));
    },
    'port pc2.eth0 is taken: its cable goes to pc1.eth0',
  ],
  [
    'no port left',
    (net) => {
      const [one, two, three] = ['pc1', 'pc2', 'pc3'].map((name) => net.host(name));
      net.cable(one!, two!);
      net.cable(three!, two!);
    },
    'pc2 has no free port: its only one is taken',
  ],
  [
    'a port that is not there',
    (net) => net.router('r1', { ports: { lan: '10.0.0.1/24', wan: '10.0.1.1/24' } }).port('dmz'),
    'r1 has no port "dmz"; it has lan, wan',
  ],
  [
    'a device that is not there',
    (net) => [net.host('pc1'), net.node('pc2')],
    'there is no device "pc2" in this network; there are pc1',
  ],
  [
    'a cable from a device to itself',
    (net) => {
      const r1 = net.router('r1', { ports: { lan: '10.0.0.1/24', wan: '10.0.1.1/24' } });
      net.cable(r1, r1.port('wan'));
    },
    'both ends of a cable in r1: a device needs none to reach itself',
  ],
];

test.each(MISTAKES)('%s is refused by name', async (_, draw, said) => {
  const net = new Network(worldOf());
  const drawn = async (): Promise<void> => {
    draw(net);
    await net.world.runFor(1);
  };
  await expect(drawn()).rejects.toThrow(new RangeError(said));
});

test('a mistake that is meant so may stay', async () => {
  const net = new Network(worldOf());
  net.cable(net.host('pc1', { address: '10.0.0.1/24' }), net.host('pc2', { address: '10.0.1.1/24' }));
  net.isMeantSo();
  await net.world.runFor(SECOND);
  expect(net.world.now).toBe(SECOND);
});

test('what an application of a host throws comes out of the run', async () => {
  const { net, pc1 } = twoNetworks();
  pc1.goesOn(() => Promise.reject(new Error('a bug')));
  await expect(net.world.runFor(SECOND)).rejects.toThrow('a bug');
});
