/** Servers behind address translation: a port that leads inside, seen from outside and from inside. */
import { SECOND, SocketError } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { FAR, fetchPage, homeRouter, outside, serve, timesSaid } from './settings.ts';

export const portForwarding: Scenario = {
  name: 'port-forwarding',
  title: 'Port forwarding: from a home to a server of a company, through two translators',
  chapter: 'At the edge',
  rfcs: ['RFC 3022 §4', 'RFC 4787 §5', 'RFC 5382 §4.3'],
  story:
    'A company has one address outside, 203.0.113.6, and its web server an address inside, 10.9.0.2. Its router has it written down: ' +
    'whoever comes to port 80 is led to port 8080 of the server. pc, in a home behind a translator of its own, fetches the page; a try ' +
    'at port 22, about which nothing is written, is dropped without a word.',
  question:
    'Who of the four, pc, home, company and server, knows which addresses of the connection? What does the server log as its visitor?',
  look: [
    { filter: 'ip.addr == 192.168.1.10', meaning: 'in the home: pc and the public address of the company' },
    { filter: 'ip.addr == 203.0.113.2 && ip.addr == 203.0.113.6', meaning: 'between the routers: two public addresses' },
    { filter: 'ip.addr == 10.9.0.2', meaning: 'in the company: the public address of the home, and the server at port 8080' },
    { filter: 'tcp.dstport == 22', meaning: 'what nobody asked for: three tries and no answer' },
  ],
  watch: ['pc', 'company.wan', 'company.lan'],
  way: 'tcp.dstport == 80',
  expert: { 'tcp.analysis.retransmission': 2 },
  async play(stage) {
    const { network: net } = stage;
    const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const home = homeRouter(stage);
    const company = net.router('company', {
      ports: { lan: '10.9.0.1/24', wan: '203.0.113.6/30' },
      gateway: '203.0.113.5',
      nat: { outside: 'wan', forward: ['tcp 80 to 10.9.0.2:8080'] },
    });
    const server = net.host('server', { address: '10.9.0.2/24', gateway: '10.9.0.1' });
    net.cable(pc, home.port('lan'));
    outside(stage, { home, company });
    net.cable(company.port('lan'), server);
    serve(server, 8080, 'a page of the company');
    const page = await fetchPage(pc, '203.0.113.6', 80, { localPort: 50_000 });
    stage.expect('the page comes from inside the company', page, 'a page of the company');
    stage.showTables('when the page is there');
    const failure = await fetchPage(pc, '203.0.113.6', 22, { localPort: 50_022, synRetries: 1 }).catch((error: unknown) => error);
    stage.expect('nobody answers at port 22', failure instanceof SocketError && failure.reason, 'timed out');
    stage.expect('the router says beside each try why', timesSaid(stage, 'NAT: nobody inside asked for it'), 2);
    stage.expect(
      'what is written down, and who has used it',
      stage.rows(company, 'nat').map((row) => row.slice(1, 5).join(' ')),
      ['10.9.0.2:8080 any:80  forwarded', '10.9.0.2:8080 203.0.113.6:80 203.0.113.2:50000 closing'],
    );
  },
};

export const hairpin: Scenario = {
  name: 'hairpin',
  title: 'Hairpin: to the neighbour by the address outside',
  chapter: 'At the edge',
  rfcs: ['RFC 4787 §6', 'RFC 5382 §7.2'],
  story:
    'At home stands a server, nas, and the router forwards port 80 to it. pc stands beside it and knows nas only by the address ' +
    'outside, 203.0.113.2, as all the world does. The packet goes to the router, which turns it back into the home with both of its ' +
    'addresses changed: for nas the visitor is the router.',
  question: 'Why is it not enough to change the destination? To whom would nas send its SYN ACK, and what would pc make of it?',
  look: [
    { filter: 'ip.addr == 192.168.1.10', meaning: 'pc speaks with the address outside' },
    { filter: 'ip.addr == 192.168.1.20', meaning: 'nas does too' },
    { filter: 'eth.addr == 02:00:c0:a8:01:01', meaning: 'every packet passes the router, twice' },
  ],
  watch: ['pc', 'nas'],
  way: 'tcp.flags.syn == 1',
  async play(stage) {
    const { network: net } = stage;
    const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const home = homeRouter(stage, { forward: ['tcp 80 to 192.168.1.20'] });
    const nas = net.host('nas', { address: '192.168.1.20/24', gateway: '192.168.1.1' });
    const isp = net.host('isp', { address: '203.0.113.1/30' });
    const sw = net.switch('switch', { ports: 3 });
    for (const node of [pc, home.port('lan'), nas]) net.cable(node, sw);
    net.cable(home.port('wan'), isp, FAR);
    serve(nas, 80, 'holiday pictures');
    const page = await fetchPage(pc, '203.0.113.2', 80, { localPort: 50_000 });
    stage.expect('pc gets the page', page, 'holiday pictures');
    stage.showTables('when the page is there');
    const peers = new Set(stage.segmentsAt(nas).map(({ from, to }) => (from === 'nas' ? to : from)));
    stage.expect('nas has spoken with the router', [...peers], ['home']);
    await stage.pause(SECOND);
    const redirects = stage.sights().filter(({ packet: { transport } }) => transport?.kind === 'icmp');
    stage.expect('nobody was told of a shorter way, which would not work', redirects.length, 0);
  },
};
