/** ICMP redirects: a router that knows a nearer one, and somebody who only says so. */
import type { NetHost, TimedInjection } from '../../lab/index.ts';
import { forgedRedirect } from '../../lab/index.ts';
import { ipv4, SECOND } from '../../stack/index.ts';
import { ofIpv4 } from '../../stack/wire/mac-address.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** "203.0.113.7/32 via 192.168.1.66": what a host has learnt beside what it was given. */
const routesTo = (stage: Stage, host: NetHost): string[] =>
  stage.rows(host, 'routes').map(([network, hop]) => (hop === 'on the link' ? `${network}` : `${network} via ${hop}`));

export const icmpRedirect: Scenario = {
  name: 'icmp-redirect',
  title: 'ICMP redirect: "the other router is nearer"',
  chapter: 'Between networks',
  rfcs: ['RFC 792', 'RFC 1812 §5.2.7.2', 'RFC 1122 §3.2.2.2'],
  story:
    'Two routers are on the link of pc: r1, its gateway, leads to www; r2 leads to the branch. pc knows only r1, and sends there ' +
    'what is for the branch. r1 sends it on to r2, out of the port that it came in by, and tells pc: for 192.168.2.20 take ' +
    '192.168.1.2. pc believes it, for it comes from the router that it uses, and takes a route for this one host. The second ping ' +
    'goes to r2 at once; www is reached by r1 as before.',
  question:
    'How often is the first request on the link of pc, and how often the second? Why does r1 send the first on, instead of dropping it?',
  look: [
    {
      filter: 'icmp.type == 5',
      meaning: 'the redirect: code 1, for one host, with the router to take and the packet that it is about',
    },
    { filter: 'icmp.type == 8 && ip.dst == 192.168.2.20 && eth.dst == 02:00:c0:a8:01:01', meaning: 'to r1: the first one only' },
    {
      filter: 'icmp.type == 8 && ip.dst == 192.168.2.20 && eth.dst == 02:00:c0:a8:01:02',
      meaning: 'to r2: by r1, then by pc itself',
    },
    { filter: 'icmp.type == 8 && ip.dst == 203.0.113.7', meaning: 'to www: by r1, before and after' },
  ],
  // by way of a hub it hears all that is said on its link
  watch: ['pc'],
  way: 'icmp.type == 8 && ip.dst == 192.168.2.20',
  async play(stage) {
    const { network: net } = stage;
    const link = net.hub('h1', { ports: 4 });
    const pc = net.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const r1 = net.router('r1', {
      ports: { lan: '192.168.1.1/24', wan: '203.0.113.1/24' },
      routes: { '192.168.2.0/24': '192.168.1.2' },
    });
    const r2 = net.router('r2', { ports: { lan: '192.168.1.2/24', branch: '192.168.2.254/24' }, gateway: '192.168.1.1' });
    const www = net.host('www', { address: '203.0.113.7/24', gateway: '203.0.113.1' });
    const branch = net.host('branch', { address: '192.168.2.20/24', gateway: '192.168.2.254' });
    net.cable(pc, link.port('1'));
    net.cable(r1.port('lan'), link.port('2'));
    net.cable(r2.port('lan'), link.port('3'));
    net.cable(r1.port('wan'), www);
    net.cable(r2.port('branch'), branch);
    await pc.ping(www);
    const given = ['192.168.1.0/24', 'default via 192.168.1.1'];
    stage.expect('pc knows its link and its gateway', routesTo(stage, pc).sort(), given);
    stage.showTables('before the first ping to the branch');
    const [first] = await pc.ping(branch);
    stage.expect('the first ping is answered all the same', first?.outcome, 'reply');
    stage.expect('now pc knows better, for one host', routesTo(stage, pc).sort(), [
      '192.168.1.0/24',
      '192.168.2.20/32 via 192.168.1.2',
      given[1],
    ]);
    stage.showTables('after the redirect');
    const through = r1.stack.counters.forwarded;
    const [second] = await pc.ping(branch);
    stage.expect('the second is answered', second?.outcome, 'reply');
    stage.expect('r1 has nothing to do with it', r1.stack.counters.forwarded - through, 0);
    stage.expect('www is still reached by r1', (await pc.ping(www))[0]?.ttl, 63);
    stage.expect('by r1', r1.stack.counters.forwarded - through, 2);
  },
};

const LINK = { pc: '192.168.1.10', careful: '192.168.1.11', mallory: '192.168.1.66', r1: '192.168.1.1' };
const WWW = '203.0.113.7';
const macOf = (address: string) => ofIpv4(ipv4(address).w3);

