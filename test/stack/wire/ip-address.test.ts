/** IP addresses: text, value, and which ranges are special. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ip from '../../../src/stack/wire/ip-address.ts';

test('the text form comes back as the same word', () =>
  fc.assert(
    fc.property(fc.integer(), (word) => {
      const text = ip.formatV4(word);
      expect(ip.parseV4(text)).toBe(word);
      expect(ip.ipv4(text).toString()).toBe(text);
    }),
  ));

test('words are int32: 192.0.2.1 is negative', () => {
  expect(ip.parseV4('192.0.2.1')).toBe(0xc000_0201 | 0);
  expect(ip.parseV4('255.255.255.255')).toBe(ip.LIMITED_BROADCAST);
  expect(ip.parseV4('0.0.0.0')).toBe(0);
});

for (const text of [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '1.2.3.-4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1..3.4',
  '01.2.3.4',
  '1.2.3.04',
  '0x1.2.3.4',
  '1e1.0.0.0',
  '1.2.3.4\n',
  '1.2.3.+4',
  'localhost',
  '::1',
  '1.2.3.1000',
]) {
  test(`${JSON.stringify(text)} is no IPv4 address`, () => {
    expect(ip.parseV4(text)).toBeUndefined();
    expect(() => ip.ipv4(text)).toThrow(`"${text}" is not an IPv4 address such as 10.0.0.2`);
  });
}

test('RFC 4291 §2.5.5.2: an IPv4 address is mapped', () => {
  const { w0, w1, w2, w3, isV4 } = ip.ipv4('10.0.0.2');
  expect([w0, w1, w2, w3, isV4]).toEqual([0, 0, 0xffff, 0x0a00_0002, true]);
  expect(new ip.IpAddress(0x2001_0db8, 0, 0xffff, 1).isV4).toBe(false);
  expect(new ip.IpAddress(0, 0, 0, 1).isV4).toBe(false);
  expect([ip.ANY.isV4, ip.ANY.w3]).toEqual([true, 0]);
});

test('two addresses are equal when all their words are', () =>
  fc.assert(
    fc.property(
      fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()),
      fc.nat(3),
      fc.integer(),
      (words, which, other) => {
        const changed: typeof words = [...words];
        changed[which] = other;
        const [a, b, c] = [new ip.IpAddress(...words), new ip.IpAddress(...words), new ip.IpAddress(...changed)];
        expect(a.equals(b)).toBe(true);
        expect(a.equals(c)).toBe(words[which] === other);
      },
    ),
  ));

test('unsigned words are the same address', () => {
  expect(ip.fromV4(0xffff_ffff).equals(ip.fromV4(-1))).toBe(true);
});

for (const { text, multicast = false, loopback = false, reserved = false } of [
  { text: '0.0.0.0' },
  { text: '0.0.0.1', reserved: true },
  { text: '0.255.255.255', reserved: true },
  { text: '1.0.0.0' },
  { text: '126.255.255.255' },
  { text: '127.0.0.0', loopback: true },
  { text: '127.255.255.255', loopback: true },
  { text: '128.0.0.0' },
  { text: '223.255.255.255' },
  { text: '224.0.0.0', multicast: true },
  { text: '239.255.255.255', multicast: true },
  { text: '240.0.0.0', reserved: true },
  { text: '255.255.255.254', reserved: true },
  { text: '255.255.255.255', reserved: true },
]) {
  test(`RFC 1122 §3.2.1.3: the kind of ${text}`, () => {
    const word = ip.parseV4(text)!;
    expect([ip.isMulticastV4(word), ip.isLoopbackV4(word), ip.isReservedV4(word)]).toEqual([multicast, loopback, reserved]);
  });
}
