/** No address left, an address that somebody has, and a server that nobody has asked for. */
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { lan, MAC, obtain, POOL, saidByDhcp } from './lan.ts';

const QUICK = { conflictCheck: false } as const;

export const dhcpExhaustion: Scenario = {
  name: 'dhcp-exhaustion',
  title: 'DHCP: no address is left',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §4.3.1', 'RFC 2131 §4.4.6'],
  story:
    'The server has two addresses to give, and there are three hosts. pc1 and pc2 come first. pc3 asks, and hears nothing: no server ' +
    'says "no". It asks again, after four seconds, eight, sixteen. Then pc1 is shut down in good order and gives its address back. ' +
    'The next question of pc3 is answered.',
  question:
    'How can pc3 tell a server without addresses from a network without a server? What if somebody asked under a thousand Ethernet addresses?',
  look: [
    { filter: 'dhcp.option.dhcp == 1', meaning: 'pc3 asks and asks' },
    { filter: 'dhcp.option.dhcp == 2', meaning: 'the offer that comes at last' },
    { filter: 'dhcp.option.ip_address_lease_time', meaning: 'what the server gives' },
  ],
  watch: ['pc3', 'server'],
  async play(stage) {
    const { server, clients } = lan(stage, 3);
    const [pc1, pc2, pc3] = clients;
    const range = '192.168.1.100-192.168.1.101';
    const service = server.serveAddresses({ pools: [{ ...POOL, range }], conflictCheck: 0 });
    const first = await obtain(stage, pc1!, QUICK);
    await obtain(stage, pc2!, QUICK);
    stage.showTables('when both addresses are gone');
    const third = obtain(stage, pc3!, QUICK);
    await stage.pause(20 * SECOND);
    stage.expectThat(
      'pc3 has asked in vain',
      service.drops['every address is taken'] >= 3,
      service.drops['every address is taken'],
    );
    stage.expect('it has no address', pc3!.stack.addresses.list().length, 0);
    await first.client.close();
    const { lease } = await third;
    stage.expect('it has the address that pc1 had', `${lease?.address}`, '192.168.1.100');
    stage.showTables('when pc3 has the address of pc1');
  },
};

export const dhcpConflict: Scenario = {
  name: 'dhcp-conflict',
  title: 'DHCP: the address that was given is in use',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §4.4.1', 'RFC 5227 §2.1', 'RFC 2131 §2.2'],
  story:
    'Somebody has given the printer an address by hand, 192.168.1.100, and the server, which has been told not to ping, does not ' +
    'know. It gives this address to pc1. But pc1 asks the link before it uses it, and the printer answers. pc1 declines, ' +
    'waits ten seconds and asks anew; the server marks the address and gives another one.',
  question: 'The server could have found out by itself. How, and when would even that not have helped?',
  look: [
    { filter: 'arp.src.proto_ipv4 == 0.0.0.0', meaning: 'pc1 asks before it uses the address' },
    { filter: 'arp.opcode == 2', meaning: 'the printer answers' },
    { filter: 'dhcp.option.dhcp == 4', meaning: 'pc1 declines' },
  ],
  watch: ['pc1'],
  async play(stage) {
    const { sw, server, clients } = lan(stage, 1, 1);
    const pc1 = clients[0]!;
    stage.network.cable(stage.network.host('printer', { address: '192.168.1.100/24' }), sw);
    server.serveAddresses({ pools: [POOL], conflictCheck: 0 });
    const { lease } = await obtain(stage, pc1);
    stage.expect('another address', `${lease?.address}`, '192.168.1.101');
    const [declined] = stage.rows(server, 'leases');
    stage.expect('the first one is marked', [declined?.[0], declined?.[3]], ['192.168.1.100', 'in use by somebody else']);
    stage.expect('pc1 has declined the first one', saidByDhcp(stage, MAC)[4], 'decline');
    stage.showTables('when pc1 has another address');
  },
};

export const dhcpRogue: Scenario = {
  name: 'dhcp-rogue-server',
  title: 'DHCP: the server that answers first',
  chapter: 'Addresses and names',
  rfcs: ['RFC 2131 §7', 'RFC 2131 §3.1'],
  story:
    'Somebody has put a second server on the switch. The right one is at the other end of the building, ten milliseconds away; the ' +
    'stranger answers at once. pc1 takes the first offer and believes all that comes with it: what it sends to the world goes to ' +
    'the stranger from now on. The right server hears whose offer was taken, and takes its own back.',
  question:
    'Nothing in DHCP says who may be a server. Which device in this drawing could know that an offer must not come from this port?',
  look: [
    { filter: 'dhcp.option.dhcp == 2', meaning: 'two offers' },
    { filter: 'dhcp.option.router == 192.168.1.66', meaning: 'the stranger makes itself the router' },
    { filter: 'icmp', meaning: 'a ping to the world goes to the Ethernet address of the stranger' },
  ],
  watch: ['pc1'],
  async play(stage) {
    const { network: net } = stage;
    const { sw, server, clients } = lan(stage, 1, 1, { delay: 10 * MILLISECOND });
    const pc1 = clients[0]!;
    const rogue = net.host('stranger', { address: '192.168.1.66/24' });
    net.cable(rogue, sw);
    const right = server.serveAddresses({ pools: [POOL], conflictCheck: 0 });
    const theirs = { ...POOL, range: '192.168.1.200-192.168.1.209', router: '192.168.1.66', dns: ['192.168.1.66'] };
    rogue.serveAddresses({ pools: [theirs], conflictCheck: 0 });
    const { lease } = await obtain(stage, pc1, QUICK);
    stage.expect('pc1 believes who answered first', `${lease?.server}`, '192.168.1.66');
    await stage.pause(2 * SECOND);
    stage.expect('its way into the world', stage.rows(pc1, 'routes').at(-1)?.slice(0, 2), ['default', '192.168.1.66']);
    stage.showTables('what pc1 believes');
    await pc1.ping('198.51.100.1');
    stage.expectThat('the stranger has it', rogue.stack.drops()['not for us'] === 1, rogue.stack.drops());
    stage.expect('the right server has taken its offer back', right.leases, []);
  },
};
