/** What people write about a pool, what is wrong with it, and the table of leases behind it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lease } from '../../../src/services/dhcp/index.ts';
import { leasesTable } from '../../../src/services/dhcp/index.ts';
import { LeaseTable } from '../../../src/services/dhcp/lease-table.ts';
import type { PoolOptions } from '../../../src/services/dhcp/pool.ts';
import { clientKey, readPool } from '../../../src/services/dhcp/pool.ts';
import { timeWords } from '../../../src/services/dhcp/words.ts';
import type { MacAddress } from '../../../src/stack/index.ts';
import { formatV4, parseMac, parseV4, SECOND } from '../../../src/stack/index.ts';

const network = '10.0.0.0/24';
const mac = '02:00:00:00:00:01';

test.each<{ options: Partial<PoolOptions>; says: string }>([
  { options: { range: 'x' }, says: '"x" is not a range of addresses such as 10.0.0.100-10.0.0.150' },
  { options: { range: '10.0.0.1-10.0.0.2-10.0.0.3' }, says: 'is not a range of addresses' },
  { options: { range: '10.0.0.9-10.0.0.1' }, says: 'the range 10.0.0.9-10.0.0.1 ends before it begins' },
  { options: { range: '10.0.0.9-10.0.1.1' }, says: 'the range 10.0.0.9-10.0.1.1 is outside of the network 10.0.0.0/24' },
  { options: { range: '10.0.0.0-10.0.0.9' }, says: 'has 10.0.0.0, which is the network itself' },
  { options: { range: '10.0.0.9-10.0.0.255' }, says: "has 10.0.0.255, which is the network's broadcast" },
  { options: { network: '10.0.0.0/8', range: '10.0.0.1-10.9.0.0' }, says: 'a pool has 65536 at most' },
  { options: { network: '10.0.0.1/24' }, says: 'has bits set behind its prefix' },
  { options: { router: '10.0.1.1' }, says: 'the router 10.0.1.1 is outside of the network' },
  { options: { router: 'r1' }, says: 'the router "r1" is not an IPv4 address' },
  { options: { dns: ['8.8.8'] }, says: 'the DNS server "8.8.8" is not an IPv4 address' },
  { options: { leaseTime: 5 }, says: 'a lease lasts a second at least' },
  { options: { renewAfter: 0.9, rebindAfter: 0.5 }, says: 'T1 comes before T2' },
  { options: { reservations: [{ address: '10.0.0.9' }] }, says: 'the reservation of 10.0.0.9 names no client' },
  { options: { reservations: [{ address: '10.0.0.9', mac: 'x' }] }, says: 'names no client' },
  { options: { reservations: [{ address: '10.0.0.9', clientId: 'zz' }] }, says: 'names no client' },
  { options: { reservations: [{ address: '10.9.0.9', mac }] }, says: 'the reservation 10.9.0.9 is outside of the network' },
  {
    options: {
      reservations: [
        { address: '10.0.0.9', mac },
        { address: '10.0.0.8', mac },
      ],
    },
    says: 'is reserved twice, or one client has two reservations',
  },
])('a pool that cannot be is refused in words: $says', ({ options, says }) => {
  expect(() => readPool({ network, ...options })).toThrow(says);
});

test('RFC 2132 §9.14: an identifier made of the Ethernet address is the same client as the address', () => {
  const station = parseMac(mac)!;
  expect(clientKey(station, undefined)).toBe('01020000000001');
  expect(clientKey(station, Uint8Array.of(1, 2, 0, 0, 0, 0, 1))).toBe('01020000000001');
  expect(clientKey(station, Uint8Array.of(0, 9))).toBe('0009');
});

const applicant = (number: number) => ({
  client: clientKey(number as MacAddress, undefined),
  mac: number as MacAddress,
  hostName: '',
});

test('RFC 2131 §4.3.1: its reservation, what it has, what it had, what it asks for, a new one, the one longest free', () => {
  const reserved = { address: '10.0.0.9', mac: '00:00:00:00:00:07' };
  const pool = readPool({ network, range: '10.0.0.100-10.0.0.102', reservations: [reserved] });
  const table = new LeaseTable(pool, (address) => address === parseV4('10.0.0.100'));
  const choose = (number: number, wanted?: string, now = 0): string | undefined => {
    const address = table.choose(applicant(number).client, wanted === undefined ? undefined : parseV4(wanted), now);
    return address === undefined ? undefined : formatV4(address);
  };
  const bind = (number: number, address: string, expires: number): void =>
    void table.write(parseV4(address)!, 'bound', applicant(number), 0, expires);
  expect(choose(7)).toBe('10.0.0.9');
  expect(choose(1)).toBe('10.0.0.101'); // .100 is the server's own
  expect(choose(1, '10.0.0.102')).toBe('10.0.0.102');
  expect(choose(1, '10.0.0.9')).toBe('10.0.0.101'); // kept for another one
  bind(1, '10.0.0.101', 10);
  expect(choose(1, '10.0.0.102')).toBe('10.0.0.101');
  expect(choose(2)).toBe('10.0.0.102');
  bind(2, '10.0.0.102', 20);
  expect(choose(3)).toBeUndefined();
  expect(choose(3, undefined, 10)).toBe('10.0.0.101'); // has expired
  expect(choose(1, undefined, 10)).toBe('10.0.0.101'); // still the one that it had
  table.release(table.of(applicant(2).client)!, 11);
  expect(choose(3, undefined, 12)).toBe('10.0.0.101'); // free for longer
  table.decline(parseV4('10.0.0.101')!, 12, 100);
  expect([choose(3, undefined, 50), choose(1, undefined, 50)]).toEqual(['10.0.0.102', '10.0.0.102']);
});

test('never two clients with one address, never more lines than addresses, whatever comes', () => {
  const steps = fc.array(
    fc.record({
      who: fc.integer({ min: 1, max: 9 }),
      what: fc.constantFrom('bind', 'release', 'decline', 'withdraw', 'pass'),
      wanted: fc.integer({ min: 0, max: 6 }),
    }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const pool = readPool({ network, range: '10.0.0.100-10.0.0.104' });
      const table = new LeaseTable(pool, () => false);
      let now = 0;
      for (const { who, what, wanted } of all) {
        const { client } = applicant(who);
        const entry = table.of(client);
        if (what === 'pass') now += wanted * SECOND;
        else if (what === 'release' && entry !== undefined) table.release(entry, now);
        else if (what === 'withdraw' && entry !== undefined) table.withdraw(entry);
        else if (what === 'decline' && entry !== undefined) table.decline(entry.address, now, now + 3 * SECOND);
        else if (what === 'bind') {
          const address = table.choose(client, (pool.first + wanted) | 0, now);
          if (address !== undefined) table.write(address, 'bound', applicant(who), now, now + 5 * SECOND);
          else {
            const held = table.entries().filter(({ state, expires }) => state !== 'released' && expires > now);
            expect(held).toHaveLength(5); // refused only when every address is taken
          }
        }
        const entries = table.entries();
        expect(entries.length).toBeLessThanOrEqual(5);
        expect(new Set(entries.map(({ address }) => address)).size).toBe(entries.length);
        const clients = entries.flatMap((line) => (line.client === '' ? [] : [line.client]));
        expect(new Set(clients).size).toBe(clients.length);
        for (const line of entries) expect(table.at(line.address)).toBe(line);
      }
    }),
  );
});

test.each([
  [1, '1 s'],
  [90, '90 s'],
  [120, '2 min'],
  [3_600, '1 h'],
  [86_400, '24 h'],
  [172_800, '2 d'],
  [Number.POSITIVE_INFINITY, 'ever'],
])('%d seconds are "%s"', (seconds, words) => {
  expect(timeWords(seconds * SECOND)).toBe(words);
});

test('the table of leases, as people read it', () => {
  const lease = (address: string, state: Lease['state'], expires: number): Lease => {
    return { address, client: '', mac, hostName: 'pc', state, since: 0, expires };
  };
  const { columns, rows } = leasesTable(
    'server',
    [
      lease('10.0.0.102', 'bound', 90 * SECOND),
      lease('10.0.0.9', 'bound', Number.POSITIVE_INFINITY),
      lease('10.0.0.101', 'bound', 3 * SECOND),
      lease('10.0.0.103', 'declined', 90 * SECOND),
      lease('10.0.0.104', 'released', 0),
      lease('10.0.0.105', 'offered', 40 * SECOND),
    ],
    30 * SECOND,
  );
  expect(columns).toEqual(['address', 'Ethernet address', 'host', 'state', 'left']);
  expect(rows.map(([address, , , state, left]) => `${address} ${state} ${left}`.trim())).toEqual([
    '10.0.0.9 bound for ever',
    '10.0.0.101 expired',
    '10.0.0.102 bound 1 min',
    '10.0.0.103 in use by somebody else 1 min',
    '10.0.0.104 released',
    '10.0.0.105 offered 10 s',
  ]);
});
