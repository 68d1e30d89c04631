/** Two local networks and the router between them: what ARP asks for is not whom the packet is for. */
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** pc1 and pc2 in 192.168.10.0/24, pc3 in 192.168.20.0/24, and r1, which is .254 in both. */
export function twoNetworks({ network: net }: Stage) {
  const pc1 = net.host('pc1', { address: '192.168.10.1/24', gateway: '192.168.10.254' });
  const pc3 = net.host('pc3', { address: '192.168.20.1/24', gateway: '192.168.20.254' });
  const r1 = net.router('r1', { ports: { lan10: '192.168.10.254/24', lan20: '192.168.20.254/24' } });
  net.cable(pc1, r1.port('lan10'));
  net.cable(r1.port('lan20'), pc3);
  return { net, pc1, pc3, r1 };
}

export const gateway: Scenario = {
  name: 'gateway',
  title: 'A packet leaves its network: Ethernet goes to the gateway, IPv4 to the destination',
  chapter: 'Between networks',
  rfcs: ['RFC 1122 §3.3.1', 'RFC 1812 §5.2', 'RFC 826'],
  story:
    'pc1 (192.168.10.1) pings pc3 (192.168.20.1). Its mask says that pc3 is not on its link, so it asks by ARP for its gateway, ' +
    '192.168.10.254, and sends the packet there. The router takes it out of its frame, lowers its time to live, asks on the other ' +
    'side for 192.168.20.1, and sends it on in a new frame. The capture shows both sides of the router.',
  question:
    'Put the same echo request before and after the router side by side: which fields of Ethernet and of IPv4 have changed, which not, and why?',
  look: [
    { filter: 'arp.opcode == 1', meaning: 'each side asks for its next hop, never for the destination behind it' },
    {
      filter: 'icmp.type == 8',
      meaning: 'the request on both sides: other Ethernet addresses, TTL 64 and 63, the same IPv4 addresses',
    },
    { filter: 'eth.dst == 02:00:c0:a8:0a:fe && ip.dst == 192.168.20.1', meaning: 'to the gateway by Ethernet, to pc3 by IPv4' },
  ],
  watch: ['r1.lan10', 'r1.lan20'],
  async play(stage) {
    const { pc1, pc3, r1 } = twoNetworks(stage);
    const results = await pc1.ping(pc3, { count: 2, interval: SECOND });
    stage.expect(
      'both pings are answered',
      results.map(({ outcome }) => outcome),
      ['reply', 'reply'],
    );
    stage.expect('the answer has passed one router', results[0]?.ttl, 63);
    stage.expect(
      'pc1 knows its gateway and nobody else',
      stage.rows(pc1, 'arp').map(([address]) => address),
      ['192.168.10.254'],
    );
    stage.expect(
      'the router knows one neighbour on each side',
      stage.rows(r1, 'arp').map(([address, , port]) => [address, port]),
      [
        ['192.168.10.1', 'lan10'],
        ['192.168.20.1', 'lan20'],
      ],
    );
  },
};
