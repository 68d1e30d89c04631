/** The two smallest conversations of all: an echo of ICMP and one of UDP. */
import { ping as pings } from '../../services/ping.ts';
import { MILLISECOND, openUdp, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters } from '../stage-host.ts';
import { icmpNames } from './words.ts';

const PATH = { cable: { delay: 10 * MILLISECOND } };

export const ping: Scenario = {
  name: 'ping',
  title: 'Ping: is somebody there, and how far away?',
  chapter: 'Below TCP',
  rfcs: ['RFC 792', 'RFC 1122 §3.2.2.6'],
  story:
    'The client sends four echo requests, one a second. The server sends the same bytes back, with the number that tells the ' +
    'client which request an answer belongs to. From sending to answer it is one round trip, and no program on the server had ' +
    'to do anything for it.',
  question: 'What do identifier and sequence number tell apart? What does a ping that is not answered prove?',
  look: [
    { filter: 'icmp.type == 8', meaning: 'requests: one identifier, sequence numbers 1 to 4' },
    { filter: 'icmp.type == 0', meaning: 'replies, with the same numbers and the same bytes' },
    { filter: 'icmp.resptime', meaning: 'the round-trip time as Wireshark measures it' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair(PATH);
    const options = { now: () => stage.world.now, sleep: (time: number) => stage.pause(time), count: 4 };
    const times: number[] = [];
    for await (const { rtt } of pings(client.stack, server.address, options)) times.push(rtt / MILLISECOND);
    stage.expect('each is answered after a round trip', times, [20, 20, 20, 20]);
  },
};

export const udpEcho: Scenario = {
  name: 'udp-echo',
  title: 'UDP: a datagram, and its echo',
  chapter: 'Below TCP',
  rfcs: ['RFC 768', 'RFC 862'],
  story:
    'The client sends three datagrams to the echo port, the second of them empty, and the server sends each back. No handshake, ' +
    'no acknowledgment, no end: eight bytes of header are all there is, and each datagram stays what it was.',
  question: 'How would the client learn that a datagram was lost? What would TCP have made of three writes, one of them empty?',
  look: [
    { filter: 'udp.length', meaning: 'header and data; 8 is an empty datagram' },
    { filter: 'udp.srcport == 7', meaning: 'the answers' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair(PATH);
    const echo = openUdp(server.stack, { port: 7 });
    server.goesOn(async () => {
      for await (const { bytes, from } of echo) await echo.send(bytes, from);
    });
    const socket = openUdp(client.stack);
    const lengths: number[] = [];
    for (const length of [26, 0, 500]) {
      await socket.send(letters(length), { address: server.address, port: 7 });
      lengths.push((await socket.receive())?.bytes.length ?? -1);
      await stage.pause(100 * MILLISECOND);
    }
    stage.expect('each datagram comes back as it was', lengths, [26, 0, 500]);
    stage.expect('in six packets', stage.sights().length, 6);
  },
};

export const portUnreachable: Scenario = {
  name: 'port-unreachable',
  title: 'Nobody has this port: ICMP port unreachable',
  chapter: 'Below TCP',
  rfcs: ['RFC 792', 'RFC 1122 §4.1.3.1', 'RFC 1122 §3.2.2.1'],
  story:
    'The client sends a datagram to a port on which nobody listens. The server has nobody to give it to, and says so by ICMP, with ' +
    'the beginning of the packet that it is about. From that the client finds the socket, whose next call fails.',
  question:
    'How does the client find out which of its programs is concerned? Why does a TCP port answer with a RST, and UDP with ICMP?',
  look: [
    { filter: 'icmp.type == 3 && icmp.code == 3', meaning: 'port unreachable, and inside it the packet that came' },
    { filter: 'udp.dstport == 9999', meaning: 'the datagram, and its quotation' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair(PATH);
    const socket = openUdp(client.stack);
    socket.connect(server.address, 9999);
    await socket.send(letters(26));
    const problem = await socket.receive().then(
      () => 'an answer',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    stage.expect('the socket is told', problem, '10.0.0.2:9999: port unreachable');
    stage.expect('by one message', icmpNames(stage), ['server: port unreachable']);
    await stage.pause(SECOND);
  },
};
