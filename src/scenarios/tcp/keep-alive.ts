/** Keep-alive in its four cases, after W. Richard Stevens, TCP/IP Illustrated, chapter 23. */
import type { TcpSocket } from '../../stack/index.ts';
import { MILLISECOND, MINUTE, SECOND, SocketError } from '../../stack/index.ts';
import type { Look, Scenario } from '../scenario.ts';
import type { Pair, Stage } from '../stage.ts';
import { letters, readAll } from '../stage-host.ts';

const IDLE = 120 * MINUTE;
const INTERVAL = 75 * SECOND;
const PROBES = 9;

const PROBE: Look = {
  filter: 'tcp.analysis.keep_alive',
  meaning: 'a segment without text, with the number before the next one: it must be answered',
};

/** A connection with keep-alive that has been used once, and then lies still. */
async function idleConnection(stage: Stage): Promise<Pair & { readonly socket: TcpSocket }> {
  // the addresses of the link are configured, so that the probes of TCP are seen and not the questions of ARP
  const arp = { reachableTime: 24 * 60 * MINUTE, forgetAfter: 24 * 60 * MINUTE };
  const pair = await stage.pair({ cable: { delay: 10 * MILLISECOND }, client: { arp }, server: { arp } });
  pair.server.listen(23, async (socket) => void (await readAll(socket)));
  const socket = await pair.client.connect(pair.server, 23, { keepAlive: true });
  await socket.write(letters(10));
  await stage.at(1 * SECOND);
  return { ...pair, socket };
}

/** How the connection ends, and when: in seconds since the story began. */
async function endOf(socket: TcpSocket, stage: Stage): Promise<readonly [reason: string, at: number]> {
  let reason = 'an orderly end';
  await readAll(socket).catch((error: unknown) => {
    if (!(error instanceof SocketError)) throw error;
    reason = error.reason;
  });
  return [reason, Math.round((stage.world.now - stage.start) / SECOND)];
}

const isProbe = ({ comment }: { readonly comment: string }): boolean => comment.includes('keep-alive probe');

export const keepAliveUp: Scenario = {
  name: 'keep-alive-up',
  title: 'Keep-alive, case 1: the peer is up',
  chapter: 'Idle and dead peers',
  rfcs: ['RFC 9293 §3.8.4'],
  story:
    'A connection lies still for two hours. Then the client sends a probe, the server answers, and for another two hours there is ' +
    'nothing to do. The applications notice none of it.',
  question: 'Why does the probe carry a number that is acknowledged already?',
  look: [PROBE, { filter: 'tcp.analysis.keep_alive_ack', meaning: 'the answer: the peer lives' }],
  expert: { 'tcp.analysis.keep_alive': 2, 'tcp.analysis.keep_alive_ack': 2 },
  async play(stage) {
    const { client, socket } = await idleConnection(stage);
    await stage.pause(2 * IDLE + MINUTE);
    const probes = stage.segments(client).filter(isProbe);
    stage.expect(
      'a probe every two hours',
      probes.map(({ at }) => Math.round(at / MINUTE)),
      [120, 240],
    );
    stage.expect('the connection lives', socket.info().state, 'ESTABLISHED');
  },
};

export const keepAliveCrashed: Scenario = {
  name: 'keep-alive-crashed',
  title: 'Keep-alive, case 2: the peer has crashed',
  chapter: 'Idle and dead peers',
  rfcs: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6'],
  story:
    'The server loses its power and stays down. After two hours of silence the client probes, every 75 seconds, and nobody answers. ' +
    'After the ninth probe the connection is given up.',
  question: 'How long did the client believe in a dead peer? How could an application find out within a minute?',
  look: [PROBE, { filter: 'frame.time_relative > 7000', meaning: 'nine questions, 75 seconds apart, and the end' }],
  expert: { 'tcp.analysis.keep_alive': PROBES, 'tcp.connection.rst': 1 },
  async play(stage) {
    const { client, server, cable, socket } = await idleConnection(stage);
    stage.powerOff(server, cable);
    const [reason, at] = await endOf(socket, stage);
    stage.expect('it is given up', reason, 'keep-alive timed out');
    stage.expect('after two hours and nine intervals', Math.round(at - (IDLE + PROBES * INTERVAL) / SECOND), 0);
    stage.expect('nine probes were sent', stage.segments(client).filter(isProbe).length, PROBES);
  },
};

export const keepAliveRebooted: Scenario = {
  name: 'keep-alive-rebooted',
  title: 'Keep-alive, case 3: the peer has crashed and is up again',
  chapter: 'Idle and dead peers',
  rfcs: ['RFC 9293 §3.8.4', 'RFC 9293 §3.5.1'],
  story:
    'The server loses its power and comes up again, with nothing in its memory. The first probe after two hours asks for a ' +
    'connection that it does not know: it answers with a reset, and the client knows.',
  question: 'What would have happened without keep-alive, and what if the client had written something in between?',
  look: [PROBE, { filter: 'tcp.flags.reset == 1', meaning: 'no such connection' }],
  expert: { 'tcp.analysis.keep_alive': 1, 'tcp.connection.rst': 1 },
  async play(stage) {
    const { server, cable, socket } = await idleConnection(stage);
    stage.powerOff(server, cable);
    await stage.pause(1 * MINUTE);
    stage.powerOn(server, cable);
    const [reason, at] = await endOf(socket, stage);
    stage.expect('the first probe is answered by a reset', [reason, Math.round(at / 60)], ['reset by peer', 120]);
  },
};

export const keepAliveUnreachable: Scenario = {
  name: 'keep-alive-unreachable',
  title: 'Keep-alive, case 4: the peer is up, but out of reach',
  chapter: 'Idle and dead peers',
  rfcs: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6'],
  story:
    'The path is interrupted for the time of the first three probes, and is mended then. The fourth probe is answered: the connection ' +
    'has survived an accident of which its applications know nothing. For TCP it looked like a crash until then.',
  question:
    'Case 2 and case 4 begin alike. What would the applications have seen if they had used the connection instead of leaving it idle?',
  look: [PROBE, { filter: 'tcp.analysis.keep_alive_ack', meaning: 'the first sign of life after two hours' }],
  expert: { 'tcp.analysis.keep_alive': 4, 'tcp.analysis.keep_alive_ack': 1 },
  async play(stage) {
    const { client, cable, socket } = await idleConnection(stage);
    cable.unplug();
    await stage.at(IDLE + 3 * INTERVAL);
    cable.plug();
    await stage.pause(10 * MINUTE);
    stage.expect('the connection lives', socket.info().state, 'ESTABLISHED');
    stage.expect('four probes were sent', stage.segments(client).filter(isProbe).length, 4);
  },
};
