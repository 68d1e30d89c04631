/** The devices of the lab keep the promises of LinkDevice. */
import { FaultyDevice } from '../../src/lab/faulty-device.ts';
import { World } from '../../src/lab/world.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import { MILLISECOND } from '../../src/stack/time.ts';
import { BorrowChecker } from '../borrow-checker.ts';
import type { LinkDevicePair } from '../link-device-suite.ts';
import { testLinkDevice } from '../link-device-suite.ts';

for (const [name, options] of [
  ['cable, no delay', { delay: 0 }],
  ['cable, 10 ms', { delay: 10 * MILLISECOND }],
  ['cable, 10 Mbit/s and a queue of 50 frames', { rate: 10_000_000, queue: { packets: 50 } }],
  ['cable with jumbo frames', { mtu: 9000 }],
  ['cable with offload', { offload: true }],
] as const) {
  for (const end of ['a', 'b'] as const) {
    testLinkDevice(`${name}, end ${end}`, () => {
      const world = new World();
      const cable = world.cable(options);
      const [device, peer] = end === 'a' ? [cable.a, cable.b] : [cable.b, cable.a];
      return { device, peer, settle: () => world.runForSync(3_000 * MILLISECOND) };
    });
  }
}

for (const [name, faults] of [
  ['no faults', {}],
  ['every rate zero', { loss: 0, duplicate: 0, corrupt: 0, reorder: 0, delay: 0, jitter: 0 }],
  ['20 ms with 5 ms of jitter', { delay: 20 * MILLISECOND, jitter: 5 * MILLISECOND }],
] as const) {
  testLinkDevice(`faulty device, ${name}`, (): LinkDevicePair => {
    const world = new World();
    const cable = world.cable({ delay: 0 });
    const device = new FaultyDevice(new BorrowChecker(cable.a), world, new SeededRandom(1), faults);
    const settle = (): void => {
      for (let i = 0; i < 2; i++) {
        for (let batch = 0; batch < 40; batch++) device.run(world.now);
        world.runForSync(50 * MILLISECOND);
      }
      device.run(world.now);
    };
    return { device, peer: cable.b, settle };
  });
}

testLinkDevice('borrow checker around a cable', () => {
  const world = new World();
  const cable = world.cable();
  return { device: new BorrowChecker(cable.a), peer: cable.b, settle: () => world.runForSync(MILLISECOND) };
});
