import { networkInterfaces } from 'node:os';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { configureInterface, type InterfaceChanges, readInterface } from '../../src/node/interface-config.ts';
import { TapDevice } from '../../src/node/tap.ts';
import { TapError } from '../../src/node/tap-error.ts';
import * as mac from '../../src/stack/wire/mac-address.ts';
import { requirePrivateNamespace } from './private.ts';

beforeAll(requirePrivateNamespace);

let tap: TapDevice;
beforeEach(() => {
  tap = TapDevice.open({ name: 'conf0' });
});
afterEach(() => tap.close());

const MAC = mac.parse('02:11:22:33:44:55')!;

test('everything that is set is read back', () => {
  configureInterface('conf0', { mac: MAC, mtu: 1280, queueLength: 123, address: '10.111.3.1', prefixLength: 22, isUp: true });
  expect(readInterface('conf0')).toEqual({
    name: 'conf0',
    mac: MAC,
    mtu: 1280,
    address: '10.111.3.1',
    prefixLength: 22,
    isUp: true,
    queueLength: 123,
  });
});

test('Node’s own view of the system agrees', () => {
  configureInterface('conf0', { mac: MAC, address: '10.111.3.1', prefixLength: 22, isUp: true });
  expect(networkInterfaces().conf0).toContainEqual(
    expect.objectContaining({ address: '10.111.3.1', netmask: '255.255.252.0', mac: '02:11:22:33:44:55' }),
  );
});

test.each([0, 1, 8, 24, 31, 32])('prefix length %i', (prefixLength) => {
  configureInterface('conf0', { address: '10.111.3.1', prefixLength });
  expect(readInterface('conf0')).toMatchObject({ address: '10.111.3.1', prefixLength });
});

test('up and down again; what is not named stays', () => {
  configureInterface('conf0', { mtu: 1300, isUp: true });
  configureInterface('conf0', { isUp: false });
  expect(readInterface('conf0')).toMatchObject({ isUp: false, mtu: 1300 });
  configureInterface('conf0', {});
  expect(readInterface('conf0')).toMatchObject({ isUp: false, mtu: 1300 });
});

test('a new name', () => {
  configureInterface('conf0', { name: 'conf9', mtu: 1301 });
  expect(readInterface('conf0')).toBeUndefined();
  expect(readInterface('conf9')).toMatchObject({ mtu: 1301 });
});

test('a name of 15 characters, the longest', () => {
  configureInterface('conf0', { name: 'abcdefghijklmno' });
  expect(readInterface('abcdefghijklmno')).toBeDefined();
});

test('an interface that does not exist has no configuration', () => {
  expect(readInterface('nobody0')).toBeUndefined();
});

const wrong: [string, string, InterfaceChanges, string, string][] = [
  ['an interface that does not exist', 'nobody0', { isUp: true }, 'no such interface', 'there is no interface nobody0'],
  ['text that is no address', 'conf0', { address: '10.0.0' }, 'bad value', '"10.0.0" is not an IPv4 address such as 10.0.0.1'],
  ['a multicast address', 'conf0', { address: '224.0.0.1' }, 'bad value', 'set the address 224.0.0.1 of conf0'],
  ['a prefix of 33', 'conf0', { address: '10.0.0.1', prefixLength: 33 }, 'bad value', 'a whole number from 0 to 32'],
  ['a huge MTU', 'conf0', { mtu: 100_000 }, 'bad value', 'set the MTU 100000 of conf0'],
  ['a name that is taken', 'conf0', { name: 'lo' }, 'bad name', 'an interface of that name exists'],
  ['a group MAC address', 'conf0', { mac: mac.BROADCAST }, 'bad value', 'set the MAC address ff:ff:ff:ff:ff:ff of conf0'],
];
test.each(wrong)('%s: one line that says so', (_, name, changes, reason, words) => {
  const attempt = (): void => configureInterface(name, changes);
  expect(attempt).toThrow(TapError);
  expect(attempt).toThrow(expect.objectContaining({ reason, message: expect.stringContaining(words) }));
  expect(attempt).toThrow(expect.objectContaining({ message: expect.not.stringContaining('\n') }));
});
