/** One direction is over, the other goes on. */
import { MILLISECOND, MINUTE } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAll } from '../stage-host.ts';

const ANSWERS = 3;
const ANSWER = 1000;

export const halfClose: Scenario = {
  name: 'half-close',
  title: 'Half-close: one direction ends, the other goes on',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.6'],
  story:
    'The client sends a request and closes its direction: "that was all". The server knows then that the request is complete, ' +
    'answers in three parts, and only then closes its own direction. In between the client is in FIN-WAIT-2 and still receives.',
  question: 'After its FIN the client may send no more text, but it still sends segments. Which, and why must it?',
  look: [
    { filter: 'tcp.flags.fin == 1', meaning: 'two FINs, far apart' },
    { filter: 'tcp.len > 0', meaning: 'text after the FIN, in the other direction' },
    { filter: 'ip.src == 10.0.0.1 && tcp.len == 0', meaning: 'acknowledgments from a host that has closed' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    server.listen(9, async (socket) => {
      await readAll(socket); // the client's FIN says that the request is complete
      for (let answer = 1; answer <= ANSWERS; answer++) {
        await stage.pause(100 * MILLISECOND);
        await socket.write(letters(ANSWER));
      }
      await socket.close();
    });
    const socket = await client.connect(server, 9);
    await socket.write(letters(100));
    socket.closeWrite();
    stage.expect('the client still receives', await readAll(socket), ANSWERS * ANSWER);
    await stage.pause(2 * MINUTE);

    const fin = stage.segments(client).findIndex(({ flags }) => flags.includes('FIN'));
    const later = stage.segments(client).slice(fin + 1);
    stage.expect('behind its FIN the client only acknowledges', [...new Set(later.map(({ flags }) => flags))], ['ACK']);
    stage.expect('it closes actively', stage.states(client).slice(-3), ['FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT']);
    stage.expect('the server closes passively', stage.states(server).slice(-3), ['CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
  },
};
