/** `tapstack shell`: your own shell in a private network in which a stack is up. */
import { run } from './child.ts';
import { startServices } from './services.ts';
import { openSession } from './session.ts';
import type { UpOptions } from './up.ts';

/** @returns the shell's exit code */
export async function shell(options: UpOptions): Promise<number> {
  const session = await openSession({ ...options, private: true });
  startServices(session.host.stack, options);
  const address = options.ip.split('/')[0];
  process.stdout.write(
    [
      `You are in a private network with a TypeScript stack at ${address}; "exit" leads out. Try:`,
      `  ping -c 3 ${address}`,
      `  curl http://${address}/        (a page about the stack itself; /bytes/1000000, /stats)`,
      `  tcpdump -ni ${session.host.device.name}    or, in another shell here, nmap ${address}`,
      '',
    ].join('\n'),
  );
  const code = await run(process.env['SHELL'] ?? '/bin/sh', [], { ...process.env, PS1: 'tapstack$ ' });
  await session.close();
  return code;
}
