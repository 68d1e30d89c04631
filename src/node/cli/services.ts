/** The options that move the services of `up` and `shell`, and where they are otherwise: see `start-services.ts`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { AppOptions } from './app-options.ts';
import { addAppOptions, checkApps, portsOfApps } from './app-options.ts';
import type { DnsOptions } from './dns-options.ts';
import { addDnsOptions, checkDns } from './dns-options.ts';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface ServiceOptions extends AppOptions, DnsOptions {
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
  command
    .addOption(
      new Option('--hello <port>', 'a minimal HTTP responder without node:http: always the same page (default: none)')
        .argParser(parse.port)
        .helpGroup(heading),
    )
    .addOption(new Option('--no-services', 'none but --hello: a host that answers ping and resets the rest').helpGroup(heading));
  return addDnsOptions(addAppOptions(command));
}

/** @throws UsageError when two are given the same port, or one cannot do its work */
export function checkServices(options: ServiceOptions): void {
  const { services, hello, ...byName } = options;
  checkApps(options);
  checkDns(options);
  const standard = services ? (Object.keys(DESCRIPTIONS) as (keyof typeof DESCRIPTIONS)[]) : [];
  const ports: [name: string, port: number][] = standard.map((name) => [name, byName[name]]);
  ports.push(...portsOfApps(options));
  if (hello !== undefined) ports.push(['hello', hello]);
  for (const [at, [name, port]] of ports.entries()) {
    const other = ports.slice(at + 1).find(([, otherPort]) => otherPort === port);
    if (other !== undefined) throw new UsageError(`--${name} and --${other[0]} cannot both have port ${port}`);
  }
}
