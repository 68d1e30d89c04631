/** Do connections share a bottleneck? Jain's index, in virtual time: 1 when all get the same, 1/n when one gets everything. */
import { expect, test } from 'vitest';
import { host } from '../../src/lab/host.ts';
import { World } from '../../src/lab/world.ts';
import type { TcpOptions } from '../../src/stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';

const BLOCK = new Uint8Array(64 * 1024);
const RATE = 20e6;
const RTT = 40 * MILLISECOND;
const BDP = (RATE * RTT) / 8e6;

/** R. Jain, D. Chiu, W. Hawe, 1984: (sum x)^2 / (n * sum x^2). */
const jain = (shares: readonly number[]): number => {
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum ** 2 / (shares.length * shares.reduce((total, share) => total + share ** 2, 0));
};

/** Bytes that each of `flows` connections moves in the second half of `seconds`; they begin 100 ms one after the other. */
function shares(flows: number, seconds: number, tcp: Partial<TcpOptions>): number[] {
  const world = new World({ seed: 3 });
  const cable = world.cable({ delay: RTT / 2, rate: RATE, queue: { bytes: BDP } });
  const alice = host(world, 'alice', cable.a, { address: '10.0.0.1/24', tcp });
  const bob = host(world, 'bob', cable.b, { address: '10.0.0.2/24', tcp });
  const received = new Array<number>(flows).fill(0);
  const into = new Uint8Array(BLOCK.length);
  for (let i = 0; i < flows; i++) {
    const listener = bob.tcp.listen(1000 + i);
    listener.owner = {
      notify: () => {
        const connection = listener.accept();
        if (connection === undefined) return;
        const read = (): void => {
          for (let n = connection.receive(into); n > 0; n = connection.receive(into)) received[i]! += n;
        };
        connection.app.owner = { notify: read };
        read();
      },
    };
  }
  for (let i = 0; i < flows; i++) {
    world.stepUntil(() => world.now >= i * 100 * MILLISECOND);
    const sender = alice.tcp.connect(ipv4('10.0.0.2'), 1000 + i, world.now);
    sender.app.owner = {
      notify: () => {
        while (sender.send(BLOCK) > 0);
      },
    };
    world.wake(alice);
  }
  world.stepUntil(() => world.now >= (seconds / 2) * SECOND);
  const before = [...received];
  world.stepUntil(() => world.now >= seconds * SECOND);
  return received.map((bytes, i) => bytes - before[i]!);
}

for (const congestionControl of ['cubic', 'reno'] as const)
  for (const [flows, least] of [
    [2, 0.9],
    [20, 0.9],
  ] as const)
    test(`RFC 9438 §5.3, ${congestionControl}: ${flows} connections share a bottleneck, and the line is full`, () => {
      const seconds = 50;
      const all = shares(flows, seconds, { congestionControl });
      const line = (RATE / 8) * (seconds / 2);
      expect(jain(all)).toBeGreaterThan(least);
      expect(all.reduce((total, share) => total + share, 0) / line).toBeGreaterThan(0.85);
    });

test('the index itself: 1 for equal shares, 1/n when one has all', () => {
  expect(jain([1, 1, 1, 1])).toBe(1);
  expect(jain([1, 0, 0, 0])).toBe(0.25);
});
