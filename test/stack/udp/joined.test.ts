/** Datagrams that leave together where the device cuts them, and are on the wire what they would have been alone: RFC 768. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Segmenter } from '../../../src/capture/record/segmentation.ts';
import type { Packet } from '../../../src/stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../../src/stack/device.ts';
import { NO_OFFLOAD } from '../../../src/stack/device.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { Stack } from '../../../src/stack/stack.ts';
import { UdpEndpoint, type UdpOptions } from '../../../src/stack/udp/endpoint.ts';
import { parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as udp from '../../../src/stack/wire/udp.ts';
import { A, arpFrame, B, bytesOf, macOf, pattern, udpPacket } from '../../capture/frames.ts';

const CUTS: Offload = { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 };
const IP = 14;
const UDP = IP + ipv4.HEADER;
const PEER = parseV4(A)!;
const PLENTY = { receive: { bytes: 1 << 20, datagrams: 1024 }, send: { bytes: 1 << 20, datagrams: 1024 } };

/** Keeps what is handed to it, and what a wire would have seen of that. */
class Wire implements LinkDevice {
  readonly mtu = 1500;
  readonly offload: Offload;
  readonly incoming: Uint8Array[] = [];
  /** Payload bytes and cut size of every UDP packet handed over. */
  readonly handed: { readonly bytes: number; readonly size: number }[] = [];
  readonly frames: Uint8Array[] = [];
  readonly #segmenter = new Segmenter();

  constructor(offload: Offload) {
    this.offload = offload;
  }

  transmit(packet: Packet): boolean {
    const { view, start, gsoSize } = packet;
    if (view.getUint16(start + 12) !== 0x0800 || ipv4.protocol(view, start + IP) !== ipv4.PROTOCOL_UDP) return true;
    this.handed.push({ bytes: packet.length - UDP - udp.HEADER, size: gsoSize });
    this.#segmenter.eachFrame(packet, (frame) => this.frames.push(frame.slice()));
    return true;
  }

  receive(into: Packet): boolean {
    const frame = this.incoming.shift();
    if (frame !== undefined) into.append(frame);
    return frame !== undefined;
  }
}

/** A stack that knows the Ethernet address of its peer, and an endpoint on it. */
function host(offload: Offload): { stack: Stack; wire: Wire; endpoint: UdpEndpoint } {
  const wire = new Wire(offload);
  const stack = new Stack({ random: new SeededRandom(1) });
  stack.addInterface(wire, { mac: macOf(B), addresses: [`${B}/24`] });
  wire.incoming.push(arpFrame(1, A, B));
  stack.run(1);
  const endpoint = stack.udp.open({ port: 4000, limits: PLENTY });
  if (!(endpoint instanceof UdpEndpoint)) throw new Error(endpoint);
  return { stack, wire, endpoint };
}

interface Sending extends Partial<UdpOptions> {
  readonly length: number;
  readonly port?: number;
}

function send(endpoint: UdpEndpoint, sendings: readonly Sending[]): void {
  for (const [i, { length, port = 53, ...options }] of sendings.entries()) {
    Object.assign(endpoint.options, { ttl: 64, trafficClass: 0, dontFragment: false, ...options });
    expect(endpoint.send(pattern(length, i), PEER, port)).toBe('queued');
  }
}

const times = (count: number, length: number): Sending[] => Array.from({ length: count }, () => ({ length }));

