/** A flood of SYNs against two doors of one server: with and without cookies. */
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { readAndClose } from '../stage-host.ts';
import { NOBODY, synFlood } from '../tcp/syn-cookies.ts';

const SYNS = 12;
const BACKLOG = 4;
const [WITHOUT, WITH] = [8001, 8002];

export const synFloodTwice: Scenario = {
  name: 'syn-flood',
  title: 'SYN flood, with and without cookies: one door is shut by it, the other is not',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 4987 §2', 'RFC 4987 §3.6'],
  story:
    `The server listens on two ports, and each can keep ${BACKLOG} half-open connections in mind. ${SYNS} forged SYNs arrive on each. On port ` +
    `${WITHOUT} cookies are off: ${BACKLOG} SYNs fill the backlog, the rest is dropped in silence, and so is the SYN of a real client, which asks ` +
    `again and again and is not heard. On port ${WITH} cookies are on: whoever cannot be remembered is answered all the same, and the ` +
    'same client is connected after one round trip.',
  question:
    'The attacker sent twelve small packets. How many are needed to keep the first port shut for an hour, and why does the server not simply keep more in mind?',
  look: [
    {
      filter: 'tcp.dstport == 8001 && tcp.flags == 0x02',
      meaning: 'port 8001: the flood, and the SYNs of the client, sent again',
    },
    { filter: 'tcp.srcport == 8001', meaning: 'its answers: to the first four, and to nobody else' },
    { filter: 'tcp.srcport == 8002 && frame.comment contains "cookie"', meaning: 'port 8002: answers for which nothing is kept' },
  ],
  watch: ['server'],
  expert: { 'tcp.analysis.retransmission': 18 },
  withoutLadder: true,
  async play(stage) {
    const faults = [...synFlood(WITHOUT, SYNS, 20 * MILLISECOND), ...synFlood(WITH, SYNS, 40 * MILLISECOND)];
    const { client, server } = await stage.pair({
      cable: { delay: 5 * MILLISECOND },
      faults,
      server: { gateway: '10.0.0.1' },
    });
    stage.names.set(NOBODY, 'nobody');
    const shut = server.listen(WITHOUT, readAndClose, { backlog: BACKLOG, synCookies: false });
    server.listen(WITH, readAndClose, { backlog: BACKLOG });
    await stage.at(100 * MILLISECOND);
    const unheard = client.open(server, WITHOUT);
    client.goesOn(() => unheard.connected());
    const heard = await client.connect(server, WITH);
    const connectedAfter = stage.world.now - stage.start - 100 * MILLISECOND;
    await heard.close();
    await stage.at(4 * SECOND);

    stage.expect('where cookies are on the client is connected after a round trip', connectedAfter, 10 * MILLISECOND);
    stage.expect('where they are off it still waits', unheard.info().state, 'SYN-SENT');
    const answers = stage.segments(server).filter(({ flags, again }) => flags === 'SYN ACK' && !again);
    const toPort = (port: number): number =>
      new Set(answers.filter(({ packet }) => portOf(packet) === port).map(({ packet }) => clientPortOf(packet))).size;
    stage.expect('four strangers have an answer from the first', toPort(WITHOUT), BACKLOG);
    stage.expect('and all of them from the second, the client too', toPort(WITH), SYNS + 1);
    stage.expectThat('it is not for want of asking', stage.segments(client).filter(isSyn).length > 2, shut.port);
    unheard.abort();
  },
};

const isSyn = ({ flags }: { readonly flags: string }): boolean => flags === 'SYN';

type Packet = { readonly transport?: { readonly kind: string } | undefined };

const portOf = ({ transport }: Packet): number => portsIn(transport)[0];
const clientPortOf = ({ transport }: Packet): number => portsIn(transport)[1];

function portsIn(transport: unknown): readonly [number, number] {
  const { sourcePort = 0, destinationPort = 0 } = (transport ?? {}) as { sourcePort?: number; destinationPort?: number };
  return [sourcePort, destinationPort];
}
