/** The borrow checker catches what it is there to catch. */
import { expect, test } from 'vitest';
import type { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import { NO_OFFLOAD } from '../../src/stack/device.ts';
import { BorrowChecker } from '../borrow-checker.ts';
import { bytesOf, testFrame } from '../link-device-suite.ts';

/** Keeps the packet that it was lent: the mistake. */
class Keeper implements LinkDevice {
  readonly mtu = 1500;
  readonly offload = NO_OFFLOAD;
  kept: Packet | undefined = undefined;
  transmit(packet: Packet): boolean {
    this.kept = packet;
    return true;
  }
  receive(): boolean {
    return false;
  }
}

test('a device that keeps a borrowed packet finds it overwritten, its caller does not', () => {
  const keeper = new Keeper();
  const frame = testFrame(100);
  const { start, end } = frame;
  expect(new BorrowChecker(keeper).transmit(frame)).toBe(true);
  expect([...keeper.kept!.bytes.subarray(start, end)]).toEqual(new Array(100).fill(0xee));
  expect(bytesOf(frame)).toEqual(bytesOf(testFrame(100)));
});
