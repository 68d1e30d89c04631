/** The route table: longest match, metrics, gateways. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Prefix, parsePrefix } from '../../../src/stack/ip/prefix.ts';
import type { Route } from '../../../src/stack/ip/route-table.ts';
import { nextHop, RouteTable } from '../../../src/stack/ip/route-table.ts';
import { formatV4 } from '../../../src/stack/wire/ip-address.ts';
import { word } from './datagram.ts';

function campus(): RouteTable {
  const table = new RouteTable();
  table.add({ prefix: parsePrefix('10.0.0.0/24'), interfaceId: 0 });
  table.add({ prefix: parsePrefix('192.168.7.0/24'), interfaceId: 1 });
  table.add({ prefix: parsePrefix('default'), interfaceId: 0, gateway: word('10.0.0.254') });
  table.add({ prefix: parsePrefix('172.16.0.0/12'), interfaceId: 1, gateway: word('192.168.7.1') });
  table.add({ prefix: parsePrefix('172.16.5.0/24'), interfaceId: 0, gateway: word('10.0.0.253') });
  return table;
}

test.each([
  ['10.0.0.9', '10.0.0.9', 0, 'on the link'],
  ['192.168.7.9', '192.168.7.9', 1, 'on the other link'],
  ['172.16.4.1', '192.168.7.1', 1, 'the /12'],
  ['172.16.5.1', '10.0.0.253', 0, 'the /24 inside the /12'],
  ['8.8.8.8', '10.0.0.254', 0, 'the default route'],
  ['200.1.1.1', '10.0.0.254', 0, 'the default route, an address above 127'],
])('RFC 1812 §5.2.4.3: %s goes to %s on interface %i, by %s', (destination, hop, interfaceId) => {
  const route = campus().lookup(word(destination));
  expect(route).toBeDefined();
  expect(formatV4(nextHop(route!, word(destination)))).toBe(hop);
  expect(route!.interfaceId).toBe(interfaceId);
});

test('without a default route the rest of the world is unreachable', () => {
  const table = campus();
  expect(table.remove(parsePrefix('default'))).toBe(true);
  expect(table.lookup(word('8.8.8.8'))).toBeUndefined();
  expect(table.remove(parsePrefix('default'))).toBe(false);
});

test('of two routes for one prefix the lower metric wins, then the older', () => {
  const table = campus();
  table.add({ prefix: parsePrefix('default'), interfaceId: 1, gateway: word('192.168.7.1'), metric: 10 });
  expect(table.lookup(word('8.8.8.8'))?.interfaceId).toBe(0);
  table.add({ prefix: parsePrefix('default'), interfaceId: 0, gateway: word('10.0.0.254'), metric: 20 });
  expect(table.lookup(word('8.8.8.8'))?.interfaceId).toBe(1);
  expect(table.list().filter((route) => route.prefix.length === 0)).toHaveLength(2); // replaced, not added
});

test('an off-prefix gateway is refused in words (073), unless its user knows better', () => {
  const table = new RouteTable();
  const route: Route = { prefix: parsePrefix('default'), interfaceId: 0, gateway: word('10.0.0.254') };
  expect(() => table.add(route)).toThrow('the gateway 10.0.0.254 of 0.0.0.0/0 is on no network attached to its interface');
  table.add({ prefix: parsePrefix('10.0.0.0/24'), interfaceId: 1 });
  expect(() => table.add(route)).toThrow('is on no network attached'); // attached to another interface
  table.add({ ...route, onLink: true });
  expect(table.lookup(word('8.8.8.8'))?.gateway).toBe(word('10.0.0.254'));
});

test('a gateway is not found through another gateway', () => {
  const table = campus();
  const behind = { prefix: parsePrefix('1.0.0.0/8'), interfaceId: 1, gateway: word('172.16.0.1') };
  expect(() => table.add(behind)).toThrow(RangeError);
});

test('an interface takes its routes with it', () => {
  const table = campus();
  expect(table.removeInterface(0)).toBe(true);
  expect(table.list().map((route) => route.prefix.toString())).toEqual(['192.168.7.0/24', '172.16.0.0/12']);
  expect(table.removeInterface(0)).toBe(false);
});

test('remove can name gateway and interface', () => {
  const table = campus();
  expect(table.remove(parsePrefix('default'), word('10.0.0.1'))).toBe(false);
  expect(table.remove(parsePrefix('default'), word('10.0.0.254'), 1)).toBe(false);
  expect(table.remove(parsePrefix('default'), word('10.0.0.254'), 0)).toBe(true);
});

test('lookup agrees with a naive search for the longest match', () => {
  const routes = fc.array(fc.record({ network: fc.integer(), length: fc.integer({ min: 0, max: 32 }), metric: fc.nat(3) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(routes, fc.integer(), fc.nat(29), fc.nat(40), (specs, anywhere, pick, flip) => {
      const table = new RouteTable();
      const added = specs.map(
        ({ network, length, metric }, interfaceId): Route => ({ prefix: new Prefix(network, length), metric, interfaceId }),
      );
      for (const route of added) table.add(route);
      const near = specs[pick]; // near a network, else random addresses would match nothing but short prefixes
      const destination = near === undefined ? anywhere : near.network ^ (flip > 31 ? 0 : 1 << flip);
      const matching = added.filter((route) => route.prefix.contains(destination));
      const longest = Math.max(...matching.map((route) => route.prefix.length));
      const best = matching.filter((route) => route.prefix.length === longest);
      const metric = Math.min(...best.map((route) => route.metric ?? 0));
      expect(table.lookup(destination)).toBe(best.find((route) => route.metric === metric));
    }),
  );
});
