/** The demo where no TAP is to be had: the same conversation between two stacks in memory, in virtual time. */
import { get } from 'node:http';
import { FrameLog } from '../../capture/record/frame-log.ts';
import { FrameTee } from '../../capture/record/frame-tee.ts';
import { host } from '../../lab/host.ts';
import { World } from '../../lab/world.ts';
import type { Stack } from '../../stack/stack.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { ipv4 } from '../../stack/wire/ip-address.ts';
import { connectNet } from '../net-connect.ts';
import { CaptureFile } from '../pcap-file.ts';
import type { DemoOptions } from './demo-report.ts';
import { ADDRESS, say, show, VISITOR } from './demo-report.ts';
import { DEFAULT_SERVICES } from './services.ts';
import { startServices } from './start-services.ts';
import { UsageError } from './usage-error.ts';

const ECHO_ID = 1;
const PINGS = 3;

/** @param reason why it is not the real thing, and what would give it */
export async function memoryDemo(options: DemoOptions, reason: string): Promise<number> {
  const file = open(options.capture);
  say(`Two stacks in memory, not the real ping and curl: ${reason}.\n\n`);
  const log = new FrameLog();
  const world = new World({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const cable = world.cable({ delay: 50 });
  const client = host(world, 'client', cable.a, { address: `${VISITOR}/24`, capture: new FrameTee(log, file) });
  const server = host(world, 'server', cable.b, { address: `${ADDRESS}/24` });
  startServices(server, DEFAULT_SERVICES);
  const answered = await ping(client, world);
  say(`${PINGS} pings sent, ${answered} answered\n`);
  const page = await world.finish(fetchPage(client), { limit: 60 * SECOND });
  await world.runFor(1 * SECOND); // the close
  say(`GET /hello gave:\n${page}\n`);
  file.close();
  show(log, options, 'visitor');
  return answered === PINGS && page.includes('tapstack') ? 0 : 1;
}

function open(capture: string): CaptureFile {
  try {
    return new CaptureFile(capture);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function ping(client: Stack, world: World): Promise<number> {
  let answered = 0;
  client.icmp.echoListeners.set(ECHO_ID, () => answered++);
  for (let sequence = 1; sequence <= PINGS; sequence++) {
    client.icmp.sendEcho(
      { destination: ipv4(ADDRESS).w3, identifier: ECHO_ID, sequence, payload: new Uint8Array(56) },
      world.now,
    );
    await world.runFor(300 * MILLISECOND);
  }
  return answered;
}

const fetchPage = (client: Stack): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = get({
      host: ADDRESS,
      path: '/hello',
      createConnection: () => connectNet(client, { host: ADDRESS, port: 80 }),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
  });
