/** What TIME-WAIT is for: a FIN that comes again, and a segment that comes late. */
import { data, delay, lose, pureAcks } from '../../lab/index.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAll } from '../stage-host.ts';

export const timeWaitFin: Scenario = {
  name: 'time-wait-last-ack',
  title: 'TIME-WAIT: the last acknowledgment is lost',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.4.2', 'RFC 9293 §3.6.1'],
  story:
    "The client closes first. Its last segment, the acknowledgment of the server's FIN, gets lost; the server sends its FIN once " +
    'more. The client is in TIME-WAIT and still knows what to answer.',
  question: 'What would the server hear if the client had forgotten the connection at once?',
  look: [
    { filter: 'tcp.flags.fin == 1', meaning: "the server's FIN comes twice" },
    { filter: 'tcp.analysis.flags', meaning: 'what Wireshark finds remarkable about it' },
  ],
  expert: { 'tcp.analysis.retransmission': 1, 'tcp.analysis.duplicate_ack': 1 },
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: 10 * MILLISECOND },
      faults: [
        lose(
          pureAcks()
            .from('client')
            .between(130 * MILLISECOND, 200 * MILLISECOND),
        ),
      ],
    });
    server.listen(9, async (socket) => {
      await readAll(socket);
      await stage.pause(100 * MILLISECOND);
      await socket.close();
    });
    const socket = await client.connect(server, 9);
    await socket.write(letters(10));
    await socket.close();
    await stage.pause(2 * MINUTE);

    const last = stage.segments().slice(-4);
    stage.expect(
      'FIN and acknowledgment come twice, the first acknowledgment is lost',
      last.map(({ from, flags, lost }) => `${from} ${flags}${lost ? ' lost' : ''}`),
      ['server FIN ACK', 'client ACK lost', 'server FIN ACK', 'client ACK'],
    );
    stage.expect('the server ends in peace', stage.states(server).slice(-2), ['LAST-ACK', 'CLOSED']);
  },
};

export const timeWaitLate: Scenario = {
  name: 'time-wait-late-segment',
  title: 'TIME-WAIT: a segment comes when all is over',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.6.1', 'RFC 1337 §3'],
  story:
    'A segment of the server takes a way round and is late by three seconds. It is sent again, everything arrives, the connection ' +
    'is closed. Then the late one turns up: the client, in TIME-WAIT, answers with what it expects; the server, which has forgotten ' +
    'everything, resets; and the client passes over the reset, so that TIME-WAIT goes on.',
  question: 'What could the late segment do to a new connection between the same ports, if there were no TIME-WAIT?',
  look: [
    {
      filter: 'tcp.len > 0',
      meaning: 'the repetition comes first, the late one three seconds after it',
    },
    { filter: 'frame.time_relative > 2', meaning: 'the late segment, the answer, and the reset that must not end TIME-WAIT' },
  ],
  expert: {
    'tcp.analysis.retransmission': 1,
    'tcp.analysis.spurious_retransmission': 1,
    'tcp.analysis.duplicate_ack': 1,
    'tcp.connection.rst': 1,
  },
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: 10 * MILLISECOND },
      faults: [delay(data(1).from('server'), 3 * SECOND)],
    });
    server.listen(9, async (socket) => {
      await socket.write(letters(1000));
      await readAll(socket);
      await socket.close();
    });
    const socket = await client.connect(server, 9);
    await socket.read(1000, 1000);
    await socket.close();
    await stage.pause(3 * MINUTE);

    const late = stage.segments().filter(({ at }) => at > 2 * SECOND);
    stage.expect(
      'an answer, and a reset without effect',
      late.map(({ from, flags }) => `${from} ${flags}`),
      ['client ACK', 'server RST'],
    );
    stage.expect('the client was in TIME-WAIT', stage.states(client).at(-1), 'TIME-WAIT');
  },
};
