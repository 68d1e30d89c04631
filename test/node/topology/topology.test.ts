/** The picture of a network: who stands where, what shares a network, and the way of a packet, derived from what was recorded. */
import { describe, expect, test } from 'vitest';
import type { Topology, TopologyNode } from '../../../src/lab/network/topology.ts';
import { settle } from '../../../src/node/lab-files.ts';
import { networksOf } from '../../../src/node/topology/networks.ts';
import { place } from '../../../src/node/topology/place.ts';
import { directed } from '../../../src/node/topology/sides.ts';
import { topologySvg } from '../../../src/node/topology/svg.ts';
import type { Step } from '../../../src/node/topology/way.ts';
import { endsOf, wayOf } from '../../../src/node/topology/way.ts';
import { findScenario } from '../../../src/scenarios/catalogue.ts';
import { perform } from '../../../src/scenarios/perform.ts';
import { elementsOf } from '../../capture/xml.ts';

const node = (name: string, kind: TopologyNode['kind'], ...addresses: readonly string[]): TopologyNode => ({
  name,
  kind,
  addresses,
});

/** @param cables such as `pc1 s1` or `s1 r1=10.0.0.254/24` */
function network(nodes: readonly TopologyNode[], ...cables: readonly string[]): Topology {
  const ports = new Map<string, number>();
  const end = (word: string) => {
    const [name = '', address] = word.split('=');
    const port = (ports.get(name) ?? 0) + 1;
    ports.set(name, port);
    return { node: name, port: String(port), ...(address !== undefined && { address }) };
  };
  const links = cables.map((cable) => {
    const [a = '', b = ''] = cable.split(' ');
    return { a: end(a), b: end(b) };
  });
  return { nodes, links };
}

const TWO_NETWORKS = network(
  [
    node('pc1', 'host', '10.0.0.1/24'),
    node('pc2', 'host', '10.0.0.2/24'),
    node('pc3', 'host', '10.0.1.1/24'),
    node('s1', 'switch'),
    node('s2', 'hub'),
    node('r1', 'router', '10.0.0.254/24', '10.0.1.254/24', '10.0.2.1/30'),
    node('r2', 'router', '10.0.2.2/30'),
  ],
  'pc1 s1',
  's1 pc2',
  's1 r1=10.0.0.254/24',
  'r1=10.0.1.254/24 s2',
  'pc3 s2',
  'r1=10.0.2.1/30 r2=10.0.2.2/30',
);

describe('sides', () => {
  const edges = (topology: Topology): string[] => directed(topology).map(({ from, to }) => `${from} ${to}`);

  test('from the first host to the one farthest away; neighbours of the first stand beside it', () => {
    expect(edges(TWO_NETWORKS)).toEqual(['pc1 s1', 'pc2 s1', 's1 r1', 'r1 s2', 's2 pc3', 'r1 r2']);
  });

  test('a star has two sides', () => {
    const hosts = ['a', 'b', 'c', 'd'].map((name) => node(name, 'host'));
    const star = network([...hosts, node('s', 'switch')], 'a s', 'b s', 'c s', 'd s');
    expect(edges(star).filter((edge) => edge.startsWith('s '))).toHaveLength(2);
  });

  test('what closes a ring stands between its ends, and nothing goes in circles', () => {
    const ring = network(
      [node('a', 'host'), node('b', 'host'), node('s1', 'switch'), node('s2', 'switch'), node('s3', 'switch')],
      'a s1',
      's1 s2',
      's2 s3',
      's3 s1',
      's3 b',
    );
    expect(edges(ring)).toEqual(['a s1', 's1 s2', 's2 s3', 's1 s3', 's3 b']);
  });

  test('parts without a way between them, and cables to nowhere', () => {
    const parts = network([node('a', 'host'), node('b', 'host'), node('c', 'host')], 'a nobody', 'b c');
    expect(edges(parts)).toEqual(['b c']);
    expect(edges({ nodes: [], links: [] })).toEqual([]);
  });
});

describe('networks', () => {
  test('what switches and hubs join, and cables that are networks of their own', () => {
    const { groups, ofLink } = networksOf(TWO_NETWORKS);
    expect(groups.map(({ prefix, members }) => [prefix, members.join(' ')])).toEqual([
      ['10.0.0.0/24', 'pc1 pc2 s1'],
      ['10.0.1.0/24', 'pc3 s2'],
    ]);
    expect([...ofLink]).toEqual([[5, '10.0.2.0/30']]);
  });

  test('several prefixes behind one switch are VLANs: hosts are grouped, the switch stands outside', () => {
    const vlans = network(
      [node('a', 'host', '10.0.1.1/24'), node('b', 'host', '10.0.2.1/24'), node('c', 'host', '10.0.1.2/24'), node('s', 'switch')],
      'a s',
      'b s',
      'c s',
    );
    expect(networksOf(vlans).groups.map(({ prefix, members }) => [prefix, members.join(' ')])).toEqual([
      ['10.0.1.0/24', 'a c'],
      ['10.0.2.0/24', 'b'],
    ]);
  });

  test('a host without address belongs to the only network there is; nonsense is no network', () => {
    const some = network([node('a', 'host', '10.0.0.1/24'), node('b', 'host'), node('s', 'switch')], 'a s', 'b s');
    expect(networksOf(some).groups[0]?.members).toEqual(['a', 'b', 's']);
    expect(networksOf(network([node('a', 'host', 'x'), node('s', 'switch')], 'a s')).groups).toEqual([]);
  });
});

