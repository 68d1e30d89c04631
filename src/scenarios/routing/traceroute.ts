/** A way through four routers, as traceroute finds it. */
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';

const ROUTERS = 4;

export const tracerouteFourRouters: Scenario = {
  name: 'traceroute-four-routers',
  title: 'Traceroute through four routers: what the output says, and what was on the wire for it',
  chapter: 'Between networks',
  rfcs: ['RFC 792', 'RFC 1812 §5.3.1', 'RFC 1812 §4.3.2.4'],
  story:
    'Between pc and server stand r1, r2, r3 and r4, each link 5 ms long. pc types "traceroute -q 1 server": a datagram that may live ' +
    'one hop, then two, three, four, five. Each router in turn takes one to zero, drops it and says so; the fifth arrives at the ' +
    'server, where nobody listens. Each hop adds 10 ms to the time. Each router answers from the address of the port by which its answer leaves.',
  question:
    'Which address of r3 does the output show, and which does it not? In what case does a hop answer later than the one behind it?',
  look: [
    { filter: 'udp && !icmp', meaning: 'the probes: TTL 1 to 5, each to a port of its own' },
    { filter: 'icmp.type == 11', meaning: 'four routers, one after the other; their own TTL falls the further they are' },
    { filter: 'icmp.type == 3 && icmp.code == 3', meaning: 'the server: the end of the way' },
  ],
  watch: ['pc'],
  expert: { 'ip.ttl.too_small': 4, 'udp.possible_traceroute': 4 },
  way: 'icmp.type == 3 && icmp.code == 3',
  async play(stage) {
    const { network: net } = stage;
    const pc = net.host('pc', { address: '10.0.0.1/24', gateway: '10.0.0.254' });
    const server = net.host('server', { address: '10.0.4.1/24', gateway: '10.0.4.254' });
    const routers = Array.from({ length: ROUTERS }, (_, index) => {
      const left = index === 0 ? '10.0.0.254/24' : `10.0.${index}.2/24`;
      const right = index === ROUTERS - 1 ? '10.0.4.254/24' : `10.0.${index + 1}.1/24`;
      return net.router(`r${index + 1}`, {
        ports: { left, right },
        routes: {
          ...(index === 0 ? {} : { '10.0.0.0/24': `10.0.${index}.1` }),
          ...(index === ROUTERS - 1 ? {} : { default: `10.0.${index + 1}.2` }),
        },
      });
    });
    const delay = 5 * MILLISECOND;
    net.cable(pc, routers[0]!.port('left'), { delay });
    for (let index = 1; index < ROUTERS; index++)
      net.cable(routers[index - 1]!.port('right'), routers[index]!.port('left'), { delay });
    net.cable(routers.at(-1)!.port('right'), server, { delay });
    // ARP takes its time on each link once: what is measured afterwards is the way alone
    await pc.ping(server, { timeout: 1000 * MILLISECOND });
    await stage.pause(100 * MILLISECOND);
    stage.begin();
    const text = await pc.run('traceroute -q 1 server');
    const hops = [...text.matchAll(/^ *(\d+) +(\S+) \(([\d.]+)\) +(\d+)/gm)].map(([, ttl, name, address, ms]) => [
      ttl,
      name,
      address,
      ms,
    ]);
    stage.expect('each hop shows itself, 10 ms behind the one before, by the port that its answer leaves by', hops, [
      ['1', 'r1', '10.0.0.254', '10'],
      ['2', 'r2', '10.0.1.2', '20'],
      ['3', 'r3', '10.0.2.2', '30'],
      ['4', 'r4', '10.0.3.2', '40'],
      ['5', 'server', '10.0.4.1', '50'],
    ]);
  },
};
