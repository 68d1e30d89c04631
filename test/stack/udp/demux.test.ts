/** The table of UDP endpoints against a list that is searched from end to end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Binding, Demux } from '../../../src/stack/udp/demux.ts';

interface Numbers {
  readonly local?: number;
  readonly port?: number;
  readonly remote?: number;
  readonly remotePort?: number;
  readonly reuse?: boolean;
}

function bind<T>(item: T, { local = 0, port = 53, remote = 0, remotePort = 0, reuse = true }: Numbers): Binding<T> {
  const binding = new Binding(item);
  binding.localAddress = local;
  binding.localPort = port;
  binding.remoteAddress = remote;
  binding.remotePort = remotePort;
  binding.reuse = reuse;
  return binding;
}

function table(entries: Record<string, Numbers>): Demux<string> {
  const demux = new Demux<string>();
  for (const [name, numbers] of Object.entries(entries)) demux.add(bind(name, numbers));
  return demux;
}

const ALL = {
  any: {},
  bound: { local: 1 },
  'connected from anywhere': { remote: 9, remotePort: 99 },
  connected: { local: 1, remote: 9, remotePort: 99 },
};

for (const { name, from, to, finds } of [
  { name: 'connected comes before all others', from: [9, 99], to: [1, 53], finds: 'connected' },
  { name: 'connected without a local address comes before bound', from: [9, 99], to: [2, 53], finds: 'connected from anywhere' },
  { name: 'another port of the peer is not the peer', from: [9, 98], to: [1, 53], finds: 'bound' },
  { name: 'another host with the same port is not the peer', from: [8, 99], to: [1, 53], finds: 'bound' },
  { name: 'another of our addresses leaves the one bound to any', from: [8, 99], to: [2, 53], finds: 'any' },
  { name: 'another port finds nobody', from: [9, 99], to: [1, 54], finds: undefined },
  { name: 'port 0 finds nobody', from: [9, 99], to: [1, 0], finds: undefined },
] as const) {
  test(`RFC 1122 §4.1.3.5: ${name}`, () => {
    expect(table(ALL).find(to[0], to[1], from[0], from[1])?.item).toBe(finds);
  });
}

test('of equal ones the newest is found; when it leaves, the one before', () => {
  const demux = table({ old: {} });
  const young = bind('young', {});
  demux.add(young);
  expect(demux.find(1, 53, 9, 99)?.item).toBe('young');
  demux.remove(young);
  expect(demux.find(1, 53, 9, 99)?.item).toBe('old');
  demux.remove(young); // a second time changes nothing
  expect(demux.size).toBe(1);
});

test('of equal ones the newest is found after the table has grown, too', () => {
  const demux = table({ oldest: {}, old: {}, young: {} });
  for (let i = 0; i < 1_000; i++) {
    demux.add(bind('other', { port: 1_000 + i }));
    expect(demux.find(1, 53, 9, 99)?.item).toBe('young');
  }
});

for (const { name, existing, wanted, conflict } of [
  { name: 'the same address', existing: { local: 1, reuse: false }, wanted: { local: 1, reuse: false }, conflict: true },
  { name: 'two addresses', existing: { local: 1, reuse: false }, wanted: { local: 2, reuse: false }, conflict: false },
  { name: 'any over one', existing: { local: 1, reuse: false }, wanted: { local: 0, reuse: false }, conflict: true },
  { name: 'one under any', existing: { local: 0, reuse: false }, wanted: { local: 1, reuse: false }, conflict: true },
  { name: 'only the first shares', existing: { local: 0, reuse: true }, wanted: { local: 0, reuse: false }, conflict: true },
  { name: 'only the second shares', existing: { local: 0, reuse: false }, wanted: { local: 0, reuse: true }, conflict: true },
  { name: 'both share', existing: { local: 0, reuse: true }, wanted: { local: 0, reuse: true }, conflict: false },
  { name: 'two ports', existing: { port: 54, reuse: false }, wanted: { local: 0, reuse: false }, conflict: false },
] as const) {
  test(`a port is ${conflict ? 'in use' : 'free'}: ${name}`, () => {
    expect(table({ existing }).conflicts(wanted.local, 53, wanted.reuse)).toBe(conflict);
  });
}

test('a binding that changed its numbers behind the table is our own mistake', () => {
  const demux = table({ a: {} });
  const binding = bind('b', { local: 7, port: 53 });
  demux.add(binding);
  binding.localAddress = 8;
  expect(() => demux.remove(binding)).toThrow('changed its numbers');
});

const small = fc.record({
  local: fc.nat(2),
  port: fc.constantFrom(53, 54),
  peer: fc.option(fc.record({ remote: fc.constantFrom(8, 9), remotePort: fc.constantFrom(98, 99) })),
});
const steps = fc.array(fc.oneof(fc.record({ add: small }), fc.record({ remove: fc.nat(50) })), { maxLength: 120 });

test('any history of adding and removing finds what a search through the whole list finds', () =>
  fc.assert(
    fc.property(steps, (history) => {
      const demux = new Demux<number>();
      let list: Binding<number>[] = []; // newest first
      for (const [i, step] of history.entries()) {
        if ('add' in step) {
          const { local, port, peer } = step.add;
          const binding = bind(i, { local, port, ...(peer ?? {}) });
          demux.add(binding);
          list = [binding, ...list];
        } else if (list.length > 0) {
          const gone = list[step.remove % list.length]!;
          demux.remove(gone);
          list = list.filter((binding) => binding !== gone);
        }
      }
      expect(demux.size).toBe(list.length);
      const specificity = (b: Binding<number>): number => (b.remotePort === 0 ? 0 : 2) + (b.localAddress === 0 ? 0 : 1);
      for (const [local, port, remote, remotePort] of [1, 2].flatMap((l) =>
        [53, 54].flatMap((p) => [8, 9].flatMap((r) => [98, 99].map((q) => [l, p, r, q] as const))),
      )) {
        const matching = list.filter(
          (b) =>
            b.localPort === port &&
            (b.localAddress === 0 || b.localAddress === local) &&
            (b.remotePort === 0 || (b.remoteAddress === remote && b.remotePort === remotePort)),
        );
        const best = matching.sort((a, b) => specificity(b) - specificity(a))[0]; // a stable sort keeps the newest first
        expect(demux.find(local, port, remote, remotePort)?.item).toBe(best?.item);
        expect([...(demux.onPort(port) ?? [])].length).toBe(list.filter((b) => b.localPort === port).length);
      }
    }),
    { numRuns: 200 },
  ));

test('100,000 connections whose addresses and ports count up together are all found, in buckets that stay short', () => {
  const demux = new Demux<number>();
  const count = 100_000;
  const remoteOf = (i: number): number => 0x0a00_0000 + i;
  const portOf = (i: number): number => 1 + (i % 65_535);
  const bindings = Array.from({ length: count }, (_, i) => bind(i, { local: 1, remote: remoteOf(i), remotePort: portOf(i) }));
  for (const binding of bindings) demux.add(binding);
  for (let i = 0; i < count; i++) if (demux.find(1, 53, remoteOf(i), portOf(i))?.item !== i) throw new Error(`${i} is lost`);
  const chain = (binding: Binding<number> | undefined): number => (binding === undefined ? 0 : 1 + chain(binding.next));
  expect(Math.max(...bindings.slice(0, 10_000).map(chain))).toBeLessThan(12);
  for (const binding of bindings) demux.remove(binding);
  expect([demux.size, demux.onPort(53)]).toEqual([0, undefined]);
});
