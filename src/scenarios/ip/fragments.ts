/** A datagram longer than the link: cut into pieces, and what becomes of it when one of them is missing. */
import { fragments, lose } from '../../lab/index.ts';
import { MILLISECOND, MINUTE, openUdp, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { letters, type StageHost } from '../stage-host.ts';
import { icmpNames } from './words.ts';

const PORT = 7000;
const LENGTH = 4000;
const CABLE = { delay: 10 * MILLISECOND, rate: 10e6 };

/** What arrives at a port of the host, by length. */
function arrivals(server: StageHost): number[] {
  const lengths: number[] = [];
  const socket = openUdp(server.stack, { port: PORT });
  server.goesOn(async () => {
    for await (const { bytes } of socket) lengths.push(bytes.length);
  });
  return lengths;
}

/** Offset and length of every piece that a host sent. */
const pieces = (stage: Stage, host: StageHost): [number, number][] =>
  stage
    .sights()
    .flatMap(({ from, packet: { network } }) =>
      from === host.name && network?.kind === 'ipv4' && (network.moreFragments || network.fragmentOffset > 0)
        ? [[network.fragmentOffset, network.totalLength] as [number, number]]
        : [],
    );

export const fragmentation: Scenario = {
  name: 'fragmentation',
  title: 'Fragmentation: one datagram in three packets',
  chapter: 'Below TCP',
  rfcs: ['RFC 791 §3.2', 'RFC 1122 §3.3.2'],
  story:
    'The client sends a datagram of 4,000 bytes over a link that takes 1,500. IP cuts it into three pieces with one ' +
    'identification, each with its place in the whole; only the first one has the header of UDP. The server puts them together, ' +
    'and its program gets one datagram. The capture shows the side of the server.',
  question:
    'Which two numbers and which bit does the receiver need to put the pieces together? Why are the offsets multiples of eight?',
  look: [
    { filter: 'ip.flags.mf == 1 || ip.frag_offset > 0', meaning: 'the pieces: the same identification, rising offsets' },
    { filter: 'udp.length == 4008', meaning: 'the last one, at which Wireshark shows the whole: only now its length is known' },
  ],
  watch: ['server'],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: CABLE });
    const received = arrivals(server);
    await openUdp(client.stack).send(letters(LENGTH), { address: server.address, port: PORT });
    await stage.pause(SECOND);
    stage.expect('three pieces', pieces(stage, client), [
      [0, 1500],
      [1480, 1500],
      [2960, 1068],
    ]);
    stage.expect('become one datagram', received, [LENGTH]);
  },
};

export const fragmentLost: Scenario = {
  name: 'fragment-lost',
  title: 'One fragment lost is all lost',
  chapter: 'Below TCP',
  rfcs: ['RFC 791 §3.2', 'RFC 792', 'RFC 8900 §3.5'],
  story:
    'The second of three fragments gets lost. The server keeps the other two and waits; nobody sends a fragment again, and the ' +
    'program hears nothing. After its patience is over it throws the pieces away and tells the client that time was exceeded in ' +
    'reassembly. A second datagram has arrived long before that, as if nothing had been.',
  question:
    'With 1 % of all packets lost, how many datagrams of 45 fragments arrive? Why does TCP take care to cause no fragments?',
  look: [
    { filter: 'ip.flags.mf == 1 || ip.frag_offset > 0', meaning: 'two datagrams, three pieces each as they are sent' },
    { filter: 'icmp.type == 11 && icmp.code == 1', meaning: 'fragment reassembly time exceeded' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: CABLE, faults: [lose(fragments(2).from('client'))] });
    const received = arrivals(server);
    const socket = openUdp(client.stack);
    for (const length of [LENGTH, LENGTH - 1000]) {
      await socket.send(letters(length), { address: server.address, port: PORT });
      await stage.pause(SECOND);
    }
    stage.expect('only the second datagram arrives', received, [LENGTH - 1000]);
    await stage.pause(2 * MINUTE);
    stage.expect('the server gives up', icmpNames(stage), ['server: reassembly time exceeded']);
  },
};
