/** The services that `up`, `shell` and `demo` put on a stack, and the options that move them. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { startChargen } from '../../services/chargen.ts';
import { startDaytime } from '../../services/daytime.ts';
import { startDiscard } from '../../services/discard.ts';
import { startEcho } from '../../services/echo.ts';
import { startHello } from '../../services/hello.ts';
import { startIperf3 } from '../../services/iperf3/server.ts';
import type { Timekeeper } from '../../services/timekeeper.ts';
import type { Stack } from '../../stack/stack.ts';
import { startHttpService } from '../http-service.ts';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface ServiceOptions {
  /** False with `--no-services`. */
  readonly services: boolean;
  readonly http: number;
  readonly echo: number;
  readonly discard: number;
  readonly daytime: number;
  readonly chargen: number;
  readonly iperf3: number;
  /** Only where it is asked for. */
  readonly hello?: number;
}

/** Where the RFCs put them, and iperf3 itself. */
export const DEFAULT_SERVICES: ServiceOptions = {
  services: true,
  http: 80,
  echo: 7,
  discard: 9,
  daytime: 13,
  chargen: 19,
  iperf3: 5201,
};

const DESCRIPTIONS = {
  http: 'HTTP: /, /hello, /bytes/N, /upload, /stats',
  echo: 'echo, TCP and UDP (RFC 862)',
  discard: 'discard, TCP and UDP (RFC 863)',
  daytime: 'daytime, TCP and UDP (RFC 867)',
  chargen: 'character generator, TCP and UDP (RFC 864)',
  iperf3: 'iperf3 server, TCP and UDP',
} as const;

export function addServiceOptions(command: Command): Command {
  const heading = 'Services:';
  for (const name of Object.keys(DESCRIPTIONS) as (keyof typeof DESCRIPTIONS)[]) {
    const option = new Option(`--${name} <port>`, DESCRIPTIONS[name]).default(
      DEFAULT_SERVICES[name],
      `${DEFAULT_SERVICES[name]}`,
    );
    command.addOption(option.argParser(parse.port).helpGroup(heading));
  }
  return command
    .addOption(
      new Option('--hello <port>', 'a minimal HTTP responder without node:http: always the same page (default: none)')
        .argParser(parse.port)
        .helpGroup(heading),
    )
    .addOption(new Option('--no-services', 'none but --hello: a host that answers ping and resets the rest').helpGroup(heading));
}

/** @throws UsageError when two are given the same port */
export function checkServices({ services, hello, ...byName }: ServiceOptions): void {
  if (!services) return;
  const ports: (readonly [name: string, port: number])[] = Object.keys(DESCRIPTIONS).map((name) => [
    name,
    byName[name as keyof typeof DESCRIPTIONS],
  ]);
  if (hello !== undefined) ports.push(['hello', hello]);
  for (const [name, port] of ports) {
    const other = ports.find(([otherName, otherPort]) => otherPort === port && otherName !== name);
    if (other !== undefined) throw new UsageError(`--${name} and --${other[0]} cannot both have port ${port}`);
  }
}

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
