/** Selective acknowledgments: the receiver says what it has, so that the sender knows what is missing. */
import { data, duplicate, lose } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { blocksOf, ROUND_TRIP, sentAgain, upload } from './upload.ts';

export const sackTwoLosses: Scenario = {
  name: 'sack-two-losses',
  title: 'SACK repairs two losses in one window',
  chapter: 'Loss',
  rfcs: ['RFC 2018 §3', 'RFC 6675 §5', 'RFC 8985 §6'],
  story:
    'The third and the sixth of ten segments get lost. With every segment behind a hole the server tells in a SACK option which ' +
    'blocks it has. The client sees both holes and fills both in one round trip.',
  question:
    'How many round trips did NewReno need for this? Why does the acknowledgment number not move while blocks are reported?',
  look: [
    { filter: 'tcp.options.sack_le', meaning: 'what the server has beyond the hole: up to three blocks, the newest first' },
    { filter: 'tcp.analysis.retransmission', meaning: 'the third and the sixth segment, in the same round trip' },
  ],
  plot: 'time-sequence',
  expert: { 'tcp.analysis.retransmission': 2, 'tcp.analysis.fast_retransmission': 1, 'tcp.analysis.duplicate_ack': 6 },
  async play(stage) {
    const { client, server } = await upload(stage, 10, { faults: [lose(data(3, 6).from('client'))] });
    stage.expect('both lost segments are sent again, no other', sentAgain(stage, client), [3, 6]);
    const [third, sixth] = stage.segments(client).filter(({ again }) => again);
    stage.expectThat('both in one round trip', sixth!.at - third!.at < ROUND_TRIP, sixth!.at - third!.at);
    const most = stage.segments(server).reduce((blocks, segment) => Math.max(blocks, blocksOf(segment).length), 0);
    stage.expect('the server reports two blocks', most, 2);
  },
};

export const duplicated: Scenario = {
  name: 'duplicate-segment',
  title: 'A segment arrives twice: D-SACK',
  chapter: 'Loss',
  rfcs: ['RFC 2883 §4', 'RFC 9293 §3.10.7.4'],
  story:
    'The network delivers the fifth segment twice. The server throws the second copy away and acknowledges again; in a SACK option ' +
    'below the acknowledgment number it says what it got twice. The client learns that nothing was lost.',
  question: 'Where in the acknowledgment does one see that a block is a duplicate? What could a sender do with the news?',
  look: [
    { filter: 'tcp.options.sack.dsack', meaning: 'a block below the acknowledgment number: this I had already' },
    { filter: 'tcp.analysis.duplicate_ack', meaning: 'the acknowledgment that carries it' },
  ],
  expert: { 'tcp.options.sack.dsack': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const { client, server } = await upload(stage, 10, { faults: [duplicate(data(5).from('client'))] });
    stage.expect('the client sends nothing again', sentAgain(stage, client), []);
    const reported = stage.segments(server).flatMap((segment) => blocksOf(segment));
    stage.expect('what arrived twice is reported', reported, [[4001, 5001]]);
  },
};
