import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { TapError } from '../../src/node/tap-error.ts';
import { openTuntap2 } from '../../src/node/tuntap2.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import * as mac from '../../src/stack/wire/mac-address.ts';

/** What the package's class looks like from outside: setters, and a stream that here gives back what is written. */
class Tap extends PassThrough {
  static made: Tap | undefined;
  readonly name = 'tap7';
  mac = '';
  mtu = 1500;
  ipv4 = '';
  isUp = false;
  constructor() {
    super({ objectMode: true });
    Tap.made = this;
  }
}

test('options go to the setters, and frames go through', async () => {
  const options = { mtu: 1400, mac: mac.parse('00:11:22:33:44:55')!, address: '10.0.0.1/24' };
  const { name, device } = await openTuntap2(options, async () => ({ Tap }));
  expect(name).toBe('tap7');
  expect(device.mtu).toBe(1400);
  expect(Tap.made).toMatchObject({ mtu: 1400, mac: '00:11:22:33:44:55', ipv4: '10.0.0.1/24', isUp: true });
  const packet = new Packet();
  packet.append(new Uint8Array(60).fill(9));
  expect(device.transmit(packet)).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  packet.reset();
  expect(device.receive(packet)).toBe(true);
  expect(packet.length).toBe(60);
});

test('a CommonJS package has its class in `default`; without options nothing but up is set', async () => {
  const { device } = await openTuntap2({}, async () => ({ default: { Tap } }));
  expect(device.mtu).toBe(1500);
  expect(Tap.made).toMatchObject({ mac: '', ipv4: '', isUp: true });
  await openTuntap2({ isUp: false }, async () => ({ Tap }));
  expect(Tap.made?.isUp).toBe(false);
});

test('where the package is missing, one line says what to do', async () => {
  const error = await openTuntap2().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TapError);
  expect(error).toMatchObject({ reason: 'no tuntap2', message: expect.stringContaining('"npm install tuntap2"') });
  expect(String(error)).not.toContain('\n');
});

test('a package without the class, and one that cannot open the device', async () => {
  await expect(openTuntap2({}, async () => ({}))).rejects.toMatchObject({ reason: 'no tuntap2' });
  class Broken {
    constructor() {
      throw 'must be root'; // the package throws strings
    }
  }
  const broken = openTuntap2({}, async () => ({ Tap: Broken }));
  await expect(broken).rejects.toMatchObject({ reason: 'failed', message: 'tuntap2 cannot make a TAP: must be root' });
});
