/**
 * What the stack does in a second, beside what the kernel does with the same programs in the same minute.
 *
 * Bulk, request and connect figures: a client process on the kernel's sockets talks to a server process. For `tap` the server
 * is tapstack on a TAP; for `veth` it is the same kind of server on the kernel's own sockets, across a veth pair. Rounds
 * alternate, so that a machine that slows down slows both; the table shows medians and the median of the pairwise ratios.
 *
 * Must run in a network namespace of its own: see `run`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { memoryRows } from './memory.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const BULK = 2_000_000_000;
const REQUESTS = 20_000;
const CONNECTIONS = 2_000;

const sh = (command) => execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Starts a server and waits for its word that it listens. */
function server(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code} before it was ready`)));
  });
}

function measure(kind, address) {
  const amount = { send: BULK, receive: BULK, request: REQUESTS, connect: CONNECTIONS }[kind];
  return Number(execFileSync(process.execPath, [`${HERE}client.js`, kind, address, String(amount)], { encoding: 'utf8' }));
}

/** Mean round trip in microseconds, of a flood: each request follows the answer to the one before. */
function ping(address) {
  const output = sh(`ping -q -f -c 20000 ${address}`);
  return 1000 * Number(/= [\d.]+\/([\d.]+)\//.exec(output)?.[1]);
}

const KINDS = [
  ['bulk, client to stack', 'Gbit/s', (address) => measure('send', address)],
  ['bulk, stack to client', 'Gbit/s', (address) => measure('receive', address)],
  ['request and response, 64 bytes', 'per s', (address) => measure('request', address)],
  ['connect, 1 byte, close', 'per s', (address) => measure('connect', address)],
  ['ping', 'µs', ping],
];

const children = [];
try {
  sh('ip link set lo up');
  // the peer namespace of the veth pair: the kernel's own stack behind the kernel's own virtual Ethernet
  const peer = await server('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 3600']);
  children.push(peer);
  sh(`ip link add veth0 type veth peer name veth1 netns ${peer.pid}`);
  sh('ip addr add 10.1.0.1/24 dev veth0 && ip link set veth0 up');
  sh(`nsenter -t ${peer.pid} -n sh -c 'ip link set lo up; ip addr add 10.1.0.2/24 dev veth1; ip link set veth1 up'`);
  children.push(await server('nsenter', ['-t', String(peer.pid), '-n', process.execPath, `${HERE}server.js`, 'kernel']));
  children.push(await server(process.execPath, [`${HERE}server.js`, 'tapstack']));
  let control = 'the system default';
  try {
    sh(
      'ip route replace 10.0.0.0/24 dev bench0 src 10.0.0.1 congctl cubic && ip route replace 10.1.0.0/24 dev veth0 src 10.1.0.1 congctl cubic',
    );
    control = 'cubic';
  } catch {
    // an old iproute2: named in the heading
  }
  console.log(
    `${rounds} rounds; the clients' congestion control is ${control}; Node ${process.version}, ${sh('uname -sr').trim()}\n`,
  );
  console.log(
    `${'measured'.padEnd(34)}${'unit'.padEnd(9)}${'tapstack'.padStart(10)}${'veth'.padStart(10)}${'ratio'.padStart(8)}`,
  );
  for (const [name, unit, run] of KINDS) {
    const pairs = Array.from({ length: rounds }, () => [run('10.0.0.2'), run('10.1.0.2')]);
    const [ours, theirs] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
    const ratio = median(pairs.map(([a, b]) => a / b));
    const digits = ours < 100 ? 1 : 0;
    console.log(
      `${name.padEnd(34)}${unit.padEnd(9)}${ours.toFixed(digits).padStart(10)}${theirs.toFixed(digits).padStart(10)}${ratio.toFixed(2).padStart(8)}`,
    );
  }
  console.log('\nbulk and rates: more is better; ping: less is better. The ratio is tapstack / veth, the median of pairs.\n');
} finally {
  for (const child of children) child.kill();
}
for await (const row of memoryRows(rounds)) console.log(row);
process.exit(0);
