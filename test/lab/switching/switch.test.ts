/** What a switch learns, sends on, floods, drops and forgets; and a hub beside it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Hub } from '../../../src/lab/switching/hub.ts';
import type { SwitchOptions } from '../../../src/lab/switching/port-options.ts';
import { Switch } from '../../../src/lab/switching/switch.ts';
import { describeSwitchEvent } from '../../../src/lab/switching/switch-event.ts';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { EVERYBODY, PatchPanel, station } from './patch-panel.ts';

const [A, B, C] = [station(1), station(2), station(3)];

interface Bench {
  readonly panel: PatchPanel;
  readonly s1: Switch;
  readonly said: string[];
}

function bench(options: Partial<SwitchOptions> = {}): Bench {
  const said: string[] = [];
  const all: SwitchOptions = { ports: 4, observer: (event) => said.push(describeSwitchEvent(event)), ...options };
  const s1 = new Switch('s1', all);
  const panel = new PatchPanel();
  panel.connect(
    s1,
    's1',
    s1.ports.map(({ name }) => name),
  );
  panel.run();
  said.length = 0;
  return { panel, s1, said };
}

describe('learning and sending on', () => {
  test('what it does not know it floods; an answer goes to one port alone', () => {
    const { panel, s1, said } = bench();
    panel.send('1', { from: A, to: B, mark: 1 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [1], 3: [1], 4: [1] });
    panel.send('2', { from: B, to: A, mark: 2 });
    panel.run();
    panel.send('1', { from: A, to: B, mark: 3 });
    panel.run();
    expect(panel.marks()).toEqual({ 1: [2], 2: [3] });
    expect(said).toEqual(['02:00:00:00:00:01 learnt at port 1', '02:00:00:00:00:02 learnt at port 2']);
    expect(s1.table().map(({ vlan, mac, port }) => [vlan, mac, port])).toEqual([
      [1, A, '1'],
      [1, B, '2'],
    ]);
    expect(s1.port('1').counters).toMatchObject({ framesIn: 2, framesOut: 1, flooded: 1, bytesIn: 120, bytesOut: 60 });
  });

  test('a broadcast goes to all, also when everybody is known', () => {
    const { panel } = bench();
    for (const [port, mac] of [['1', A] as const, ['2', B] as const]) panel.send(port, { from: mac, to: EVERYBODY });
    panel.run();
    panel.marks();
    panel.send('1', { from: A, to: EVERYBODY, mark: 9 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [9], 3: [9], 4: [9] });
  });

  test('two stations behind one port: what is between them stays there', () => {
    const { panel, s1 } = bench();
    panel.send('1', { from: A, to: EVERYBODY });
    panel.send('1', { from: B, to: EVERYBODY });
    panel.run();
    panel.marks();
    panel.send('1', { from: A, to: B });
    panel.run();
    expect(panel.marks()).toEqual({});
    expect(s1.port('1').counters.drops()).toEqual({ 'destination is on the port it came from': 1 });
  });

  test('a station that moves is found at its new port', () => {
    const { panel, said } = bench();
    panel.send('1', { from: A, to: EVERYBODY });
    panel.run();
    panel.send('3', { from: A, to: EVERYBODY });
    panel.run();
    panel.marks();
    panel.send('2', { from: B, to: A, mark: 5 });
    panel.run();
    expect(panel.marks()).toEqual({ 3: [5] });
    expect(said).toContain('02:00:00:00:00:01 moved from port 1 to 3');
  });

  test('IEEE 802.1D §7.9.2: who is silent for 300 s is forgotten; who speaks is not', () => {
    const { panel, s1, said } = bench();
    panel.send('1', { from: A, to: EVERYBODY });
    panel.send('2', { from: B, to: EVERYBODY });
    panel.run(200 * SECOND);
    panel.send('2', { from: B, to: EVERYBODY });
    panel.run(101 * SECOND);
    expect(s1.table().map(({ mac }) => mac)).toEqual([B]);
    expect(said.at(-1)).toBe('02:00:00:00:00:01 at port 1 forgotten: it was silent for too long');
    panel.run(300 * SECOND);
    expect(s1.table()).toEqual([]);
    expect(s1.nextTimeout()).toBe(Number.POSITIVE_INFINITY);
  });

  test('a full table learns no more, and what is for the others is flooded: MAC flooding', () => {
    const { panel, s1 } = bench({ tableSize: 2 });
    for (const mac of [A, B, C]) panel.send('1', { from: mac, to: EVERYBODY });
    panel.run();
    panel.marks();
    panel.send('2', { from: station(9), to: C, mark: 4 });
    panel.run();
    expect(panel.marks()).toEqual({ 1: [4], 3: [4], 4: [4] });
    expect([s1.table().length, s1.notLearnt]).toEqual([2, 2]);
  });

  test('a cable that is pulled takes its addresses along', () => {
    const { panel, s1, said } = bench();
    panel.send('1', { from: A, to: EVERYBODY });
    panel.run();
    s1.port('1').isUp = () => false;
    panel.send('2', { from: B, to: EVERYBODY });
    panel.run();
    expect(said).toContain('port 1: link down');
    expect(s1.table().map(({ mac }) => mac)).toEqual([B]);
  });
});

describe('what goes no further', () => {
  test.each([
    ['reserved address (IEEE 802.1D)', { from: A, to: 0x0180_c200_0000 }],
    ['reserved address (IEEE 802.1D)', { from: A, to: 0x0180_c200_000f }],
    ['source is a group address', { from: EVERYBODY, to: B }],
    ['VLAN not allowed on this port', { from: A, to: B, tag: 20 }],
  ] as const)('%s', (reason, options) => {
    const { panel, s1 } = bench();
    panel.send('1', options);
    panel.run();
    expect(panel.marks()).toEqual({});
    expect(s1.port('1').counters.drops()).toEqual({ [reason]: 1 });
    expect(s1.table()).toEqual([]);
  });

  test('other groups of 01:80:c2 are forwarded', () => {
    const { panel } = bench();
    panel.send('1', { from: A, to: 0x0180_c200_0010, mark: 3 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [3], 3: [3], 4: [3] });
  });

  test('a frame that is longer than the MTU of the way out', () => {
    const s1 = new Switch('s1', { ports: 2 });
    const panel = new PatchPanel();
    panel.connect(s1, 's1', ['1'], { delay: 0, mtu: 9_000 });
    panel.connect(s1, 's1', ['2']);
    panel.send('1', { from: A, to: B, length: 9_014 });
    panel.send('1', { from: A, to: B, length: 1_514, mark: 2 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [2] });
    expect(s1.port('2').counters.drops()).toEqual({ 'frame too long for the port': 1 });
  });
});

describe('mirror', () => {
  test('copies of what goes in and out of a port; the mirror port itself takes nothing', () => {
    const { panel, s1 } = bench({ mirror: { from: ['1'], to: '4' } });
    panel.send('1', { from: A, to: EVERYBODY, mark: 1 });
    panel.run();
    panel.send('2', { from: B, to: A, mark: 2 });
    panel.send('2', { from: B, to: C, mark: 3 });
    panel.send('4', { from: station(4), to: A, mark: 4 });
    panel.run();
    expect(panel.marks()).toEqual({ 1: [2, 3], 2: [1], 3: [1, 3], 4: [1, 2, 3] });
    expect(s1.port('4').counters.drops()).toEqual({ 'mirror port takes no frames': 1 });
  });

  test('one direction only', () => {
    const { panel } = bench({ mirror: { from: ['1'], to: '4', direction: 'in' } });
    panel.send('1', { from: A, to: EVERYBODY, mark: 1 });
    panel.send('2', { from: B, to: A, mark: 2 });
    panel.run();
    expect(panel.marks()).toMatchObject({ 4: [1] });
  });
});

describe('port security', () => {
  const ports = { 1: { security: { addresses: 2 } }, 2: {}, 3: { security: { violation: 'shut down' } } } as const;

  test('one address too many: its frames are dropped, those of the first ones are not', () => {
    const { panel, s1, said } = bench({ ports });
    for (const mac of [A, B, C, A]) panel.send('1', { from: mac, to: EVERYBODY, mark: mac % 256 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [1, 2, 1], 3: [1, 2, 1] });
    expect(s1.port('1').counters.drops()).toEqual({ 'port security': 1 });
    expect(said).toContain('port security: one address too many at port 1, 02:00:00:00:00:03');
  });

  test('or the port shuts down, until somebody opens it', () => {
    const { panel, s1, said } = bench({ ports });
    panel.send('3', { from: A, to: EVERYBODY, mark: 1 });
    panel.send('3', { from: B, to: EVERYBODY, mark: 2 });
    panel.send('3', { from: A, to: EVERYBODY, mark: 3 });
    panel.run();
    expect(panel.marks()).toEqual({ 1: [1], 2: [1] });
    expect(said).toContain('port 3: shut down');
    panel.send('1', { from: C, to: EVERYBODY, mark: 4 });
    panel.run();
    expect(panel.marks()).toEqual({ 2: [4] });
    s1.enable('3');
    panel.send('3', { from: A, to: EVERYBODY, mark: 5 });
    panel.run();
    expect(panel.marks()).toEqual({ 1: [5], 2: [5] });
  });

  test('an address that stands behind a secure port is not stolen by another secure one', () => {
    const { panel, s1 } = bench({ ports });
    panel.send('1', { from: A, to: EVERYBODY });
    panel.run();
    panel.send('3', { from: A, to: EVERYBODY });
    panel.run();
    expect(s1.table().map(({ port }) => port)).toEqual(['1']);
    expect(s1.port('3').counters.dropped('port security')).toBe(1);
  });
});

describe('a loop without a spanning tree', () => {
  /** Switches in a ring, each joined to the next by so many cables. */
  function ring(switches: number, cables: number, delay: number): { panel: PatchPanel; all: Switch[]; said: string[] } {
    const said: string[] = [];
    const panel = new PatchPanel();
    const all = Array.from(
      { length: switches },
      (_, i) =>
        new Switch(`s${i + 1}`, {
          ports: 2 * cables + 1,
          observer: (event) => event.kind === 'storm' && said.push(describeSwitchEvent(event)),
        }),
    );
    all.forEach((one, i) => {
      const next = all[(i + 1) % switches]!;
      for (let c = 1; c <= cables; c++) panel.join(one, String(c), next, String(cables + c), { delay });
    });
    for (const one of all) panel.connect(one, one.name, [String(2 * cables + 1)]);
    return { panel, all, said };
  }

  test.each([
    ['cables with a delay', 3, 1, 100],
    ['cables without any delay: the clock goes on', 3, 1, 0],
    ['three ways to each neighbour, so that each turn triples it', 3, 3, 100],
    ['the same without any delay', 3, 3, 0],
  ])('%s: the storm is bounded, and said', (_, switches, cables, delay) => {
    const { panel, all, said } = ring(switches, cables, delay);
    panel.sendBytes(String(2 * cables + 1), new Uint8Array(60).fill(0xff, 0, 6).fill(2, 6, 12));
    panel.run(1 * SECOND);
    expect(panel.world.now).toBe(1 * SECOND);
    expect(said[0]).toMatch(/^broadcast storm: more than 500 copies of one frame from 02:02:02:02:02:02 in a second/);
    expect(all.reduce((sum, { stormDrops }) => sum + stormDrops, 0)).toBeGreaterThan(0);
    for (const one of all) {
      expect(one.ports.reduce((sum, { counters }) => sum + counters.framesOut, 0)).toBeLessThan(501 * (2 * cables + 1));
    }
  });

  test('hubs in a ring do not hang either', () => {
    const panel = new PatchPanel();
    const storms: number[] = [];
    const hubs = [1, 2].map((i) => new Hub(`h${i}`, { ports: 3, onStorm: (now) => storms.push(now) }));
    for (const port of ['1', '2']) panel.join(hubs[0]!, port, hubs[1]!, port);
    for (const hub of hubs) panel.connect(hub, hub.name, ['3']);
    panel.send('3', { from: A, to: EVERYBODY });
    panel.run(10 * MILLISECOND);
    expect(storms.length).toBeGreaterThan(0);
    expect(hubs[0]!.stormDrops).toBeGreaterThan(0);
  });
});

