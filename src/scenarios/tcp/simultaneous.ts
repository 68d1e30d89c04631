/** Both at once: SYNs that cross, FINs that cross. */
import { MILLISECOND, MINUTE } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAll, readAndClose } from '../stage-host.ts';

const PORT = 7000;

export const simultaneousOpen: Scenario = {
  name: 'simultaneous-open',
  title: 'Simultaneous open: two SYNs cross, one connection comes of it',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.5', 'RFC 9293 §3.10.7.3'],
  story:
    'Alice and Bob connect to each other at the same moment, each from the port that the other asks for; nobody listens. The SYNs ' +
    'cross, each answers the other one with SYN and ACK, and a single connection is established.',
  question: 'Who is the client? Which of the two connections that were asked for came to be?',
  look: [
    { filter: 'tcp.flags.syn == 1 && tcp.flags.ack == 0', meaning: 'two SYNs, one in each direction' },
    {
      filter: 'tcp.flags.syn == 1 && tcp.flags.ack == 1',
      meaning: 'each SYN once more, with the acknowledgment of the other one; Wireshark takes them for retransmissions',
    },
  ],
  expert: { 'tcp.analysis.retransmission': 2 },
  async play(stage) {
    const { client: alice, server: bob } = await stage.pair({
      cable: { delay: 10 * MILLISECOND },
      names: ['alice', 'bob'],
    });
    const one = alice.open(bob, PORT, { localPort: PORT });
    const other = bob.open(alice, PORT, { localPort: PORT });
    await Promise.all([one.connected(), other.connected()]);
    await stage.pause(50 * MILLISECOND);
    const path = ['CLOSED', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED'];
    stage.expect("alice's way to the connection", stage.states(alice), path);
    stage.expect("bob's way is the same", stage.states(bob), path);
    await one.write(letters(5));
    stage.expect('text flows', (await other.read())?.length, 5);
    const closing = one.close();
    await readAndClose(other);
    await closing;
    await stage.pause(2 * MINUTE);
    const opening = stage.segments().slice(0, 4);
    stage.expect(
      'four segments open',
      opening.map(({ from, flags }) => `${from} ${flags}`),
      ['alice SYN', 'bob SYN', 'alice SYN ACK', 'bob SYN ACK'],
    );
  },
};

export const simultaneousClose: Scenario = {
  name: 'simultaneous-close',
  title: 'Simultaneous close: two FINs cross',
  chapter: 'Opening and closing',
  rfcs: ['RFC 9293 §3.6', 'RFC 9293 §3.10.7.4'],
  story:
    'Both applications close at the same moment. Each side has sent its FIN when that of the other one arrives, so both pass ' +
    'through CLOSING, and both wait in TIME-WAIT.',
  question: 'Normally one side waits in TIME-WAIT. Why do both have to here?',
  look: [
    { filter: 'tcp.flags.fin == 1', meaning: 'two FINs, neither of which acknowledges the other' },
    { filter: 'frame.comment contains "CLOSING"', meaning: 'the state that only this story visits' },
  ],
  async play(stage) {
    const { client: alice, server: bob } = await stage.pair({
      cable: { delay: 10 * MILLISECOND },
      names: ['alice', 'bob'],
    });
    bob.listen(9, async (socket) => {
      await socket.read();
      await stage.at(100 * MILLISECOND);
      socket.closeWrite();
      await readAll(socket);
    });
    const socket = await alice.connect(bob, 9);
    await socket.write(letters(5));
    await stage.at(100 * MILLISECOND);
    socket.closeWrite();
    await readAll(socket);
    await stage.pause(2 * MINUTE);

    const way = ['FIN-WAIT-1', 'CLOSING', 'TIME-WAIT'];
    stage.expect("alice's way out", stage.states(alice).slice(-3), way);
    stage.expect("bob's way out is the same", stage.states(bob).slice(-3), way);
    stage.expect('nothing was sent again', stage.segments().filter(({ again }) => again).length, 0);
  },
};
