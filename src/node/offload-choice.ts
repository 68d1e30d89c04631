/** Whether the kernel sums and cuts for the stack: what is asked for, and whether it can be had. */
import type { LinkDevice } from '../stack/device.ts';
import { TapError } from './tap-error.ts';

/** `auto`: the kernel's help where it gives it and nothing speaks against it; `on`: with it or not at all; `off`: plain frames. */
export type OffloadChoice = 'auto' | 'on' | 'off';

export interface OffloadWish {
  readonly choice: OffloadChoice;
  /** Faults hit single frames: in a super-segment there is none that could get lost. */
  readonly hasFaults: boolean;
  readonly driver: 'koffi' | 'tuntap2';
}

/** @returns whether the device is to be asked for it. @throws RangeError when the wish contradicts itself */
export function asksForOffload({ choice, hasFaults, driver }: OffloadWish): boolean {
  if (choice !== 'on') return choice === 'auto' && !hasFaults;
  if (hasFaults) {
    throw new RangeError('offload "on" and faults exclude each other, for a fault hits one frame: "auto" yields to them');
  }
  if (driver === 'tuntap2') throw new RangeError('the driver tuntap2 knows no offload: take "auto" or the built-in driver');
  return true;
}

/** @throws TapError when it was insisted on and the kernel has refused */
export function requireOffload(choice: OffloadChoice, { name, offload }: LinkDevice & { readonly name: string }): void {
  if (choice !== 'on' || (offload.checksum && offload.gsoMaxSize > 0)) return;
  throw new TapError(
    'not supported',
    `this kernel gives no offload on ${name}: it refuses the virtio-net header, checksums or segmentation; "auto" does without`,
  );
}
