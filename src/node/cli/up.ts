/** `tapstack up`: a stack with services on a TAP, until it is interrupted or its command ends. */
import type { TapHost } from '../tap-host.ts';
import { run } from './child.ts';
import type { NetworkOptions } from './network-options.ts';
import type { ServiceOptions } from './services.ts';
import { startServices } from './services.ts';
import { openSession, printer } from './session.ts';

export type UpOptions = NetworkOptions & ServiceOptions;

/** @returns the exit code of the command; without one, never returns */
export async function up(command: readonly string[], options: UpOptions): Promise<number> {
  const session = await openSession(options);
  startServices(session.host.stack, options);
  const [program, ...args] = command;
  if (program !== undefined) {
    const code = await run(program, args);
    await session.close();
    return code;
  }
  for (const line of greeting(session.host, options)) printer(options)(line);
  return new Promise(() => {}); // a signal ends it, and the guard closes everything
}

function greeting({ stack, device }: TapHost, options: UpOptions): string[] {
  const [first] = stack.addresses.list();
  const address = first === undefined ? options.ip : options.ip.split('/')[0];
  const lines = [`${device.name}: a stack at ${options.ip}, MTU ${device.mtu}${device.offload.checksum ? ', with offload' : ''}`];
  if (options.services) lines.push(`try: ping ${address}    curl http://${address}:${options.http}/    Ctrl-C ends it`);
  return lines;
}
