/** Loops of switches in virtual time: who is the root, what is blocked, what heals it; RSTP, STP and both together. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cable } from '../../../src/lab/cable.ts';
import type { SwitchOptions } from '../../../src/lab/switching/port-options.ts';
import { Switch } from '../../../src/lab/switching/switch.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import * as bpdus from '../../../src/stack/wire/bpdu.ts';
import { EVERYBODY, PatchPanel, station } from './patch-panel.ts';

type Version = 'STP' | 'RSTP';

interface Ring {
  readonly panel: PatchPanel;
  readonly all: readonly Switch[];
  /** Cable i joins switch i and the next. */
  readonly cables: readonly Cable[];
}

/** Switches in a ring: port 1 to the next one, port 2 to the one before, port 3 for a hand. s1 has the best priority. */
function ring(versions: readonly Version[], more: Partial<SwitchOptions> = {}): Ring {
  const panel = new PatchPanel();
  const all = versions.map(
    (version, i) =>
      new Switch(`s${i + 1}`, {
        ports: { 1: {}, 2: {}, 3: { edge: true }, 4: {} }, // nothing is plugged into 4
        spanningTree: { version, priority: 4_096 * (i + 1) },
        ...more,
      }),
  );
  const cables = all.map((one, i) => panel.join(one, '1', all[(i + 1) % all.length]!, '2', { delay: 100 }));
  for (const one of all) panel.connect(one, one.name, ['3']);
  return { panel, all, cables };
}

/** "root forwarding" and so on of the ports 1 and 2 of each switch. */
const portsOf = (all: readonly Switch[]): string[] =>
  all.map((one) => {
    const ports = one.tree()?.ports ?? [];
    return ports
      .slice(0, 2)
      .map(({ role, state }) => `${role} ${state}`)
      .join(', ');
  });

/** A broadcast at the first switch: how many copies each of the others' hands get. */
function copies({ panel, all }: Ring, mark: number): number[] {
  panel.marks();
  panel.send('3', { from: station(1), to: EVERYBODY, mark });
  panel.run(5 * MILLISECOND);
  const marks = panel.marks();
  return all.slice(1).map(({ name }) => (marks[`${name}.3`] ?? []).filter((one) => one === mark).length);
}

describe('RSTP', () => {
  test('three in a ring agree within a few cable lengths: one port is blocked, nothing comes twice', () => {
    const one = ring(['RSTP', 'RSTP', 'RSTP']);
    one.panel.run(2 * MILLISECOND);
    expect(portsOf(one.all)).toEqual([
      'designated forwarding, designated forwarding',
      'designated forwarding, root forwarding',
      'root forwarding, alternate discarding',
    ]);
    expect(copies(one, 7)).toEqual([1, 1]);
    expect(one.all.map((s) => s.tree()?.isRoot)).toEqual([true, false, false]);
    expect(new Set(one.all.map((s) => s.tree()?.root)).size).toBe(1);
    expect(one.all.map((s) => s.tree()?.cost)).toEqual([0, 20_000, 20_000]);
  });

  test('a cable is cut: the alternate port takes over at once, and what was learnt the old way is forgotten', () => {
    const one = ring(['RSTP', 'RSTP', 'RSTP']);
    one.panel.run(1 * SECOND);
    one.cables[2]!.unplug(); // s3 to s1
    one.panel.run(2 * SECOND + 10 * MILLISECOND);
    expect(portsOf(one.all)[2]).toBe('disabled disabled, root forwarding');
    expect(copies(one, 8)).toEqual([1, 1]);
    one.cables[2]!.plug();
    one.panel.run(3 * SECOND);
    expect(portsOf(one.all)[2]).toBe('root forwarding, alternate discarding');
    expect(copies(one, 9)).toEqual([1, 1]);
  });

  test('two cables side by side: the one with the better port is taken; two ports on one hub: a backup', () => {
    const panel = new PatchPanel();
    const [s1, s2] = [1, 2].map((i) => new Switch(`s${i}`, { ports: 3, spanningTree: { priority: 4_096 * i } })) as [
      Switch,
      Switch,
    ];
    panel.join(s1, '1', s2, '1');
    panel.join(s1, '2', s2, '2');
    panel.run(10 * MILLISECOND);
    expect(portsOf([s2])).toEqual(['root forwarding, alternate discarding']);
    const alone = new Switch('s3', { ports: 2, spanningTree: true });
    const loop = new PatchPanel();
    loop.join(alone, '1', alone, '2');
    loop.run(10 * SECOND);
    expect(alone.tree()?.ports.map(({ role }) => role)).toEqual(['designated', 'backup']);
  });

  test('a port behind which nobody speaks RSTP is an edge after 3 s, and one that is told so at once', () => {
    const panel = new PatchPanel();
    const s1 = new Switch('s1', { ports: { a: {}, b: { edge: true } }, spanningTree: true });
    panel.connect(s1, 's1', ['a', 'b']);
    panel.run(1 * SECOND);
    expect(s1.tree()?.ports.map(({ state }) => state)).toEqual(['discarding', 'forwarding']);
    panel.run(2.1 * SECOND);
    expect(s1.tree()?.ports.map(({ state }) => state)).toEqual(['forwarding', 'forwarding']);
  });

  test('the root loses its power: the next best takes over', () => {
    const one = ring(['RSTP', 'RSTP', 'RSTP', 'RSTP']);
    one.panel.run(1 * SECOND);
    one.cables[0]!.unplug();
    one.cables[3]!.unplug();
    one.panel.run(8 * SECOND);
    expect(one.all.slice(1).map((s) => s.tree()?.isRoot)).toEqual([true, false, false]);
    expect(new Set(one.all.slice(1).map((s) => s.tree()?.root)).size).toBe(1);
  });
});

