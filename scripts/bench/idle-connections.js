/** What an established connection costs in heap while it has nothing to do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { host, World } from '../../dist/lab/index.js';
import { ipv4 } from '../../dist/stack/index.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const PEER = ipv4('10.0.0.2');
/** Several: from one address to one port there are not enough ports of one's own. */
const PORTS = Array.from({ length: 16 }, (_, index) => 80 + index);

/** Bytes of objects and of array buffers, once what nobody holds is collected. */
async function inUse() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8; i++) {
    await sleep(20);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** @returns bytes per end of a connection, the mean over `count` connections between two stacks in memory */
export async function idleConnection(count) {
  const world = new World();
  const cable = world.cable({ delay: 10 });
  const alice = host(world, 'alice', cable.a, { address: '10.0.0.1/24' });
  const bob = host(world, 'bob', cable.b, { address: '10.0.0.2/24' });
  const held = [];
  for (const port of PORTS) {
    const listener = bob.tcp.listen(port);
    listener.owner = {
      notify() {
        for (let one = listener.accept(); one !== undefined; one = listener.accept()) held.push(one);
      },
    };
  }
  const open = (amount) => {
    for (let i = 0; i < amount; i++) {
      held.push(alice.tcp.connect(PEER, PORTS[i % PORTS.length], world.now));
      if (i % 100 === 99) world.runForSync(10_000); // so that the cable needs no room of its own for them
    }
    world.runForSync(20_000_000);
  };
  open(2_000); // code, shapes and pools
  const [first, before] = [held.length, await inUse()];
  open(count);
  const after = await inUse();
  if (held.some(({ state }) => state !== 'ESTABLISHED')) throw new Error('not every connection came about');
  return (after - before) / (held.length - first);
}
