/** `tapstack demo`: the real ping and curl talk to the stack, and the conversation is shown. What `npm start` runs. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { FrameLog } from '../../capture/record/frame-log.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import { collect } from './child.ts';
import { memoryDemo } from './demo-memory.ts';
import type { DemoOptions } from './demo-report.ts';
import { ADDRESS, say, show } from './demo-report.ts';
import { DEFAULT_SERVICES } from './services.ts';
import type { Session } from './session.ts';
import { openSession } from './session.ts';
import { startServices } from './start-services.ts';
import { UsageError } from './usage-error.ts';

/** @returns 0 when ping lost nothing and curl got its page */
export async function demo(options: DemoOptions): Promise<number> {
  if (options.capture === '-') throw new UsageError('the demo prints to standard output itself: name a file for --capture');
  makeFolder(options.capture);
  const reason = options.memory ? 'asked for by --memory' : await missing();
  if (reason !== undefined) return memoryDemo(options, reason);
  const log = new FrameLog();
  let session: Session;
  try {
    session = await openSession(
      { private: true, ip: `${ADDRESS}/24`, tapDriver: 'koffi', offload: 'auto', capture: options.capture },
      { sinks: [log] },
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message.startsWith('cannot write')) throw error;
    return memoryDemo(options, error.message);
  }
  startServices(session.host.stack, DEFAULT_SERVICES, hostTimekeeper(session.host.clock));
  say(`Linux's own ping and curl talk to a TCP/IP stack in TypeScript, over the TAP device ${session.host.device.name}.\n\n`);
  const isFine = await meet();
  await session.close();
  show(log, options, 'Linux');
  if (!isFine) process.stderr.write('the demo failed: see what ping and curl said above\n');
  return isFine ? 0 : 1;
}

function makeFolder(capture: string): void {
  const folder = dirname(capture);
  try {
    if (!existsSync(folder)) mkdirSync(folder); // one level: recursive, Node never comes back from /proc
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `cannot make the folder ${folder} for the capture (${code}): name another place, such as --capture /tmp/demo.pcapng`,
    );
  }
}

/** The guests, one after the other. */
async function meet(): Promise<boolean> {
  const ping = await visit('ping', ['-c', '3', '-i', '0.3', ADDRESS]);
  const curl = await visit('curl', ['--silent', '--show-error', '--max-time', '10', `http://${ADDRESS}/hello`]);
  return ping.code === 0 && / 0% packet loss/.test(ping.output) && curl.code === 0 && curl.output.includes('tapstack');
}

function visit(command: string, args: readonly string[]): ReturnType<typeof collect> {
  say(`$ ${[command, ...args].join(' ')}\n`);
  return collect(command, args, say).finally(() => say('\n'));
}

/** Why the real thing is out of reach on this machine, before anything is opened. */
async function missing(): Promise<string | undefined> {
  if (process.platform !== 'linux')
    return `TAP devices need Linux, this is ${process.platform}: a Linux virtual machine or container gives the real thing`;
  for (const [program, option, install] of [
    ['ping', '-V', 'iputils-ping'],
    ['curl', '--version', 'curl'],
  ] as const) {
    const { code } = await collect(program, [option], () => {});
    if (code === 127) return `the program ${program} is missing: "sudo apt-get install ${install}" gives the real thing`;
  }
  return undefined;
}
