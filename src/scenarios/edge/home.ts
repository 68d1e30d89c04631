/** The box at home: a router, a switch, a server of addresses and a translator in one. */
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { fetchPage, homeRouter, outside } from './settings.ts';

/** What the box gives away: addresses from 192.168.1.100 on, and itself as the gateway. */
const POOLS = [{ network: '192.168.1.0/24', range: '192.168.1.100-192.168.1.199', router: '192.168.1.1' }];

export const home: Scenario = {
  name: 'home',
  title: 'A home: a switch, addresses by DHCP and one address outside, in one box',
  chapter: 'At the edge',
  rfcs: ['RFC 2131 §3.1', 'RFC 4787 §4.2.1', 'RFC 1918 §3'],
  story:
    'pc and phone hang on the switch of the box at home. Each asks for an address and gets one with the box as its gateway. Then both ' +
    'fetch the same page, and by chance from the same port, 50000. Outside there is one address only: the box keeps the port for pc, ' +
    'who came first, and phone becomes port 50001.',
  question: 'www answers to port 50001 of 203.0.113.2. How does the box know that this is for port 50000 of phone?',
  look: [
    { filter: 'dhcp', meaning: 'who am I? Four messages for each' },
    { filter: 'tcp.port == 50000 && ip.addr == 192.168.1.0/24', meaning: 'both inside: the same port, two addresses' },
    { filter: 'ip.addr == 203.0.113.2 && tcp.flags.syn == 1', meaning: 'both outside: one address, two ports' },
  ],
  watch: ['home.lan', 'home.wan'],
  way: 'tcp.srcport == 50001',
  async play(stage) {
    const { network: net } = stage;
    const [pc, phone] = [net.host('pc'), net.host('phone')];
    const sw = net.switch('switch', { ports: 3 });
    const box = homeRouter(stage);
    for (const node of [pc, phone, box.port('lan')]) net.cable(node, sw);
    const { www } = outside(stage, { home: box });
    const server = box.serveAddresses({ pools: POOLS, conflictCheck: 0, authoritative: true });
    for (const host of [pc, phone]) await host.obtainAddress({ conflictCheck: false });
    const addresses = [pc, phone].map(({ address }) => `${address}`);
    stage.expect('each has an address of its own', addresses, ['192.168.1.100', '192.168.1.101']);
    stage.showTables('when both have an address');
    const pages = await Promise.all([pc, phone].map((host) => fetchPage(host, www, 80, { localPort: 50_000 })));
    stage.expect('both get the page', pages, ['a page of www', 'a page of www']);
    stage.showTables('when both have the page');
    stage.expect(
      'one address outside, two ports',
      stage.rows(box, 'nat').map(([, inside, seen]) => [inside, seen]),
      [
        ['192.168.1.100:50000', '203.0.113.2:50000'],
        ['192.168.1.101:50000', '203.0.113.2:50001'],
      ],
    );
    await stage.pause(SECOND);
    server.close();
  },
};
