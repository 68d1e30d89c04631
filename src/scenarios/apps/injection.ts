/** Text in a connection that neither side has written: who guesses is found out, who listens is not. */
import { data, forgedSegment, inject } from '../../lab/index.ts';
import { decodeUtf8, encodeUtf8, MILLISECOND, SECOND } from '../../stack/index.ts';
import { ACK, PSH, SYN } from '../../stack/wire/tcp.ts';
import type { Scenario } from '../scenario.ts';

const PORT = 5100;
const ORDERS = ['pay Ada 10;', 'pay Bea 20;', 'pay Cem 30;'] as const;
const FORGED = encodeUtf8('pay Eve 99;');

export const injection: Scenario = {
  name: 'injection-attempts',
  title: 'Injection: a guess is challenged, a listener is believed',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 5961 §4.2', 'RFC 5961 §5.2', 'RFC 5961 §7', 'RFC 9293 §3.10.7.4'],
  story:
    'A client sends orders over a plain connection. Three forged segments arrive in its name. The first carries text, and its ' +
    'acknowledgment is a guess: too old to be believed, so it is dropped and challenged. The second is a SYN in the middle of the ' +
    'connection: challenged too. The third comes from somebody who listens; every number is right, and the server takes "pay Eve 99;" for ' +
    'an order and acknowledges it. The client has never sent that: both correct each other, again and again, an ACK storm, until the ' +
    'limit on such answers ends it. When the client sends its own third order, the server has those bytes already and throws them away; ' +
    'the numbers fit again, and no program has noticed anything.',
  question:
    'Why can TCP not tell the third segment from a real one, and what would it need for that? Who acknowledges bytes that were never sent, and what does the client make of it?',
  look: [
    { filter: 'frame.comment contains "challenge"', meaning: 'the two guesses, and what the server answers' },
    { filter: 'frame contains "pay Eve"', meaning: 'what the attacker has written: two times in vain, the third time not' },
    { filter: 'tcp.analysis.duplicate_ack', meaning: 'the ACK storm: each side says what it believes' },
    { filter: 'frame contains "pay Cem"', meaning: 'the real order: its place in the stream is taken' },
  ],
  watch: ['server'],
  expert: {
    'tcp.analysis.ack_lost_segment': 1,
    'tcp.options.sack.dsack': 1,
    'tcp.analysis.duplicate_ack': 12,
    'tcp.analysis.reused_ports': 1,
    'tcp.analysis.spurious_retransmission': 1,
    'tcp.analysis.retransmission': 1,
  },
  async play(stage) {
    const after = (order: number, wait: number) => ({ after: data(order).from('client'), delay: wait * MILLISECOND });
    const faults = [
      inject(forgedSegment({ flags: ACK | PSH, text: FORGED, ackOff: -1_000_000_000 }), after(1, 200)),
      inject(forgedSegment({ flags: SYN }), after(1, 400)),
      inject(forgedSegment({ flags: ACK | PSH, text: FORGED }), after(2, 200)),
    ];
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND }, tcp: { timestamps: false }, faults });
    let heard = '';
    server.listen(PORT, async (socket) => {
      for await (const bytes of socket) heard += decodeUtf8(bytes);
      await socket.close();
    });
    const socket = await client.connect(server, PORT);
    for (const order of ORDERS) {
      await socket.write(encodeUtf8(order));
      await stage.pause(SECOND);
    }
    await socket.close();
    await stage.pause(SECOND);
    stage.expect('the server has heard what the attacker wrote', heard, `${ORDERS[0]}${ORDERS[1]}${decodeUtf8(FORGED)}`);
    const challenges = stage.segments(server).filter(({ comment }) => comment.includes('challenge'));
    stage.expectThat('the guesses were challenged', challenges.length >= 2, challenges.length);
    const isStorm = ({ comment }: { readonly comment: string }): boolean => comment.includes('what was never sent');
    const storm = stage.segments(client).filter(isStorm).length;
    stage.expectThat('the ACK storm is bounded', storm >= 5 && storm <= 12, storm);
    stage.expect('and both sides think that all went well', stage.states(server).at(-1), 'CLOSED');
  },
};
