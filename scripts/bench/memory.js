/** Two stacks on a cable in memory, without delay: the price of the stack itself, no system call in it. */
import { host, World } from '../../dist/lab/index.js';
import { ipv4 } from '../../dist/stack/index.js';
import { idleConnection } from './idle.js';

const BYTES = 1_000_000_000;

/** Moves BYTES from one stack to the other. @returns seconds and segments */
function transfer(offload) {
  const world = new World();
  const cable = world.cable({ delay: 10, offload, queue: { packets: 10_000 } });
  const alice = host(world, 'alice', cable.a, { address: '10.0.0.1/24' });
  const bob = host(world, 'bob', cable.b, { address: '10.0.0.2/24' });
  const block = new Uint8Array(1 << 18);
  const listener = bob.tcp.listen(80);
  let received = 0;
  listener.owner = {
    notify() {
      const connection = listener.accept();
      if (connection === undefined) return;
      const take = () => {
        for (let count = connection.receive(block); count > 0; count = connection.receive(block)) received += count;
      };
      connection.app.owner = { notify: take };
      take();
    },
  };
  const client = alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now);
  let left = BYTES;
  const give = () => {
    for (let taken = 1; left > 0 && taken > 0; left -= taken) taken = client.send(block, 0, Math.min(block.length, left));
  };
  client.app.owner = { notify: give };
  const start = process.hrtime.bigint();
  world.stepUntil(() => received === BYTES, { limit: 1e12 });
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, segments: alice.counters.tcpOut };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @returns lines of a table */
export async function* memoryRows(rounds) {
  yield `two stacks in memory, one direction${' '.repeat(8)}${'GB/s'.padStart(10)}${'ns/segment'.padStart(13)}`;
  for (const offload of [false, true]) {
    const runs = Array.from({ length: rounds }, () => transfer(offload));
    const seconds = median(runs.map((run) => run.seconds));
    const name = offload ? 'super-segments, no checksums' : 'segments of 1448 bytes, checksummed';
    yield `${name.padEnd(43)}${(BYTES / seconds / 1e9).toFixed(2).padStart(10)}${((seconds * 1e9) / runs[0].segments).toFixed(0).padStart(13)}`;
  }
  yield `an established idle connection, each end${(await idleConnection()).toFixed(0).padStart(13)} bytes`;
}
