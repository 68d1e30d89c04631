/** IEEE 802.1Q: which frames get where, and with which tag. */
import { describe, expect, test } from 'vitest';
import { FrameLog } from '../../../src/capture/record/frame-log.ts';
import { host } from '../../../src/lab/host.ts';
import type { SwitchOptions } from '../../../src/lab/switching/port-options.ts';
import { Switch } from '../../../src/lab/switching/switch.ts';
import { UNTAGGED, VlanTrunk } from '../../../src/lab/switching/vlan-device.ts';
import { World } from '../../../src/lab/world.ts';
import { ping } from '../../../src/services/ping.ts';
import { Stack } from '../../../src/stack/stack.ts';
import { SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { settle, sleeper } from '../../two-hosts.ts';
import { EVERYBODY, PatchPanel, station } from './patch-panel.ts';

const [A, B, C] = [station(1), station(2), station(3)];
const PRIORITY_5 = 5 << 13;

function bench(ports: SwitchOptions['ports'], more: Partial<SwitchOptions> = {}): { panel: PatchPanel; s1: Switch } {
  const s1 = new Switch('s1', { ports, ...more });
  const panel = new PatchPanel();
  panel.connect(
    s1,
    's1',
    s1.ports.map(({ name }) => name),
  );
  return { panel, s1 };
}

const OFFICE = {
  ten: { vlan: 10 },
  tenToo: { vlan: 10 },
  twenty: { vlan: 20 },
  trunk: { trunk: [10, 20], native: false },
  native: { trunk: [20], native: 10 },
} as const;

describe('access and trunk ports', () => {
  test('a broadcast stays in its VLAN; a trunk gets it with a tag, a native VLAN without', () => {
    const { panel } = bench(OFFICE);
    panel.send('ten', { from: A, to: EVERYBODY, mark: 1 });
    panel.run();
    expect(panel.at('tenToo')).toEqual([{ to: EVERYBODY, from: A, mark: 1, length: 60 }]);
    expect(panel.at('twenty')).toEqual([]);
    expect(panel.at('trunk')).toEqual([{ to: EVERYBODY, from: A, mark: 1, tag: 10, length: 64 }]);
    expect(panel.at('native')).toEqual([{ to: EVERYBODY, from: A, mark: 1, length: 60 }]);
  });

  test('the tag goes at an access port and stays, priority and all, on the next trunk', () => {
    const { panel } = bench(OFFICE);
    panel.send('trunk', { from: A, to: EVERYBODY, mark: 1, tag: PRIORITY_5 | 20, length: 56 });
    panel.run();
    expect(panel.at('twenty')).toEqual([{ to: EVERYBODY, from: A, mark: 1, length: 60 }]); // filled up again
    expect(panel.at('native')).toMatchObject([{ tag: PRIORITY_5 | 20 }]);
    expect(panel.marks()).toEqual({});
  });

  test.each([
    ['a tag of a VLAN that is not on this trunk', 'native', 99],
    ['a tag of another VLAN at an access port', 'ten', 20],
    ['no tag on a trunk without a native VLAN', 'trunk', undefined],
    ['a mere priority there', 'trunk', PRIORITY_5],
    ['the reserved VLAN 4095', 'trunk', 4_095],
  ])('ingress filtering: %s', (_, port, tag) => {
    const { panel, s1 } = bench(OFFICE);
    panel.send(port, tag === undefined ? { from: A, to: EVERYBODY } : { from: A, to: EVERYBODY, tag });
    panel.run();
    expect(panel.marks()).toEqual({});
    expect(s1.port(port).counters.drops()).toEqual({ 'VLAN not allowed on this port': 1 });
  });

  test('a tag with a mere priority belongs to the VLAN of what has no tag, and keeps the priority', () => {
    const { panel } = bench(OFFICE);
    panel.send('ten', { from: A, to: EVERYBODY, tag: PRIORITY_5 });
    panel.run();
    expect(panel.at('trunk')).toMatchObject([{ tag: PRIORITY_5 | 10 }]);
  });

  test('each VLAN learns for itself: one address in two of them, behind two ports', () => {
    const { panel, s1 } = bench(OFFICE);
    panel.send('ten', { from: A, to: EVERYBODY });
    panel.send('twenty', { from: A, to: EVERYBODY });
    panel.run();
    panel.marks();
    panel.send('trunk', { from: B, to: A, tag: 10, mark: 10 });
    panel.send('trunk', { from: B, to: A, tag: 20, mark: 20 });
    panel.run();
    expect(panel.marks()).toEqual({ ten: [10], twenty: [20] });
    expect(s1.table().map(({ vlan, port }) => `${vlan} ${port}`)).toEqual(['10 ten', '10 trunk', '20 twenty', '20 trunk']);
  });

  test('a full frame of 1500 bytes passes a trunk with its tag: the MTU is without it', () => {
    const { panel } = bench(OFFICE);
    panel.send('ten', { from: A, to: EVERYBODY, length: 1_514 });
    panel.run();
    expect(panel.at('trunk')).toMatchObject([{ length: 1_518, tag: 10 }]);
  });

  test('the mirror shows frames as they are on the mirrored wire', () => {
    const { panel } = bench({ ...OFFICE, spy: {} }, { mirror: { from: ['trunk'], to: 'spy' } });
    panel.send('ten', { from: A, to: EVERYBODY, mark: 1 });
    panel.send('trunk', { from: B, to: C, mark: 2, tag: 20 });
    panel.run();
    expect(panel.at('spy').map(({ mark, tag }) => [mark, tag])).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  test('double tagging: into the native VLAN of a trunk with a second tag inside, out with that one (VLAN hopping)', () => {
    const { panel } = bench({ attacker: { vlan: 10 }, trunk: { trunk: [20], native: 10 } });
    const inner = new Uint8Array(60);
    const view = new DataView(inner.buffer);
    inner.fill(0xff, 0, 6).set([2, 0, 0, 0, 0, 1], 6);
    view.setUint32(12, 0x8100_000a);
    view.setUint32(16, 0x8100_0014);
    panel.sendBytes('attacker', inner);
    panel.run();
    expect(panel.at('trunk')).toMatchObject([{ tag: 20 }]);
  });
});

test('a host with tagged interfaces pings in both VLANs over one cable, and gets nothing of a third', async () => {
  const world = new World({ settle });
  const s1 = new Switch('s1', {
    ports: { ten: { vlan: 10 }, twenty: { vlan: 20 }, thirty: { vlan: 30 }, stick: { trunk: [10, 20, 30] } },
  });
  const cables = { ten: world.cable(), twenty: world.cable(), thirty: world.cable(), stick: world.cable() };
  for (const [name, cable] of Object.entries(cables)) s1.attach(name, cable.b);
  world.add(
    's1',
    s1,
    Object.values(cables).map(({ b }) => b),
  );
  const log = new FrameLog();
  host(world, 'ten', cables.ten.a, { address: '192.168.10.1/24' });
  host(world, 'twenty', cables.twenty.a, { address: '192.168.20.1/24', capture: log });
  host(world, 'thirty', cables.thirty.a, { address: '192.168.30.1/24' });
  const stick: Stack = new Stack({ random: world.random, wake: () => world.wake(stick) });
  world.add('stick', stick, [cables.stick.a]);
  const trunk = new VlanTrunk(cables.stick.a);
  for (const id of [10, 20])
    stick.addInterface(trunk.vlan(id), { name: `eth0.${id}`, mac: station(0xff), addresses: [`192.168.${id}.254/24`] });
  const sleep = sleeper(world);
  const probe = async (to: string): Promise<unknown> => {
    const { value } = await world.finish(
      ping(stick, ipv4(to), { now: () => world.now, sleep, count: 1, timeout: SECOND }).next(),
    );
    return value !== undefined && 'outcome' in value ? value.outcome : undefined;
  };
  expect(await probe('192.168.10.1')).toBe('reply');
  expect(await probe('192.168.20.1')).toBe('reply');
  expect(log.frames().some(({ bytes }) => bytes[12] === 0x81)).toBe(false);
  expect(trunk.vlan(10)).toBe(trunk.vlan(10));
  expect(trunk.unknownVlan).toBeGreaterThan(0); // what thirty announced when it came up
  expect(() => trunk.vlan(5_000)).toThrow('trunk: a VLAN is a number from 1 to 4094, not 5000');
  expect(trunk.vlan(UNTAGGED).id).toBe(UNTAGGED);
});