test('a hub repeats everything to everybody else, known or not', () => {
  const hub = new Hub('h1', { ports: 3 });
  const panel = new PatchPanel();
  panel.connect(hub, 'h1', ['1', '2', '3']);
  panel.send('1', { from: A, to: B, mark: 1 });
  panel.send('2', { from: B, to: A, mark: 2 });
  panel.run();
  expect(panel.marks()).toEqual({ 1: [2], 2: [1], 3: [1, 2] });
  expect(hub.ports.map(({ framesIn, framesOut }) => [framesIn, framesOut])).toEqual([
    [1, 1],
    [1, 1],
    [0, 2],
  ]);
});

test('ARP inspection: who says what is not theirs is not heard; trusted ports are not asked', () => {
  const arp = (mac: number, ip: number, source = mac): Uint8Array => {
    const view = new DataView(new ArrayBuffer(60));
    for (let i = 0; i < 6; i++) view.setUint8(i, 0xff);
    const put = (at: number, address: number): void => {
      view.setUint16(at, Math.floor(address / 2 ** 32));
      view.setUint32(at + 2, address % 2 ** 32);
    };
    put(6, source);
    view.setUint32(12, 0x0806_0001);
    view.setUint32(16, 0x0800_0604);
    view.setUint16(20, 2);
    put(22, mac);
    view.setUint32(28, ip);
    return new Uint8Array(view.buffer);
  };
  const { panel, s1, said } = bench({
    ports: { 1: {}, 2: {}, 3: { isTrusted: true } },
    arpInspection: { '10.0.0.1': '02:00:00:00:00:01', '10.0.0.254': '02:00:00:00:00:09' },
  });
  const [own, gateway] = [0x0a00_0001, 0x0a00_00fe];
  for (const bytes of [arp(A, own), arp(A, 0), arp(A, gateway), arp(A, own, B), arp(A, 0x0a00_0063)]) panel.sendBytes('1', bytes);
  panel.sendBytes('3', arp(C, gateway));
  panel.send('1', { from: A, to: EVERYBODY });
  panel.run();
  expect(panel.at('2')).toHaveLength(4);
  expect(s1.port('1').counters.drops()).toEqual({ 'ARP inspection': 3 });
  expect(said).toContain('ARP inspection: 02:00:00:00:00:01 at port 1 says that it is 10.0.0.254');
});

