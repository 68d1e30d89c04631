/** Losses that time tells of: RACK and its probe, RFC 8985. */
import { data, lose, retransmissionOf } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { blocksOf, reasons, sentAgain, upload } from './upload.ts';

export const rack: Scenario = {
  name: 'rack',
  title: 'RACK: a loss seen by time, not by counting',
  chapter: 'Loss',
  rfcs: ['RFC 8985 §6'],
  story:
    'The ninth of ten segments gets lost. Only one segment arrives behind the hole, so there is one duplicate acknowledgment and ' +
    'there will never be three. RACK asks another question: the tenth was sent later and has arrived; had the ninth only been ' +
    'overtaken, it would be here after a quarter of a round trip more. It is not, and goes out again.',
  question: 'How long would a sender have waited that counts to three? What is the quarter of a round trip good for?',
  look: [
    { filter: 'tcp.options.sack_le', meaning: 'the only word about the tenth segment' },
    { filter: 'tcp.analysis.retransmission', meaning: 'the ninth segment, a quarter of a round trip later' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const { client, server } = await upload(stage, 10, { faults: [lose(data(9).from('client'))] });
    stage.expect('the ninth segment is sent again', sentAgain(stage, client), [9]);
    const duplicates = stage.segments(server).filter((segment) => blocksOf(segment).length > 0);
    stage.expectThat('fewer than three duplicates', duplicates.length < 3, duplicates.length);
  },
};

export const lostRetransmission: Scenario = {
  name: 'lost-retransmission',
  title: 'The retransmission is lost too',
  chapter: 'Loss',
  rfcs: ['RFC 8985 §6.2'],
  story:
    'The third segment gets lost, and its retransmission too. Three duplicates say nothing about a retransmission: a sender that ' +
    'counts them waits for the time-out. This one looks at time (RACK): what was sent after the retransmission has arrived, so ' +
    'the retransmission has not, and it is sent once more.',
  question: 'What did the client send after the retransmission, and why does its acknowledgment prove the second loss?',
  look: [
    { filter: 'tcp.seq == 2001', meaning: 'the third segment, three times' },
    { filter: 'tcp.analysis.duplicate_ack', meaning: 'blocks that grow by what was sent after the retransmission' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 2, 'tcp.analysis.fast_retransmission': 2, 'tcp.analysis.duplicate_ack': 17 },
  async play(stage) {
    const third = data(3).from('client');
    const { client } = await upload(stage, 20, { faults: [lose(third), lose(retransmissionOf(third))] });
    stage.expect('the third segment is sent three times in all', sentAgain(stage, client), [3, 3]);
    stage.expectThat('no time-out', !reasons(stage, client).some((why) => why.includes('time-out')), reasons(stage, client));
  },
};

export const tailLossProbe: Scenario = {
  name: 'tail-loss-probe',
  title: 'Tail loss probe: nobody is left to complain',
  chapter: 'Loss',
  rfcs: ['RFC 8985 §7'],
  story:
    'The last two of ten segments get lost. Nothing arrives behind them, so no acknowledgment is repeated and nothing is reported. ' +
    'After two round trips of silence the client sends the last segment once more, as a probe. Its acknowledgment shows the hole ' +
    'before it, which is then repaired like any other.',
  question: 'Why the last segment and not the first that is missing? What would have happened without the probe?',
  look: [
    { filter: 'frame.comment contains "tail loss probe"', meaning: 'the last segment again, two round trips after it was sent' },
    { filter: 'tcp.options.sack_le', meaning: 'its acknowledgment: the tenth is here, the ninth is not' },
    { filter: 'tcp.analysis.retransmission', meaning: 'the probe, and the ninth segment' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 2, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const { client } = await upload(stage, 10, { faults: [lose(data(9, 10).from('client'))] });
    stage.expect('the probe, then the hole before it', sentAgain(stage, client), [10, 9]);
    stage.expect('why', reasons(stage, client)[0], 'tail loss probe');
  },
};
