/** `tapstack iperf3`: measures between the stack and any iperf3, as client or as server. */
import { arch, hostname, release, type } from 'node:os';
import { runIperf3 } from '../../services/iperf3/client.ts';
import { JsonReport } from '../../services/iperf3/json-report.ts';
import type { TestObserver } from '../../services/iperf3/observer.ts';
import { startIperf3 } from '../../services/iperf3/server.ts';
import { Iperf3Error } from '../../services/iperf3/states.ts';
import { Table } from '../../services/iperf3/table.ts';
import { ipv4 } from '../../stack/wire/ip-address.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import { SecureRandom } from '../secure-random.ts';
import type { TapHost } from '../tap-host.ts';
import type { Iperf3Options } from './iperf3-options.ts';
import { parametersOf } from './iperf3-options.ts';
import { openSession, printer } from './session.ts';
import { UsageError } from './usage-error.ts';
import { versionOfPackage } from './version.ts';

type Print = (line: string) => void;

/** @returns 0 when the test came to its end */
export async function iperf3(options: Iperf3Options): Promise<number> {
  const { client, server } = options;
  if ((client === undefined) === (server !== true))
    throw new UsageError('iperf3 is a client or a server: tapstack iperf3 -c 10.0.0.1, or tapstack iperf3 -s');
  const parameters = parametersOf(options);
  const print = printer(options);
  const session = await openSession(options, { print: printer(options, options.json) });
  try {
    if (client === undefined) return await serve(session.host, options, print);
    return await measure(session.host, client, parameters, options, print);
  } finally {
    await session.close();
  }
}

const cpu = (): NodeJS.CpuUsage => process.cpuUsage();

async function measure(
  { stack, clock }: TapHost,
  client: string,
  parameters: ReturnType<typeof parametersOf>,
  { port, interval, json }: Iperf3Options,
  print: Print,
): Promise<number> {
  const server = ipv4(client);
  const now = new Date();
  const report = new JsonReport({
    host: server,
    port,
    version: `tapstack ${versionOfPackage()}`,
    systemInfo: `${type()} ${hostname()} ${release()} ${arch()}`,
    startedAt: Math.floor(now.getTime() / 1000),
    startedAtText: now.toUTCString(),
  });
  const observer: TestObserver = json ? report : new Table({ isServer: false, print });
  const options = { time: hostTimekeeper(clock), random: new SecureRandom(), cpu, port, interval, observer, parameters };
  try {
    await runIperf3(stack, server, options);
    print(json ? JSON.stringify(report.result(), undefined, 2) : '\niperf3 done.');
    return 0;
  } catch (error) {
    if (!(error instanceof Iperf3Error)) throw error;
    if (json) print(JSON.stringify(report.result(error.message), undefined, 2));
    else process.stderr.write(`tapstack: ${error.message}\n`);
    return 1;
  }
}

/** Until Ctrl-C, or with `--one-off` until a test has ended. */
function serve({ stack, clock }: TapHost, { port, interval, oneOff }: Iperf3Options, print: Print): Promise<number> {
  let tests = 0;
  const greet = (): void => {
    const text = `Server listening on ${port} (test #${++tests})`;
    for (const line of [RULE, text, RULE]) print(line);
  };
  return new Promise((resolve) => {
    const time = hostTimekeeper(clock);
    const onTestEnd = (problem: string | undefined): void => {
      if (problem !== undefined) print(`iperf3: ${problem}`);
      if (oneOff) resolve(problem === undefined ? 0 : 1);
      else greet();
    };
    const observer = (): TestObserver => new Table({ isServer: true, print });
    startIperf3(stack, { port, interval, time, cpu, observer, onTestEnd });
    greet();
  });
}

const RULE = '-'.repeat(59);