/** Mallory says that for www one should send to mallory. @param source who it says it is from */
const lie = (at: number, source: string, to: string, note: string): TimedInjection => ({
  direction: 'transmit',
  at,
  bytes: forgedRedirect({
    fromMac: macOf(LINK.mallory),
    toMac: macOf(to),
    source,
    to,
    destination: WWW,
    gateway: LINK.mallory,
  }),
  note,
});

export const redirectAttack: Scenario = {
  name: 'redirect-attack',
  title: 'A forged redirect: who believes it sends its packets through the attacker',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 1122 §3.2.2.2', 'RFC 792', 'RFC 1812 §5.2.7.2'],
  story:
    'mallory is on the link of pc and wants to read what pc sends to www. A redirect in his own name is dropped: a host believes ' +
    'only the router that it uses. So he writes the address of r1 as the source, which nothing prevents, and pc takes a route by way ' +
    'of mallory. He sends on to r1 what he has read, and the answers come: pc notices nothing. The same lie is told to careful, which ' +
    'does not take redirects at all, as a host with one router needs none; its packets go their way.',
  question:
    'Which field of the frame still gives mallory away? Do the answers of www go through him too, and what would he have to do for that?',
  look: [
    { filter: 'icmp.type == 5', meaning: 'the three redirects: in his own name, as r1 to pc, as r1 to careful' },
    {
      filter: 'icmp.type == 8 && ip.src == 192.168.1.10 && eth.dst == 02:00:c0:a8:01:42',
      meaning: 'pc sends to mallory what is for www',
    },
    { filter: 'icmp.type == 8 && eth.src == 02:00:c0:a8:01:42', meaning: 'and he sends it on, one hop older' },
    { filter: 'ip.src == 192.168.1.1 && eth.src == 02:00:c0:a8:01:42', meaning: 'the address of r1 from the card of mallory' },
  ],
  watch: ['pc', 'careful', 's1.3'],
  way: 'icmp.type == 8 && eth.src == 02:00:c0:a8:01:42',
  async play(stage) {
    const { network: net } = stage;
    const s1 = net.switch('s1', { ports: 4 });
    const pc = net.host('pc', { address: `${LINK.pc}/24`, gateway: LINK.r1 });
    const careful = net.host('careful', { address: `${LINK.careful}/24`, gateway: LINK.r1, acceptRedirects: false });
    const mallory = net.host('mallory', {
      address: `${LINK.mallory}/24`,
      gateway: LINK.r1,
      forwarding: { sendRedirects: false },
    });
    const r1 = net.router('r1', { ports: { lan: `${LINK.r1}/24`, wan: '203.0.113.1/24' } });
    const www = net.host('www', { address: `${WWW}/24`, gateway: '203.0.113.1' });
    const at = (seconds: number): number => stage.world.now + seconds * SECOND;
    const injections = [
      lie(at(2), LINK.mallory, LINK.pc, 'in the name of mallory'),
      lie(at(4), LINK.r1, LINK.pc, 'in the name of r1, by mallory'),
      lie(at(6), LINK.r1, LINK.careful, 'in the name of r1, by mallory'),
    ];
    [pc, careful].forEach((host, index) => void net.cable(host, s1.port(`${index + 1}`)));
    net.cable(mallory, s1.port('3'), { faults: { injections } });
    net.cable(r1.port('lan'), s1.port('4'));
    net.cable(r1.port('wan'), www);
    const overheard = async (host: NetHost): Promise<number> => {
      const before = mallory.stack.counters.forwarded;
      stage.expect(`${host.name} gets its answer`, (await host.ping(www))[0]?.outcome, 'reply');
      return mallory.stack.counters.forwarded - before;
    };
    stage.expect('at first the way is straight', [await overheard(pc), await overheard(careful)], [0, 0]);
    await stage.at(3 * SECOND);
    stage.expect('who is not the router is not believed', pc.stack.drops()['ICMP redirect from another than the first hop'], 1);
    stage.expect('its ping goes straight', await overheard(pc), 0);
    await stage.at(5 * SECOND);
    stage.showTables('after the lie in the name of r1');
    stage.expectThat('pc believes r1', routesTo(stage, pc).includes(`${WWW}/32 via ${LINK.mallory}`), routesTo(stage, pc));
    stage.expect('what pc sends to www goes through mallory', await overheard(pc), 1);
    await stage.at(7 * SECOND);
    stage.expect('careful takes no redirect', careful.stack.drops()['ICMP redirect, and they are not taken'], 1);
    stage.expect('its ping goes straight', await overheard(careful), 0);
  },
};
