/** How a sender that knows nothing of the path finds out: twice as much with every round trip. */
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

const ROUND_TRIP = 100 * MILLISECOND;
const SEGMENT = 1000;

export const slowStart: Scenario = {
  name: 'slow-start',
  title: 'Slow start: one segment, two, four, eight',
  chapter: 'Congestion',
  rfcs: ['RFC 5681 §3.1', 'RFC 6928'],
  story:
    'The client begins with an initial window of one segment, as in 1988, and the server acknowledges each segment at once. Every ' +
    'acknowledgment lets two segments out: with each round trip of 100 ms the flight doubles.',
  question:
    'Why is doubling called slow? How many round trips does a page of 100 kB take, with an initial window of 1 and of 10?',
  look: [
    { filter: 'tcp.len > 0', meaning: 'bursts of 1, 2, 4, 8, 16 segments, 100 ms apart' },
    { filter: 'tcp.analysis.bytes_in_flight', meaning: 'what is under way' },
    { filter: 'frame.comment contains "cwnd"', meaning: 'the congestion window where it changed' },
  ],
  plot: 'time-sequence',
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: ROUND_TRIP / 2 }, tcp: { ackDelay: 0 } });
    server.listen(9, readAndClose);
    const socket = await client.connect(server, 9, {
      initialWindow: 1,
      congestionControl: 'reno',
      maxSegment: SEGMENT,
      timestamps: false,
    });
    const began = stage.world.now - stage.start;
    await socket.write(letters(31 * SEGMENT));
    await socket.close();

    const flights: number[] = [];
    for (const { at, length } of stage.segments(client)) {
      const round = Math.floor((at - began) / ROUND_TRIP);
      if (length > 0) flights[round] = (flights[round] ?? 0) + 1;
    }
    stage.expect('the flight doubles', flights, [1, 2, 4, 8, 16]);
  },
};
