/** How a host gets its address, and what becomes of it. */
import { MINUTE, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { heardByDhcp, lan, MAC, obtain, POOL, saidByDhcp } from './lan.ts';

export const dhcpHandshake: Scenario = {
  name: 'dhcp-handshake',
  title: 'DHCP: a host without an address asks everybody, and gets one',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §3.1', 'RFC 5227 §2.1'],
  story:
    'pc1 is switched on and knows nothing but its Ethernet address. It asks everybody for a server. The server looks whether anybody ' +
    'has the address that it means to give, offers it, and pc1 asks for what it was offered. With the acknowledgment it has an ' +
    'address for an hour, a router and a DNS server. Before it uses the address it asks three times whether somebody else has it; ' +
    'then it tells everybody. A printer on the same switch hears what goes to everybody, and nothing of the answers: the switch has ' +
    'learnt by then where pc1 is.',
  question:
    'The offer goes to 192.168.1.100, an address that pc1 does not have yet. How does it arrive? Why does pc1 ask for something ' +
    'that it has just been offered?',
  look: [
    {
      filter: 'dhcp',
      meaning: 'discover, offer, request, acknowledgment; the two questions a second time, as the printer hears them',
    },
    { filter: 'ip.dst == 255.255.255.255', meaning: 'to everybody, and from nobody: the source is 0.0.0.0' },
    { filter: 'dhcp.option.ip_address_lease_time', meaning: 'for how long; T1 and T2 beside it' },
    { filter: 'arp.src.proto_ipv4 == 0.0.0.0', meaning: 'pc1 probes: it has no address to ask from' },
  ],
  watch: ['pc1', 'printer'],
  async play(stage) {
    const { sw, server, clients } = lan(stage, 1, 1);
    const pc1 = clients[0]!;
    const printer = stage.network.host('printer', { address: '192.168.1.9/24' });
    stage.network.cable(printer, sw);
    server.serveAddresses({ pools: [POOL] });
    stage.showTables('before the first frame');
    const { lease } = await obtain(stage, pc1);
    stage.expect('the address', `${lease?.address}`, '192.168.1.100');
    stage.expect('the router and the DNS server', [lease?.routers.join(), lease?.dns.join()], ['192.168.1.1', '192.168.1.1']);
    stage.expect('four messages', saidByDhcp(stage, MAC), [
      'discover',
      'offer 192.168.1.100',
      'request',
      'acknowledgment 192.168.1.100',
    ]);
    stage.expect('the printer has heard the questions and no answer', heardByDhcp(stage, printer), ['discover', 'request']);
    const [line] = stage.rows(server, 'leases');
    stage.expect('a line in the table of leases', line?.slice(0, 4), ['192.168.1.100', MAC, 'pc1', 'bound']);
    const [result] = await pc1.ping(server);
    stage.expect('it can be used', result?.outcome, 'reply');
    stage.showTables('when pc1 has its address');
  },
};

export const dhcpRenewal: Scenario = {
  name: 'dhcp-renewal',
  title: 'DHCP: renewed at half of the time, and lost when nobody answers',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §4.4.5'],
  story:
    'The lease of pc1 lasts ten minutes. After five (T1) it asks its server for more, and gets ten new ones. Then the cable of the ' +
    'server is pulled. At the next T1 pc1 asks that server alone, and soon looks for it in vain by ARP; at seven eighths of the time ' +
    '(T2) it asks everybody. Nobody answers. When the lease is over pc1 gives up the address in the middle of its work, and begins anew.',
  question:
    'Between T1 and T2 pc1 has an address and nobody who answers. What can it still do? Why must it stop when the lease is over, ' +
    'although nobody has said so?',
  look: [
    { filter: 'dhcp.option.dhcp == 3 && ip.dst == 192.168.1.1', meaning: 'renewing: to the server alone' },
    {
      filter: 'dhcp.option.dhcp == 3 && ip.dst == 255.255.255.255 && dhcp.ip.client != 0.0.0.0',
      meaning: 'rebinding: to everybody',
    },
    { filter: 'dhcp.option.dhcp == 1', meaning: 'from the beginning' },
  ],
  watch: ['pc1'],
  async play(stage) {
    const { server, clients } = lan(stage, 1);
    const pc1 = clients[0]!;
    server.serveAddresses({ pools: [{ ...POOL, leaseTime: 10 * MINUTE }] });
    const states: string[] = [];
    await obtain(stage, pc1, { onEvent: ({ kind, state }) => kind === 'state' && void states.push(state) });
    await stage.at(6 * MINUTE);
    stage.expect('renewed at T1', states.slice(-2), ['RENEWING', 'BOUND']);
    stage.network.cableAt(server).cable.unplug();
    await stage.at(14 * MINUTE);
    stage.expect('first the server, then everybody', states.slice(-2), ['RENEWING', 'REBINDING']);
    stage.expectThat('the address is still there', pc1.stack.addresses.list().length === 1, pc1.stack.addresses.list().length);
    stage.showTables('a minute before the lease is over');
    await stage.at(15 * MINUTE + 30 * SECOND);
    stage.expect('then it begins anew', states.slice(-2), ['INIT', 'SELECTING']);
    stage.expect('without address', pc1.stack.addresses.list().length, 0);
    stage.expect('and without routes', stage.rows(pc1, 'routes').length, 0);
  },
};
