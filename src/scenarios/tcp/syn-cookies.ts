/** A flood of SYNs, and a server that keeps nothing in mind about them. */
import type { FaultRule } from '../../lab/index.ts';
import { forgedSegment, injectAt } from '../../lab/index.ts';
import type { Micros } from '../../stack/index.ts';
import { ipv4, MILLISECOND } from '../../stack/index.ts';
import { ofIpv4 } from '../../stack/wire/mac-address.ts';
import { seq } from '../../stack/wire/seq.ts';
import { SYN } from '../../stack/wire/tcp.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

export const NOBODY = '203.0.113.66';
const SYNS = 10;
const BACKLOG = 4;
const [CLIENT, SERVER] = [ipv4('10.0.0.1').w3, ipv4('10.0.0.2').w3];

/**
 * SYNs from an address at which nobody lives, one in each millisecond; they come by way of the client, which is the router here.
 * @param from when the first comes, since the beginning of the story
 */
export const synFlood = (port: number, count: number, from: Micros): FaultRule[] =>
  Array.from({ length: count }, (_, index) => {
    const forgery = forgedSegment({ flags: SYN });
    const bytes = forgery({
      fromMac: ofIpv4(CLIENT),
      toMac: ofIpv4(SERVER),
      source: ipv4(NOBODY).w3,
      destination: SERVER,
      sourcePort: 1024 + index,
      destinationPort: port,
      seq: seq(1_000_000 * index),
      ack: seq(0),
    });
    return injectAt(from + index * MILLISECOND, bytes, 'server');
  });

export const synCookies: Scenario = {
  name: 'syn-cookies',
  title: 'SYN flood and SYN cookies',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 4987 §3.6'],
  story:
    `${SYNS} SYNs with a forged source arrive within 10 ms. The server keeps ${BACKLOG} half-open connections in mind; then its backlog is ` +
    'full, and it answers with cookies: what it would have to remember stands in the sequence number of its SYN-ACK. Then ' +
    'the client connects: its acknowledgment brings the cookie back, and the connection is made out of that.',
  question: 'A cookie has 32 bits. What does the server have to put into them, and which of the options of the SYN get lost?',
  look: [
    { filter: 'tcp.flags == 0x02', meaning: 'the flood, and the one SYN that is meant' },
    { filter: 'frame.comment contains "cookie"', meaning: 'answers for which nothing is kept' },
    { filter: 'ip.addr == 10.0.0.1', meaning: 'the connection that comes of a cookie' },
  ],
  watch: ['server'],
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: 5 * MILLISECOND },
      faults: synFlood(9, SYNS, 20 * MILLISECOND),
      server: { gateway: '10.0.0.1' },
    });
    stage.names.set(NOBODY, 'nobody');
    server.listen(9, readAndClose, { backlog: BACKLOG });
    await stage.at(100 * MILLISECOND);
    const socket = await client.connect(server, 9);
    await socket.write(letters(100));
    await socket.close();

    const answers = stage.segments(server).filter(({ flags }) => flags === 'SYN ACK');
    const cookies = answers.filter(({ comment }) => comment.includes('cookie'));
    stage.expect('the backlog is filled first', answers.length - cookies.length, BACKLOG);
    stage.expect('the others get cookies, and so does the client', cookies.length, SYNS - BACKLOG + 1);
    stage.expect('the client is served', stage.segments(client).filter(({ length }) => length > 0).length, 1);
  },
};
