/** Acknowledgments that wait, text that waits, and what happens when each waits for the other. */
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

const DELAY = 40 * MILLISECOND;

export const delayedAck: Scenario = {
  name: 'delayed-ack',
  title: 'Delayed acknowledgment',
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.8.6.3', 'RFC 5681 §4.2'],
  story:
    'A single segment is acknowledged only after 40 ms: perhaps there will be text to send along, or a second segment to ' +
    'acknowledge with it. Two full segments are acknowledged at once, by one acknowledgment.',
  question: 'How many acknowledgments does a transfer of 1,000 full segments need? What is gained, and who pays for it?',
  look: [
    { filter: 'tcp.len > 0', meaning: 'one segment alone, then two together' },
    {
      filter: 'ip.src == 10.0.0.2 && tcp.len == 0',
      meaning: 'the first comes after 40 ms more than the way takes, the second at once',
    },
    { filter: 'tcp.analysis.ack_rtt > 0.04', meaning: 'segments that were acknowledged late' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 5 * MILLISECOND } });
    server.listen(9, (socket) => {
      socket.quickAck(false);
      return readAndClose(socket);
    });
    const socket = await client.connect(server, 9);
    await stage.at(100 * MILLISECOND);
    await socket.write(letters(500));
    await stage.at(300 * MILLISECOND);
    await socket.write(letters(2 * socket.info().mss));
    await stage.at(500 * MILLISECOND);
    await socket.close();

    const acks = stage.segments(server).filter(({ flags, at }) => flags === 'ACK' && at < 500 * MILLISECOND);
    stage.expect(
      'the first acknowledgment waits for 40 ms, the second comes at once',
      acks.map(({ at }) => at),
      [105 * MILLISECOND + DELAY, 305 * MILLISECOND],
    );
  },
};

export const nagle: Scenario = {
  name: 'nagle',
  title: "Nagle's algorithm: small pieces gather while one is under way",
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.7.4', 'RFC 896'],
  story:
    'Somebody types a letter every 20 ms over a path of 100 ms there and back. The first letter goes at once; what is typed until ' +
    'its acknowledgment comes back leaves as one segment. Then the same with the algorithm switched off.',
  question: 'What share of the bytes on the wire is text, with the algorithm and without?',
  look: [
    { filter: 'tcp.len > 0 && tcp.dstport == 23', meaning: 'with the algorithm: one letter, then about five at a time' },
    { filter: 'tcp.len > 0 && tcp.dstport == 2323', meaning: 'without it: a segment for every letter' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 50 * MILLISECOND } });
    server.listen(23, readAndClose);
    server.listen(2323, readAndClose);
    for (const port of [23, 2323]) {
      const socket = await client.connect(server, port, { noDelay: port === 2323 });
      for (let letter = 0; letter < 20; letter++) {
        await socket.write(letters(1));
        await stage.pause(20 * MILLISECOND);
      }
      await socket.close();
      await stage.pause(500 * MILLISECOND);
    }

    const lengths = stage.segments(client).filter(({ length }) => length > 0);
    const first = lengths.filter(({ packet }) => packet.transport?.kind === 'tcp' && packet.transport.destinationPort === 23);
    stage.expect('the first letter goes alone', first[0]?.length, 1);
    stage.expectThat('the others travel together', first.length <= 6, first.length);
    stage.expect('without it every letter travels alone', lengths.length - first.length, 20);
  },
};

export const nagleDelayedAck: Scenario = {
  name: 'nagle-delayed-ack',
  title: 'Nagle and delayed acknowledgment wait for each other',
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.7.4', 'RFC 9293 §3.8.6.3'],
  story:
    'A request is written in two pieces, header and body, and answered when it is complete. The body waits for the acknowledgment ' +
    'of the header; the server, which waits for the body before it answers, delays that acknowledgment. Each request costs 40 ms ' +
    'more than it should. The third is written in one piece, the fourth with the algorithm switched off.',
  question: 'Both rules are sensible. Which of the four parties should change its ways: client, server, or one of the two TCPs?',
  look: [
    { filter: 'tcp.len > 0', meaning: 'header, body, answer: see the pause between the first two' },
    {
      filter: 'ip.src == 10.0.0.2 && tcp.len == 0 && tcp.flags == 0x10',
      meaning: 'the delayed acknowledgments that a body waited for',
    },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 5 * MILLISECOND } });
    server.listen(9, async (socket) => {
      socket.quickAck(false);
      for (;;) {
        const request = await socket.read(300, 300);
        if (request === undefined) break;
        await socket.write(letters(50));
      }
      await socket.close();
    });
    const socket = await client.connect(server, 9);
    const durations: number[] = [];
    const ask = async (...pieces: readonly number[]): Promise<void> => {
      await stage.pause(100 * MILLISECOND);
      const began = stage.world.now;
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) await stage.pause(1 * MILLISECOND);
        await socket.write(letters(piece));
      }
      await socket.read();
      durations.push((stage.world.now - began) / MILLISECOND);
    };
    await ask(100, 200);
    await ask(100, 200);
    await ask(300);
    socket.setNoDelay(true);
    await ask(100, 200);
    await socket.close();

    stage.expect('two requests wait for the delayed acknowledgment, two do not', durations, [60, 60, 10, 11]);
  },
};