describe('a mistake is said with names', () => {
  test.each<[string, () => unknown, string]>([
    ['a port that is not there', () => new Switch('s1', { ports: 2 }).port('7'), 's1 has no port "7"; its ports are 1, 2'],
    ['no ports', () => new Switch('s1', { ports: 0 }), 's1: a switch has 1 to 1024 ports, not 0'],
    ['VLAN 0', () => new Switch('s1', { ports: { a: { vlan: 0 } } }), 's1.a: a VLAN is a number from 1 to 4094, not 0'],
    [
      'access and trunk',
      () => new Switch('s1', { ports: { a: { vlan: 10, trunk: [10] } } }),
      's1.a: a port is an access port (`vlan`) or a trunk (`trunk`), not both',
    ],
    [
      'a native VLAN without a trunk',
      () => new Switch('s1', { ports: { a: { native: 10 } } }),
      's1.a: only a trunk has a native VLAN; an access port has `vlan`',
    ],
    [
      'a mirror of nothing',
      () => new Switch('s1', { ports: 2, mirror: { from: ['9'], to: '1' } }),
      's1 has no port "9" to mirror; its ports are 1, 2',
    ],
    [
      'a mirror of itself',
      () => new Switch('s1', { ports: 2, mirror: { from: ['1'], to: '1' } }),
      's1: port "1" cannot mirror itself',
    ],
    [
      'a second cable in a port',
      () => {
        const { s1, panel } = bench();
        s1.attach('1', panel.world.cable().a);
      },
      'port 1 of s1 has a cable already',
    ],
    [
      'a cable with offload',
      () => new Switch('s1', { ports: 2 }).attach('1', new PatchPanel().world.cable({ offload: true }).a),
      's1 forwards what is on the wire: its cables have offload off',
    ],
    [
      'ARP of nobody',
      () => new Switch('s1', { ports: 2, arpInspection: { x: 'y' } }),
      's1: "x" is not an IPv4 address such as 10.0.0.1',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new RangeError(message));
  });
});

