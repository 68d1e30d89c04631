/** Who may listen and who may speak: a port that mirrors others, and a port that lets only one station in. */
import type { PortOptions, TimedInjection } from '../../lab/index.ts';
import { forgedArp } from '../../lab/index.ts';
import type { MacAddress, Micros } from '../../stack/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { framesHeard, hostsAt, learnt, outcomes } from './lan.ts';

export const portMirroring: Scenario = {
  name: 'port-mirroring',
  title: 'Port mirroring: a switch lets one port hear what another says',
  chapter: 'Local networks',
  rfcs: ['RFC 826'],
  story:
    'A switch keeps conversations apart, so who wants to record one has to ask it: port 4 gets a copy of each frame that goes in or out ' +
    'at port 1. The analyser there hears the pings of pc1, which are not for it, and can say nothing itself.',
  question:
    'The capture is the one of the analyser. How does it differ from one made at pc1 itself? Where would the analyser lose frames?',
  look: [
    { filter: 'icmp', meaning: 'both directions of a conversation of others' },
    { filter: 'eth.src == 02:00:0a:00:00:01', meaning: 'what pc1 has sent' },
  ],
  watch: ['analyser'],
  async play(stage) {
    const { network: net } = stage;
    const s1 = net.switch('s1', { ports: 4, mirror: { from: ['1'], to: '4' } });
    const [pc1, pc2, pc3] = hostsAt(stage, s1, 3);
    const analyser = net.host('analyser');
    net.cable(analyser, s1.port('4'));
    stage.expect('pc2 answers pc1', outcomes(await pc1!.ping(pc2!, { count: 2 })), ['reply', 'reply']);
    stage.expect('pc3 answers pc2', outcomes(await pc2!.ping(pc3!)), ['reply']);
    stage.expect('the analyser has heard all of pc1, and the question of pc2', framesHeard([analyser]), [7]);
  },
};

export const portSecurity: Scenario = {
  name: 'port-security',
  title: 'MAC flooding: a full table makes a hub of a switch, and port security keeps it from that',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 826'],
  story:
    'The table of this switch has room for eight addresses. mallory sends from a hundred that he has made up; from then on new stations ' +
    'find no room, and what is for them goes to all ports: mallory hears the pings of pc1 and pc2. On the second switch each port lets ' +
    'one address in. It closes the port of trudy, who tries the same, at her second, and the pings of pc3 and pc4 stay between the two.',
  question: 'Why does mallory hear nothing of pairs that the switch knew before? For how long has he to go on?',
  look: [
    { filter: 'eth.src[0:4] == 02:00:de:ad', meaning: 'the addresses that mallory made up' },
    { filter: 'icmp', meaning: 'pings of two others, heard at the port of mallory; none at that of trudy' },
  ],
  watch: ['open.3', 'safe.3'],
  withoutLadder: true,
  async play(stage) {
    const { network: net } = stage;
    const madeUp = (index: number) => (0x0200_dead_0000 + index) as MacAddress;
    const lies = (began: Micros): TimedInjection[] =>
      Array.from({ length: 100 }, (_, index) => ({
        direction: 'transmit',
        at: began + index * MILLISECOND,
        bytes: forgedArp({
          operation: 'request',
          from: { mac: madeUp(index), address: `10.0.0.${100 + index}` },
          to: { address: '10.0.0.250' },
        }),
        note: 'from an address that is made up',
      }));
    /** Two who talk and one who lies, at one switch. */
    const attacked = async (name: string, attacker: string, pair: readonly [string, string], port: PortOptions) => {
      const s1 = net.switch(name, { ports: { 1: {}, 2: {}, 3: port }, tableSize: 8 });
      const liar = net.host(attacker, { address: '10.0.0.66/24' });
      net.cable(liar, s1.port('3'), { faults: { injections: lies(stage.world.now) } });
      const [one, other] = pair.map((host, index) => net.host(host, { address: `10.0.0.${index + 1}/24` }));
      net.cable(one!, s1.port('1'));
      net.cable(other!, s1.port('2'));
      await stage.pause(SECOND);
      stage.expect(`${pair[1]} answers ${pair[0]}`, outcomes(await one!.ping(other!)), ['reply']);
      return { s1, overheard: liar.stack.drops()['frame for another station'] ?? 0 };
    };
    const open = await attacked('open', 'mallory', ['pc1', 'pc2'], {});
    stage.expect('the first switch is full of lies', learnt(stage, open.s1).filter((row) => row.includes('de:ad')).length, 8);
    stage.expectThat('mallory hears what is for others', open.overheard > 0, open.overheard);
    const security = { addresses: 1, violation: 'shut down' } as const;
    const safe = await attacked('safe', 'trudy', ['pc3', 'pc4'], { security });
    stage.expect('the second has closed the port', safe.s1.machine.port('3').isShutDown, true);
    stage.expect('trudy hears nothing', safe.overheard, 0);
  },
};
