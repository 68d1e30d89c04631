/** Three switches in a ring: without a spanning tree a broadcast never ends, with one a port is blocked until it is needed. */
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { outcomes } from './lan.ts';

const COPIES = 30;

/** s1, s2 and s3 in a ring, pc1 at s1 and pc2 at s2. */
function ring({ network: net }: Stage, spanningTree: boolean) {
  const [s1, s2, s3] = [1, 2, 3].map((i) =>
    net.switch(`s${i}`, {
      ports: { pc: { edge: true }, left: {}, right: {} },
      stormLimit: COPIES,
      ...(spanningTree ? { spanningTree: { priority: 4_096 * i } } : {}),
    }),
  );
  const [pc1, pc2] = [1, 2].map((i) => net.host(`pc${i}`, { address: `10.0.0.${i}/24` }));
  net.cable(pc1!, s1!.port('pc'));
  net.cable(pc2!, s2!.port('pc'));
  net.cable(s1!.port('right'), s2!.port('left'));
  net.cable(s2!.port('right'), s3!.port('left'));
  net.cable(s3!.port('right'), s1!.port('left'));
  return { s1: s1!, s2: s2!, s3: s3!, pc1: pc1!, pc2: pc2! };
}

export const broadcastStorm: Scenario = {
  name: 'broadcast-storm',
  title: 'A loop of cables: one ARP question becomes a storm',
  chapter: 'Local networks',
  rfcs: ['RFC 826', 'IEEE 802.1D §7.7'],
  story:
    'Three switches in a ring, and none of them has a spanning tree. pc1 asks once by ARP who is 10.0.0.2. Each switch floods the ' +
    'question to all other ports, so it goes round in both directions, and at each turn everybody hears it again. Ethernet has no time ' +
    'to live: on real cables that goes on until somebody pulls one. Here a guard in each switch lets 30 copies of one frame pass in a ' +
    'second, and counts the rest as "broadcast storm".',
  question:
    'Why does IPv4 survive a loop of routers, and Ethernet does not survive a loop of switches? What has happened to the table of s3?',
  look: [
    { filter: 'arp.opcode == 1', meaning: 'the same question again and again' },
    { filter: 'arp.opcode == 1 && frame.time_relative > 0.005', meaning: 'it does not get any older' },
  ],
  watch: ['pc2'],
  async play(stage) {
    const { pc1, pc2, s1, s2, s3 } = ring(stage, false);
    await pc1.ping(pc2, { count: 1 });
    await stage.pause(100 * MILLISECOND);
    stage.expectThat(
      'pc2 has heard one question many times',
      pc2.stack.counters.framesIn > COPIES / 2,
      pc2.stack.counters.framesIn,
    );
    const dropped = [s1, s2, s3].map(({ machine }) => machine.stormDrops);
    stage.expectThat('the storm was noticed', Math.max(...dropped) > 0, dropped);
    stage.showTables('after the storm');
  },
};

export const spanningTree: Scenario = {
  name: 'spanning-tree',
  title: 'Spanning tree: a loop is cut, and heals when a cable breaks',
  chapter: 'Local networks',
  rfcs: ['IEEE 802.1D-2004 §17'],
  story:
    'The same ring of three switches, with RSTP. s1 has the best priority and becomes the root. s2 and s3 find their shortest way to it, ' +
    'and on the cable between them s3, which has the worse name, blocks its port: no loop is left. After two seconds the cable between s1 ' +
    'and s2 breaks. s2 hears no root any more, s3 proposes its way to it, s2 agrees, and pc1 reaches pc2 by way of s3; with STP that took half a minute.',
  question:
    'Which fields of a BPDU say that s1 is the root, how far it is, and what role the port of the sender has? Find proposal and agreement after the cut.',
  look: [
    { filter: 'stp.flags.proposal == 1', meaning: 'a designated port would like to forward at once' },
    { filter: 'stp.flags.agreement == 1', meaning: 'its neighbour has nothing against it' },
    { filter: 'stp.flags.tc == 1', meaning: 'stations may have moved: tables are forgotten' },
    { filter: 'icmp', meaning: 'pings on the cable that was blocked, after the cut' },
  ],
  watch: ['s3.left'],
  async play(stage) {
    const { pc1, pc2, s1, s2, s3 } = ring(stage, true);
    await stage.pause(2 * SECOND);
    const roles = (): string[] =>
      [s1, s2, s3].map((one) =>
        stage
          .rows(one, 'stp')
          .filter(([port]) => port !== 'pc')
          .map(([port, role, state]) => `${port} ${role} ${state}`)
          .join(', '),
      );
    stage.showTables('with all cables');
    stage.expect('one port of the ring is blocked', roles(), [
      'left designated forwarding, right designated forwarding',
      'left root forwarding, right designated forwarding',
      'left alternate discarding, right root forwarding',
    ]);
    stage.expect('pc2 answers', outcomes(await pc1.ping(pc2, { count: 1 })), ['reply']);
    stage.network.remove(stage.network.cableAt(s1.port('right')));
    await stage.pause(3 * SECOND);
    stage.expect('pc2 answers by the other way', outcomes(await pc1.ping(pc2, { count: 1 })), ['reply']);
    stage.showTables('after the cut');
    stage.expect('nothing is blocked any more', roles().join(', ').includes('discarding'), false);
  },
};
