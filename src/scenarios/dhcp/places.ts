/** A server in another network, and a host that comes to another network. */
import type { NetHost } from '../../lab/index.ts';
import type { DhcpClient, DhcpServer } from '../../services/dhcp/index.ts';
import { DhcpRelay } from '../../services/dhcp/index.ts';
import { MINUTE, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { heardByDhcp, lan, MAC, obtain, POOL, saidByDhcp } from './lan.ts';

export const dhcpRelay: Scenario = {
  name: 'dhcp-relay',
  title: 'DHCP: one server for two networks',
  chapter: 'Addresses and names',
  rfcs: ['RFC 1542 §4.1', 'RFC 2131 §4.1'],
  story:
    'The server stands behind a router, and a router carries no broadcast. So the router is a relay agent too: it takes the question ' +
    'of pc1, writes its own address on the side of pc1 into it, and sends it to the server alone. By that address the server knows ' +
    'from which network the question comes and which of its two pools is meant; there it sends the answer, and the router carries ' +
    'it back to the link. The capture shows both sides of the router. Half of the lease later pc1 renews it, and needs no agent: it ' +
    'has an address and a gateway, and the router carries its message as any other.',
  question:
    'What would the server give pc1 if the relay agent wrote the other one of its addresses into the question? By what does it know ' +
    'the network of pc1 in the renewal, where no agent has written anything?',
  look: [
    { filter: 'dhcp && ip.dst == 255.255.255.255', meaning: 'to everybody, before the router' },
    { filter: 'dhcp.ip.relay == 192.168.20.254 && ip.dst == 192.168.1.1', meaning: 'to the server alone, behind it' },
    { filter: 'dhcp.hops == 1', meaning: 'the relay agent counts itself' },
    { filter: 'dhcp.ip.client == 192.168.20.100 && dhcp.type == 1', meaning: 'the renewal, before and behind the router' },
  ],
  watch: ['r1.lan20', 'r1.lan1'],
  way: 'dhcp.option.dhcp == 1',
  async play(stage) {
    const { network: net } = stage;
    const pc1 = net.host('pc1');
    const r1 = net.router('r1', { ports: { lan20: '192.168.20.254/24', lan1: '192.168.1.254/24' } });
    const server = net.host('server', { address: '192.168.1.1/24', gateway: '192.168.1.254' });
    net.cable(pc1, r1.port('lan20'));
    net.cable(r1.port('lan1'), server);
    const there = {
      network: '192.168.20.0/24',
      range: '192.168.20.100-192.168.20.199',
      router: '192.168.20.254',
      leaseTime: 10 * MINUTE,
    };
    server.serveAddresses({ pools: [POOL, there] });
    const relay = new DhcpRelay(r1.stack, { time: r1.clock, servers: [server.address] });
    const { lease } = await obtain(stage, pc1, { conflictCheck: false });
    stage.expect('an address of its own network', `${lease?.address}`, '192.168.20.100');
    stage.expect('carried there and back', [relay.requests, relay.replies], [2, 2]);
    const [result] = await pc1.ping(server);
    stage.expect('through the router it reaches the server', result?.outcome, 'reply');
    stage.showTables('when pc1 has its address');
    await stage.at(6 * MINUTE);
    stage.expect('renewed, as the server has heard it', heardByDhcp(stage, server).slice(4), [
      'request',
      'acknowledgment 192.168.20.100',
    ]);
    stage.expect('the agent had no part in it', [relay.requests, relay.replies], [2, 2]);
    relay.close();
  },
};

export const dhcpMoved: Scenario = {
  name: 'dhcp-moved',
  title: 'DHCP: again in the same network, then in another one',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §3.2', 'RFC 2131 §4.3.2'],
  story:
    'The notebook has had an address at home, and remembers it. It is plugged in again, and asks only whether it may go on: two ' +
    'messages in place of four. Then it is carried to the office and asks the same there. The server of the office sees that the ' +
    'address is of another network, and refuses: the notebook forgets it and begins from the beginning.',
  question: 'Both servers could have kept silent. Which one may, and what would the notebook have done then?',
  look: [
    { filter: 'dhcp.option.dhcp == 3 && !dhcp.option.dhcp_server_id', meaning: 'may I keep it?' },
    { filter: 'dhcp.option.dhcp == 6', meaning: 'no, and why' },
    { filter: 'dhcp.option.dhcp == 1', meaning: 'from the beginning: at home the first time, and in the office' },
  ],
  watch: ['notebook'],
  async play(stage) {
    const { network: net } = stage;
    const { sw, server } = lan(stage, 0, 1);
    const notebook = net.host('notebook');
    const s2 = net.switch('s2', { ports: 2 });
    const office = net.host('office', { address: '10.0.0.1/24' });
    net.cable(office, s2);
    net.cable(notebook, sw);
    const servers: DhcpServer[] = [
      server.serveAddresses({ pools: [POOL], conflictCheck: 0 }),
      office.serveAddresses({ pools: [{ network: '10.0.0.0/24', range: '10.0.0.50-10.0.0.59' }], conflictCheck: 0 }),
    ];
    const first = await obtain(stage, notebook, { conflictCheck: false });
    const previous = first.lease!.address;
    await pullOut(stage, notebook, first.client);
    net.cable(notebook, sw);
    const again = await obtain(stage, notebook, { conflictCheck: false, previous });
    stage.expect('the same address, without an offer', saidByDhcp(stage, MAC).slice(4), [
      'request',
      'acknowledgment 192.168.1.100',
    ]);
    await pullOut(stage, notebook, again.client);
    net.cable(notebook, s2);
    const { lease } = await obtain(stage, notebook, { conflictCheck: false, previous });
    stage.expect('an address of the office', `${lease?.address}`, '10.0.0.50');
    stage.expect('refused, then from the beginning', saidByDhcp(stage, MAC).slice(6), [
      'request',
      'negative acknowledgment',
      'discover',
      'offer 10.0.0.50',
      'request',
      'acknowledgment 10.0.0.50',
    ]);
    stage.showTables('when the notebook is in the office');
    for (const one of servers) one.close();
  },
};

/** The cable is pulled out, and the notebook sleeps: what it would say on going finds no cable any more. */
async function pullOut(stage: Stage, host: NetHost, client: DhcpClient): Promise<void> {
  stage.network.remove(stage.network.cableAt(host));
  await client.close();
  await stage.pause(5 * SECOND);
}
