/** ICMP errors through address translation: what a router outside says about a packet that it knows by another name. */
import { traceroute } from '../../services/tools/traceroute.ts';
import { formatV4 } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { homeRouter, outside } from './settings.ts';

export const natErrors: Scenario = {
  name: 'nat-traceroute',
  title: 'Traceroute out of a home: ICMP errors are translated, and what they quote',
  chapter: 'At the edge',
  rfcs: ['RFC 5508 §4.2', 'RFC 792'],
  story:
    'pc asks for the way to www with datagrams that live one hop, two, three. The provider’s router lets one die and quotes it: from ' +
    '203.0.113.2, as it came to it. The router of the home finds in the quotation whom the message is for, and changes it in both ' +
    'places, outside and in the quoted header, or pc would not know its own datagram again.',
  question: 'How many checksums does the router have to make right in a time exceeded message? Name them from outside to inside.',
  look: [
    { filter: 'icmp.type == 11', meaning: 'time exceeded, before and after the router of the home: look into the quotation' },
    { filter: 'icmp.type == 3 && icmp.code == 3', meaning: 'www has no such port: the end of the way' },
    { filter: 'udp && !icmp && ip.ttl < 4', meaning: 'the probes' },
  ],
  watch: ['home.lan', 'home.wan'],
  way: 'icmp.type == 11 && ip.src == 203.0.113.1',
  expert: { 'ip.ttl.too_small': 5, 'udp.possible_traceroute': 4 },
  async play(stage) {
    const pc = stage.network.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const home = homeRouter(stage);
    stage.network.cable(pc, home.port('lan'));
    const { www } = outside(stage, { home });
    const hops: string[] = [];
    for await (const { probes } of traceroute({ stack: pc.stack, time: stage.timers }, www.address, { queries: 1 }))
      hops.push(probes.map(({ from }) => (from === undefined ? '*' : formatV4(from.w3))).join(' '));
    stage.expect('three hops show themselves to pc', hops, ['192.168.1.1', '203.0.113.1', '198.51.100.7']);
    stage.showTables('when the way is known');
    const quoted = stage
      .sights()
      .flatMap(({ to, packet: { transport } }) =>
        transport?.kind === 'icmp' ? [`${to}: ${transport.quoted?.network.source}`] : [],
      );
    stage.expect(
      'pc is told about packets of its own, the router about its own',
      [...new Set(quoted)],
      ['pc: 192.168.1.10', 'home: 203.0.113.2'],
    );
  },
};
