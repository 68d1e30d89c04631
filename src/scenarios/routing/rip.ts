/** Routers that tell each other by RIP how far what is: a broken cable, found out by silence, and bad news that goes in a circle. */
import type { NetHost } from '../../lab/index.ts';
import type { Horizon } from '../../services/rip/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** "172.16.12.2 in 2" or "unreachable"; undefined: the router has not heard of the network, or has forgotten it. */
function wayTo(stage: Stage, router: NetHost, network: string): string | undefined {
  const [, gateway, , metric] = stage.rows(router, 'rip').find(([name]) => name === network) ?? [];
  return metric === undefined || metric === 'unreachable' ? metric : `${gateway} in ${metric}`;
}

/** r1, r2 and r3 in a ring, each with a network of its own: pc1 at r1, pc2 at r2. */
function ring({ network: net }: Stage) {
  const r1 = net.router('r1', { ports: { lan: '192.168.1.254/24', r2: '172.16.12.1/30', r3: '172.16.13.1/30' } });
  const r2 = net.router('r2', { ports: { lan: '192.168.2.254/24', r1: '172.16.12.2/30', r3: '172.16.23.1/30' } });
  const r3 = net.router('r3', { ports: { r1: '172.16.13.2/30', r2: '172.16.23.2/30' } });
  const pc1 = net.host('pc1', { address: '192.168.1.1/24', gateway: '192.168.1.254' });
  const pc2 = net.host('pc2', { address: '192.168.2.1/24', gateway: '192.168.2.254' });
  net.cable(pc1, r1.port('lan'));
  net.cable(pc2, r2.port('lan'));
  const { cable } = net.cable(r1.port('r2'), r2.port('r1'));
  net.cable(r1.port('r3'), r3.port('r1'));
  net.cable(r2.port('r3'), r3.port('r2'));
  return { r1, r2, r3, pc1, pc2, cable };
}

/** Longer than a time-out and an update. */
const PATIENCE = 240;

export const ripConvergence: Scenario = {
  name: 'rip-convergence',
  title: 'RIP: three routers find their ways, and another one when a cable breaks',
  chapter: 'Between networks',
  rfcs: ['RFC 2453 §3.8', 'RFC 2453 §3.9', 'RFC 2453 §3.10.1'],
  story:
    'r1, r2 and r3 stand in a ring and speak RIP. When they come up they ask their neighbours for everything, and within a second each ' +
    'knows the shortest way to every network. After a minute somebody cuts the cable between r1 and r2. No router sees that: a distance vector ' +
    'is only a rumour, and the rumour stops. When r1 has heard nothing of the network of pc2 for 180 s it gives the way up, says so, and takes the next ' +
    'offer of r3, whose updates have said all the time that it is one further away.',
  question:
    'How long could pc1 not reach pc2? Which of the times of RIP would you change to shorten that, and what would it cost? Why does r1 not take the way by r3 at once?',
  look: [
    { filter: 'rip.command == 1', meaning: 'a router has come up and asks for everything' },
    { filter: 'rip.command == 2 && ip.dst == 224.0.0.9', meaning: 'updates: every 30 s, and at once when something changes' },
    { filter: 'rip.metric == 16', meaning: '16 is infinity: poisoned reverse, and after the time-out a way that is gone' },
    { filter: 'icmp', meaning: 'the pings that take the long way, after the cut' },
  ],
  watch: ['r1.r3'],
  withoutLadder: true,
  way: 'icmp.type == 8',
  async play(stage) {
    const { r1, r2, r3, pc1, pc2, cable } = ring(stage);
    for (const router of [r1, r2, r3]) router.speakRip();
    await stage.pause(10 * SECOND);
    stage.showTables('when all have told each other');
    stage.expect('r1 goes straight to r2', wayTo(stage, r1, '192.168.2.0/24'), '172.16.12.2 in 2');
    stage.expect('pc2 answers', (await pc1.ping(pc2))[0]?.outcome, 'reply');
    await stage.at(60 * SECOND);
    cable.unplug();
    stage.expect('nothing is noticed', (await pc1.ping(pc2))[0]?.outcome, 'timed out');
    let [seconds, way] = [0, wayTo(stage, r1, '192.168.2.0/24')];
    for (; seconds < PATIENCE && way !== '172.16.13.2 in 3'; seconds++) {
      await stage.at((61 + seconds) * SECOND);
      way = wayTo(stage, r1, '192.168.2.0/24');
    }
    stage.expect('r1 goes by r3', way, '172.16.13.2 in 3');
    stage.expectThat('that took a time-out and up to an update', seconds > 145 && seconds <= 215, seconds);
    await stage.at((61 + PATIENCE) * SECOND);
    stage.showTables('when the other way was found');
    stage.expect('r2 goes by r3 as well', wayTo(stage, r2, '192.168.1.0/24'), '172.16.23.2 in 3');
    const [result] = await pc1.ping(pc2);
    stage.expect('pc2 answers by way of three routers', [result?.outcome, result?.ttl], ['reply', 61]);
  },
};

