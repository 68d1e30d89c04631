/** The arithmetic of networks: against a table, against laws, and against another implementation. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Prefix, parsePrefix } from '../../src/stack/ip/prefix.ts';
import { formatV4 } from '../../src/stack/wire/ip-address.ts';
import { markedBits, marks } from '../../src/subnet/bits.ts';
import { BLOCKS, blockOf } from '../../src/subnet/blocks.ts';
import { ofPrefix, ofSubnet } from '../../src/subnet/json.ts';
import { pairOf, shared } from '../../src/subnet/pair.ts';
import { readStanding } from '../../src/subnet/read.ts';
import { lengthOfParts, planOf, splitTo } from '../../src/subnet/split.ts';
import { addressesOf, classOf, hostsOf, joiningPrefix, lengthFor, subnetOf } from '../../src/subnet/subnet.ts';

const word = (text: string): number => readStanding(text).address;
const anyWord = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyPrefix = fc.tuple(anyWord, fc.integer({ min: 0, max: 32 })).map(([address, length]) => new Prefix(address, length));

test('a network as a class is asked about it', () => {
  const { address, prefix } = readStanding('192.168.99.254/20');
  expect(ofSubnet(subnetOf(address, prefix!))).toEqual({
    address: '192.168.99.254',
    block: BLOCKS.find(({ prefix }) => prefix === '192.168.0.0/16'),
    class: 'C',
    network: '192.168.96.0',
    length: 20,
    mask: '255.255.240.0',
    firstHost: '192.168.96.1',
    lastHost: '192.168.111.254',
    broadcast: '192.168.111.255',
    addresses: 4096,
    hosts: 4094,
    wildcard: '0.0.15.255',
    role: { kind: 'host', number: 1022 },
    insideBlock: true,
  });
});

test.each([
  ['10.0.0.0/24', { kind: 'network' }],
  ['10.0.0.1/24', { kind: 'host', number: 1 }],
  ['10.0.0.254/24', { kind: 'host', number: 254 }],
  ['10.0.0.255/24', { kind: 'broadcast' }],
  ['10.0.0.0/31', { kind: 'host', number: 1 }],
  ['10.0.0.1/31', { kind: 'host', number: 2 }],
  ['10.0.0.1/32', { kind: 'host', number: 1 }],
  ['255.255.255.254/0', { kind: 'host', number: 2 ** 32 - 2 }],
])('%s is %o', (text, role) => {
  const { address, prefix } = readStanding(text);
  expect(subnetOf(address, prefix!).role).toEqual(role);
});

test.each([
  ['0.0.0.0', 'This host'],
  ['0.1.2.3', 'This network'],
  ['10.255.255.255', 'Private-Use'],
  ['11.0.0.0', undefined],
  ['100.63.255.255', undefined],
  ['100.64.0.0', 'Shared Address Space'],
  ['127.0.0.53', 'Loopback'],
  ['169.254.7.7', 'Link Local'],
  ['172.15.255.255', undefined],
  ['172.31.255.255', 'Private-Use'],
  ['172.32.0.0', undefined],
  ['192.0.0.7', 'IPv4 Service Continuity'],
  ['192.0.0.11', 'IETF Protocol Assignments'],
  ['192.0.2.1', 'Documentation (TEST-NET-1)'],
  ['198.19.255.255', 'Benchmarking'],
  ['203.0.113.9', 'Documentation (TEST-NET-3)'],
  ['224.0.0.9', 'Multicast, Local Network Control'],
  ['224.1.1.1', 'Multicast'],
  ['239.1.2.3', 'Multicast, Administratively Scoped'],
  ['250.0.0.1', 'Reserved'],
  ['255.255.255.255', 'Limited Broadcast'],
])('RFC 6890 §2.2.2: the block of %s is %s', (text, name) => {
  expect(blockOf(word(text))?.name).toBe(name);
});

test('each block of the registry can be looked up by its own first address', () => {
  for (const block of BLOCKS) {
    const found = blockOf(parsePrefix(block.prefix).network);
    expect(parsePrefix(found?.prefix ?? '').length).toBeGreaterThanOrEqual(parsePrefix(block.prefix).length);
  }
});

test.each([
  ['127.255.255.255', 'A', 8],
  ['128.0.0.0', 'B', 16],
  ['191.255.0.0', 'B', 16],
  ['192.0.0.0', 'C', 24],
  ['224.0.0.1', 'D', undefined],
  ['240.0.0.0', 'E', undefined],
  ['255.255.255.255', 'E', undefined],
])('RFC 791 §3.2: %s is of class %s', (text, name, length) => {
  expect(classOf(word(text))).toEqual(length === undefined ? { name } : { name, length });
});

describe('bits', () => {
  test('in groups of eight, cut where the network ends', () => {
    expect(markedBits(word('192.168.99.254'), 20)).toEqual({ network: '11000000.10101000.0110', host: '0011.11111110' });
    expect(marks(20)).toBe('nnnnnnnn.nnnnnnnn.nnnnhhhh.hhhhhhhh');
    expect(marks(0)).toBe('hhhhhhhh.hhhhhhhh.hhhhhhhh.hhhhhhhh');
  });

  test('they are the address, and marks stand below them', () =>
    fc.assert(
      fc.property(anyWord, fc.integer({ min: 0, max: 32 }), (address, length) => {
        const { network, host } = markedBits(address, length);
        const groups = `${network}${host}`.split('.').map((group) => Number.parseInt(group, 2));
        expect(groups.join('.')).toBe(formatV4(address));
        expect(marks(length)).toHaveLength(network.length + host.length);
      }),
    ));
});

describe('two addresses', () => {
  const pair = (a: string, b: string) => pairOf(readStanding(a), readStanding(b));

  test.each([
    ['10.0.0.1/24', '10.0.0.200', true, '10.0.0.0/24'],
    ['10.0.0.1/25', '10.0.0.200', false, '10.0.0.0/24'],
    ['10.0.0.1/24', '10.0.1.1/16', 'one way', '10.0.0.0/23'],
    ['10.0.0.1/24', '10.0.1.1/24', false, '10.0.0.0/23'],
    ['10.0.0.1', '10.0.0.2', undefined, '10.0.0.0/30'],
    ['10.0.0.1/24', '10.0.0.3', true, '10.0.0.0/29'],
    ['10.0.0.7/24', '10.0.0.8', true, '10.0.0.0/28'],
    ['1.0.0.1/8', '200.0.0.1/8', false, '0.0.0.0/0'],
  ])('RFC 1122 §3.3.1.1: %s and %s share a network: %s; %s would join them', (a, b, answer, joined) => {
    const found = pair(a, b);
    expect(shared(found)).toBe(answer);
    expect(`${found.joined}`).toBe(joined);
  });

  test('the joining prefix holds both as hosts, and no longer one does', () =>
    fc.assert(
      fc.property(anyWord, anyWord, (a, b) => {
        const joined = joiningPrefix(a, b);
        expect(joined.contains(a) && joined.contains(b)).toBe(true);
        if (joined.length === 0) return;
        expect([a, b].map((address) => subnetOf(address, joined).role.kind)).toEqual(['host', 'host']);
        const longer = new Prefix(a, joined.length + 1);
        const fits =
          longer.length <= 30 && [a, b].every((one) => longer.contains(one) && subnetOf(one, longer).role.kind === 'host');
        expect(fits).toBe(false);
      }),
    ));
});

describe('parts', () => {
  test('a number of parts is rounded up to a power of two', () => {
    const network = parsePrefix('192.168.10.0/24');
    expect([2, 3, 4, 5, 256].map((count) => lengthOfParts(network, count))).toEqual([25, 26, 26, 27, 32]);
    expect(splitTo(network, 26).map(String)).toEqual([
      '192.168.10.0/26',
      '192.168.10.64/26',
      '192.168.10.128/26',
      '192.168.10.192/26',
    ]);
  });

  test('what cannot be split is said with its numbers', () => {
    const network = parsePrefix('10.0.0.0/24');
    expect(() => splitTo(network, 20)).toThrow(
      '10.0.0.0/24 cannot be split into parts of /20: a part has a longer prefix, /25 to /32',
    );
    expect(() => lengthOfParts(network, 257)).toThrow('10.0.0.0/24 has 256 addresses, which cannot be split into 257 parts');
    expect(() => splitTo(parsePrefix('10.0.0.0/8'), 32)).toThrow(
      '16,777,216 networks; parts of /20 are 4,096, the most that are listed',
    );
    expect(() => splitTo(parsePrefix('1.1.1.1/32'), 31)).toThrow('1.1.1.1/32 is one address, which has no parts');
  });

  test('parts touch, do not overlap and are the whole', () =>
    fc.assert(
      fc.property(anyPrefix, fc.integer({ min: 0, max: 6 }), (network, bits) => {
        if (network.length === 32) return;
        const parts = splitTo(network, Math.min(network.length + bits, 32));
        expect(parts[0]?.network).toBe(network.network);
        for (const [index, part] of parts.slice(1).entries())
          expect(part.network >>> 0).toBe((parts[index]!.network >>> 0) + addressesOf(parts[index]!));
        expect(parts.reduce((sum, part) => sum + addressesOf(part), 0)).toBe(addressesOf(network));
      }),
    ));
});

describe('a plan', () => {
  test('gives the biggest its place first, and says what is left', () => {
    const wishes = [{ hosts: 10 }, { name: 'sales', hosts: 50 }, { hosts: 20 }, { hosts: 2 }];
    const { networks, free } = planOf(parsePrefix('192.168.10.0/24'), wishes);
    expect(networks.map(({ name, hosts, prefix }) => `${name ?? '-'} ${hosts} ${prefix}`)).toEqual([
      'sales 50 192.168.10.0/26',
      '- 20 192.168.10.64/27',
      '- 10 192.168.10.96/28',
      '- 2 192.168.10.112/30',
    ]);
    expect(free.map(String)).toEqual(['192.168.10.116/30', '192.168.10.120/29', '192.168.10.128/25']);
  });

  test.each([
    [1, 30],
    [2, 30],
    [3, 29],
    [6, 29],
    [7, 28],
    [254, 24],
    [255, 23],
    [2 ** 31 - 2, 1],
    [2 ** 31 - 1, 0],
    [2 ** 32 - 2, 0],
  ])('%i hosts need a /%i', (hosts, length) => {
    expect(lengthFor(hosts)).toBe(length);
  });

  test('more than there is', () => {
    expect(() => planOf(parsePrefix('10.0.0.0/26'), [{ hosts: 50 }, { hosts: 20 }])).toThrow(
      '10.0.0.0/26 has 64 addresses; /26 + /27 need 96',
    );
  });

  test('whatever is wished, networks and what is free tile the whole, and each has room', () =>
    fc.assert(
      fc.property(anyPrefix, fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 12 }), (network, sizes) => {
        const wishes = sizes.map((hosts) => ({ hosts }));
        const needed = sizes.reduce((sum, hosts) => sum + 2 ** (32 - lengthFor(hosts)), 0);
        if (needed > addressesOf(network)) {
          expect(() => planOf(network, wishes)).toThrow(RangeError);
          return;
        }
        const { networks, free } = planOf(network, wishes);
        for (const { hosts, prefix } of networks) expect(hostsOf(prefix)).toBeGreaterThanOrEqual(hosts);
        let at = network.network >>> 0;
        for (const prefix of [...networks.map(({ prefix }) => prefix), ...free]) {
          expect(prefix.network >>> 0).toBe(at);
          at += addressesOf(prefix);
        }
        expect(at - (network.network >>> 0)).toBe(addressesOf(network));
      }),
    ));
});

test('networks are those of the ipaddress module of Python', () => {
  const cases = fc.sample(fc.tuple(anyWord, fc.integer({ min: 0, max: 32 })), 300);
  const script = `
import sys, ipaddress, json
for line in sys.stdin:
    n = ipaddress.ip_network(line.strip(), strict=False)
    two = n.prefixlen < 31
    first, last = n[0], n[-1]
    print(json.dumps({
        "network": str(n[0]), "length": n.prefixlen, "mask": str(n.netmask),
        "firstHost": str(first + 1 if two else first), "lastHost": str(last - 1 if two else last),
        "broadcast": str(n.broadcast_address) if two else None,
        "addresses": n.num_addresses, "hosts": n.num_addresses - (2 if two else 0)}))`;
  const input = cases.map(([address, length]) => `${formatV4(address)}/${length}\n`).join('');
  const answers = execFileSync('python3', ['-c', script], { input }).toString().trim().split('\n');
  expect(answers.map((line) => JSON.parse(line))).toEqual(
    cases.map(([address, length]) => ofPrefix(new Prefix(address, length))),
  );
});