describe('STP, 802.1D-1998', () => {
  test('15 s of listening, 15 s of learning, and nothing goes round meanwhile', () => {
    const one = ring(['STP', 'STP', 'STP']);
    one.panel.run(14 * SECOND);
    expect(portsOf(one.all)).toEqual([
      'designated listening, designated listening',
      'designated listening, root listening',
      'root listening, alternate blocking',
    ]);
    one.panel.run(2 * SECOND);
    expect(portsOf(one.all)[0]).toBe('designated learning, designated learning');
    expect(copies(one, 1)).toEqual([0, 0]);
    one.panel.run(15 * SECOND);
    expect(portsOf(one.all)).toEqual([
      'designated forwarding, designated forwarding',
      'designated forwarding, root forwarding',
      'root forwarding, alternate blocking',
    ]);
    expect(copies(one, 2)).toEqual([1, 1]);
  });

  test('a cable is cut: the blocked port listens and learns for 30 s, then the network is whole again', () => {
    const one = ring(['STP', 'STP', 'STP']);
    one.panel.run(40 * SECOND);
    one.cables[2]!.unplug();
    one.panel.run(5 * SECOND);
    expect(portsOf(one.all)[2]).toBe('disabled disabled, root listening');
    expect(copies(one, 3)).toEqual([1, 0]);
    one.panel.run(30 * SECOND);
    expect(portsOf(one.all)[2]).toBe('disabled disabled, root forwarding');
    expect(copies(one, 4)).toEqual([1, 1]);
  });

  test('a root that falls silent is believed for 20 s', () => {
    const one = ring(['STP', 'STP', 'STP']);
    one.panel.run(40 * SECOND);
    one.panel.world.remove(one.all[0]!);
    one.panel.run(15 * SECOND);
    expect(new Set(one.all.map((s) => s.tree()?.root)).size).toBe(1);
    one.panel.run(10 * SECOND);
    expect(one.all[1]?.tree()?.isRoot).toBe(true);
    expect(one.all[2]?.tree()?.root).toBe(one.all[1]?.tree()?.root);
  });
});

test('RSTP and STP in one ring: the neighbours of STP speak it too, and there is one tree', () => {
  const one = ring(['RSTP', 'STP', 'RSTP']);
  one.panel.run(60 * SECOND);
  expect(copies(one, 5)).toEqual([1, 1]);
  expect(portsOf(one.all)[2]).toBe('root forwarding, alternate discarding');
});