/** r1 to r3 in a line; the network that will be lost is behind r1. */
function line({ network: net }: Stage) {
  const r1 = net.router('r1', { ports: { lan: '192.168.1.254/24', r2: '172.16.12.1/30' } });
  const r2 = net.router('r2', { ports: { r1: '172.16.12.2/30', r3: '172.16.23.1/30' } });
  const r3 = net.router('r3', { ports: { r2: '172.16.23.2/30' } });
  const pc1 = net.host('pc1', { address: '192.168.1.1/24', gateway: '192.168.1.254' });
  net.cable(pc1, r1.port('lan'));
  const { cable } = net.cable(r1.port('r2'), r2.port('r1'));
  net.cable(r2.port('r3'), r3.port('r2'));
  return { r1, r2, r3, pc1, cable };
}

/** What r2 believes of the network of pc1, in the order in which it did. */
async function beliefs(stage: Stage, horizon: Horizon): Promise<string[]> {
  const { r1, r2, r3, cable } = line(stage);
  // in each round r3 speaks before r2: old news overtakes the bad ones
  for (const router of [r1, r3, r2]) {
    router.speakRip({ horizon, triggeredUpdates: false, jitter: 0 });
    await stage.pause(10 * SECOND);
  }
  await stage.at(120 * SECOND);
  stage.showTables('before the cut');
  cable.unplug();
  const seen: string[] = [];
  for (let second = 121; second < 600; second++) {
    await stage.at(second * SECOND);
    const way = wayTo(stage, r2, '192.168.1.0/24') ?? 'forgotten';
    if (seen.at(-1) !== way) seen.push(way);
    if (way === '172.16.23.2 in 8' && seen.length === 5) stage.showTables('while they count');
  }
  return seen;
}

export const ripCountToInfinity: Scenario = {
  name: 'rip-count-to-infinity',
  title: 'RIP without split horizon: two routers count to infinity',
  chapter: 'Between networks',
  rfcs: ['RFC 2453 §3.4.2', 'RFC 2453 §3.4.3', 'RFC 2453 §2.2'],
  story:
    'r1, r2 and r3 stand in a line, and pc1 is behind r1. Split horizon and triggered updates are switched off. The cable between r1 and r2 is ' +
    'cut; after 180 s r2 gives the network of pc1 up. But r3 still tells of it, three hops away: it does not say that it has heard so ' +
    'from r2. So r2 believes in a way by r3, r3 hears from r2 that it has become longer, and each makes the other believe a little more, by two in ' +
    'every round of 30 s, until 16 is reached, which is why infinity is so small.',
  question:
    'Where is a packet for pc1 while they count, and what ends its way? What would r3 say to r2 with split horizon, what with poisoned reverse, and which of them would help in a ring of three?',
  look: [
    {
      filter: 'rip.ip == 192.168.1.0 && ip.src == 172.16.23.2',
      meaning: 'what r3 says of the network of pc1: further and further',
    },
    { filter: 'rip.ip == 192.168.1.0 && rip.metric == 16', meaning: 'infinity' },
  ],
  watch: ['r2.r3'],
  withoutLadder: true,
  async play(stage) {
    stage.expect('r2 believes in ever longer ways, until they are too long', await beliefs(stage, 'off'), [
      '172.16.12.1 in 2',
      'unreachable',
      ...[4, 6, 8, 10, 12, 14].map((metric) => `172.16.23.2 in ${metric}`),
      'unreachable',
      'forgotten',
    ]);
    stage.showTables('in the end');
  },
};
