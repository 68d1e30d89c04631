/** VLANs: one cable for several networks, and a switch that routes between them. */
import type { NetHost } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { outcomes } from './lan.ts';

export const vlanTrunk: Scenario = {
  name: 'vlan-trunk',
  title: 'Two VLANs on two switches, and one cable for both: the tag of 802.1Q',
  chapter: 'Local networks',
  rfcs: ['RFC 826', 'IEEE 802.1Q §9'],
  story:
    'On each of two switches one port belongs to VLAN 10 and one to VLAN 20. The cable between the switches is a trunk: frames of both ' +
    'cross it with a tag of four bytes that says which. pc1 (VLAN 10) reaches pc3 (VLAN 10) on the other switch. pc2, in VLAN 20 of its ' +
    'own switch, has the address that pc1 looks for next, and never hears the question.',
  question: 'Where does the tag come from and where does it go? Why can two hosts in different VLANs have the same address here?',
  look: [
    { filter: 'vlan.id == 10', meaning: 'on the trunk: the frames of pc1 and pc3' },
    { filter: 'vlan.id == 20', meaning: 'on the trunk: the frames of pc2 and pc4' },
    { filter: 'arp && !vlan', meaning: 'at the hosts the same frames have no tag' },
  ],
  watch: ['pc1', 's1.up'],
  async play(stage) {
    const { network: net } = stage;
    const ports = { red: { vlan: 10 }, blue: { vlan: 20 }, up: { trunk: [10, 20], native: false as const } };
    const [s1, s2] = [net.switch('s1', { ports }), net.switch('s2', { ports })];
    const at = (name: string, last: number, port: Parameters<typeof net.cable>[1]): NetHost => {
      const host = net.host(name, { address: `10.0.0.${last}/24` });
      net.cable(host, port);
      return host;
    };
    const pc1 = at('pc1', 1, s1.port('red'));
    const pc2 = at('pc2', 2, s1.port('blue'));
    const pc3 = at('pc3', 3, s2.port('red'));
    const pc4 = at('pc4', 4, s2.port('blue'));
    net.cable(s1.port('up'), s2.port('up'));
    stage.expect('pc3 answers pc1', outcomes(await pc1.ping(pc3)), ['reply']);
    stage.expect('pc4 answers pc2', outcomes(await pc2.ping(pc4)), ['reply']);
    const answer = outcomes(await pc1.ping(pc2));
    stage.expectThat('pc2 does not answer pc1', answer[0] !== 'reply', answer);
    stage.expect(
      'pc2 knows nobody but pc4',
      stage.rows(pc2, 'arp').map(([address]) => address),
      ['10.0.0.4'],
    );
  },
};
