/** The services that `up`, `shell` and `demo` put on a stack. */
import { startChargen } from '../../services/chargen.ts';
import { startDaytime } from '../../services/daytime.ts';
import { startDiscard } from '../../services/discard.ts';
import { startEcho } from '../../services/echo.ts';
import { startHello } from '../../services/hello.ts';
import { startIperf3 } from '../../services/iperf3/server.ts';
import type { Timekeeper } from '../../services/timekeeper.ts';
import type { Stack } from '../../stack/stack.ts';
import { startHttpService } from '../http-service.ts';
import type { ServiceOptions } from './services.ts';

/**
 * @param options checked before
 * @param time without it those are missing that live by the clock: iperf3 and hello
 */
export function startServices(stack: Stack, options: ServiceOptions, time?: Timekeeper): void {
  const { services, http, echo, discard, daytime, chargen, iperf3, hello } = options;
  if (hello !== undefined && time !== undefined) startHello(stack, { port: hello, time });
  if (!services) return;
  startHttpService(stack, { port: http });
  startEcho(stack, { port: echo });
  startDiscard(stack, { port: discard });
  startDaytime(stack, { port: daytime, today: () => new Date().toUTCString() });
  startChargen(stack, { port: chargen });
  if (time !== undefined) startIperf3(stack, { port: iperf3, time, cpu: () => process.cpuUsage() });
}
