/** A network of many hosts, switches and routers: every datagram arrives, whoever sends to whom. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Network } from '../../../src/lab/network/network.ts';
import { World } from '../../../src/lab/world.ts';
import { MILLISECOND, openUdp, SECOND } from '../../../src/stack/index.ts';

test('200 hosts behind 10 switches and 5 routers: each reaches 25 others, first questions and all', async () => {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const backbone = net.switch('backbone');
  const hosts = [0, 1, 2, 3, 4].flatMap((r) => {
    const routes = [0, 1, 2, 3, 4].filter((o) => o !== r).map((o) => [`10.${o}.0.0/16`, `10.255.0.${o + 1}`]);
    const ports = { up: `10.255.0.${r + 1}/24`, lan0: `10.${r}.0.254/24`, lan1: `10.${r}.1.254/24` };
    const router = net.router(`r${r}`, { ports, routes: Object.fromEntries(routes) });
    net.cable(router.port('up'), backbone);
    return [0, 1].flatMap((s) => {
      const lan = net.switch(`s${r}-${s}`, { ports: 21 });
      net.cable(router.port(`lan${s}`), lan);
      return Array.from({ length: 20 }, (_, h) => {
        const host = net.host(`h${r}-${s}-${h}`, { address: `10.${r}.${s}.${h + 1}/24`, gateway: `10.${r}.${s}.254` });
        net.cable(host, lan);
        return host;
      });
    });
  });
  const heard = hosts.map(() => 0);
  const sockets = hosts.map(({ stack }, index) => {
    const socket = openUdp(stack, { port: 7 });
    const into = new Uint8Array(8);
    socket.onChange = () => {
      while (socket.receiveNow(into) >= 0) heard[index]!++;
    };
    return socket;
  });
  const talk = async (): Promise<void> => {
    for (let step = 1; step <= 25; step++) {
      const to = (from: number) => hosts[(from + step * 7) % hosts.length]!;
      await Promise.all(sockets.map((socket, from) => socket.send(new Uint8Array(8), { address: to(from).address, port: 7 })));
      await net.timers.sleep(MILLISECOND);
    }
  };
  await net.world.finish(talk());
  await net.world.runFor(SECOND);
  expect(heard).toEqual(hosts.map(() => 25));
  for (const { name, stack } of hosts) expect([name, stack.drops()]).toEqual([name, {}]);
});
