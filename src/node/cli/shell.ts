/** `tapstack shell`: your own shell in a private network in which a stack is up. */

import { hostTimekeeper } from '../host-timekeeper.ts';
import { hasApps } from './app-options.ts';
import { checkDhcp } from './check-dhcp.ts';
import { run, withoutProxy } from './child.ts';
import { asksForDhcp } from './dhcp-options.ts';
import { asksForDns } from './dns-options.ts';
import { checkServices } from './services.ts';
import { openSession, printer } from './session.ts';
import { startServices } from './start-services.ts';
import type { UpExtras, UpOptions } from './up.ts';

/** @returns the shell's exit code */
export async function shell(options: UpOptions, { isIpAsked = false }: UpExtras = {}): Promise<number> {
  checkServices(options);
  checkDhcp(options, isIpAsked);
  const names = asksForDns(options) ? await import('./dns.ts') : undefined;
  const files = names?.readDnsFiles(options);
  let farewell = async (): Promise<void> => {};
  const session = await openSession({ ...options, private: true }, { farewell: () => farewell() });
  const { stack, clock } = session.host;
  const time = hostTimekeeper(clock);
  startServices(stack, options, time);
  if (hasApps(options)) (await import('./start-apps.ts')).startApps(stack, options, time, printer(options, true));
  if (files !== undefined) names?.startNames(stack, options, files, time, options.hostIp?.split('/')[0]);
  if (asksForDhcp(options)) farewell = (await import('./dhcp.ts')).startDhcp(session.host, options, printer(options));
  for (const line of welcome(options, session.host.device.name)) printer(options)(line);
  const running = run(
    process.env['SHELL'] || '/bin/sh',
    [],
    { ...withoutProxy(process.env), PS1: 'tapstack$ ' },
    options.capture === '-',
  );
  session.guard.release(); // signals are the shell's now
  const code = await running;
  await session.close();
  return code;
}

function welcome({ ip, http, services, dhcp, dhcpServer }: UpOptions, tap: string): string[] {
  if (dhcp === true) return [`You are in a private network with a stack that asks for an address on ${tap}; "exit" leads out.`];
  const address = ip.split('/')[0];
  const url = `http://${address}${http === 80 ? '' : `:${http}`}`;
  return [
    `You are in a private network with a TypeScript stack at ${address}; "exit" leads out. Try:`,
    ...(dhcpServer === undefined ? [] : [`  udhcpc -nqi ${tap}        or dhclient ${tap}`]),
    `  ping -c 3 ${address}`,
    ...(services ? [`  curl ${url}/hello        or ${url}/stats, ${url}/bytes/1000000`] : []),
    `  tcpdump -ni ${tap} &      or nmap ${address}, nc ${address} 7`,
  ];
}