test('whatever frames come, in whatever order: each goes to its station alone if that spoke, and never back', () => {
  const sending = fc.array(fc.record({ port: fc.integer({ min: 1, max: 4 }), to: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(sending, (all) => {
      const { panel } = bench();
      const spoke = new Set<number>();
      all.forEach(({ port, to }, index) => {
        panel.send(String(port), { from: station(port), to: station(to), mark: index + 1 });
        panel.run();
        const marks = panel.marks();
        const others = [1, 2, 3, 4].filter((one) => one !== port);
        const expected = spoke.has(to) || to === port ? others.filter((one) => one === to) : others;
        expect(Object.keys(marks)).toEqual(expected.map(String));
        spoke.add(port);
      });
    }),
    { numRuns: 50 },
  );
});

test('bytes of any kind and length do not throw, and are all accounted for', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 14, maxLength: 80 }), { maxLength: 20 }), (frames) => {
      const { panel, s1 } = bench({ ports: { 1: { trunk: 'all' }, 2: { trunk: [10, 20], native: false }, 3: { vlan: 10 } } });
      for (const bytes of frames) panel.sendBytes('1', bytes);
      panel.run();
      expect(s1.port('1').counters.framesIn).toBe(frames.length);
    }),
    { numRuns: 50 },
  );
});
