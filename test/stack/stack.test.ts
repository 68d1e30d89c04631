/** Two whole stacks on a cable: the layers together, in virtual time. */
import { expect, test } from 'vitest';
import { World } from '../../src/lab/world.ts';
import { Stack } from '../../src/stack/stack.ts';
import { SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';

function pair(options: Parameters<World['cable']>[0] = {}) {
  const world = new World({ seed: 7 });
  const cable = world.cable(options);
  const make = (name: string, address: string, mac: number, device: typeof cable.a): Stack => {
    const stack: Stack = new Stack({ random: world.random, wake: () => world.wake(stack) });
    world.add(name, stack, [device]);
    stack.addInterface(device, { mac: mac as MacAddress, addresses: [address] });
    return stack;
  };
  return {
    world,
    alice: make('alice', '10.0.0.1/24', 0x02_00_00_00_00_01, cable.a),
    bob: make('bob', '10.0.0.2/24', 0x02_00_00_00_00_02, cable.b),
  };
}

test('echo', () => {
  const { world, alice } = pair({ delay: 1000 });
  const answers: string[] = [];
  alice.icmp.echoListeners.set(9, (a) => answers.push(`${a.kind} ${a.sequence} ${a.length} at ${a.at}`));
  alice.icmp.sendEcho({ destination: ipv4('10.0.0.2').w3, identifier: 9, sequence: 1, payload: new Uint8Array(4000) }, world.now);
  world.runForSync(SECOND);
  expect(answers).toHaveLength(1);
});

test('a megabyte', () => {
  const { world, alice, bob } = pair({ delay: 1000 });
  const listener = bob.tcp.listen(80);
  const client = alice.tcp.connect(ipv4('10.0.0.2'), 80, world.now);
  const data = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7);
  let written = 0;
  const got: Uint8Array[] = [];
  const buffer = new Uint8Array(65536);
  let size = 0;
  let server: ReturnType<typeof listener.accept>;
  let closed = false;
  world.stepUntil(() => {
    if (client.state === 'ESTABLISHED' && written < data.length) {
      written += client.send(data, written);
      if (written === data.length) client.close();
    }
    server ??= listener.accept();
    if (server) {
      const n = server.receive(buffer);
      if (n > 0) got.push(buffer.slice(0, n));
      size += n;
      if (server.isAtEnd && !closed) {
        closed = true;
        server.close();
      }
    }
    return server?.state === 'CLOSED' && client.state === 'TIME-WAIT';
  });
  expect(size).toBe(1_000_000);
  expect(Buffer.concat(got).equals(Buffer.from(data))).toBe(true);
  world.runForSync(120 * SECOND);
  expect(client.state).toBe('CLOSED');
  expect(alice.tcp.connectionCount).toBe(0);
});
