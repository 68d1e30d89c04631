/** Closing with text unread is no closing. */
import { MILLISECOND, SocketError } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAll } from '../stage-host.ts';

export const resetUnread: Scenario = {
  name: 'reset-unread',
  title: 'Reset: closed while text is unread',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.6.1', 'RFC 2525 §2.17'],
  story:
    'The client sends 3,000 bytes, all of which are acknowledged. The server reads 100 of them and closes. A FIN would say that ' +
    'everything was taken; a reset says the truth, and the client learns that its text was not used.',
  question:
    'Every byte was acknowledged, and yet the client may not believe that the server has got them. What does an acknowledgment promise?',
  look: [
    { filter: 'tcp.flags.reset == 1', meaning: 'where a FIN would have stood' },
    { filter: 'ip.src == 10.0.0.2 && tcp.flags.ack == 1', meaning: 'what had been acknowledged before' },
  ],
  expert: { 'tcp.connection.rst': 1 },
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    server.listen(9, async (socket) => {
      await socket.read(100);
      await stage.pause(100 * MILLISECOND);
      await socket.close();
    });
    const socket = await client.connect(server, 9);
    await socket.write(letters(3000));
    let ending = 'an orderly end';
    await readAll(socket).catch((error: unknown) => {
      ending = error instanceof SocketError ? error.reason : 'something else';
    });
    stage.expect('the client hears of it', ending, 'reset by peer');
    const answers = stage.segments(server);
    stage.expect('the last segment is a reset', answers.at(-1)?.flags, 'RST ACK');
    stage.expect('though everything was acknowledged', Math.max(...answers.map(({ ack }) => ack)), 3001);
  },
};
