/** What a translator forgets: a connection that is silent for too long. */
import type { NetHost } from '../../lab/index.ts';
import type { ConnectOptions } from '../../stack/index.ts';
import { encodeUtf8, MINUTE, SECOND, SocketError } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { homeRouter, outside, timesSaid } from './settings.ts';

/** Of a terminal that Wireshark does not take for another. */
const PORT = 4_000;

/** A line every `pause`, both ways. @returns how it ended */
async function session(pc: NetHost, server: NetHost, pause: () => Promise<void>, options: ConnectOptions): Promise<string> {
  const socket = await pc.connect(server, PORT, options);
  await socket.write(encodeUtf8('ls\n'));
  await pause();
  try {
    await socket.write(encodeUtf8('exit\n'));
    for await (const _ of socket);
    await socket.close();
    return 'closed in order';
  } catch (error) {
    if (error instanceof SocketError) return error.reason;
    throw error;
  }
}

export const natTimeout: Scenario = {
  name: 'nat-timeout',
  title: 'A translator forgets: an idle connection dies, and keep-alive saves one',
  chapter: 'At the edge',
  rfcs: ['RFC 5382 §5', 'RFC 9293 §3.8.4'],
  story:
    'pc1 and pc2 each have a terminal open at www, and nobody types for half an hour. RFC 5382 wants a translator to remember a silent ' +
    'connection for two hours and four minutes; the one in this home does it for ten minutes, as many do. pc2 probes every nine ' +
    'minutes with keep-alive, and its session lives. When pc1 types again, the router knows nothing of its connection, drops ' +
    'everything, and pc1 repeats itself until it gives up.',
  question:
    'Neither pc1 nor www was told that the connection is over. What does www believe, for how long, and what would happen if it had something to say?',
  look: [
    {
      filter: 'tcp.analysis.keep_alive',
      meaning: 'pc2 says that it is still there: for the router it is traffic like any other',
    },
    { filter: 'ip.src == 192.168.1.10 && tcp.len == 5', meaning: '"exit", again and again: nothing comes back' },
    { filter: 'frame.comment contains "NAT"', meaning: 'why the router lets nothing through' },
  ],
  watch: ['home.lan'],
  way: 'tcp.len == 5',
  expert: {
    'tcp.analysis.retransmission': 9,
    'tcp.analysis.keep_alive': 3,
    'tcp.analysis.keep_alive_ack': 3,
    'tcp.connection.rst': 1,
  },
  async play(stage) {
    const { network: net } = stage;
    const sw = net.switch('switch', { ports: 3 });
    const arp = { reachableTime: 24 * 60 * MINUTE, forgetAfter: 24 * 60 * MINUTE };
    const hosts = [1, 2].map((n) => net.host(`pc${n}`, { address: `192.168.1.${n * 10}/24`, gateway: '192.168.1.1', arp }));
    const home = homeRouter(stage, { timeOuts: { established: 10 * MINUTE } });
    for (const node of [...hosts, home.port('lan')]) net.cable(node, sw);
    const { www } = outside(stage, { home });
    www.listen(PORT, async (socket) => {
      for await (const bytes of socket) if (bytes.length === 5) await socket.close();
    });
    const typing = (): Promise<void> => stage.at(30 * MINUTE);
    const [pc1, pc2] = hosts as [NetHost, NetHost];
    const options = [
      { localPort: 50_001, r2: 100 * SECOND },
      { localPort: 50_002, keepAlive: true, keepAliveIdle: 9 * MINUTE },
    ];
    const forgets = stage.at(9 * MINUTE).then(() => {
      stage.showTables('after nine minutes of silence');
      return stage.at(11 * MINUTE).then(() => {
        stage.showTables('after eleven');
        return stage.rows(home, 'nat').map(([, inside]) => inside);
      });
    });
    const ends = await Promise.all([session(pc1, www, typing, options[0]!), session(pc2, www, typing, options[1]!)]);
    stage.expect('pc2 is still known after eleven minutes, pc1 is not', await forgets, ['192.168.1.20:50002']);
    stage.expect('how they ended', ends, ['timed out', 'closed in order']);
    stage.expect('everything that pc1 said was dropped', timesSaid(stage, 'NAT: opens no mapping'), 10);
    await stage.pause(SECOND);
  },
};
