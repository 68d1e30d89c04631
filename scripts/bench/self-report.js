/**
 * What a process that is measured tells its parent of itself, over the IPC channel: `begin` and `end` around a measurement get
 * processor time and garbage collections, `profile` begins a CPU profile and `profile-end` writes it.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { PerformanceObserver, performance } from 'node:perf_hooks';

let collections = 0;
let collecting = 0;
let began;
let session;

const questions = {
  begin() {
    began = { at: performance.now(), cpu: process.cpuUsage(), collections, collecting };
  },
  /** Seconds of the clock, of the processor and of collecting garbage, and how many collections. */
  async end() {
    await new Promise((resolve) => setImmediate(resolve)); // collections are reported a turn later
    const { user, system } = process.cpuUsage(began.cpu);
    return {
      seconds: (performance.now() - began.at) / 1e3,
      user: user / 1e6,
      system: system / 1e6,
      collections: collections - began.collections,
      collecting: (collecting - began.collecting) / 1e3,
    };
  },
  async profile() {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
  },
  async 'profile-end'({ path }) {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(path, JSON.stringify(profile));
  },
};

/** Answers the parent from now on. @param more questions that only this process answers */
export function reportToParent(more = {}) {
  const all = { ...questions, ...more };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collections++;
      collecting += duration;
    }
  }).observe({ entryTypes: ['gc'] });
  process.on('message', async ({ ask, ...about }) => process.send({ answer: ask, result: await all[ask](about) }));
  process.on('disconnect', () => process.exit(0));
}

/** The parent's side. @returns what the child answers */
export function ask(child, question, about = {}) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`the process that was asked for "${question}" has ended`));
    const listen = ({ answer, result }) => {
      if (answer !== question) return;
      child.off('message', listen);
      child.off('exit', gone);
      resolve(result);
    };
    child.on('message', listen);
    child.once('exit', gone);
    child.send({ ask: question, ...about });
  });
}
