/** Offload that is asked for, had, refused and done without, on real TAPs; the kernel's refusals are played in front of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type * as LibcModule from '../../src/node/libc.ts';
import { TapDevice } from '../../src/node/tap.ts';
import { TapError } from '../../src/node/tap-error.ts';
import type { TapHostOptions } from '../../src/node/tap-host.ts';
import { TapHost } from '../../src/node/tap-host.ts';
import { requirePrivateNamespace } from './private.ts';

/** What the kernel is to refuse with EINVAL: told by the request and its flags. */
const kernel = vi.hoisted(() => ({ refuses: (_request: number, _argument: number): boolean => false, error: 0 }));

vi.mock('../../src/node/libc.ts', async (importOriginal) => {
  const original = await importOriginal<typeof LibcModule>();
  const libc = (): LibcModule.Libc => {
    const real = original.libc();
    const refuse = (): number => {
      kernel.error = original.EINVAL;
      return -1;
    };
    return {
      ...real,
      ioctl(fd, request, argument) {
        kernel.error = 0;
        const flags = argument.length > 17 ? argument[16]! | (argument[17]! << 8) : 0;
        return kernel.refuses(request, flags) ? refuse() : real.ioctl(fd, request, argument);
      },
      ioctlNumber(fd, request, argument) {
        kernel.error = 0;
        return kernel.refuses(request, argument) ? refuse() : real.ioctlNumber(fd, request, argument);
      },
      errno: () => kernel.error || real.errno(),
    };
  };
  return { ...original, libc };
});

const TUNSETIFF = 0x4004_54ca;
const TUNSETOFFLOAD = 0x4004_54d0;
const IFF_VNET_HDR = 0x4000;

const noHeader = (request: number, flags: number): boolean => request === TUNSETIFF && (flags & IFF_VNET_HDR) !== 0;
const noSegmentation = (request: number, flags: number): boolean => request === TUNSETOFFLOAD && flags !== 0;

const run = promisify(execFile);
beforeAll(requirePrivateNamespace);

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  kernel.refuses = () => false;
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});

let net = 0;
async function open(options: Omit<TapHostOptions, 'ip'>): Promise<{ host: TapHost; address: string }> {
  const address = `10.77.${++net}.2`;
  const host = await TapHost.open({ ip: `${address}/24`, ...options });
  cleanup.push(() => host.close());
  return { host, address };
}

async function pingWorks(address: string): Promise<boolean> {
  const { stdout } = await run('ping', ['-c', '2', '-i', '0.05', '-s', '4000', address]);
  return stdout.includes(' 0% packet loss');
}

const offloads = ({ device }: TapHost): boolean => device.offload.checksum && device.offload.gsoMaxSize === 65_535;

test.each([
  { offload: 'auto', expected: true },
  { offload: 'on', expected: true },
  { offload: 'off', expected: false },
  { offload: undefined, expected: true },
] as const)('a new TAP, offload $offload: $expected', async ({ offload, expected }) => {
  const { host, address } = await open(offload === undefined ? {} : { offload });
  expect(offloads(host)).toBe(expected);
  expect(await pingWorks(address)).toBe(true);
});

test.each([
  { name: 'faults', options: { faults: { delay: 1 } } },
  { name: 'faults by meaning', options: { faultRules: [{}] as never } },
])('with $name, auto yields and on is refused', async ({ name, options }) => {
  await expect(open({ ...options, offload: 'on' })).rejects.toThrow(/^offload "on" and faults exclude each other/);
  if (name === 'faults') expect(offloads((await open(options)).host)).toBe(false);
});

test('the driver tuntap2 has no offload to insist on', async () => {
  await expect(open({ driver: 'tuntap2', offload: 'on' })).rejects.toThrow('the driver tuntap2 knows no offload');
});

test.each([
  { name: 'the header', refuses: noHeader },
  { name: 'checksums and segmentation', refuses: noSegmentation },
])('a kernel that refuses $name: auto does without, on says so and leaves no TAP', async ({ refuses }) => {
  kernel.refuses = refuses;
  const { host, address } = await open({ offload: 'auto' });
  expect(offloads(host)).toBe(false);
  expect(await pingWorks(address)).toBe(true);
  const failed = await open({ tap: 'insist0', offload: 'on' }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(TapError);
  expect(`${failed}`).toMatch(/this kernel gives no offload on insist0: .*; "auto" does without$/);
  await expect(run('ip', ['link', 'show', 'insist0'])).rejects.toThrow('does not exist');
});

test('a persistent TAP that was made without the header gets it, and goes back to plain frames', async () => {
  await run('ip', ['tuntap', 'add', 'dev', 'old0', 'mode', 'tap']);
  cleanup.push(() => run('ip', ['link', 'delete', 'old0']));
  for (const offload of ['on', 'off', 'auto'] as const) {
    const { host, address } = await open({ tap: 'old0', offload, hostIp: `10.77.${net + 1}.1/24` });
    expect(offloads(host)).toBe(offload !== 'off');
    expect(await pingWorks(address)).toBe(true);
    await host.close();
  }
  const plain = TapDevice.open({ name: 'old0', offload: false });
  expect(plain.offload.gsoMaxSize).toBe(0);
  plain.close();
});
