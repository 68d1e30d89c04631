/** A router with routes of different lengths: the one that says most about a destination is taken. */
import { parsePrefix } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';

export const longestPrefix: Scenario = {
  name: 'longest-prefix',
  title: 'Longest prefix: of all routes that fit, the one that says most about the destination',
  chapter: 'Between networks',
  rfcs: ['RFC 1812 §5.2.4.3', 'RFC 4632 §5.1', 'RFC 1122 §3.3.1'],
  story:
    'The router fork has three routes: 0.0.0.0/0 to internet, 172.16.0.0/16 to company, 172.16.5.0/24 to lab. pc pings three ' +
    'destinations. 203.0.113.7 fits the first route only; 172.16.9.20 fits two, and goes to company; 172.16.5.20 fits all three, and ' +
    'goes to lab. Then the route of 24 bits is gone. The same destination still fits two routes and goes to company now, which ' +
    'stands for all of 172.16.0.0/16 and says that this part of it cannot be reached. It does not go to internet.',
  question:
    'company has a route 172.16.0.0/16 of its own that says "unreachable". What would become of the last ping without it, if company ' +
    'had a default route back to fork?',
  look: [
    { filter: 'icmp.type == 8 && ip.dst == 203.0.113.7', meaning: 'from the port of pc to the port to internet' },
    { filter: 'icmp.type == 8 && ip.dst == 172.16.9.20', meaning: 'to company' },
    { filter: 'icmp.type == 8 && ip.dst == 172.16.5.20', meaning: 'to lab at first, to company when its own route is gone' },
    { filter: 'icmp.type == 3', meaning: 'company has no such network: host unreachable' },
  ],
  watch: ['fork.lan', 'fork.internet', 'fork.company', 'fork.lab'],
  way: 'icmp.type == 8 && ip.dst == 172.16.5.20',
  async play(stage) {
    const { network: net } = stage;
    const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.254' });
    const fork = net.router('fork', {
      ports: { lan: '192.168.1.254/24', internet: '10.0.1.1/30', company: '10.0.2.1/30', lab: '10.0.3.1/30' },
      routes: { default: '10.0.1.2', '172.16.0.0/16': '10.0.2.2', '172.16.5.0/24': '10.0.3.2' },
    });
    const internet = net.host('internet', { address: ['10.0.1.2/30', '203.0.113.7/32'], gateway: '10.0.1.1' });
    const company = net.router('company', {
      ports: { up: { address: ['10.0.2.2/30', '172.16.9.20/32'] } },
      routes: { default: '10.0.2.1', '172.16.0.0/16': 'unreachable' },
    });
    const lab = net.host('lab', { address: ['10.0.3.2/30', '172.16.5.20/32'], gateway: '10.0.3.1' });
    net.cable(pc, fork.port('lan'));
    for (const end of [internet, company, lab]) net.cable(fork.port(end.name), end);
    const asked = (): number[] => [internet, company, lab].map(({ stack }) => stack.counters.icmpIn);
    const outcomes: (string | undefined)[] = [];
    const ping = async (to: string): Promise<void> => void outcomes.push((await pc.ping(to))[0]?.outcome);
    stage.showTables('with three routes that fit');
    await ping('203.0.113.7');
    stage.expect('what only the default route fits goes to internet', asked(), [1, 0, 0]);
    await ping('172.16.9.20');
    stage.expect('/16 is longer than /0: company', asked(), [1, 1, 0]);
    await ping('172.16.5.20');
    stage.expect('/24 is longer than /16: lab', asked(), [1, 1, 1]);
    fork.stack.routes.remove(parsePrefix('172.16.5.0/24'));
    await ping('172.16.5.20');
    stage.showTables('without the longest');
    stage.expect('the last one is refused by company', outcomes, ['reply', 'reply', 'reply', 'host unreachable']);
    stage.expect('neither internet nor lab has heard of it', asked(), [1, 1, 1]);
  },
};