test('whatever the graph of switches: one tree, everybody hears a broadcast once, also after any cable is cut', () => {
  const graph = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), { minLength: 3, maxLength: 8 });
  fc.assert(
    fc.property(graph, fc.nat({ max: 7 }), (edges, cut) => {
      const panel = new PatchPanel();
      const all = [0, 1, 2, 3, 4].map(
        (i) =>
          new Switch(`s${i}`, {
            ports: Object.fromEntries([...Array(20)].map((_, p) => [`p${p}`, p === 0 ? { edge: true } : {}])),
            spanningTree: { priority: 4_096 * (5 - i) },
          }),
      );
      const used = [1, 1, 1, 1, 1];
      const line = [0, 1, 2, 3].map((i): [number, number] => [i, i + 1]); // so that all hang together
      const cables = [...line, ...edges.filter(([a, b]) => a !== b)].map(([a, b]) =>
        panel.join(all[a]!, `p${used[a]!++}`, all[b]!, `p${used[b]!++}`, { delay: 50 }),
      );
      for (const one of all) panel.connect(one, one.name, ['p0']);
      const heard = (mark: number): number[] => {
        panel.marks();
        panel.send('p0', { from: station(1), to: EVERYBODY, mark });
        panel.run(5 * MILLISECOND);
        const marks = panel.marks();
        return all.slice(1).map(({ name }) => (marks[`${name}.p0`] ?? []).filter((one) => one === mark).length);
      };
      panel.run(10 * SECOND);
      expect(heard(1)).toEqual([1, 1, 1, 1]);
      const extra = cables[4 + cut];
      if (extra === undefined) return;
      extra.unplug();
      panel.run(20 * SECOND);
      expect(heard(2)).toEqual([1, 1, 1, 1]);
    }),
    { numRuns: 15 },
  );
});

describe('BPDUs', () => {
  const sound: bpdus.Bpdu = {
    type: bpdus.TYPE_RAPID,
    flags: 0x3c,
    root: { priority: 0x8000, mac: station(1) },
    cost: 20_000,
    bridge: { priority: 0x8001, mac: station(2) },
    port: 0x8003,
    messageAge: 256,
    maxAge: 5_120,
    helloTime: 512,
    forwardDelay: 3_840,
  };
  test.each([
    ['rapid', sound, 53],
    ['configuration', { ...sound, type: bpdus.TYPE_CONFIGURATION }, 52],
    ['notification', bpdus.NOTIFICATION, 21],
  ])('%s: written and read again', (_, bpdu, length) => {
    const view = new DataView(new ArrayBuffer(64));
    expect(bpdus.encode(view, 0, station(9), bpdu)).toBe(length);
    expect(bpdus.decode(view, 0, 60)).toEqual(bpdu);
    for (let end = 0; end < length; end++) expect(bpdus.decode(view, 0, end)).toBeUndefined();
  });

  test('a flood of any bytes to the group neither throws nor makes a root that nobody is', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 20, maxLength: 60 }), { maxLength: 10 }), (bodies) => {
        const panel = new PatchPanel();
        const s1 = new Switch('s1', { ports: 2, spanningTree: true });
        panel.connect(s1, 's1', ['1', '2']);
        for (const body of bodies)
          panel.sendBytes('1', Uint8Array.from([1, 0x80, 0xc2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 38, ...body]));
        panel.run(1 * SECOND);
        expect(s1.port('1').counters.dropped('BPDU not valid')).toBeLessThanOrEqual(bodies.length);
      }),
      { numRuns: 30 },
    );
  });
});

test.each([
  [
    'a priority that is no multiple of 4,096',
    { priority: 5 },
    's1: the priority of a bridge is 0 to 61440 in steps of 4096, not 5',
  ],
  ['a hello of 20 s', { hello: 20 * SECOND }, 's1: hello is 1 to 10 s, not 20 s'],
  ['a forward delay of a second', { forwardDelay: SECOND }, 's1: forwardDelay is 2 to 30 s, not 1 s'],
])('%s is refused', (_, spanningTree, message) => {
  expect(() => new Switch('s1', { ports: 2, spanningTree })).toThrow(new RangeError(message));
});
