/** Our switch and a bridge of Linux, joined by two TAPs: a loop. They agree who is the root, which port is blocked, and which frames belong to which VLAN. */
import { execFileSync } from 'node:child_process';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Cable } from '../../../src/lab/cable.ts';
import { Switch } from '../../../src/lab/switching/switch.ts';
import { HostClock } from '../../../src/node/host-clock.ts';
import type { Machine } from '../../../src/node/run-loop.ts';
import { RunLoop } from '../../../src/node/run-loop.ts';
import { TapDevice } from '../../../src/node/tap.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { Stack } from '../../../src/stack/stack.ts';
import { SECOND } from '../../../src/stack/time.ts';
import type { MacAddress } from '../../../src/stack/wire/mac-address.ts';
import { start } from '../../cli/tapstack.ts';
import { requirePrivateNamespace } from '../private.ts';
import { until } from '../until.ts';

beforeAll(requirePrivateNamespace);

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});

const ENV = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const run = (program: string, words: string): string =>
  execFileSync(program, words.split(' '), { env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const BRIDGE = 'brtest0';
const TAPS = ['brtest1', 'brtest2'] as const;
/** "forwarding", "blocking", … of each TAP, as `bridge link` has it. */
function kernelStates(): string[] {
  const links = JSON.parse(run('bridge', '-j link')) as { ifname: string; state: string }[];
  return TAPS.map((tap) => links.find(({ ifname }) => ifname === tap)?.state ?? 'absent');
}

type Details = { linkinfo: { info_data: Record<string, string>; info_slave_data: Record<string, string> } }[];

/** Linux's word for a bridge, "1000.2:53:a:b0:0:0", as ours: "4096.02:53:0a:b0:00:00". */
function bridgeName(text = ''): string {
  const [priority = '', mac = ''] = text.split('.');
  const octets = mac.split(':').map((octet) => octet.padStart(2, '0'));
  return `${Number.parseInt(priority, 16)}.${octets.join(':')}`;
}

const detailsOf = (name: string) => (JSON.parse(run('ip', `-j -d link show ${name}`)) as Details)[0]?.linkinfo;
const kernelId = (): string => bridgeName(detailsOf(BRIDGE)?.info_data['bridge_id']);
/** As its ports know it: what iproute2 prints for the bridge itself is the bridge's own name. */
const kernelRoots = (): string[] => TAPS.map((tap) => bridgeName(detailsOf(tap)?.info_slave_data['root_id']));

/**
 * A bridge with spanning tree and short timers. Where Linux was built with 802.1Q it filters VLANs, and has an interface of its own
 * in VLAN 10; elsewhere it lets tags pass, and its own interface has none, which is VLAN 1 to us.
 * @returns the name of its own interface
 */
function kernelBridge(): string {
  run('ip', `link add ${BRIDGE} type bridge stp_state 1 forward_delay 200 hello_time 100 max_age 600`);
  cleanup.push(() => run('ip', `link del ${BRIDGE}`));
  for (const tap of TAPS) run('ip', `link set ${tap} master ${BRIDGE} up`);
  run('ip', `link set ${BRIDGE} up`);
  const own = filtersVlans() ? `${BRIDGE}.10` : BRIDGE;
  run('ip', `addr add 192.168.10.254/24 dev ${own}`);
  run('ip', `link set ${own} up`);
  return own;
}

/** @returns false when this Linux knows no VLANs */
function filtersVlans(): boolean {
  try {
    run('ip', `link set ${BRIDGE} type bridge vlan_filtering 1`);
    run('ip', `link add link ${BRIDGE} name ${BRIDGE}.10 type vlan id 10`);
  } catch {
    return false;
  }
  for (const tap of TAPS) for (const vlan of [10, 20]) run('bridge', `vlan add dev ${tap} vid ${vlan}`);
  run('bridge', `vlan add dev ${BRIDGE} vid 10 self`);
  return true;
}

/** Our switch on both TAPs, with hosts in VLAN 1, 10 and 20 that all have addresses of the kernel's network. */
function ourSwitch(): Switch {
  const taps = TAPS.map((name) => TapDevice.open({ name, offload: false }));
  for (const tap of taps) cleanup.push(() => tap.close());
  const trunk = { trunk: [10, 20] };
  const s1 = new Switch('s1', {
    ports: { [TAPS[0]]: trunk, [TAPS[1]]: trunk, 1: { edge: true }, 10: { vlan: 10, edge: true }, 20: { vlan: 20, edge: true } },
    spanningTree: { version: 'STP', priority: 4_096, hello: 1 * SECOND, forwardDelay: 2 * SECOND, maxAge: 6 * SECOND },
  });
  for (const tap of taps) s1.attach(tap.name, tap);
  const hostClock = new HostClock();
  const clock = { now: hostClock.now() };
  const hosts = [1, 10, 20].map((vlan) => {
    const cable = new Cable(clock, { delay: 0 });
    s1.attach(`${vlan}`, cable.a);
    const stack = new Stack({ random: new SeededRandom(vlan), wake: () => undefined, now: clock.now });
    stack.addInterface(cable.b, {
      name: `vlan${vlan}`,
      mac: (0x02_00_00_00_00_00 + vlan) as MacAddress,
      addresses: [`192.168.10.${vlan}/24`],
    });
    return { stack, cable };
  });
  const machine: Machine = {
    run(now) {
      clock.now = now;
      s1.run(now);
      for (const { stack } of hosts) stack.run(now);
      s1.run(now); // what the hosts answered
      return false;
    },
    nextTimeout: () =>
      Math.min(
        s1.nextTimeout(),
        ...hosts.flatMap(({ stack, cable }) => [stack.nextTimeout(), cable.a.nextTimeout(), cable.b.nextTimeout()]),
      ),
  };
  const loop = new RunLoop({ machine, devices: taps, clock: hostClock });
  loop.start();
  cleanup.push(() => loop.stop());
  return s1;
}

const ping = async (own: string, address: string): Promise<number | null> => {
  const { code } = await start('ping', ['-c', '1', '-W', '1', '-I', own, address]).ended;
  return code;
};

test('one loop, one blocked port, and VLANs that both keep apart; then Linux becomes the root', async () => {
  const s1 = ourSwitch();
  const own = kernelBridge();
  const [vlan, others] = own === BRIDGE ? [1, [10, 20]] : [10, [1, 20]];
  const ownStates = (): (string | undefined)[] => TAPS.map((tap) => s1.tree()?.ports.find(({ port }) => port === tap)?.state);
  await until(() => kernelStates().includes('forwarding') && ownStates().every((state) => state === 'forwarding'));
  // ours has the lower priority: it is the root, and Linux blocks the second way to it
  expect(s1.tree()?.isRoot).toBe(true);
  expect(new Set(kernelRoots())).toEqual(new Set([s1.tree()?.bridge]));
  expect(kernelStates()).toEqual(['forwarding', 'blocking']);
  // frames pass between the kernel's interface and the access port of its VLAN, and do not get to the others
  expect(await ping(own, `192.168.10.${vlan}`)).toBe(0);
  expect(await Promise.all(others.map((other) => ping(own, `192.168.10.${other}`)))).not.toContain(0);
  const learnt = s1.table().filter(({ port }) => port === TAPS[0]);
  expect(learnt.map(({ vlan: id }) => id)).toEqual([vlan]);
  expect(s1.stormDrops).toBe(0);

  run('ip', `link set ${BRIDGE} type bridge priority 0`);
  await until(() => s1.tree()?.isRoot === false && ownStates().includes('blocking'));
  expect(new Set(kernelRoots())).toEqual(new Set([s1.tree()?.root]));
  expect(kernelId()).toBe(s1.tree()?.root);
  expect(s1.tree()?.ports.map(({ role }) => role)).toEqual(['designated', 'designated', 'designated', 'root', 'alternate']);
});
