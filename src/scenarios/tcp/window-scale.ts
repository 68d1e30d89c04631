/** A window of 16 bits is too small for a long fat pipe. */
import { MILLISECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters, readAndClose } from '../stage-host.ts';

const AMOUNT = 125_000;
const UNSCALED = 8001;
const SCALED = 8002;
const PORTS = [UNSCALED, SCALED];

export const windowScaling: Scenario = {
  name: 'window-scaling',
  title: 'Window scaling on a long fat pipe',
  chapter: 'Flow',
  rfcs: ['RFC 7323 §2', 'RFC 9293 §3.8.6'],
  story:
    'A path of 100 Mbit/s and 200 ms there and back holds 2.5 MB. From port 8001 the server sends without window scaling: no more than ' +
    '65,535 bytes are under way, then it waits for the rest of the round trip. From port 8002 it sends the same amount with scaling: ' +
    'everything leaves in one go. Congestion control is switched off, so that the window alone decides.',
  question: 'How many bits per second does the transfer without scaling get out of the 100 Mbit/s, and what does that depend on?',
  look: [
    { filter: 'tcp.flags.syn == 1', meaning: 'the scale is offered in the SYNs of the one connection, and only there' },
    { filter: 'tcp.port == 8001 && tcp.analysis.bytes_in_flight > 65000', meaning: 'without it: the window is used up' },
    { filter: 'tcp.port == 8002', meaning: 'with it: the window field is small, the window is not' },
  ],
  withoutLadder: true,
  plot: 'time-sequence',
  watch: ['server'],
  async play(stage) {
    const { client, server } = await stage.pair({
      cable: { delay: 100 * MILLISECOND, rate: 100_000_000 },
      tcp: { congestionControl: 'unlimited', receiveBuffer: 2_500_000 },
    });
    for (const port of PORTS) {
      server.listen(port, async (socket) => {
        await socket.write(letters(AMOUNT));
        await readAndClose(socket);
      });
    }
    const times = await Promise.all(
      PORTS.map(async (port) => {
        const socket = await client.connect(server, port, { windowScale: port === SCALED });
        stage.expect('everything arrives', (await socket.read(AMOUNT, AMOUNT))?.length, AMOUNT);
        const time = Math.round((stage.world.now - stage.start) / MILLISECOND);
        await socket.close();
        return time;
      }),
    );
    stage.expectThat('scaling saves a round trip', times[0]! - times[1]! > 190, times);
  },
};
