/** What a path does to segments beside losing them. */
import { corruptByte, data, holdBack } from '../../lab/index.ts';
import type { Scenario } from '../scenario.ts';
import { sentAgain, upload } from './upload.ts';

export const reordering: Scenario = {
  name: 'reordering',
  title: 'Reordering that is no loss',
  chapter: 'Loss',
  rfcs: ['RFC 8985 §6.2', 'RFC 5681 §3.2'],
  story:
    'The fifth of ten segments takes another way and arrives behind the seventh. Two acknowledgments are repeated and report what ' +
    'came too early; before a third can follow, the hole closes by itself. Nothing is sent again, and the window is not reduced.',
  question: 'How far behind must a segment come to be taken for lost, by counting and by time? What does such a mistake cost?',
  look: [
    { filter: 'tcp.analysis.duplicate_ack', meaning: 'two repetitions, and no third' },
    { filter: 'tcp.options.sack_le', meaning: 'what came early' },
  ],
  expert: { 'tcp.analysis.duplicate_ack': 2 },
  async play(stage) {
    const { client } = await upload(stage, 10, { faults: [holdBack(data(5).from('client'), 2)] });
    stage.expect('nothing is sent again', sentAgain(stage, client), []);
  },
};

export const corrupted: Scenario = {
  name: 'corrupted-byte',
  title: 'One wrong byte: the checksum finds it',
  chapter: 'Loss',
  rfcs: ['RFC 9293 §3.1', 'RFC 1071'],
  story:
    'On its way one byte of the fifth segment is changed. The server adds up the segment, gets another sum than the header says, ' +
    'and drops it without a word. From there on it is a loss like any other, and is repaired like one. This capture shows the ' +
    'side of the server; Wireshark marks the segment once it is told to validate checksums (Preferences, Protocols, TCP).',
  question: 'Why is there no message that says "checksum wrong"? Which changes of a segment does this checksum not find?',
  look: [
    { filter: 'frame.comment contains "checksum"', meaning: 'what the server thought of it' },
    { filter: 'tcp.seq == 4001', meaning: 'the segment as it came, and as it came again' },
  ],
  watch: ['server'],
  expert: { 'tcp.checksum.bad': 1, 'tcp.analysis.out_of_order': 1, 'tcp.analysis.duplicate_ack': 5 },
  async play(stage) {
    const { client } = await upload(stage, 10, { faults: [corruptByte(data(5).from('client'))] });
    stage.expect('the fifth segment is sent again', sentAgain(stage, client), [5]);
  },
};
