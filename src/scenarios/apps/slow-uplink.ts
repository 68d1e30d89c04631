/** Bufferbloat at home: a page is fetched while somebody uploads, through a router with a long queue and one with a short queue. */

import type { NetHost } from '../../lab/index.ts';
import { openHttp } from '../../services/http/client.ts';
import { startSites } from '../../services/http/sites.ts';
import type { Micros } from '../../stack/index.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { letters, readAndClose } from '../stage-host.ts';

const UPLOAD = 90_000;
const [WEB, DISCARD] = [80, 9];

/** Packets that wait for the way up. */
const QUEUES: Readonly<Record<string, number>> = { deep: 100, short: 4 };

/** A home with two hosts behind a router; its way up is slow. The n-th has 192.168.n.0/24 and 100.64.n.0/30. */
function homeOf({ network: net }: Stage, name: string, n: number, isp: NetHost) {
  const at = (last: number) => ({ address: `192.168.${n}.${last}/24`, gateway: `192.168.${n}.1` });
  const pc = net.host(`${name}-pc`, at(10));
  const tv = net.host(`${name}-nas`, at(11));
  const ports = { lan: `192.168.${n}.1/24`, wan: `100.64.${n}.2/30` };
  const router = net.router(`${name}-r`, { ports, gateway: `100.64.${n}.1` });
  const lan = net.switch(`${name}-sw`, { ports: 3 });
  for (const host of [pc, tv]) net.cable(host, lan);
  net.cable(lan, router.port('lan'));
  const up = { delay: 10 * MILLISECOND, rate: 400_000, queue: { packets: QUEUES[name] ?? 1 } };
  net.cable(router.port('wan'), isp.port(name), { ...up, back: { delay: 10 * MILLISECOND, rate: 8_000_000 } });
  return { pc, nas: tv };
}

interface Times {
  readonly handshake: Micros;
  readonly page: Micros;
}

/** How long a page takes, and the handshake in front of it. */
async function fetchTime(stage: Stage, from: NetHost, server: NetHost): Promise<Times> {
  const began = stage.world.now;
  const http = await openHttp(from.stack, { address: server.address, port: WEB }, { time: stage.timers });
  const handshake = stage.world.now - began;
  await http.request({ path: '/', fields: [['Connection', 'close']] });
  const page = stage.world.now - began;
  await http.close();
  return { handshake, page };
}

export const slowUplink: Scenario = {
  name: 'web-behind-an-upload',
  title: 'A page behind an upload: a long queue at home, and a short one',
  chapter: 'Congestion',
  rfcs: ['RFC 7567 §2', 'RFC 8033 §1'],
  story:
    'Two homes with the same slow way up, 400 kbit/s. In each, a storage box uploads 90 kB while somebody opens a small web page, which ' +
    'alone takes 70 ms. The router of the first home lets a hundred packets wait: the SYN of the browser stands behind all of them: ' +
    'half a second for the handshake, more than a second until the page is there. The router of the second lets four wait: the handshake takes a sixth of a second. But ' +
    'a queue that is always full has no room for newcomers: the request is dropped once and sent again. Even so the page is there in half of the time.',
  question:
    'A longer queue loses nothing, and the page is slower. What is the queue good for, how long should it be for this line, and what would a queue of its own for each connection change for the request that was dropped?',
  look: [
    {
      filter: 'ip.addr == 192.168.1.10',
      meaning: 'the page in the home with the long queue: look at the times',
    },
    { filter: 'ip.addr == 192.168.2.10', meaning: 'the same with the short queue' },
    { filter: 'tcp.analysis.initial_rtt > 0.5', meaning: 'the connection whose handshake took more than half a second' },
  ],
  expert: { 'tcp.analysis.retransmission': 1 },
  watch: ['deep-pc', 'short-pc'],
  withoutLadder: true,
  async play(stage) {
    const { network: net } = stage;
    const isp = net.router('isp', {
      ports: { deep: '100.64.1.1/30', short: '100.64.2.1/30', out: '203.0.113.1/24' },
      routes: { '192.168.1.0/24': '100.64.1.2', '192.168.2.0/24': '100.64.2.2' },
    });
    const homes = [homeOf(stage, 'deep', 1, isp), homeOf(stage, 'short', 2, isp)];
    const server = net.host('server', { address: '203.0.113.7/24', gateway: '203.0.113.1' });
    net.cable(isp.port('out'), server, { delay: 5 * MILLISECOND });
    startSites(server.stack, { port: WEB, time: stage.timers, sites: [{ documents: { '/': 'a small page' } }] });
    server.listen(DISCARD, readAndClose);
    const times: { alone: Times; beside: Times }[] = [];
    for (const { pc, nas } of homes) {
      await pc.ping(server); // ARP is over
      const alone = await fetchTime(stage, pc, server);
      const socket = await nas.connect(server, DISCARD);
      nas.goesOn(async () => {
        await socket.write(letters(UPLOAD));
        await socket.close();
      });
      await stage.pause(640 * MILLISECOND);
      times.push({ alone, beside: await fetchTime(stage, pc, server) });
      await stage.pause(4 * SECOND);
    }
    const [deep, short] = times;
    const isQuick = times.every(({ alone }) => alone.page < 100 * MILLISECOND);
    stage.expectThat('alone the page takes less than 100 ms in both', isQuick, times);
    stage.expectThat('behind the long queue the page takes more than a second', deep!.beside.page > SECOND, times);
    const wasShort = short!.beside.handshake < 200 * MILLISECOND;
    stage.expectThat('behind the short queue less than a fifth of one', wasShort, times);
    stage.expectThat('the page is there much sooner', short!.beside.page < 0.6 * deep!.beside.page, times);
  },
};
