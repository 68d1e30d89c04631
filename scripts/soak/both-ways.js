/**
 * As many bytes as asked for both ways at once between the kernel and the stack, over a TAP that loses, reorders and duplicates
 * frames: both ends hash what they sent and what they got, and the capture says how long the stream ever stood still.
 *
 * Usage: both-ways.js [BYTES, 1000000000] [LOSS, 0.02], in a network namespace of its own with `dist` built. Exit code 1 when a
 * hash is wrong or a direction stood still for longer than one maximum RTO.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { longestPause } from './longest-pause.js';

const PORT = 5000;
const MAX_RTO_S = 60;
const [, , bytes = '1000000000', loss = '0.02', role = 'stack'] = process.argv;
const total = Number(bytes);

/** Sends `total` bytes that depend on the offset and `key`, and hashes them and what comes back. */
function exchange(socket, key) {
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  const block = Buffer.alloc(1 << 18);
  let [left, got] = [total, 0];
  const push = () => {
    while (left > 0) {
      const size = Math.min(left, block.length);
      for (let i = 0; i + 4 <= size; i += 4) block.writeUInt32LE((Math.imul(left - i, 2_654_435_761) ^ key) >>> 0, i);
      const chunk = Buffer.from(block.subarray(0, size));
      left -= size;
      sent.update(chunk);
      if (!socket.write(chunk)) return;
    }
    socket.end();
  };
  socket.on('drain', push);
  socket.on('data', (chunk) => {
    got += chunk.length;
    received.update(chunk);
  });
  push();
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve({ sent: sent.digest('hex'), received: received.digest('hex'), got }));
  });
}

if (role === 'kernel') {
  const socket = connect({ host: '10.0.0.2', port: PORT, allowHalfOpen: true });
  process.stdout.write(`${JSON.stringify(await exchange(socket, 0x6b65726e))}\n`);
  process.exit(0);
}

const { TapHost } = await import('../../dist/node/tap-host.js');
const { CaptureFile } = await import('../../dist/node/pcap-file.js');
const { StackServer } = await import('../../dist/node/net-server.js');
const folder = mkdtempSync(join(tmpdir(), 'tapstack-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const capture = join(folder, 'both-ways.pcap');
const file = new CaptureFile(capture);
const faults = { loss: Number(loss), reorder: Number(loss), duplicate: Number(loss) / 2 };
const host = await TapHost.open({ tap: 'soak0', faults, sinks: [file] });
const served = new Promise((resolve, reject) => {
  const server = new StackServer(host.stack, { allowHalfOpen: true }, (socket) => exchange(socket, 0x7461).then(resolve, reject));
  server.listen({ port: PORT });
});
const began = performance.now();
const client = spawn(process.execPath, [fileURLToPath(import.meta.url), bytes, loss, 'kernel'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let words = '';
client.stdout.on('data', (chunk) => {
  words += chunk;
});
const ended = new Promise((resolve) => client.on('close', resolve));
const ours = await served;
await ended;
const seconds = (performance.now() - began) / 1000;
const theirs = JSON.parse(words);
await host.close();
file.close();

const isWhole = ours.sent === theirs.received && theirs.sent === ours.received && ours.got === total && theirs.got === total;
console.log(`${total} bytes each way in ${seconds.toFixed(1)} s, ${loss} lost and reordered, half as many duplicated`);
console.log(`stack to kernel  ${ours.sent}  ${ours.sent === theirs.received ? 'the same' : 'NOT the same'} on both sides`);
console.log(`kernel to stack  ${theirs.sent}  ${theirs.sent === ours.received ? 'the same' : 'NOT the same'} on both sides`);
const pauses = await longestPause(capture);
for (const { source, seconds: pause } of pauses) console.log(`${source} stood still for ${pause.toFixed(3)} s at most`);
const size = execFileSync('du', ['-h', capture], { encoding: 'utf8' }).split('\t')[0];
console.log(`read from a capture of ${size}`);
process.exit(isWhole && pauses.length === 2 && pauses.every(({ seconds: s }) => s <= MAX_RTO_S) ? 0 : 1);
