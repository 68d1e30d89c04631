import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEADROOM, Packet } from '../../../src/stack/bytes/packet.ts';
import * as ethernet from '../../../src/stack/wire/ethernet.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import * as udp from '../../../src/stack/wire/udp.ts';
import * as virtio from '../../../src/stack/wire/virtio-net.ts';

const AT = HEADROOM - virtio.HEADER;
const IP = HEADROOM + ethernet.HEADER;
const TCP = IP + ipv4.HEADER;

/** A frame of Ethernet, IPv4, TCP and data, with nothing but lengths in it. */
function frame(payload: number): Packet {
  const packet = new Packet();
  packet.network = IP;
  packet.transport = TCP;
  packet.payload = TCP + tcp.HEADER;
  packet.end = packet.payload + payload;
  return packet;
}

const encoded = (packet: Packet): string => {
  virtio.encode(packet, AT);
  return Buffer.from(packet.bytes.subarray(AT, HEADROOM)).toString('hex');
};

function decoded(hex: string, payload: number): { ok: boolean; packet: Packet } {
  const packet = frame(payload);
  packet.bytes.set(Buffer.from(hex, 'hex'), AT);
  return { ok: virtio.decode(packet, AT), packet };
}

describe('virtio 1.2 §5.1.6: the bytes', () => {
  test('a frame that leaves nothing to the device is ten zeros', () => {
    expect(encoded(frame(100))).toBe('00000000000000000000');
  });

  test('an open checksum: start counts from the Ethernet header, little-endian', () => {
    const packet = frame(100);
    packet.checksumStart = TCP;
    packet.checksumOffset = tcp.CHECKSUM_OFFSET;
    expect(encoded(packet)).toBe('01000000000022001000');
  });

  test('a super-segment: 54 bytes of headers, cut every 1448 bytes', () => {
    const packet = frame(14_480);
    packet.checksumStart = TCP;
    packet.checksumOffset = tcp.CHECKSUM_OFFSET;
    packet.gsoSize = 1448;
    expect(encoded(packet)).toBe('01013600a80522001000');
  });

  test('a super-datagram: 42 bytes of headers, cut every 1448 bytes, known by where its checksum stands', () => {
    const packet = frame(14_480);
    packet.payload = TCP + udp.HEADER;
    packet.checksumStart = TCP;
    packet.checksumOffset = udp.CHECKSUM_OFFSET;
    packet.gsoSize = 1448;
    packet.view.setUint8(TCP + 13, tcp.CWR); // of its payload: not for UDP
    expect(encoded(packet)).toBe('01052a00a80522000600');
  });

  test('RFC 3168 §6.1.2: CWR belongs to the first frame of a cut only, so the ECN bit is set', () => {
    const packet = frame(14_480);
    packet.gsoSize = 1448;
    packet.view.setUint8(TCP + 13, tcp.ACK | tcp.CWR);
    expect(encoded(packet)).toBe('00813600a80500000000');
  });

  test('the header stands in the headroom and moves nothing', () => {
    const packet = frame(3);
    packet.bytes.fill(0xee);
    encoded(packet);
    expect(packet.start).toBe(HEADROOM);
    expect([packet.bytes[AT - 1], packet.bytes[HEADROOM]]).toEqual([0xee, 0xee]);
  });
});

