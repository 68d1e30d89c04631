/** A path that becomes narrower in the middle of a transfer: with a router that says so, and with one that swallows. */
import { expect, test } from 'vitest';
import type { FaultScript } from '../../src/lab/faults.ts';
import { host } from '../../src/lab/host.ts';
import { World } from '../../src/lab/world.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { Stack } from '../../src/stack/stack.ts';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import { tcpInfo } from '../../src/stack/tcp/info/tcp-info.ts';
import type { TcpOptions } from '../../src/stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { A, B, macOf } from '../capture/frames.ts';
import { icmpMessage, ipFrame } from '../station.ts';
import { Pump } from './pump.ts';

const BYTES = 8_000_000;
const ETHERNET = 14;
const NARROW_AT = 300 * MILLISECOND;

interface Outcome {
  readonly world: World;
  readonly alice: Stack;
  readonly connection: Connection;
  /** Packets that were too long. */
  readonly swallowed: number;
  /** Of a connection that was opened after the transfer. */
  readonly nextMss: number;
}

/** Both ends send BYTES; after 300 ms nothing longer than `mtu` gets from alice to bob. @param speaks whether the router says so */
function transfer(mtu: number, speaks: boolean, mtuProbing: TcpOptions['mtuProbing'] = 'off'): Outcome {
  // what is in flight fits the cable: nothing is lost but what is too long
  const tcp: Partial<TcpOptions> = { congestionControl: 'reno', sendBuffer: 200_000, maxSendBuffer: 200_000, mtuProbing };
  const world = new World();
  const cable = world.cable({ delay: 10 * MILLISECOND, rate: 100e6 });
  let swallowed = 0;
  const script: FaultScript = (_index, direction, packet) => {
    if (direction !== 'transmit' || world.now < NARROW_AT || packet.length <= mtu + ETHERNET) return 'pass';
    swallowed++;
    if (speaks) {
      const quoted = packet.bytes.slice(packet.start + ETHERNET, packet.start + ETHERNET + 28);
      const message = new Packet();
      message.append(ipFrame({ from: B, to: A, mac: macOf(A), protocol: 1, payload: icmpMessage(3, 4, mtu, quoted) }));
      cable.b.transmit(message);
    }
    return 'drop';
  };
  const alice = host(world, 'alice', cable.a, { address: `${A}/24`, tcp, faults: { script } });
  const bob = host(world, 'bob', cable.b, { address: `${B}/24` });
  const listener = bob.tcp.listen(80);
  let there: Pump | undefined;
  listener.owner = {
    notify: () => {
      const connection = listener.accept();
      if (connection !== undefined) there ??= new Pump(connection, BYTES);
    },
  };
  const connection = alice.tcp.connect(ipv4(B), 80, world.now);
  const here = new Pump(connection, BYTES);
  world.stepUntil(() => here.isDone && there?.isDone === true, { limit: 600 * SECOND });
  expect(here.isWrong || there?.isWrong).toBe(false);
  const next = alice.tcp.connect(ipv4(B), 80, world.now);
  world.runForSync(SECOND);
  return { world, alice, connection, swallowed, nextMss: next.sender.control.mss };
}

test('RFC 1191: a router that speaks costs neither a time-out nor any of the window, and the next connection knows', () => {
  const { world, connection, swallowed, nextMss } = transfer(1200, true);
  expect(swallowed).toBeGreaterThan(0);
  const info = tcpInfo(connection, world.now);
  expect([info.tcpi_total_rto, info.tcpi_snd_ssthresh, info.tcpi_pmtu]).toEqual([0, 0x7fff_ffff, 1200]);
  expect(nextMss).toBe(1200 - 52);
  expect(world.now).toBeLessThan(5 * SECOND);
});

test('RFC 4821 §7.7: a black hole is found within seconds, the search ends close below it, and the next connection knows', () => {
  const { world, connection, swallowed, nextMss } = transfer(1200, false, 'blackhole');
  expect(swallowed).toBeGreaterThan(5);
  const info = tcpInfo(connection, world.now);
  expect(info.tcpi_total_rto).toBeGreaterThanOrEqual(4);
  expect(info.tcpi_snd_mss).toBeLessThanOrEqual(1200 - 52);
  expect(info.tcpi_snd_mss).toBeGreaterThan(1200 - 52 - 8);
  expect(nextMss).toBe(info.tcpi_snd_mss);
  expect(world.now).toBeLessThan(30 * SECOND);
});

test('without probing the same black hole holds the transfer up for good', () => {
  expect(() => transfer(1200, false)).toThrow();
});
