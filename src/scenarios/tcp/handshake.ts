/** How a connection begins and ends: three segments, and four. */
import { MILLISECOND, MINUTE } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

export const handshake: Scenario = {
  name: 'handshake',
  title: 'Three-way handshake and four-way close',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.5', 'RFC 9293 §3.6'],
  story:
    'The client connects, sends a line and closes; the server reads to the end, takes a moment and closes too. Each direction is ' +
    'opened by a SYN and ended by a FIN, and each of the four is acknowledged.',
  question:
    'Opening takes three segments, closing four: which two acknowledgments fell together at the beginning, and why do they not at the end?',
  look: [
    { filter: 'tcp.flags.syn == 1', meaning: 'both initial sequence numbers, and what each side offers in its options' },
    { filter: 'tcp.flags.fin == 1', meaning: 'the end of each direction' },
    {
      filter: 'tcp.len == 0 && tcp.flags.syn == 0',
      meaning: 'SYN and FIN take a sequence number each: see what is acknowledged',
    },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    server.listen(9, async (socket) => {
      const line = await socket.read();
      stage.expect('the line arrives', line?.length, 26);
      await socket.read(); // nothing: the client has closed
      await stage.pause(100 * MILLISECOND);
      await readAndClose(socket);
    });
    const socket = await client.connect(server, 9);
    await stage.pause(50 * MILLISECOND);
    await socket.write(letters(26));
    await stage.pause(100 * MILLISECOND);
    await socket.close();
    await stage.pause(2 * MINUTE);

    const flags = stage.segments().map((segment) => segment.flags);
    stage.expect('three segments open', flags.slice(0, 3), ['SYN', 'SYN ACK', 'ACK']);
    stage.expect('four segments close', flags.slice(-4), ['FIN ACK', 'ACK', 'FIN ACK', 'ACK']);
  },
};
