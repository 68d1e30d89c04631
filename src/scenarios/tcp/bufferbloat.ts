/** A queue that is too long for the line behind it. */
import { ping } from '../../services/ping.ts';
import type { Micros } from '../../stack/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

const SEGMENT = 500;

export const bufferbloat: Scenario = {
  name: 'bufferbloat',
  title: 'Bufferbloat: the queue and the round-trip time grow together',
  chapter: 'Congestion',
  rfcs: ['RFC 8033 §1', 'RFC 7567'],
  story:
    'A line of 500 kbit/s with a queue for 1,000 packets, as in many a modem. Nothing is ever lost, so the sender has no reason to slow ' +
    'down: what it sends beyond the rate of the line waits in the queue. A ping that took 40 ms takes more than a second.',
  question: 'Nothing was lost and the line was busy all the time. What is wrong then, and who could do something about it?',
  look: [
    { filter: 'icmp.type == 0', meaning: 'the answers to the pings: see "response time" grow' },
    { filter: 'tcp.analysis.ack_rtt > 0.5', meaning: 'acknowledgments that took more than half a second' },
    { filter: 'frame.comment contains "srtt"', meaning: 'what the sender makes of it' },
  ],
  withoutLadder: true,
  plot: 'queue',
  async play(stage) {
    const line = { delay: 20 * MILLISECOND, rate: 500_000, queue: { packets: 1000 } };
    const { client, server } = await stage.pair({ cable: line, tcp: { congestionControl: 'reno' } });
    server.listen(9, readAndClose);
    const trips: Micros[] = [];
    client.goesOn(async () => {
      const options = { now: () => stage.world.now, sleep: (duration: Micros) => stage.pause(duration), count: 8 };
      for await (const { rtt } of ping(client.stack, server.address, {
        ...options,
        interval: 200 * MILLISECOND,
        timeout: 5_000_000,
      }))
        trips.push(rtt);
    });
    const socket = await client.connect(server, 9, { maxSegment: SEGMENT });
    await socket.write(letters(380 * SEGMENT));
    await socket.close();

    stage.expectThat('the first ping takes less than 50 ms', trips[0]! < 50 * MILLISECOND, trips);
    stage.expectThat('a later one takes more than a second', Math.max(...trips) > 1000 * MILLISECOND, trips);
    stage.expect('nothing is sent again', stage.segments().filter(({ again }) => again).length, 0);
  },
};
