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

export const layer3Switch: Scenario = {
  name: 'layer3-switch',
  title: 'A layer-3 switch: two networks in one box, and a router inside of it',
  chapter: 'Between networks',
  rfcs: ['RFC 1812 §5.2', 'IEEE 802.1Q §9'],
  story:
    'pc1 and pc2 are in VLAN 10, 192.168.10.0/24, pc3 is in VLAN 20, 192.168.20.0/24, all at one switch. The router inside of it has an ' +
    'address in each, .254. pc1 reaches pc2 without it. For pc3 pc1 asks for its gateway, which is the switch itself: the packet comes ' +
    'in at one port and goes out at another, with one hop less to live and with other Ethernet addresses.',
  question:
    'Compare this with a router between two switches: which cables and which boxes have gone, and which addresses are still there?',
  look: [
    { filter: 'icmp.type == 8 && ip.dst == 192.168.10.2', meaning: 'inside of VLAN 10: TTL 64, straight to the neighbour' },
    { filter: 'icmp.type == 8 && ip.dst == 192.168.20.1', meaning: 'to VLAN 20: TTL 64 on the way to the gateway, 63 behind it' },
    { filter: 'arp.opcode == 2', meaning: 'who has answered whom' },
  ],
  watch: ['pc1', 'pc3'],
  async play(stage) {
    const { network: net } = stage;
    const sw = net.layer3Switch('sw', {
      ports: { 1: { vlan: 10 }, 2: { vlan: 10 }, 3: { vlan: 20 } },
      interfaces: { 10: '192.168.10.254/24', 20: '192.168.20.254/24' },
    });
    const pc1 = net.host('pc1', { address: '192.168.10.1/24', gateway: '192.168.10.254' });
    const pc2 = net.host('pc2', { address: '192.168.10.2/24', gateway: '192.168.10.254' });
    const pc3 = net.host('pc3', { address: '192.168.20.1/24', gateway: '192.168.20.254' });
    [pc1, pc2, pc3].forEach((host, index) => void net.cable(host, sw.port(`${index + 1}`)));
    const [near, far] = [await pc1.ping(pc2), await pc1.ping(pc3)];
    stage.expect('the answer of the neighbour has passed no router', near[0]?.ttl, 64);
    stage.expect('the answer from the other VLAN has passed one', far[0]?.ttl, 63);
    stage.expect('the router has passed on the question and the answer', sw.router.stack.counters.forwarded, 2);
  },
};
