/** ARP, RFC 826. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as arp from '../../../src/stack/wire/arp.ts';
import type { MacAddress } from '../../../src/stack/wire/mac-address.ts';
import { ARP_REPLY, ARP_REQUEST, anyBytes, hexOf, NETWORK, viewOf } from './frames.ts';

const fieldsOf = (view: DataView, at: number): arp.ArpMessage => ({
  operation: arp.operation(view, at),
  senderMac: arp.senderMac(view, at),
  senderIp: arp.senderIp(view, at),
  targetMac: arp.targetMac(view, at),
  targetIp: arp.targetIp(view, at),
});

const mac = (n: number): MacAddress => n as MacAddress;

for (const { name, frame, message } of [
  {
    name: 'a request',
    frame: ARP_REQUEST,
    message: {
      operation: arp.REQUEST,
      senderMac: mac(0x0200_0000_0001),
      senderIp: 0x0a00_0001,
      targetMac: mac(0),
      targetIp: 0x0a00_0002,
    },
  },
  {
    name: 'a reply',
    frame: ARP_REPLY,
    message: {
      operation: arp.REPLY,
      senderMac: mac(0x0200_0000_0002),
      senderIp: 0x0a00_0002,
      targetMac: mac(0x0200_0000_0001),
      targetIp: 0x0a00_0001,
    },
  },
]) {
  test(`RFC 826: ${name} of Linux, and back to the same bytes`, () => {
    const view = viewOf(frame);
    expect(arp.isValid(view, NETWORK, frame.length)).toBe(true);
    expect(fieldsOf(view, NETWORK)).toEqual(message);
    const copy = new Uint8Array(arp.LENGTH);
    arp.encode(viewOf(copy), 0, message);
    expect(hexOf(copy)).toBe(hexOf(frame, NETWORK));
  });
}

test('padding behind it, as on a real Ethernet, does no harm', () => {
  const padded = new Uint8Array(60);
  padded.set(ARP_REPLY);
  expect(arp.isValid(viewOf(padded), NETWORK, 60)).toBe(true);
});

for (const { name, offset, value } of [
  { name: 'hardware other than Ethernet', offset: 1, value: 6 },
  { name: 'hardware 0x0101', offset: 0, value: 1 },
  { name: 'a protocol other than IPv4', offset: 3, value: 0x06 },
  { name: 'hardware addresses of another length', offset: 4, value: 8 },
  { name: 'protocol addresses of another length', offset: 5, value: 16 },
]) {
  test(`RFC 826: ${name} is not for us`, () => {
    const frame = Uint8Array.from(ARP_REQUEST);
    frame[NETWORK + offset] = value;
    expect(arp.isValid(viewOf(frame), NETWORK, frame.length)).toBe(false);
  });
}

test('one byte too short is not valid', () => {
  expect(arp.isValid(viewOf(ARP_REQUEST), NETWORK, ARP_REQUEST.length - 1)).toBe(false);
});

test('of any valid bytes every field can be read, and encoding them gives the same bytes', () =>
  fc.assert(
    fc.property(anyBytes(40, ARP_REQUEST.subarray(NETWORK, NETWORK + 8)), ({ view, at, end }) => {
      if (!arp.isValid(view, at, end)) return;
      const copy = new Uint8Array(arp.LENGTH);
      arp.encode(viewOf(copy), 0, fieldsOf(view, at));
      expect(hexOf(copy)).toBe(hexOf(new Uint8Array(view.buffer), at, at + arp.LENGTH));
    }),
    { numRuns: 300 },
  ));