describe('which datagrams leave as one packet', () => {
  for (const { name, sendings, packets } of [
    { name: 'one is one', sendings: times(1, 1000), packets: [[1000, 0]] },
    { name: 'equal ones', sendings: times(10, 1000), packets: [[10_000, 1000]] },
    { name: 'the last may be shorter', sendings: [...times(3, 1000), { length: 400 }], packets: [[3400, 1000]] },
    {
      name: 'what follows a shorter one begins anew',
      sendings: [...times(2, 1000), { length: 400 }, ...times(2, 1000)],
      packets: [
        [2400, 1000],
        [2000, 1000],
      ],
    },
    {
      name: 'a longer one begins anew',
      sendings: [{ length: 1000 }, ...times(2, 1001)],
      packets: [
        [1000, 0],
        [2002, 1001],
      ],
    },
    {
      name: 'another port does',
      sendings: [{ length: 900 }, { length: 900, port: 54 }, { length: 900 }],
      packets: [
        [900, 0],
        [900, 0],
        [900, 0],
      ],
    },
    {
      name: 'so do TTL, DSCP and DF',
      sendings: [{ length: 900 }, { length: 900, ttl: 3 }, { length: 900, trafficClass: 8 }, { length: 900, dontFragment: true }],
      packets: [
        [900, 0],
        [900, 0],
        [900, 0],
        [900, 0],
      ],
    },
    {
      name: 'those with DF among themselves join',
      sendings: times(3, 900).map((each) => ({ ...each, dontFragment: true })),
      packets: [[2700, 900]],
    },
    { name: 'the longest that the MTU takes', sendings: times(3, 1472), packets: [[4416, 1472]] },
    {
      name: 'no IPv4 packet is longer than 65,535 bytes',
      sendings: times(50, 1448),
      packets: [
        [45 * 1448, 1448],
        [5 * 1448, 1448],
      ],
    },
    {
      name: 'the kernel takes 128 at once',
      sendings: times(200, 100),
      packets: [
        [12_800, 100],
        [7200, 100],
      ],
    },
    { name: 'the shortest whose frame is not padded', sendings: times(3, 18), packets: [[54, 18]] },
    {
      name: 'a frame that is padded is padded alone',
      sendings: [...times(2, 17), ...times(2, 18), { length: 17 }, { length: 0 }],
      packets: [
        [18, 0],
        [18, 0],
        [36, 18],
        [18, 0],
        [18, 0],
      ],
    },
  ]) {
    test(name, () => {
      const { stack, wire, endpoint } = host(CUTS);
      send(endpoint, sendings);
      stack.run(2);
      expect(wire.handed.map(({ bytes, size }) => [bytes, size])).toEqual(packets);
      expect(stack.counters.udpOut).toBe(sendings.length);
    });
  }

  test('a datagram longer than the MTU is fragmented, never joined', () => {
    const { stack, wire, endpoint } = host(CUTS);
    send(endpoint, times(3, 1473));
    stack.run(2);
    expect(stack.counters.fragmentsOut).toBe(6);
    expect(wire.handed.every(({ size }) => size === 0)).toBe(true);
  });

  test('RFC 1191 §3: what a narrower path would fragment is not joined either', () => {
    const { stack, wire, endpoint } = host(CUTS);
    stack.pathMtu.learn(PEER, 1000, 1);
    send(endpoint, [...times(3, 1000), ...times(3, 972)]);
    stack.run(2);
    expect(wire.handed.filter(({ size }) => size > 0)).toEqual([{ bytes: 3 * 972, size: 972 }]);
    expect(stack.counters.fragmentsOut).toBe(6);
  });

  test('nothing is joined for a device that does not cut datagrams, nor on the way to ourselves', () => {
    const { stack, wire, endpoint } = host({ ...CUTS, usoMaxSize: 0 });
    send(endpoint, times(3, 1000));
    stack.run(2);
    expect(wire.handed).toEqual(times(3, 1000).map(({ length }) => ({ bytes: length, size: 0 })));
    const self = host(CUTS);
    for (let i = 0; i < 3; i++) self.endpoint.send(pattern(1000, i), parseV4(B)!, 4000);
    self.stack.run(2);
    self.stack.run(3);
    expect(self.stack.counters.udpIn).toBe(3);
    expect(self.endpoint.nextLength).toBe(1000);
  });
});

/** RFC 6864 lets atomic datagrams have any identification: alone they have 0, the pieces of a packet are numbered. */
function withoutAtomicNumber(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer);
  if (!ipv4.dontFragment(view, IP)) return frame;
  view.setUint16(IP + 4, 0);
  ipv4.updateChecksum(view, IP);
  return frame;
}

test('RFC 768: joined and cut again, datagrams are byte for byte what they are alone, checksums right', () => {
  const sending = fc.record({
    length: fc.oneof(fc.constantFrom(0, 17, 18, 100, 1000, 1472, 1473), fc.nat(3000)),
    count: fc.integer({ min: 1, max: 30 }),
    port: fc.constantFrom(53, 53, 53, 54),
    dontFragment: fc.boolean(),
    isLastOfRun: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sending, { minLength: 1, maxLength: 6 }), (script) => {
      const [joined, alone] = [host(CUTS), host(NO_OFFLOAD)];
      for (const { stack, endpoint } of [joined, alone]) {
        for (const { length, count, port, isLastOfRun, dontFragment } of script) {
          const options = { port, dontFragment: dontFragment && length <= 1472 };
          send(
            endpoint,
            Array.from({ length: count }, () => ({ length, ...options })),
          );
          if (isLastOfRun) for (let now = 2; stack.udp.hasWork; now++) stack.run(now);
        }
        for (let now = 99; stack.udp.hasWork; now++) stack.run(now);
      }
      const total = script.reduce((sum, { count }) => sum + count, 0);
      expect([joined.stack.counters.udpOut, alone.stack.counters.udpOut]).toEqual([total, total]);
      expect(joined.wire.frames.length).toBe(alone.wire.frames.length);
      for (const [i, frame] of joined.wire.frames.entries())
        expect(Buffer.from(withoutAtomicNumber(frame)).equals(alone.wire.frames[i]!), `frame ${i}`).toBe(true);
      for (const frame of alone.wire.frames.filter((each) => !ipv4.isFragment(new DataView(each.buffer), IP))) {
        const view = new DataView(frame.buffer);
        expect(udp.isChecksumValid(view, UDP, ipv4.source(view, IP), ipv4.destination(view, IP))).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test('a packet of which the queue took a part counts as the datagrams that were lost', () => {
  const { stack, wire } = host(CUTS);
  const endpoint = stack.udp.open({
    port: 53,
    limits: { receive: { bytes: 5000, datagrams: 4 }, send: { bytes: 1, datagrams: 1 } },
  });
  if (!(endpoint instanceof UdpEndpoint)) throw new Error(endpoint);
  const packet = udpPacket(pattern(10_000));
  const receive = wire.receive.bind(wire);
  wire.incoming.push(bytesOf(packet));
  wire.receive = (into) => {
    if (!receive(into)) return false;
    into.gsoSize = 1000;
    return true;
  };
  stack.run(2);
  expect(stack.counters.udpIn).toBe(10);
  expect([stack.counters.dropped('UDP receive queue full'), endpoint.overflows]).toEqual([6, 6]);
});
