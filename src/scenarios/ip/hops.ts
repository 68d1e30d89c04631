/** The time to live: why packets do not go round for ever, and what else it is good for. */
import { MILLISECOND, openUdp, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters } from '../stage-host.ts';
import { route } from './route.ts';
import { icmpNames } from './words.ts';

/** Where traceroute begins to count (RFC 1393 §1.1 tells of it): a port that nobody has. */
const FIRST_PORT = 33_434;

export const traceroute: Scenario = {
  name: 'traceroute',
  title: 'Traceroute: time exceeded, hop by hop',
  chapter: 'Below TCP',
  rfcs: ['RFC 792', 'RFC 1812 §5.3.1', 'RFC 1122 §3.2.2.4'],
  story:
    'Between client and server stand two routers. The client sends a datagram with a time to live of 1: the first router takes it ' +
    'to zero, drops the packet and says so. One with 2 comes as far as the second router, one with 3 to the server, which has no ' +
    'such port and says that instead. The senders of the three messages are the path.',
  question: 'Why does each probe go to another port? What does a line of asterisks in the output of traceroute mean?',
  look: [
    { filter: 'icmp.type == 11', meaning: 'time exceeded: from each router in turn' },
    { filter: 'icmp.type == 3', meaning: 'port unreachable: the server, and the end' },
    { filter: 'ip.ttl <= 3', meaning: 'the probes, and their quotations with what was left of their time' },
  ],
  watch: ['client'],
  expert: { 'ip.ttl.too_small': 3, 'udp.possible_traceroute': 2 },
  async play(stage) {
    const { client, server } = await route(stage, { links: [{}, {}, {}] });
    for (const ttl of [1, 2, 3]) {
      const socket = openUdp(client.stack, { ttl });
      await socket.send(letters(24), { address: server.address, port: FIRST_PORT + ttl - 1 });
      await stage.pause(200 * MILLISECOND);
      socket.close();
    }
    const path = ['r1: time to live exceeded', 'r2: time to live exceeded', 'server: port unreachable'];
    stage.expect('each hop gives itself away', icmpNames(stage), path);
    await stage.pause(SECOND);
  },
};
