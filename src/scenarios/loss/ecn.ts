/** Congestion told before anything is lost: RFC 3168. */
import { data, mark } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { sentAgain, upload } from './upload.ts';

export const ecnMark: Scenario = {
  name: 'ecn-mark',
  title: 'A mark instead of a loss: ECN',
  chapter: 'Congestion',
  rfcs: ['RFC 3168 §6.1'],
  story:
    'Both hosts agreed in their SYNs to take part. A router whose queue grows marks the fifth segment instead of dropping it. The ' +
    'server answers with ECE in every acknowledgment until the client says CWR: it has reduced its window as if a segment had ' +
    'been lost. But none was, and nothing has to be sent again.',
  question: 'Why does the server repeat ECE until it sees CWR? What does a mark save that a loss costs?',
  look: [
    { filter: 'tcp.flags.syn == 1', meaning: 'ECE and CWR in the SYN ask, ECE in the SYN-ACK agrees' },
    { filter: 'ip.dsfield.ecn == 2', meaning: 'ECT(0): what the client allows to be marked; pure acknowledgments are not' },
    { filter: 'ip.dsfield.ecn == 3', meaning: 'the mark: congestion experienced' },
    { filter: 'tcp.flags.ece == 1 && tcp.flags.syn == 0', meaning: 'the server reports it, again and again' },
    { filter: 'tcp.flags.cwr == 1 && tcp.flags.syn == 0', meaning: 'the client has reduced its window' },
  ],
  plot: 'cwnd',
  watch: ['server'],
  async play(stage) {
    const { client, server } = await upload(stage, 30, { tcp: { ecn: 'on' }, faults: [mark(data(5).from('client'))] });
    stage.expect('nothing is sent again', sentAgain(stage, client), []);
    const echoes = stage.segments(server).filter(({ flags }) => /^(?!.*SYN).*ECE/.test(flags));
    stage.expectThat('the server reports it more than once', echoes.length > 1, echoes.length);
    const answers = stage.segments(client).filter(({ flags }) => /^(?!.*SYN).*CWR/.test(flags));
    stage.expect('the client says once that it has reduced', answers.length, 1);
  },
};
