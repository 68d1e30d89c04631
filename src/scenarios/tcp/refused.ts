/** Attempts to connect that fail: with an answer, and without one. */
import { MILLISECOND, MINUTE, SECOND, SocketError } from '../../stack/index.ts';
import { TEXTBOOK_HABITS } from '../../stack/tcp/options/habits.ts';
import type { Scenario } from '../scenario.ts';

/** Why it failed, and after how long. */
async function failureOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'connected';
  } catch (error) {
    if (error instanceof SocketError) return error.reason;
    throw error;
  }
}

export const refused: Scenario = {
  name: 'refused',
  title: 'Refused connection: nobody listens',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.5.2', 'RFC 9293 §3.10.7.1'],
  story:
    'The client asks for port 81, where nobody listens. The server knows no such connection and says so with a reset, which ' +
    'acknowledges the SYN: thus the client can tell that it is meant.',
  question: 'The reset has sequence number 0. How does the client know that it is no forgery?',
  look: [{ filter: 'tcp.flags.reset == 1', meaning: 'the refusal; its acknowledgment number is that of the SYN plus one' }],
  expert: { 'tcp.connection.rst': 1 },
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    stage.expect('the attempt is refused', await failureOf(client.connect(server, 81)), 'refused');
    await stage.pause(1 * MINUTE);
    stage.expect(
      'one question, one answer',
      stage.segments().map(({ flags }) => flags),
      ['SYN', 'RST ACK'],
    );
    stage.expect('the reset acknowledges the SYN', stage.segments(server)[0]?.ack, 1);
  },
};

const RETRIES = 6;

export const connectionTimeout: Scenario = {
  name: 'connection-timeout',
  title: 'Connection time-out: SYNs without an answer, with back-off',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.8.3', 'RFC 6298 §5', 'RFC 1122 §4.2.3.5'],
  story:
    'A filter in front of the server swallows every SYN. The client waits one second, tries again, waits two, tries again, four, ' +
    `eight and so on: after ${RETRIES} retransmissions and two minutes it gives up. From the third on it doubts whether its ` +
    'neighbour is still there, and asks by ARP.',
  question:
    'Why does the client double the time-out instead of asking every second? And why is the last pause a minute and not 64 seconds?',
  look: [
    { filter: 'tcp.analysis.retransmission', meaning: 'the repetitions: a second, two, four, ... apart' },
    { filter: 'tcp.flags.syn == 1', meaning: 'all of them are the same SYN: compare the sequence numbers' },
    { filter: 'arp', meaning: 'the neighbour answers, so it is not the link that is broken' },
  ],
  expert: { 'tcp.analysis.retransmission': RETRIES },
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: 10 * MILLISECOND },
      server: { tcp: { habits: { ...TEXTBOOK_HABITS, blackhole: 2 } } },
    });
    const attempt = client.connect(server, 9, { synRetries: RETRIES, resetOnTimeout: false });
    stage.expect('the attempt times out', await failureOf(attempt), 'timed out');
    const times = stage.segments().map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => Math.round((at - times[index]!) / SECOND));
    stage.expect('each pause is twice as long as the one before', pauses, [1, 2, 4, 8, 16, 32]);
    stage.expect('it gave up after one more time-out', Math.round((stage.world.now - stage.start) / SECOND), 63 + 60);
  },
};
