/** What leaves first when several want to: nobody waits for ever for somebody who never stops. */
import { expect, test } from 'vitest';
import { connectTcp, ipv4, listenTcp, openUdp } from '../../src/stack/index.ts';
import { twoHosts } from '../two-hosts.ts';

test('a sender of datagrams that always has one more does not keep TCP silent', async () => {
  const { world, alice, bob } = twoHosts();
  const sink = openUdp(bob, { port: 9 });
  const source = openUdp(alice);
  source.connect(ipv4('10.0.0.2'), 9);
  const datagram = new Uint8Array(100);
  let left = 20_000;
  let sentBeforeSyn = -1;
  const fill = (): void => {
    if (sentBeforeSyn < 0 && alice.counters.tcpOut > 0) sentBeforeSyn = alice.counters.udpOut;
    while (left > 0 && source.sendNow(datagram) === 'queued') left--;
  };
  source.onChange = fill;
  fill();
  listenTcp(bob, 80);
  const socket = await world.finish(connectTcp(alice, ipv4('10.0.0.2'), 80));
  expect(sentBeforeSyn).toBeGreaterThanOrEqual(0);
  expect(sentBeforeSyn).toBeLessThan(2_000);
  socket.abort();
  source.close();
  sink.close();
});
