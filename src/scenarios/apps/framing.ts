/** How programs find the ends of what they send: a size in front, or frames with a header. */
import { memoryFiles } from '../../services/apps/file-store.ts';
import { sendItems, startMessages } from '../../services/apps/messages.ts';
import { startUpload, upload } from '../../services/apps/upload.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters } from '../stage-host.ts';

const UPLOAD = 5002;
const FRAMES = 5003;
const SIZE = 4000;

export const uploadWithSize: Scenario = {
  name: 'upload-with-size',
  title: 'A file with its size in front: the receiver knows when it has all',
  chapter: 'Messages in a stream',
  rfcs: ['RFC 9293 §2.2', 'RFC 9293 §3.6'],
  story:
    'The client writes one line, "4000 notes.txt", and then 4,000 bytes; the server counts, and answers with the size and the SHA-256 ' +
    'of what has come. Then a second file follows over the same connection. Had the client only closed at the end of a file, there ' +
    'would be one connection for each, and no telling a file that is complete from one whose sender died.',
  question:
    'Into how many segments was the file cut, and does a border between two of them mean anything to the server? What happens when the announced size is larger than the file?',
  look: [
    { filter: 'frame contains "4000 notes.txt"', meaning: 'the size is announced, in decimal digits' },
    { filter: 'tcp.len == 1460', meaning: 'full segments: TCP cuts where it likes' },
    { filter: 'frame contains "OK "', meaning: 'what the server has got' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND }, tcp: { timestamps: false } });
    const files = memoryFiles();
    startUpload(server.stack, { port: UPLOAD, time: stage.timers, files });
    const sent = [
      { name: 'notes.txt', bytes: letters(SIZE) },
      { name: 'more.txt', bytes: letters(100) },
    ];
    const to = { address: server.address, port: UPLOAD };
    const receipts = await upload(client.stack, to, sent, { time: stage.timers });
    await stage.pause(SECOND);
    stage.expect(
      'both files have come whole',
      [...files.files].map(([name, { length }]) => [name, length]),
      [
        ['notes.txt', SIZE],
        ['more.txt', 100],
      ],
    );
    stage.expect(
      'the server says how much it has got',
      receipts.map(({ size }) => size),
      [SIZE, 100],
    );
    stage.expect('one connection for both', stage.segments(client).filter(({ flags }) => flags === 'SYN').length, 1);
  },
};

export const framesInAStream: Scenario = {
  name: 'frames-in-a-stream',
  title: 'Messages and files over one connection: a length, a JSON header, a body',
  chapter: 'Messages in a stream',
  rfcs: ['RFC 9293 §2.2', 'RFC 8259 §8.1'],
  story:
    'A message, a file and another message share one connection. In front of each stand four bytes, big endian: how long the header is. ' +
    'The header is JSON and says what follows, by which name and how many bytes. So the receiver always knows how much to read next, ' +
    'and a file may hold whatever it likes, even something that looks like a frame.',
  question:
    'Read the first four bytes behind the handshake as a number: what does it say? Why is the length sent in binary digits of fixed size, and not as text?',
  look: [
    { filter: 'frame contains "{\\"type\\":\\"message\\""', meaning: 'a message: length, header and body in one segment' },
    { filter: 'frame contains "{\\"type\\":\\"file\\""', meaning: 'a file: its body fills more segments' },
    { filter: 'frame contains "{\\"type\\":\\"ok\\""', meaning: 'the answers, in frames too' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND }, tcp: { timestamps: false } });
    const files = memoryFiles();
    const heard: string[] = [];
    const onMessage = (from: string, text: string): number => heard.push(`${from}: ${text}`);
    startMessages(server.stack, { port: FRAMES, time: stage.timers, files, onMessage });
    const picture = letters(3000);
    const to = { address: server.address, port: FRAMES };
    await sendItems(
      client.stack,
      to,
      [
        { type: 'message', name: 'Ada', text: 'here is the picture' },
        { type: 'file', name: 'picture.svg', bytes: picture },
        { type: 'message', name: 'Ada', text: 'did it arrive?' },
      ],
      { time: stage.timers },
    );
    await stage.pause(SECOND);
    stage.expect('the messages are apart again', heard, ['Ada: here is the picture', 'Ada: did it arrive?']);
    stage.expect('and the file between them is whole', files.files.get('picture.svg')?.length, picture.length);
    stage.expect('one connection for all', stage.segments(client).filter(({ flags }) => flags === 'SYN').length, 1);
  },
};
