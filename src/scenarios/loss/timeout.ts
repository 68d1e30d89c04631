/** When nothing comes back: the retransmission timer, RFC 6298. */
import { delay, frames, lose, segments } from '../../lab/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { sentAgain, upload } from './upload.ts';

export const backOff: Scenario = {
  name: 'timeout-backoff',
  title: "Time-out, exponential back-off and Karn's algorithm",
  chapter: 'Loss',
  rfcs: ['RFC 6298 §5', 'RFC 6298 §3'],
  story:
    'For three and a half seconds nothing gets through from the client. Its timer expires, it sends the first missing segment ' +
    'again and waits twice as long, and again, and again. When an acknowledgment comes at last, nobody can say which of the five ' +
    'transmissions it is for: it is no measurement of the round trip (Karn), and the doubled time-out stays until there is one.',
  question:
    'How long would the client go on? Why twice as long each time, and what would happen if all hosts waited the same time always?',
  look: [
    { filter: 'tcp.analysis.retransmission', meaning: 'the same segment: look at the times between' },
    { filter: 'tcp.analysis.rto', meaning: 'how long Wireshark thinks that the client waited' },
    { filter: 'frame.comment contains "RTO"', meaning: 'the time-out as the client has it' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 8 },
  async play(stage) {
    const silence = lose(
      segments()
        .from('client')
        .between(70 * MILLISECOND, 3500 * MILLISECOND),
    );
    const tcp = { tailLossProbe: false, r1: 15 };
    const { client } = await upload(stage, 14, { tcp, faults: [silence], quiet: 10 * SECOND });
    const eleventh = stage.segments(client).filter(({ seq, length }) => seq === 10_001 && length > 0);
    const waits = eleventh.slice(1).map(({ at }, i) => at - eleventh[i]!.at);
    stage.expect('four retransmissions get lost, the fifth arrives', waits.length, 5);
    // the first wait began with the last acknowledgment, after the segment had left
    const [first = 0, ...doubled] = waits;
    const growth = doubled.slice(1).map((wait, i) => wait / doubled[i]!);
    stage.expect('each wait is twice the one before', growth, [2, 2, 2]);
    stage.expectThat('the first is the time-out of a short path', first >= 200 * MILLISECOND && first < 300 * MILLISECOND, first);
  },
};

export const spuriousTimeout: Scenario = {
  name: 'spurious-timeout',
  title: 'A time-out without a loss: F-RTO',
  chapter: 'Loss',
  rfcs: ['RFC 5682 §2', 'RFC 6298 §5'],
  story:
    'For a moment the path holds everything back for half a second, as a mobile phone between two cells does. The retransmission ' +
    'timer expires and the client sends the first segment again. But then acknowledgments come that the retransmission cannot ' +
    'have caused: the client sends new text in place of old, and when that is confirmed too it knows that the time-out was a ' +
    'mistake and takes the reduction of its window back.',
  question: 'Which acknowledgment tells the client that the originals had arrived? What would go-back-N have sent here?',
  look: [
    { filter: 'tcp.analysis.retransmission || tcp.analysis.spurious_retransmission', meaning: 'one segment, sent in vain' },
    { filter: 'frame.comment contains "spurious"', meaning: 'where the client notices' },
    { filter: 'tcp.options.sack.dsack', meaning: 'the server got it twice, and says so' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.options.sack.dsack': 1, 'tcp.analysis.retransmission': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const late = delay(
      frames()
        .from('client')
        .between(70 * MILLISECOND, 400 * MILLISECOND),
      500 * MILLISECOND,
    );
    const { client } = await upload(stage, 40, { tcp: { tailLossProbe: false }, faults: [late], quiet: SECOND });
    stage.expect('one segment is sent again, in vain', sentAgain(stage, client).length, 1);
  },
};
