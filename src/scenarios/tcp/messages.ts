/** TCP carries bytes, not messages. */

import type { TcpSocket } from '../../stack/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const MESSAGES = ['To be,', 'or not to be:', 'that is the question.'];

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** A length of 16 bits in front of a message. */
function framed(message: string): Uint8Array {
  const bytes = bytesOf(message);
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes);
}

/** What each read gives: whatever has arrived. */
async function readsOf(socket: TcpSocket, stage: Stage): Promise<string[]> {
  const reads: string[] = [];
  for (;;) {
    await stage.pause(30 * MILLISECOND); // a server is not always quick
    const bytes = await socket.read();
    if (bytes === undefined) return reads;
    reads.push(textOf(bytes));
  }
}

/** Reads the length, then so many bytes, however they were cut. */
async function messagesOf(socket: TcpSocket): Promise<string[]> {
  const messages: string[] = [];
  for (;;) {
    const length = await socket.read(2, 2);
    if (length === undefined) return messages;
    const size = length[0]! * 256 + length[1]!;
    messages.push(textOf((await socket.read(size, size)) ?? new Uint8Array()));
  }
}

export const messageBoundaries: Scenario = {
  name: 'message-boundaries',
  title: 'Message boundaries: lost in a stream, repaired by a length prefix',
  chapter: 'Messages in a stream',
  rfcs: ['RFC 9293 §2.2', 'RFC 9293 §3.7.4'],
  story:
    'The client writes three messages to port 5001. The second and third travel in one segment, and the server, which is slow, gets ' +
    'all three out of a single read. To port 5002 the client writes the same three with their length in front: the server reads two ' +
    'bytes, then as many as they say, and has three messages again.',
  question:
    'The first server worked in every test on its own machine. Why, and what else could cut its messages in the wrong place?',
  look: [
    { filter: 'tcp.port == 5001 && tcp.len > 0', meaning: 'three writes are not three segments' },
    { filter: 'tcp.port == 5002 && tcp.len > 0', meaning: 'two bytes of length in front of each message' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    const got: string[][] = [];
    server.listen(5001, async (socket) => {
      got.push(await readsOf(socket, stage));
      await socket.close();
    });
    server.listen(5002, async (socket) => {
      got.push(await messagesOf(socket));
      await socket.close();
    });
    for (const port of [5001, 5002]) {
      const socket = await client.connect(server, port);
      for (const message of MESSAGES) {
        await socket.write(port === 5001 ? bytesOf(message) : framed(message));
        await stage.pause(1 * MILLISECOND);
      }
      await socket.close();
      await stage.pause(200 * MILLISECOND);
    }

    stage.expect('without a length one read gives all', got[0], [MESSAGES.join('')]);
    stage.expect('with a length there are three messages again', got[1], MESSAGES);
  },
};
