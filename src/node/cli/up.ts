/** `tapstack up`: a stack with services on a TAP, until it is interrupted or its command ends. */
import type { Stack } from '../../stack/stack.ts';
import { describeStack } from '../describe-stack.ts';
import { dropSummary, hasLinkLoss } from '../drop-summary.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import type { TapHost } from '../tap-host.ts';
import { hasApps } from './app-options.ts';
import { run, withoutProxy } from './child.ts';
import type { NetworkOptions } from './network-options.ts';
import type { ServiceOptions } from './services.ts';
import { checkServices } from './services.ts';
import { openSession, printer } from './session.ts';
import { startServices } from './start-services.ts';

export type UpOptions = NetworkOptions & ServiceOptions;

/** @returns the exit code of the command; without one, never returns */
export async function up(command: readonly string[], options: UpOptions): Promise<number> {
  checkServices(options);
  const [program, ...args] = command;
  const print = printer(options, program !== undefined);
  const session = await openSession(options, { print, atEnd: (stack) => sayWhatGotLost(stack, print, program !== undefined) });
  const time = hostTimekeeper(session.host.clock);
  startServices(session.host.stack, options, time);
  if (hasApps(options)) (await import('./start-apps.ts')).startApps(session.host.stack, options, time, print);
  if (program !== undefined) {
    const running = run(program, args, options.private ? withoutProxy(process.env) : process.env, options.capture === '-');
    session.guard.release(); // signals are passed on to the command now
    const code = await running;
    await session.close();
    return code;
  }
  for (const line of greeting(session.host, options)) print(line);
  return new Promise(() => {}); // a signal ends it, and the guard closes everything
}

/** After a command only where the link lost something: what a stack drops for good reasons is on its status page. */
function sayWhatGotLost(stack: Stack, print: (line: string) => void, isBesideCommand: boolean): void {
  const description = describeStack(stack);
  if (isBesideCommand && !hasLinkLoss(description)) return;
  for (const line of dropSummary(description)) print(line);
}

function greeting({ device }: TapHost, { ip, services, http, hello }: UpOptions): string[] {
  const address = ip.split('/')[0];
  const port = services ? http : hello;
  const page = port === undefined ? '' : `    curl http://${address}${port === 80 ? '' : `:${port}`}/`;
  return [
    `${device.name}: a stack at ${ip}, MTU ${device.mtu}${device.offload.checksum ? ', with offload' : ''}`,
    `try: ping ${address}${page}    Ctrl-C ends it`,
  ];
}
