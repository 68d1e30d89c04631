/** Two stacks on a cable in memory, without delay: the price of the stack itself, no system call in it. */
import { host, World } from '../../dist/lab/index.js';
import { ipv4 } from '../../dist/stack/index.js';

/**
 * Moves bytes from one stack to the other.
 * @param offload segments of up to 64 KiB without checksums, instead of 1,448 bytes with
 * @returns bits a second of this machine's time, and nanoseconds for a segment, both ends and the cable together
 */
export function transfer({ offload, bytes }) {
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
  let left = bytes;
  const give = () => {
    for (let taken = 1; left > 0 && taken > 0; left -= taken) taken = client.send(block, 0, Math.min(block.length, left));
  };
  client.app.owner = { notify: give };
  const start = process.hrtime.bigint();
  world.stepUntil(() => received === bytes, { limit: 1e12 });
  const nanoseconds = Number(process.hrtime.bigint() - start);
  return { rate: (bytes * 8e9) / nanoseconds, perSegment: nanoseconds / alice.counters.tcpOut };
}