test('boxes do not overlap, with their words, for 20 hosts on two switches', () => {
  const hosts = Array.from({ length: 20 }, (_, index) => node(`host-${index}`, 'host', `10.0.0.${index + 1}/24`));
  const crowd = network(
    [...hosts, node('s1', 'switch'), node('s2', 'switch')],
    ...hosts.map(({ name }, index) => `${name} s${(index % 2) + 1}`),
    's1 s2',
  );
  const boxes = [
    ...place(
      crowd,
      networksOf(crowd).groups,
      crowd.links.map(() => 100),
    ).boxes.values(),
  ].map(({ rect }) => rect);
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
      expect(apart).toBe(true);
    }
  }
});

describe('the picture', () => {
  const WAY: readonly Step[] = [
    { link: 0, direction: 'a to b', number: 1, words: 'pc1 to s1: <hello> & "goodbye"', part: 'request' },
    { link: 0, direction: 'b to a', number: 2, words: 's1 to pc1: the answer', part: 'answer' },
  ];

  test('is the same every time, stands for itself, and has every name, address, network and number', () => {
    const svg = topologySvg(TWO_NETWORKS, { way: WAY, title: 'Two networks' });
    expect(topologySvg(TWO_NETWORKS, { way: WAY, title: 'Two networks' })).toBe(svg);
    elementsOf(svg);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const text of ['pc1', 'r1', '10.0.0.1/24', '3 10.0.2.1/30', '10.0.1.0/24', '10.0.2.0/30', '1', '2', 'Two networks'])
      expect(texts).toContain(text);
    expect(svg).not.toMatch(/(href|url\(|<script|NaN|undefined|Infinity)/);
  });

  test('text is escaped, wherever it comes from', () => {
    const evil = network([node('<b>&"', 'host', '<i>'), node('s', 'switch')], '<b>&" s');
    const svg = topologySvg(evil, { title: '<script>alert(1)</script>', way: WAY });
    elementsOf(svg);
    expect(svg).not.toMatch(/<(b|i|hello|script)>/);
  });

  test('dark and light differ in colours only', () => {
    const [light, dark] = (['light', 'dark'] as const).map((theme) =>
      topologySvg(TWO_NETWORKS, { theme }).replace(/#[\da-f]{6}/g, ''),
    );
    expect(dark).toBe(light);
  });

  test('of nothing, of one device, and of two cables between the same two', () => {
    for (const topology of [
      { nodes: [], links: [] },
      network([node('alone', 'firewall')]),
      network([node('a', 'nat'), node('b', 'tap')], 'a b', 'a b'),
    ]) {
      const svg = topologySvg(topology);
      elementsOf(svg);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

test('the way of a ping and of its answer: each hop, and what the router changed', async () => {
  const { frames, interfaces, network: drawn } = await perform(findScenario('gateway')!, settle);
  const { topology } = drawn!;
  const way = wayOf(frames, { ends: endsOf(interfaces, topology), links: topology.links });
  expect(way.map(({ link, number, part, words }) => `${number} ${part} on ${link}: ${words}`)).toEqual([
    '1 request on 0: pc1 to r1: 192.168.10.1 > 192.168.20.1 ICMP echo request id 1 seq 1, 64 bytes, TTL 64, Ethernet 02:00:c0:a8:0a:01 > 02:00:c0:a8:0a:fe',
    '2 request on 1: r1 to pc3: TTL 63, Ethernet 02:00:c0:a8:14:fe > 02:00:c0:a8:14:01',
    '3 answer on 1: pc3 to r1: 192.168.20.1 > 192.168.10.1 ICMP echo reply id 1 seq 1, 64 bytes, TTL 64, Ethernet 02:00:c0:a8:14:01 > 02:00:c0:a8:14:fe',
    '4 answer on 0: r1 to pc1: TTL 63, Ethernet 02:00:c0:a8:0a:fe > 02:00:c0:a8:0a:01',
  ]);
  expect(wayOf([], { ends: [], links: topology.links })).toEqual([]);
});

test('the way through translators: a packet is followed although its addresses change', async () => {
  const { frames, interfaces, network: drawn } = await perform(findScenario('port-forwarding')!, settle);
  const { topology } = drawn!;
  const way = wayOf(frames, { ends: endsOf(interfaces, topology), links: topology.links });
  expect(way.map(({ words }) => words.split(':')[0])).toEqual([
    'pc to home',
    'home to isp',
    'isp to company',
    'company to server',
    'server to company',
    'company to isp',
    'isp to home',
    'home to pc',
  ]);
});
