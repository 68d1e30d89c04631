/** Smurf: one ping to all hosts of a network in the name of the victim, and the router that should not have let it in. */
import type { NetHost } from '../../lab/index.ts';
import type { PacketHooks } from '../../stack/index.ts';
import { ipv4 } from '../../stack/index.ts';
import * as header from '../../stack/wire/ipv4.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const VICTIM = '203.0.113.9';
const HOSTS = 5;
const PINGS = 3;

/** All that leaves says that it is from the victim. */
const inTheNameOfTheVictim: PacketHooks = {
  postrouting({ view, network }) {
    view.setInt32(network + 12, ipv4(VICTIM).w3);
    header.updateChecksum(view, network);
    return 'accept';
  },
};

/** A router with a network of hosts that answer a ping to everybody. @param network the first three octets */
function site({ network: net }: Stage, name: string, network: string, up: string, directedBroadcasts: boolean): NetHost {
  const router = net.router(name, {
    ports: { up: `${up}.2/30`, lan: `${network}.254/24` },
    gateway: `${up}.1`,
    ...(directedBroadcasts ? { forwarding: { directedBroadcasts } } : {}),
  });
  const lan = net.switch(`${name}-lan`);
  net.cable(router.port('lan'), lan);
  for (let number = 1; number <= HOSTS; number++) {
    const options = { address: `${network}.${number}/24`, gateway: `${network}.254`, answerBroadcasts: true };
    net.cable(net.host(`${name}-pc${number}`, options), lan);
  }
  return router;
}

export const smurf: Scenario = {
  name: 'smurf',
  title: 'Smurf: a network that multiplies, and the line in RFC 2644 that ended it',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 2644', 'RFC 1122 §3.2.2.6', 'RFC 1812 §5.3.5', 'RFC 2827'],
  story:
    'mallory pings 192.0.2.255, in the name of the victim: an ordinary address, until it comes to the router open, which knows that ' +
    'it means all hosts of its network, and sends it to all of them, as RFC 1812 once had it. Five hosts answer, and the victim gets ' +
    'five packets for each that mallory has sent. Then he tries 198.51.100.255. The router closed does as RFC 2644 says and as all do ' +
    'today: it drops what is for everybody. The hosts behind it, just as willing, hear nothing.',
  question:
    'Count the bytes that mallory has sent and the bytes that the victim has got. Which three devices could each have stopped this alone?',
  look: [
    {
      filter: 'icmp.type == 8 && ip.dst == 192.0.2.255',
      meaning: 'the requests, from mallory’s link to the one of the hosts, where they go to everybody',
    },
    { filter: 'icmp.type == 0 && ip.dst == 203.0.113.9', meaning: 'the answers to the victim, who has asked for nothing' },
    {
      filter: 'icmp.type == 8 && ip.dst == 198.51.100.255',
      meaning: 'as far as the router that follows RFC 2644, and no further',
    },
  ],
  watch: ['isp.mallory', 'isp.victim', 'open.lan', 'closed.lan', 'closed.up'],
  withoutLadder: true,
  way: 'icmp.type == 8 && ip.dst == 192.0.2.255',
  async play(stage) {
    const { network: net } = stage;
    const mallory = net.host('mallory', { address: '203.0.113.130/25', gateway: '203.0.113.129', hooks: inTheNameOfTheVictim });
    const victim = net.host('victim', { address: `${VICTIM}/25`, gateway: '203.0.113.1' });
    const isp = net.router('isp', {
      ports: { mallory: '203.0.113.129/25', victim: '203.0.113.1/25', open: '10.0.1.1/30', closed: '10.0.2.1/30' },
      routes: { '192.0.2.0/24': '10.0.1.2', '198.51.100.0/24': '10.0.2.2' },
    });
    const open = site(stage, 'open', '192.0.2', '10.0.1', true);
    const closed = site(stage, 'closed', '198.51.100', '10.0.2', false);
    net.cable(mallory, isp.port('mallory'));
    net.cable(victim, isp.port('victim'));
    for (const router of [open, closed]) net.cable(isp.port(router.name), router.port('up'));
    const answers = (): number => victim.stack.drops()['ICMP echo reply that nobody waits for'] ?? 0;

    const heard = await mallory.ping('192.0.2.255', { count: PINGS });
    stage.expect('mallory himself gets no answer', new Set(heard.map(({ outcome }) => outcome)).size, 1);
    stage.expect('the victim gets one from each host for each request', answers(), PINGS * HOSTS);
    await mallory.ping('198.51.100.255', { count: PINGS });
    stage.expect('closed drops all of them', closed.stack.drops()['directed broadcast not forwarded'], PINGS);
    stage.expect('and the victim gets nothing more', answers(), PINGS * HOSTS);
  },
};
