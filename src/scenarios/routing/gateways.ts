/** Three hosts on one LAN, then on two with a router between them: what each host has to know for that. */
import type { NetHost } from '../../lab/index.ts';
import { ipv4, parseInterfaceAddress, parsePrefix } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';

/** `ip route replace default via` */
function setGateway({ stack }: NetHost, gateway: string): void {
  stack.routes.remove(parsePrefix('default'));
  stack.routes.add({ prefix: parsePrefix('default'), gateway: ipv4(gateway).w3, interfaceId: 1 });
}

/** `ip addr del`, `ip addr add` */
function renumber({ stack }: NetHost, from: string, to: string): void {
  const only = stack.interfaces.get(1)!;
  stack.removeAddress(only, parseInterfaceAddress(from).address);
  stack.addAddress(only, parseInterfaceAddress(to), false);
}

export const oneLanTwoLans: Scenario = {
  name: 'one-lan-two-lans',
  title: 'One LAN becomes two: what a missing gateway does, a wrong one, and one on one side only',
  chapter: 'Between networks',
  rfcs: ['RFC 1122 §3.3.1', 'RFC 826', 'RFC 1812 §5.2'],
  story:
    'pc1, pc2 and pc3 are in 192.168.10.0/24 on one switch and need no gateway. Then pc3 moves behind a router, to 192.168.20.0/24; ' +
    'the router is .254 on both sides. pc1 still reaches pc2. To pc3 it has no route, and sends nothing. With a gateway that does not ' +
    'exist, .253, it asks by ARP in vain. With the right one its pings arrive, and pc3, which has none, cannot answer. Only when both ' +
    'have their gateway does the ping come back.',
  question:
    'Four pings to pc3 fail or succeed after the move, and in three ways. Which of them can pc1 tell apart by what ping says, which ' +
    'only by a capture, and where would you capture?',
  look: [
    { filter: 'icmp && ip.dst == 192.168.10.3', meaning: 'one LAN: no router, TTL 64 at both ends' },
    { filter: 'arp.dst.proto_ipv4 == 192.168.10.253', meaning: 'a gateway that nobody is: asked again and again' },
    {
      filter: 'icmp.type == 8 && ip.dst == 192.168.20.3',
      meaning: 'with a gateway: TTL 64 at pc1, 63 at pc3; the first is not answered',
    },
    { filter: 'icmp.type == 0 && ip.src == 192.168.20.3', meaning: 'when pc3 has its gateway too' },
  ],
  watch: ['pc1', 'pc3'],
  way: 'icmp.type == 8 && ip.dst == 192.168.20.3',
  async play(stage) {
    const { network: net } = stage;
    const s1 = net.switch('s1', { ports: 4 });
    const [pc1, pc2, pc3] = [1, 2, 3].map((number) => net.host(`pc${number}`, { address: `192.168.10.${number}/24` }));
    for (const pc of [pc1!, pc2!, pc3!]) net.cable(pc, s1);
    const told = async (to: NetHost): Promise<string> => {
      const [result] = await pc1!.ping(to, { timeout: 5_000_000 });
      return result?.outcome === 'reply' ? `reply with TTL ${result.ttl}` : `${result?.outcome}`;
    };
    stage.expect('on one LAN all are neighbours', [await told(pc2!), await told(pc3!)], Array(2).fill('reply with TTL 64'));
    stage.showTables('on one LAN');

    const r1 = net.router('r1', { ports: { lan10: '192.168.10.254/24', lan20: '192.168.20.254/24' } });
    net.remove(net.cableAt(pc3!));
    renumber(pc3!, '192.168.10.3/24', '192.168.20.3/24');
    net.names.set('192.168.20.3', 'pc3');
    net.cable(s1, r1.port('lan10'));
    net.cable(r1.port('lan20'), pc3!);
    stage.expect('pc2 is a neighbour as before', await told(pc2!), 'reply with TTL 64');
    stage.expect('without a gateway there is no way to pc3', await told(pc3!), 'no route');
    setGateway(pc1!, '192.168.10.253');
    stage.expect('a gateway that nobody is does not answer ARP', await told(pc3!), 'host unreachable');
    setGateway(pc1!, '192.168.10.254');
    const before = pc3!.stack.counters.icmpIn;
    stage.expect('pc3 has no way back', await told(pc3!), 'timed out');
    stage.expect('although it was asked', pc3!.stack.counters.icmpIn - before, 1);
    setGateway(pc3!, '192.168.20.254');
    stage.expect('with both gateways it works', await told(pc3!), 'reply with TTL 63');
    stage.showTables('on two LANs, with both gateways');
  },
};
