/** UDP: eight bytes of header, and nothing promised. */

import { datagrams, lose } from '../../lab/index.ts';
import { udpEcho } from '../../services/apps/udp-echo.ts';
import { startEcho } from '../../services/echo.ts';
import { MILLISECOND, SECOND, UdpError } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { letters } from '../stage-host.ts';

const PORT = 5004;

export const udpLab: Scenario = {
  name: 'udp-three-datagrams',
  title: 'UDP: an echo, one that is lost, and a port where nobody listens',
  chapter: 'Applications',
  rfcs: ['RFC 768', 'RFC 862', 'RFC 1122 §4.1.3.1'],
  story:
    'The client sends 20 bytes to an echo server, and they come back: two packets, no handshake, and the ports have changed places. The ' +
    'second datagram is lost on its way. Nobody tells the client; it waits for a second and asks again, because the program was written ' +
    'so. The third goes to a port where nobody listens, and that the server says, by ICMP.',
  question:
    'Which four fields does the header of UDP have, how long is each, and what does the length count? Who notices that the second datagram is lost, and who would with TCP?',
  look: [
    { filter: 'udp.port == 5004', meaning: 'the echo: source and destination port change places' },
    { filter: 'udp.length == 28', meaning: '20 bytes of data and 8 of header' },
    {
      filter: 'icmp.type == 3 && icmp.code == 3',
      meaning: 'port unreachable, with the beginning of the datagram that it is about',
    },
  ],
  async play(stage) {
    const faults = [lose(datagrams(2).from('client'))];
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND }, faults });
    startEcho(server.stack, { port: PORT, tcp: false });
    const to = { address: server.address, port: PORT };
    const time = stage.timers;
    const first = await udpEcho(client.stack, to, letters(20), { time });
    await stage.pause(SECOND);
    const second = await udpEcho(client.stack, to, letters(20), { time });
    await stage.pause(SECOND);
    const third = await udpEcho(client.stack, { ...to, port: PORT + 1 }, letters(20), { time }).catch((error: unknown) => {
      if (error instanceof UdpError) return error.reason;
      throw error;
    });
    stage.expect('the first comes back at once', [first?.tries, first?.rtt], [1, 20 * MILLISECOND]);
    stage.expect('the second was asked for twice', second?.tries, 2);
    stage.expect('nobody listens for the third', third, 'port unreachable');
  },
};
