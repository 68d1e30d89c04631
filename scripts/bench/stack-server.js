/**
 * The stack on a TAP with what `tapstack up` has, and what only a benchmark needs. Usage: stack-server.js TAP ADDRESS/LENGTH
 * on|off (offload). Prints `ready`; ends when its parent does.
 */
import { existsSync } from 'node:fs';
import { createHttpServer } from '../../dist/node/net-server.js';
import { TapHost } from '../../dist/node/tap-host.js';
import { startChargen } from '../../dist/services/chargen.js';
import { startDiscard } from '../../dist/services/discard.js';
import { startEcho } from '../../dist/services/echo.js';
import { answerHttp, PORTS } from './ports.js';
import { reportToParent } from './self-report.js';
import { startDatagrams } from './stack-datagrams.js';

const [tap, ip, offload] = process.argv.slice(2);
const { stack } = await TapHost.open({ tap, ip, offload: offload === 'on' });

const settings = { udp: false, maxConnections: 4096 };
startEcho(stack, { port: PORTS.echo, ...settings });
startDiscard(stack, { port: PORTS.discard, ...settings });
startChargen(stack, { port: PORTS.source, ...settings });
startDatagrams(stack);
createHttpServer(stack, answerHttp).listen({ port: PORTS.http });

const hello = new URL('../../dist/services/hello.js', import.meta.url);
if (existsSync(hello)) {
  const { startHello } = await import(hello);
  startHello(stack, { port: PORTS.hello });
}

reportToParent();
console.log('ready');
