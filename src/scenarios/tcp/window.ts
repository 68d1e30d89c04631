/** The receiver's window: how it slides, closes and opens. */
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAll, readAndClose } from '../stage-host.ts';

export const slidingWindow: Scenario = {
  name: 'sliding-window',
  title: 'Sliding window: never more under way than the receiver has room for',
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.8.6', 'RFC 9293 §3.3.1'],
  story:
    'The server offers a window of 4,000 bytes and reads at once. The client sends as much as the window allows and then one segment for ' +
    'each that is acknowledged: the window slides over the stream, and a round trip moves it by its whole width.',
  question: 'How fast can this connection be at most? What would have to change to double it?',
  look: [
    {
      filter: 'tcp.len > 0',
      meaning: 'the sequence number plus the length never passes the last acknowledgment plus the window',
    },
    { filter: 'tcp.analysis.window_full', meaning: 'the last segment that fits' },
    { filter: 'tcp.analysis.bytes_in_flight', meaning: 'as many bytes as the window is wide' },
  ],
  expert: { 'tcp.analysis.window_full': 1 },
  plot: 'time-sequence',
  async play(stage) {
    const room = 4000;
    const { client, server } = await stage.pair({ cable: { delay: 25 * MILLISECOND } });
    server.listen(9, readAndClose, { windowClamp: room });
    const socket = await client.connect(server, 9, { maxSegment: 1000, timestamps: false, noDelay: true });
    await socket.write(letters(40_000));
    await socket.close();

    let edge = 0;
    let acked = 0;
    let most = 0;
    for (const segment of stage.segmentsAt(client)) {
      if (segment.from === 'server') {
        edge = Math.max(edge, segment.ack + segment.window);
        acked = Math.max(acked, segment.ack);
      } else if (segment.length > 0) {
        stage.expectThat('nothing passes the edge of the window', segment.seq + segment.length <= edge, segment.seq);
        most = Math.max(most, segment.seq + segment.length - acked);
      }
    }
    stage.expect('the window is filled', most, room);
    stage.expect('nothing is sent again', stage.segments().filter(({ again }) => again).length, 0);
  },
};

export const zeroWindow: Scenario = {
  name: 'zero-window',
  title: 'Zero window, probes, window update',
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.8.6.1'],
  story:
    'The server stops reading. Its window shrinks with each segment and closes; the client asks again and again, each time after ' +
    'twice the pause, whether it has opened. After eight seconds the server reads, tells of its room by a window update, and the ' +
    'transfer goes on.',
  question:
    'The window update could be lost, and acknowledgments are not acknowledged. What would happen then without the probes?',
  look: [
    { filter: 'tcp.analysis.zero_window', meaning: 'nothing more, please' },
    {
      filter: 'tcp.analysis.zero_window_probe || tcp.analysis.zero_window_probe_ack',
      meaning: 'questions and answers, at doubling distances',
    },
    { filter: 'tcp.analysis.window_update', meaning: 'there is room again' },
  ],
  expert: {
    'tcp.analysis.window_full': 2,
    'tcp.analysis.window_update': 2,
    'tcp.analysis.zero_window': 7,
    'tcp.analysis.zero_window_probe': 5,
    'tcp.analysis.zero_window_probe_ack': 5,
  },
  plot: 'time-sequence',
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND } });
    server.listen(
      9,
      async (socket) => {
        await stage.at(8 * SECOND);
        stage.expect('nothing is missing', await readAll(socket), 20_000);
        await socket.close();
      },
      { receiveBuffer: 8000, maxReceiveBuffer: 8000 },
    );
    const socket = await client.connect(server, 9, { maxSegment: 1000, timestamps: false });
    await socket.write(letters(20_000));
    await socket.close();

    const closed = stage.segments(server).filter(({ window, flags }) => window === 0 && !flags.includes('SYN'));
    stage.expectThat('the window closes and stays closed while it is probed', closed.length >= 5, closed.length);
    const probes = stage.segments(client).filter(({ comment }) => comment.includes('zero-window probe'));
    const pauses = probes.slice(1).map(({ at }, index) => at - probes[index]!.at);
    stage.expectThat(
      'each pause between probes is twice the one before',
      pauses.length >= 3 && pauses.slice(1).every((pause, index) => Math.abs(pause / pauses[index]! - 2) < 0.1),
      pauses,
    );
  },
};

export const sillyWindow: Scenario = {
  name: 'silly-window',
  title: 'Silly window syndrome, and how both sides avoid it',
  chapter: 'Flow',
  rfcs: ['RFC 9293 §3.8.6.2', 'RFC 813'],
  story:
    'The server reads 100 bytes at a time, slowly. If it offered each of them at once, the client would send a segment of 100 bytes ' +
    'for each, with 54 bytes of headers. Instead the window stays closed until there is room for a full segment.',
  question: 'Which side has to be clever for this: the one that offers small windows, or the one that uses them? Why are both?',
  look: [
    { filter: 'tcp.len > 0', meaning: 'full segments only, though the application reads little by little' },
    { filter: 'ip.src == 10.0.0.2', meaning: 'the window is 0 or at least a full segment, never something silly' },
  ],
  expert: { 'tcp.analysis.window_full': 10, 'tcp.analysis.window_update': 10, 'tcp.analysis.zero_window': 10 },
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 5 * MILLISECOND } });
    server.listen(
      9,
      async (socket) => {
        while ((await socket.read(100)) !== undefined) await stage.pause(20 * MILLISECOND);
        await socket.close();
      },
      { receiveBuffer: 3000, maxReceiveBuffer: 3000 },
    );
    const socket = await client.connect(server, 9, { maxSegment: 1000, timestamps: false });
    await socket.write(letters(12_000));
    await socket.close();

    const windows = stage
      .segments(server)
      .filter(({ flags }) => !flags.includes('SYN'))
      .map(({ window }) => window);
    stage.expect(
      'no small window opens behind a closed one',
      windows.filter((window, index) => window > 0 && window < 1000 && windows[index - 1] === 0),
      [],
    );
    const texts = stage.segments(client).filter(({ length }) => length > 0);
    stage.expectThat('nearly all segments are full', texts.filter(({ length }) => length === 1000).length >= 10, texts.length);
  },
};
