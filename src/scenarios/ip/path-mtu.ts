/** The narrowest link of a path: how a sender finds out how long its packets may be, with help and without. */
import type { TcpOptions } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { letters, readAll } from '../stage-host.ts';
import { route } from './route.ts';
import { icmpNames } from './words.ts';

const NARROW = 1200;
const LINKS = [{}, { mtu: NARROW }, {}];
const IP_HEADER = 20;
/** No window updates between what matters. */
const STEADY_WINDOW = { receiveBuffer: 256 * 1024, windowClamp: 64 * 1024 };

/** An upload over a path whose middle link is narrow. @returns bytes received, and lengths of the client's packets in order */
async function upload(stage: Stage, bytes: number, tcp: Partial<TcpOptions>, areSilent: boolean) {
  const { client, server } = await route(stage, {
    links: LINKS,
    server: { tcp: STEADY_WINDOW },
    client: { tcp: { congestionControl: 'reno', ...tcp } },
    areSilent,
  });
  let received = -1;
  server.listen(9, async (socket) => {
    received = await readAll(socket);
    await socket.close();
  });
  const socket = await client.connect(server, 9);
  await socket.write(letters(bytes));
  await socket.close();
  await stage.pause(SECOND);
  stage.expect('every byte arrives', received, bytes);
  const lengths = stage
    .segments(client)
    .map(({ packet: { network } }) => (network?.kind === 'ipv4' ? network.totalLength : 0))
    .filter((length) => length > 100);
  return { socket, lengths };
}

export const pathMtuDiscovery: Scenario = {
  name: 'path-mtu-discovery',
  title: 'Path MTU discovery: a router says how long a packet may be',
  chapter: 'Below TCP',
  rfcs: ['RFC 1191 §3', 'RFC 1191 §4'],
  story:
    'Both hosts stand on links that take 1500 bytes, and say so in their SYNs; the link between the two routers takes 1200. The ' +
    'client sends full packets that must not be fragmented (DF). The first router drops them and says by ICMP what the next link ' +
    'takes. The client remembers it and sends the same text again in shorter segments, at once and without a reduced window.',
  question: 'Why did the MSS in the SYNs not prevent it? What happens when a firewall drops the messages of ICMP?',
  look: [
    { filter: 'icmp.type == 3 && icmp.code == 4', meaning: 'fragmentation needed, with the MTU of the next hop' },
    { filter: 'ip.flags.df == 1 && tcp.len > 1200', meaning: 'what was too long' },
    { filter: 'tcp.analysis.retransmission || tcp.analysis.out_of_order', meaning: 'the same text in pieces that fit' },
  ],
  plot: 'time-sequence',
  watch: ['client'],
  expert: { 'tcp.analysis.out_of_order': 3, 'tcp.analysis.retransmission': 1 },
  async play(stage) {
    const { lengths } = await upload(stage, 12_000, { initialWindow: 2 }, false);
    const firstShort = lengths.findIndex((length) => length <= NARROW);
    stage.expect('the first flight is too long', lengths.slice(0, 2), [1500, 1500]);
    stage.expectThat(
      'nothing that is too long follows',
      lengths.slice(firstShort).every((length) => length <= NARROW),
      lengths,
    );
    stage.expectThat('full use is made of the path', lengths.includes(NARROW), lengths);
    const said = icmpNames(stage);
    stage.expectThat('a router speaks', said.length > 0 && said.every((one) => one === 'r1: fragmentation needed'), said);
  },
};

export const pathMtuBlackHole: Scenario = {
  name: 'path-mtu-black-hole',
  title: 'A black hole: the path MTU without any help',
  chapter: 'Below TCP',
  rfcs: ['RFC 4821 §7', 'RFC 2923 §2.1'],
  story:
    'The same narrow link, but the routers say nothing, as behind a firewall that drops ICMP. The handshake works, its packets are ' +
    'short; then every full packet vanishes. After a few time-outs the client suspects a black hole and tries shorter segments, ' +
    'which arrive. From there it searches upwards with single segments that are longer than what is known to pass, until it ' +
    'has found what the path takes.',
  question: 'Why does a connection through a black hole begin well and then hang? Which programs notice it, and which never do?',
  look: [
    { filter: 'tcp.analysis.retransmission', meaning: 'into the hole, with the time-out doubled each time' },
    { filter: 'tcp.len > 0 && tcp.len <= 1160', meaning: 'what passes' },
    { filter: 'frame.comment contains "probe"', meaning: 'the search for the longest segment' },
  ],
  plot: 'time-sequence',
  withoutLadder: true,
  watch: ['client'],
  expert: { 'tcp.analysis.retransmission': 12, 'tcp.analysis.fast_retransmission': 3, 'tcp.analysis.duplicate_ack': 23 },
  async play(stage) {
    const { lengths, socket } = await upload(
      stage,
      120_000,
      { initialWindow: 2, mtuProbing: 'blackhole', tailLossProbe: false, r1: 15 },
      true,
    );
    stage.expect('the routers say nothing', icmpNames(stage), []);
    stage.expect('it begins with full packets', lengths[0], 1500);
    const found = socket.tcpInfo(stage.world.now).tcpi_snd_mss + 2 * IP_HEADER + 12;
    stage.expectThat('the search ends close below what the path takes', found <= NARROW && found > NARROW - 50, found);
  },
};
