/** Who has this address? The question before every first packet on an Ethernet. */
import { forgedArp, injectAt } from '../../lab/index.ts';
import { ping as pings } from '../../services/ping.ts';
import type { IpAddress } from '../../stack/index.ts';
import { MILLISECOND, MINUTE, parseMac, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { StageHost } from '../stage-host.ts';

const PATH = { cable: { delay: MILLISECOND } };

/** One ping. @returns what came of it */
async function ping(stage: Stage, from: StageHost, to: IpAddress): Promise<string> {
  const options = { now: () => stage.world.now, sleep: (time: number) => stage.pause(time), count: 1, timeout: 5 * SECOND };
  for await (const { outcome } of pings(from.stack, to, options)) return outcome;
  return 'nothing';
}

/** What was said by ARP: "client asks everybody", "server answers", "client asks server alone". */
const asked = (stage: Stage): string[] =>
  stage.sights().flatMap(({ from, packet: { network, ethernet } }) => {
    if (network?.kind !== 'arp') return [];
    if (network.operation === 2) return [`${from} answers`];
    return [`${from} asks ${ethernet?.destination === 'ff:ff:ff:ff:ff:ff' ? 'everybody' : 'one'}`];
  });

export const arp: Scenario = {
  name: 'arp',
  title: 'ARP: who has 10.0.0.2?',
  chapter: 'Below TCP',
  rfcs: ['RFC 826', 'RFC 1122 §2.3.2.2'],
  story:
    'The client wants to ping a neighbour whose Ethernet address it does not know. It keeps the packet and asks everybody on the ' +
    'link; the one whose address it is answers, to the client alone. The packet goes out. The second ping needs no question: both ' +
    'have learnt.',
  question: 'How does the server know where to send its answer? What stops somebody else from answering?',
  look: [
    { filter: 'arp.opcode == 1', meaning: 'the question, to everybody' },
    { filter: 'arp.opcode == 2', meaning: 'the answer, to one' },
    { filter: 'icmp', meaning: 'the ping waited for the answer; the second one did not have to' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ ...PATH, acquainted: false });
    await stage.pause(5 * SECOND); // until both have told the link who they are
    stage.begin();
    stage.expect('the first ping', await ping(stage, client, server.address), 'reply');
    await stage.pause(SECOND);
    stage.expect('the second ping', await ping(stage, client, server.address), 'reply');
    stage.expect('one question and one answer', asked(stage), ['client asks everybody', 'server answers']);
  },
};

export const arpAgeing: Scenario = {
  name: 'arp-ageing',
  title: 'What ARP knows grows old',
  chapter: 'Below TCP',
  rfcs: ['RFC 1122 §2.3.2.1', 'RFC 4861 §7.3.2'],
  story:
    'A minute after the first ping the client does not quite believe any more what it knows: it still sends to the old address, ' +
    'and asks there, the neighbour alone, whether it is right. It is. Then the server is unplugged. A minute later the client asks ' +
    'again, three times, gets no answer, and forgets. The next ping has to ask everybody, and fails.',
  question: 'Why is the first question of a minute later not sent to everybody? What would happen if entries never grew old?',
  look: [
    { filter: 'arp.opcode == 1 && eth.dst != ff:ff:ff:ff:ff:ff', meaning: 'asked again, by unicast' },
    { filter: 'arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff', meaning: 'asked from the beginning' },
    { filter: 'icmp.type == 8', meaning: 'the pings: the last ones are never answered' },
  ],
  async play(stage) {
    const { client, server, cable } = await stage.pair(PATH);
    const outcomes = [await ping(stage, client, server.address)];
    await stage.at(MINUTE);
    outcomes.push(await ping(stage, client, server.address));
    await stage.at(2 * MINUTE - SECOND);
    cable.unplug();
    await stage.at(2 * MINUTE);
    outcomes.push(await ping(stage, client, server.address));
    await stage.at(3 * MINUTE);
    outcomes.push(await ping(stage, client, server.address));
    await stage.pause(SECOND);
    stage.expectThat(
      'two pings are answered, two are not',
      outcomes.join().startsWith('reply,reply,') && !outcomes.slice(2).includes('reply'),
      outcomes,
    );
    stage.expectThat(
      'the first questions are to one, the last to everybody',
      /one.*one.*everybody/.test(asked(stage).join()),
      asked(stage),
    );
  },
};

export const arpConflict: Scenario = {
  name: 'arp-conflict',
  title: 'Two with one address',
  chapter: 'Below TCP',
  rfcs: ['RFC 5227 §2.4', 'RFC 5227 §2.3'],
  story:
    'A stranger comes up and announces to the link that 10.0.0.1 is at his Ethernet address. It is the address of the client, ' +
    'which hears it, and defends itself by an announcement of its own. The server believes whoever spoke last. Ten seconds ' +
    'are to pass before the client would defend itself again: two stations that both insist shall not fill the link with it.',
  question:
    'Where do packets for 10.0.0.1 go between the two announcements? How could the stranger have found out before it spoke?',
  look: [
    { filter: 'arp.src.proto_ipv4 == 10.0.0.1', meaning: 'two Ethernet addresses that claim one of IPv4' },
    {
      filter: 'arp.isannouncement == 1 || arp.isgratuitous == 1',
      meaning: 'announcements: questions for the own address, to everybody',
    },
  ],
  expert: { 'arp.duplicate-address-detected': 1 },
  async play(stage) {
    const stranger = { mac: parseMac('02:00:00:00:00:99')!, address: '10.0.0.1' };
    const claim = forgedArp({ operation: 'request', from: stranger, to: { address: '10.0.0.1' } });
    const faults = [
      injectAt(SECOND, claim, 'client', 'announced by a stranger'),
      injectAt(SECOND, claim, 'server', 'announced by a stranger'),
    ];
    const { client, server } = await stage.pair({ ...PATH, faults });
    stage.expect('a ping', await ping(stage, server, client.address), 'reply');
    await stage.at(3 * SECOND);
    stage.expect('the client has noticed', client.stack.counters.addressConflicts, 1);
    const defences = asked(stage).filter((words) => words === 'client asks everybody');
    stage.expect('the announcement, seen at both ends, and one defence', defences.length, 3);
    stage.expect('the server still reaches it', await ping(stage, server, client.address), 'reply');
  },
};
