/** Loss as it was repaired before selective acknowledgments: three duplicates, and one hole per round trip. */
import { data, lose } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { ROUND_TRIP, reasons, sentAgain, upload } from './upload.ts';

const WITHOUT_SACK = { sack: false };

export const fastRetransmit: Scenario = {
  name: 'fast-retransmit',
  title: 'Fast retransmit: three duplicate acknowledgments',
  chapter: 'Loss',
  rfcs: ['RFC 5681 §3.2'],
  story:
    'The third of ten segments gets lost. Each of the seven behind it makes the server repeat the acknowledgment of the second. ' +
    'With the third repetition the client believes in a loss and sends the third segment again, long before any time-out. One ' +
    'acknowledgment for all ten answers it.',
  question: 'Why three duplicates, and not one? What else than a loss makes an acknowledgment come twice?',
  look: [
    {
      filter: 'tcp.analysis.duplicate_ack',
      meaning: 'the same acknowledgment again and again: something behind the hole arrived',
    },
    { filter: 'tcp.analysis.fast_retransmission', meaning: 'the third segment again' },
    { filter: 'tcp.ack == 10001', meaning: 'the hole is filled, and all is acknowledged at once' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 1, 'tcp.analysis.fast_retransmission': 1, 'tcp.analysis.duplicate_ack': 7 },
  async play(stage) {
    const { client } = await upload(stage, 10, { tcp: WITHOUT_SACK, faults: [lose(data(3).from('client'))] });
    stage.expect('only the third segment is sent again', sentAgain(stage, client), [3]);
    stage.expect('because of duplicates', reasons(stage, client), ['fast retransmit']);
  },
};

export const newReno: Scenario = {
  name: 'newreno',
  title: 'NewReno: partial acknowledgments, one hole per round trip',
  chapter: 'Loss',
  rfcs: ['RFC 6582 §3.2', 'RFC 5681 §3.2'],
  story:
    'Three of ten segments get lost: the third, the fifth and the eighth. Without selective acknowledgments the client learns of ' +
    'one hole at a time. Each retransmission brings an acknowledgment that goes only to the next hole, a partial one, and is ' +
    'answered at once: three holes, three round trips.',
  question:
    'What does the client do with duplicate acknowledgments that come between the retransmissions? Why is no time-out needed?',
  look: [
    { filter: 'tcp.analysis.retransmission', meaning: 'the third, fifth and eighth segment, a round trip apart' },
    {
      filter: 'tcp.ack == 4001 || tcp.ack == 7001',
      meaning: 'partial acknowledgments: the end of what arrived before the next hole',
    },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 3, 'tcp.analysis.fast_retransmission': 1, 'tcp.analysis.duplicate_ack': 5 },
  async play(stage) {
    const { client } = await upload(stage, 10, { tcp: WITHOUT_SACK, faults: [lose(data(3, 5, 8).from('client'))] });
    stage.expect('three segments are sent again, one after the other', sentAgain(stage, client), [3, 5, 8]);
    stage.expect('why', reasons(stage, client), ['fast retransmit', 'retransmission', 'retransmission']);
    const [third, fifth, eighth] = stage.segments(client).filter(({ again }) => again);
    const apart = [fifth!.at - third!.at, eighth!.at - fifth!.at];
    stage.expectThat(
      'they are a round trip apart',
      apart.every((time) => time > ROUND_TRIP && time < 1.1 * ROUND_TRIP),
      apart,
    );
  },
};
