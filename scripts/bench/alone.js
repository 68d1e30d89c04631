/**
 * Cases in which only tapstack takes part. Each opens what it needs and gives `once`, which tells one number, and `close`; with
 * `process`, that process can be profiled.
 */
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from './self-report.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

async function openWorker(children, once) {
  const options = { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] };
  const child = await children.serve(process.execPath, [path('memory-worker.js')], options);
  return { process: child, once: () => once(child), close: () => children.end(child) };
}

/** Transfers before the first that counts: V8 compiles and compiles again for several seconds, 3.6, 3.8, 4.1, 4.4 Gbit/s. */
const WARM_UP = 3;

/** Gbit/s between two stacks in memory, once the code is compiled. */
export const inMemory =
  (offload, gigabytes) =>
  async ({ children, seconds }) => {
    const bytes = Math.round(gigabytes * seconds * 1e9);
    const once = async (child) => (await ask(child, 'transfer', { offload, bytes })).rate / 1e9;
    const worker = await openWorker(children, once);
    for (let i = 0; i < WARM_UP; i++) await worker.once();
    return worker;
  };

/** Bytes that an end of an established connection holds while nothing happens. */
export const idle =
  (count) =>
  async ({ children, quick }) =>
    openWorker(children, (child) => ask(child, 'idle', { count: quick ? count / 10 : count }));

/** Seconds in which a lab of 1,000 hosts, 51 switches and 10 routers exchanges so many datagrams; all of them must arrive. */
export const bigLab =
  (datagrams) =>
  async ({ children }) =>
    openWorker(children, async (child) => {
      const { arrived, seconds } = await ask(child, 'lab', { datagrams });
      if (arrived !== datagrams) throw new Error(`${arrived} of ${datagrams} datagrams arrived in the lab`);
      return seconds;
    });

const TAP = ['--tap', 'bench9', '--ip', '10.9.0.2/24'];

/** Milliseconds from the start of the process to the first answer, which is asked for every half millisecond. */
export async function startUp({ children, programs, profile }) {
  const observed =
    profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', dirname(profile), '--cpu-prof-name', basename(profile)];
  const once = async () => {
    const answered = children.run(programs['first-ping'], ['10.9.0.2', '10']);
    await sleep(50); // so that the asking does not share the processor's time with the start of the asker
    const began = process.hrtime.bigint();
    const stack = children.start(process.execPath, [...observed, path('../../dist/node/cli/main.js'), 'up', ...TAP]);
    try {
      return Number(BigInt((await answered).trim()) - began) / 1e6;
    } finally {
      await children.end(stack);
    }
  };
  return { once, close: async () => {} };
}
