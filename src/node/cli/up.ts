/** `tapstack up`: a stack with services on a TAP, until it is interrupted or its command ends. */
import type { Stack } from '../../stack/stack.ts';
import { describeStack } from '../describe-stack.ts';
import { dropSummary, hasLinkLoss } from '../drop-summary.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import type { TapHost } from '../tap-host.ts';
import { hasApps } from './app-options.ts';
import { checkDhcp } from './check-dhcp.ts';
import { run, withoutProxy } from './child.ts';
import { asksForDhcp } from './dhcp-options.ts';
import { asksForDns } from './dns-options.ts';
import type { NetworkOptions } from './network-options.ts';
import type { ServiceOptions } from './services.ts';
import { checkServices } from './services.ts';
import { openSession, printer } from './session.ts';
import { startServices } from './start-services.ts';

export type UpOptions = NetworkOptions & ServiceOptions;

/** What the command line says beside the options. */
export interface UpExtras {
  /** `--ip` was written, and is not the default. */
  readonly isIpAsked?: boolean;
}

/** @returns the exit code of the command; without one, never returns */
export async function up(command: readonly string[], options: UpOptions, { isIpAsked = false }: UpExtras = {}): Promise<number> {
  checkServices(options);
  checkDhcp(options, isIpAsked);
  const names = asksForDns(options) ? await import('./dns.ts') : undefined;
  const files = names?.readDnsFiles(options);
  const [program, ...args] = command;
  const print = printer(options, program !== undefined);
  let farewell = async (): Promise<void> => {};
  const atEnd = (stack: Stack): void => sayWhatGotLost(stack, print, program !== undefined);
  const session = await openSession(options, { print, atEnd, farewell: () => farewell() });
  const { stack, clock } = session.host;
  const time = hostTimekeeper(clock);
  startServices(stack, options, time);
  if (hasApps(options)) (await import('./start-apps.ts')).startApps(stack, options, time, print);
  if (files !== undefined) names?.startNames(stack, options, files, time, options.hostIp?.split('/')[0]);
  if (asksForDhcp(options)) farewell = (await import('./dhcp.ts')).startDhcp(session.host, options, print);
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

function greeting({ device }: TapHost, { ip, services, http, hello, dhcp, dhcpServer }: UpOptions): string[] {
  const properties = `MTU ${device.mtu}${device.offload.checksum ? ', with offload' : ''}`;
  if (dhcp === true) return [`${device.name}: a stack that asks for an address, ${properties}`, 'Ctrl-C ends it'];
  const address = ip.split('/')[0];
  const port = services ? http : hello;
  const page = port === undefined ? '' : `    curl http://${address}${port === 80 ? '' : `:${port}`}/`;
  return [
    `${device.name}: a stack at ${ip}, ${properties}`,
    `try: ${dhcpServer === undefined ? '' : `udhcpc -nqi ${device.name}    `}ping ${address}${page}    Ctrl-C ends it`,
  ];
}
