/** The npm package `tuntap2` as a TAP driver, for those who have it. It knows no offload and compiles C++ when it is installed. */
import { format, type MacAddress } from '../stack/wire/mac-address.ts';
import type { FrameStream } from './duplex-device.ts';
import { DuplexDevice } from './duplex-device.ts';
import { TapError } from './tap-error.ts';

/** The part of its `Tap` that is used: a stream of frames whose setters call the kernel. */
export interface Tuntap2Tap extends FrameStream {
  readonly name: string;
  mac: string;
  mtu: number;
  /** `address/prefix` */
  ipv4: string;
  isUp: boolean;
}

/** Gives what `import('tuntap2')` gives. */
export type Tuntap2Loader = () => Promise<unknown>;

export interface Tuntap2Options {
  readonly mtu?: number;
  readonly mac?: MacAddress;
  /** The kernel's side of the link, `10.0.0.1/24`. */
  readonly address?: string;
  /** @default true */
  readonly isUp?: boolean;
}

/** A variable, because the compiler looks for the types of what it can read. */
const PACKAGE: string = 'tuntap2';

/**
 * @param load for tests
 * @throws TapError 'no tuntap2' when the package is not installed, 'failed' when it cannot make a TAP
 */
export async function openTuntap2(
  options: Tuntap2Options = {},
  load: Tuntap2Loader = () => import(PACKAGE),
): Promise<{ readonly name: string; readonly device: DuplexDevice }> {
  const Tap = tapClass(await loaded(load));
  try {
    const tap = new Tap();
    if (options.mac !== undefined) tap.mac = format(options.mac);
    if (options.mtu !== undefined) tap.mtu = options.mtu;
    if (options.address !== undefined) tap.ipv4 = options.address;
    if (options.isUp ?? true) tap.isUp = true;
    return { name: tap.name, device: new DuplexDevice(tap, { mtu: tap.mtu }) };
  } catch (error) {
    // It also throws plain strings.
    throw new TapError('failed', `tuntap2 cannot make a TAP: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function loaded(load: Tuntap2Loader): Promise<unknown> {
  try {
    return await load();
  } catch {
    throw new TapError(
      'no tuntap2',
      'the package tuntap2 is not installed or not built: "npm install tuntap2", or use the built-in driver, which needs nothing',
    );
  }
}

/** A CommonJS module seen from here has its exports in `default`, and often beside it. */
function tapClass(module: unknown): new () => Tuntap2Tap {
  for (const place of [module, (module as { default?: unknown } | undefined)?.default]) {
    const found = (place as { Tap?: unknown } | undefined)?.Tap;
    if (typeof found === 'function') return found as new () => Tuntap2Tap;
  }
  throw new TapError(
    'no tuntap2',
    'the installed tuntap2 has no class Tap: "npm install tuntap2@0.9", or use the built-in driver',
  );
}
