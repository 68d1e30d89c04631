/** Segments that nobody of the two has sent, or not now: what protects a connection from them. */
import { data, forgedSegment, inject, reset } from '../../lab/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import { ACK, PSH } from '../../stack/wire/tcp.ts';
import type { Scenario } from '../scenario.ts';
import { letters } from '../stage-host.ts';
import { PORT, SEGMENT, setting } from './upload.ts';

export const resetNotExact: Scenario = {
  name: 'reset-not-exact',
  title: 'A RST in the window but not exact: the challenge ACK',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 5961 §3.2', 'RFC 9293 §3.10.7.4'],
  story:
    'Somebody who is not on the path guesses: a RST in the name of the server, with a number that lies in the window of the client ' +
    'but is not the next one. In 1981 that was enough to end the connection. Now only the exact number is; any other in the window ' +
    'is answered by an acknowledgment, a challenge. A server that had really sent a RST would answer it with the exact number. ' +
    'This one goes on as if nothing had been.',
  question: 'How many RSTs must one send who cannot listen, before and after this rule, with a window of 64 kB?',
  look: [
    { filter: 'tcp.flags.reset == 1', meaning: 'the forged RST: its number is 100 too high' },
    { filter: 'frame.comment contains "challenge"', meaning: 'the answer: the number that the client waits for' },
  ],
  expert: { 'tcp.connection.rst': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const forged = inject(reset({ off: 100 }), { after: data(1).from('client'), delay: 200 * MILLISECOND, to: 'client' });
    const { client, server } = await setting(stage, { faults: [forged] });
    const socket = await client.connect(server, PORT);
    await socket.write(letters(SEGMENT));
    await stage.pause(500 * MILLISECOND);
    await socket.write(letters(SEGMENT));
    await stage.pause(SECOND);
    const resets = stage.segments().filter(({ flags }) => flags.includes('RST'));
    stage.expect(
      'one RST, 100 too high',
      resets.map(({ seq, sent }) => ({ seq, sent })),
      [{ seq: 101, sent: false }],
    );
    const challenges = stage.segments(client).filter(({ comment }) => comment.includes('challenge'));
    stage.expect(
      'it is challenged',
      challenges.map(({ ack }) => ack),
      [1],
    );
    stage.expect('and the connection goes on', socket.info().state, 'ESTABLISHED');
    stage.expect('with its text acknowledged', stage.segments(server).at(-1)?.ack, 2 * SEGMENT + 1);
  },
};

export const paws: Scenario = {
  name: 'paws',
  title: 'An old duplicate with the right number: PAWS',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 7323 §5'],
  story:
    'Sequence numbers come round after 4 GiB: on a fast path that takes seconds, and a segment that was lost in the network for so ' +
    'long may fit the window again. Here such a straggler arrives: its number is exactly the one that the server waits for, but ' +
    'its timestamp is an hour old. The server drops it and says what it has. Without timestamps the old text would have become ' +
    'part of the stream. The capture shows the side of the server.',
  question:
    'After how many seconds do the numbers come round at 1 Gbit/s, and at 100 Gbit/s? Why is a timestamp as good as 32 more bits?',
  look: [
    { filter: 'tcp.options.timestamp.tsval', meaning: 'the clock of each sender: it never runs backwards, but once' },
    { filter: 'frame.comment contains "timestamp"', meaning: 'what the server thought of it' },
    {
      filter: 'tcp.analysis.retransmission',
      meaning: 'Wireshark looks at numbers only, and takes the true segment for the repetition',
    },
  ],
  watch: ['server'],
  expert: { 'tcp.analysis.retransmission': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const old = forgedSegment({ flags: ACK | PSH, text: new Uint8Array(SEGMENT).fill(0x2a), timestampOff: -3_600_000 });
    const straggler = inject(old, { after: data(1).from('client'), delay: 200 * MILLISECOND });
    const { client, server, received } = await setting(stage, { tcp: { timestamps: true }, faults: [straggler] });
    const socket = await client.connect(server, PORT);
    await socket.write(letters(500));
    await stage.pause(500 * MILLISECOND);
    await socket.write(letters(500));
    await socket.close();
    await stage.pause(SECOND);
    const strangers = stage.segments().filter(({ sent, length }) => !sent && length > 0);
    stage.expect(
      'one segment comes from nobody, with the number that is next',
      strangers.map(({ seq }) => seq),
      [501],
    );
    stage.expect('its text is no part of the stream', received(), 1000);
  },
};
