/**
 * A download from the stack and then an upload to it over a TAP, both ends hash what they sent and what they got, and the memory
 * of the stack's process is looked at ten times on the way.
 *
 * Usage: transfer.js [BYTES, 10000000000] [OFFLOAD, auto], in a network namespace of its own with `dist` built. Exit code 1 when
 * a hash is wrong or the memory at nine tenths of the way is more than ALLOWED above what it was at two.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const PORTS = { download: 5001, upload: 5002 };
/** Buffers that Node has given to 'data' events are collected when it likes. */
const ALLOWED = 24 << 20;
const LOOKS = 10;
const BLOCK = 1 << 20;
const PAGE = 4096;
const [, , bytes = '10000000000', offload = 'auto', direction] = process.argv;
const total = Number(bytes);
const mega = (size) => `${(size / (1 << 20)).toFixed(1)} MiB`;

/** Writes `total` bytes, each page with its number in it, and closes. @returns their hash */
async function give(socket) {
  const hash = createHash('sha256');
  const blocks = Array.from({ length: 4 }, () => Buffer.alloc(BLOCK, 'tapstack'));
  const isFree = blocks.map(() => Promise.resolve());
  for (let sent = 0, turn = 0; sent < total; sent += BLOCK, turn = (turn + 1) % blocks.length) {
    await isFree[turn];
    for (let page = 0; page < BLOCK; page += PAGE) blocks[turn].writeDoubleLE((sent + page) / PAGE, page);
    const chunk = blocks[turn].subarray(0, Math.min(BLOCK, total - sent));
    hash.update(chunk);
    isFree[turn] = new Promise((resolve, reject) => socket.write(chunk, (error) => (error ? reject(error) : resolve())));
  }
  await Promise.all(isFree);
  await new Promise((resolve) => socket.end(resolve));
  return hash.digest('hex');
}

/** Reads to the end. @param onBytes told how many have come so far @returns the hash of what came */
async function take(socket, onBytes = () => {}) {
  const hash = createHash('sha256');
  let got = 0;
  for await (const chunk of socket) {
    hash.update(chunk);
    got += chunk.length;
    onBytes(got);
  }
  if (got !== total) console.error(`${got} bytes came, and not ${total}`);
  return hash.digest('hex');
}

if (direction !== undefined) {
  const socket = connect({ host: '10.0.0.2', port: PORTS[direction] });
  process.stdout.write(await (direction === 'download' ? take(socket) : give(socket)));
  process.exit(0);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const { TapHost } = await import('../../dist/node/tap-host.js');
const { StackServer } = await import('../../dist/node/net-server.js');
const host = await TapHost.open({ tap: 'soak0', offload });

/** Prints the memory in use each time another tenth has gone by. */
function watch(name, progress) {
  const looks = [];
  const look = () => {
    collect();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    looks.push(heapUsed + arrayBuffers);
    console.log(
      `${name} ${(looks.length * LOOKS).toString().padStart(4)} %  heap ${mega(heapUsed)}  buffers ${mega(arrayBuffers)}  resident ${mega(rss)}`,
    );
  };
  const timer = setInterval(() => {
    if (looks.length < LOOKS - 1 && progress() >= ((looks.length + 1) * total) / LOOKS) look();
  }, 20);
  return () => {
    clearInterval(timer);
    look();
    return (looks[8] ?? looks.at(-1)) - (looks[1] ?? looks[0]);
  };
}

/** @returns whether the hashes are the same and the memory is level */
async function run(name) {
  let socket;
  const served = new Promise((resolve, reject) => {
    const server = new StackServer(host.stack, {}, (accepted) => {
      socket = accepted;
      accepted.on('close', () => server.close());
      (name === 'download' ? give(accepted) : take(accepted)).then(resolve, reject);
    });
    server.listen({ port: PORTS[name] });
  });
  const began = performance.now();
  const peer = spawn(process.execPath, [fileURLToPath(import.meta.url), bytes, offload, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const theirs = peer.stdout.toArray();
  const end = watch(name, () => (name === 'download' ? socket?.bytesWritten : socket?.bytesRead) ?? 0);
  const [ours, words] = await Promise.all([served, theirs]);
  const seconds = (performance.now() - began) / 1000;
  const grown = end();
  const isSame = ours === Buffer.concat(words).toString();
  console.log(
    `${name}: ${total} bytes in ${seconds.toFixed(1)} s, ${((total * 8) / seconds / 1e9).toFixed(2)} Gbit/s with both hashes`,
  );
  console.log(
    `${name}: SHA-256 ${ours}, ${isSame ? 'the same' : 'NOT the same'} on both sides; from two tenths to nine the memory grew by ${mega(grown)}`,
  );
  return isSame && grown < ALLOWED;
}

const isGood = [await run('download'), await run('upload')];
await host.close();
process.exit(isGood.every(Boolean) ? 0 : 1);
