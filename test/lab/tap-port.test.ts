/** A place for somebody from outside at the end of a cable. */
import { expect, test } from 'vitest';
import { TapPort } from '../../src/lab/tap-port.ts';
import { World } from '../../src/lab/world.ts';
import { WorldMachine } from '../../src/node/lab/world-machine.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import { NO_OFFLOAD } from '../../src/stack/device.ts';
import type { Micros } from '../../src/stack/time.ts';
import { NEVER } from '../../src/stack/time.ts';
import { bytesOf, testFrame } from '../link-device-suite.ts';

/** Somebody outside: gives as many frames as it has, and keeps what it gets until it is full. */
class Outside implements LinkDevice {
  readonly mtu = 1500;
  readonly offload = NO_OFFLOAD;
  readonly got: number[][] = [];
  left = 0;
  room = Number.POSITIVE_INFINITY;

  transmit(packet: Packet): boolean {
    if (this.got.length >= this.room) return false;
    this.got.push(bytesOf(packet));
    return true;
  }

  receive(into: Packet): boolean {
    if (this.left <= 0) return false;
    this.left--;
    into.append(Uint8Array.from(bytesOf(testFrame(60, this.left))));
    return true;
  }
}

function setting() {
  const world = new World();
  const cable = world.cable({ delay: 100 });
  const port = new TapPort('linux', cable.a);
  world.add('linux', port, [cable.a]);
  const heard: Micros[] = [];
  const packet = new Packet();
  const listener = {
    run: (now: Micros) => {
      for (packet.reset(); cable.b.receive(packet); packet.reset()) heard.push(now);
    },
    nextTimeout: () => NEVER,
  };
  world.add('listener', listener, [cable.b]);
  world.runForSync(0); // what is added runs once
  return { world, cable, port, heard };
}

test('until somebody is attached, what comes is dropped and counted', () => {
  const { world, cable, port } = setting();
  cable.b.transmit(testFrame(60));
  world.runForSync(1000);
  expect([port.dropped, port.sent]).toEqual([{ 'nobody there': 1, 'queue full': 0 }, 0]);
});

test('frames go to and fro, byte for byte; what outside has no room for is counted', () => {
  const { world, cable, port, heard } = setting();
  const outside = new Outside();
  outside.room = 2;
  port.attach(outside);
  outside.left = 3;
  for (const length of [60, 61, 62]) cable.b.transmit(testFrame(length));
  const machine = new WorldMachine(world, [port]);
  expect(machine.run(50)).toBe(true);
  expect(machine.run(500)).toBe(false);
  expect(outside.got).toEqual([60, 61].map((length) => bytesOf(testFrame(length))));
  expect(port).toMatchObject({ received: 3, sent: 2, dropped: { 'nobody there': 0, 'queue full': 1 } });
  expect(heard).toEqual([150, 150, 150]); // at their own time, though the run was later
});

test('a flood from outside does not make an instant endless: a run takes some, and says that there is more', () => {
  const { world, port } = setting();
  const outside = new Outside();
  port.attach(outside);
  outside.left = Number.POSITIVE_INFINITY;
  const machine = new WorldMachine(world, [port]);
  for (let now = 1; now <= 5; now++) {
    machine.run(now);
    expect([port.received, machine.nextTimeout()]).toEqual([256 * now, now]);
  }
  outside.left = 0;
  machine.run(6);
  expect(machine.nextTimeout()).toBe(101); // the first arrives at the other end
});

test('a clock that stands still or runs late does no harm, and the world never goes back', () => {
  const { world, port } = setting();
  const machine = new WorldMachine(world, [port]);
  machine.run(1000);
  machine.run(1000);
  machine.run(900);
  expect(world.now).toBe(1000);
  expect(machine.nextTimeout()).toBe(NEVER);
});

test('one device a place, and none that leaves work to the cable', () => {
  const { port } = setting();
  expect(() => port.attach(outsideWith({ checksum: true }))).toThrow(
    'linux is at a cable, which fills in no checksums and cuts nothing: its device has offload off',
  );
  port.attach(new Outside());
  expect(() => port.attach(new Outside())).toThrow('linux has a device already');
});

const outsideWith = (offload: object): LinkDevice => ({
  mtu: 1500,
  offload: { ...NO_OFFLOAD, ...offload },
  transmit: () => true,
  receive: () => false,
});
