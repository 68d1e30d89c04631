/** After a loss the sender is careful: half the window, then one segment more with every round trip. */
import { data, lose } from '../../lab/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

const ROUND_TRIP = 100 * MILLISECOND;
const SEGMENT = 500;

export const congestionAvoidance: Scenario = {
  name: 'congestion-avoidance',
  title: 'Congestion avoidance: half, then one segment more each round trip',
  chapter: 'Congestion',
  rfcs: ['RFC 5681 §3.1', 'RFC 5681 §3.2'],
  story:
    'Slow start goes on until a segment is lost, the 40th. The sender takes it for a sign of congestion, halves its window, and ' +
    'from then on adds one segment with every round trip, looking for the limit with small steps.',
  question: 'Why halve at a loss, but add when all is well? Draw what two senders do who share a line and both follow this rule.',
  look: [
    { filter: 'tcp.analysis.fast_retransmission || tcp.analysis.retransmission', meaning: 'the loss that ends slow start' },
    { filter: 'frame.comment contains "ssthresh"', meaning: 'the threshold: half of what was under way' },
    { filter: 'tcp.analysis.bytes_in_flight', meaning: 'the flight: doubling first, a straight line later' },
  ],
  expert: {
    'tcp.analysis.duplicate_ack': 22,
    'tcp.analysis.fast_retransmission': 1,
    'tcp.analysis.retransmission': 1,
    'tcp.analysis.window_update': 1,
  },
  plot: 'cwnd',
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: ROUND_TRIP / 2 },
      tcp: { congestionControl: 'reno', ackDelay: 0 },
      faults: [lose(data(40).from('client'))],
    });
    server.listen(9, readAndClose);
    const socket = await client.connect(server, 9, { maxSegment: SEGMENT, timestamps: false, initialWindow: 2 });
    const finished = socket.write(letters(350 * SEGMENT)).then(() => socket.close());
    await stage.at(13 * ROUND_TRIP);
    const windows: number[] = [];
    for (let round = 0; round < 6; round++) {
      windows.push(Math.floor(socket.info().cwnd / SEGMENT));
      await stage.pause(ROUND_TRIP);
    }
    await finished;

    const steps = windows.slice(1).map((window, index) => window - windows[index]!);
    stage.expect('the window grows by a segment with every round trip', steps, [1, 1, 1, 1, 1]);
    stage.expect('one segment is sent again', stage.segments().filter(({ again }) => again).length, 1);
  },
};
