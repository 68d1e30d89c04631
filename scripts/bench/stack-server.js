/**
 * The stack on a TAP with what `tapstack up` has, and what only a benchmark needs. Usage: stack-server.js TAP ADDRESS/LENGTH
 * on|off (offload). Prints `ready`; ends when its parent does.
 */
import { hostTimekeeper } from '../../dist/node/host-timekeeper.js';
import { createHttpServer } from '../../dist/node/net-server.js';
import { TapHost } from '../../dist/node/tap-host.js';
import { startChargen } from '../../dist/services/chargen.js';
import { startDiscard } from '../../dist/services/discard.js';
import { startEcho } from '../../dist/services/echo.js';
import { startHello } from '../../dist/services/hello.js';
import { answerHttp, PORTS } from './ports.js';
import { reportToParent } from './self-report.js';
import { startDatagrams } from './stack-datagrams.js';

const [tap, ip, offload] = process.argv.slice(2);
const host = await TapHost.open({ tap, ip, offload });

const settings = { udp: false, maxConnections: 4096 };
startEcho(host.stack, { port: PORTS.echo, ...settings });
startDiscard(host.stack, { port: PORTS.discard, ...settings });
startChargen(host.stack, { port: PORTS.source, ...settings });
startDatagrams(host.stack);
createHttpServer(host.stack, answerHttp).listen({ port: PORTS.http });

startHello(host.stack, { port: PORTS.hello, time: hostTimekeeper(host.clock) });

reportToParent();
console.log('ready');
