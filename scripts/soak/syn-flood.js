/**
 * A SYN flood from forged addresses at a port of the stack while curl fetches pages from it: every page has to arrive, and the
 * heap has to stay where it was.
 *
 * Usage: scripts/tapstack up --private --gateway 10.0.0.1 -- node scripts/soak/syn-flood.js [SYNS, 100000]
 * Exit code 1 when a page is missing or the heap has grown by more than ALLOWED.
 */
import { spawn, spawnSync } from 'node:child_process';

const ALLOWED = 32 << 20;
const SITE = 'http://10.0.0.2';
const PAGE = 20_000;
const [, , syns = '100000'] = process.argv;

const curl = (path) => spawnSync('curl', ['-sS', '--max-time', '20', `${SITE}${path}`], { maxBuffer: 1 << 24 });
const stats = () => JSON.parse(curl('/stats').stdout.toString());
const mega = (bytes) => `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** The heap at its lowest in a few looks: between two of them the collector may or may not have been at work. */
async function calmHeap() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    least = Math.min(least, stats().memory.heapUsed);
    curl('/bytes/1000000');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return least;
}

const before = await calmHeap();
const flood = spawn('hping3', ['-S', '-p', '80', '--rand-source', '--faster', '-q', '-c', syns, '10.0.0.2'], {
  stdio: 'ignore',
});
let flooding = true;
const ended = new Promise((resolve, reject) => {
  flood.on('error', () => reject(new Error('this needs hping3: apt-get install hping3')));
  flood.on('close', () => {
    flooding = false;
    resolve();
  });
});
const began = performance.now();
let [pages, missing, most, slowest] = [0, 0, 0, 0];
while (flooding && performance.now() - began < 300_000) {
  const from = performance.now();
  const { status, stdout } = curl(`/bytes/${PAGE}`);
  slowest = Math.max(slowest, performance.now() - from);
  if (status === 0 && stdout.length === PAGE) pages++;
  else missing++;
  if (pages % 20 === 0) most = Math.max(most, stats().memory.heapUsed);
  await new Promise((resolve) => setTimeout(resolve, 0)); // hears of the end
}
const seconds = (performance.now() - began) / 1000;
if (flooding) flood.kill();
await ended;
const { listeners, connections, interfaces } = stats();
const { halfOpen, refused } = listeners.find(({ port }) => port === 80);
const after = await calmHeap();
const figures = {
  syns: Number(syns),
  seconds: Number(seconds.toFixed(1)),
  pages,
  missing,
  slowestPageMs: Math.round(slowest),
  heapBefore: mega(before),
  heapAtMost: mega(most),
  heapAfter: mega(after),
  halfOpenAtTheEnd: halfOpen,
  refused,
  device: interfaces[0].device,
  connections: connections.byState,
};
console.log(JSON.stringify(figures, undefined, 2));
process.exit(missing === 0 && pages > 0 && after - before < ALLOWED ? 0 : 1);