describe('virtio 1.2 §5.1.6.4: received headers', () => {
  test('an open checksum is vouched for and stays described', () => {
    const { ok, packet } = decoded('01000000000022001000', 0);
    expect(ok).toBe(true);
    expect(packet).toMatchObject({ checksumVouched: true, checksumStart: TCP, checksumOffset: 16, gsoSize: 0 });
  });

  test('DATA_VALID is vouched for and leaves nothing open', () => {
    const { ok, packet } = decoded('02000000000022001000', 0);
    expect(ok).toBe(true);
    expect(packet).toMatchObject({ checksumVouched: true, checksumStart: 0, checksumOffset: 0 });
  });

  test('no flags: nobody vouches', () => {
    expect(decoded('00000000000000000000', 0).packet.checksumVouched).toBe(false);
  });

  test('what an earlier frame left in the packet is gone', () => {
    const packet = frame(0);
    Object.assign(packet, { gsoSize: 1448, checksumStart: TCP, checksumOffset: 16, checksumVouched: true });
    packet.bytes.fill(0, AT, HEADROOM);
    expect(virtio.decode(packet, AT)).toBe(true);
    expect(packet).toMatchObject({ checksumVouched: false, checksumStart: 0, checksumOffset: 0, gsoSize: 0 });
  });

  test('a super-segment of TCP over IPv4, with and without the ECN bit', () => {
    expect(decoded('01013600a80522001000', 5000).packet.gsoSize).toBe(1448);
    expect(decoded('01813600a80522001000', 5000)).toMatchObject({ ok: true, packet: { gsoSize: 1448 } });
  });

  test('a super-datagram of UDP', () => {
    const { ok, packet } = decoded('01052a00a80522000600', 5000);
    expect(ok).toBe(true);
    expect(packet).toMatchObject({ gsoSize: 1448, checksumVouched: true, checksumStart: TCP, checksumOffset: 6 });
  });

  test.each([
    ['UDP fragmentation, never offered', '01033600a80522001000'],
    ['TCP over IPv6, never offered', '01043600a80522001000'],
    ['a type nobody knows', '01133600a80522001000'],
    ['a cut every 0 bytes', '01013600000022001000'],
    ['datagrams of 0 bytes', '01052a00000022000600'],
    ['a checksum that starts beyond the frame', '0100000000006a041000'],
    ['a checksum field half beyond the frame', '01000000000022009100'],
  ])('%s is refused', (_, hex) => {
    expect(decoded(hex, 100).ok).toBe(false);
  });

  test('the last checksum field that fits is accepted', () => {
    const end = ethernet.HEADER + ipv4.HEADER + tcp.HEADER; // no payload: 54 bytes
    const offset = (end - 2 - 0x22).toString(16).padStart(2, '0');
    expect(decoded(`0100000000002200${offset}00`, 0).ok).toBe(true);
    const beyond = (end - 1 - 0x22).toString(16).padStart(2, '0');
    expect(decoded(`0100000000002200${beyond}00`, 0).ok).toBe(false);
  });
});

test('what is encoded is decoded', () => {
  const state = fc.record({
    gsoSize: fc.nat(9000),
    open: fc.boolean(),
    offset: fc.constantFrom(6, 16),
    payload: fc.integer({ min: 9001, max: 60_000 }),
  });
  fc.assert(
    fc.property(state, ({ gsoSize, open, offset, payload }) => {
      const packet = frame(payload);
      packet.gsoSize = gsoSize;
      packet.checksumStart = open ? TCP : 0;
      packet.checksumOffset = open ? offset : 0;
      virtio.encode(packet, AT);
      const copy = frame(payload);
      copy.bytes.set(packet.bytes.subarray(AT, HEADROOM), AT);
      expect(virtio.decode(copy, AT)).toBe(true);
      const { checksumStart, checksumOffset } = packet;
      expect(copy).toMatchObject({ gsoSize, checksumStart, checksumOffset, checksumVouched: open });
    }),
  );
});

test('whatever ten bytes arrive, decoding does not throw and points inside the frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.nat(3000), (bytes, payload) => {
      const packet = frame(payload);
      packet.bytes.set(bytes, AT);
      if (!virtio.decode(packet, AT) || packet.checksumStart === 0) return;
      expect(packet.checksumStart).toBeGreaterThanOrEqual(packet.start);
      expect(packet.checksumStart + packet.checksumOffset + 2).toBeLessThanOrEqual(packet.end);
    }),
  );
});
