/** Whatever comes behind a valid IPv4 header: a translator and a filter let it pass or drop it by name, and stay within their bounds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../seed.ts';
import { Firewall } from '../../../src/lab/firewall/firewall.ts';
import { Nat } from '../../../src/lab/nat/nat.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import type { NetworkInterface } from '../../../src/stack/host/interface.ts';
import { chainHooks } from '../../../src/stack/host/packet-hooks.ts';
import { SECOND } from '../../../src/stack/time.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import { wordOf } from './box.ts';

const [lan, wan] = ['lan', 'wan'].map((name, index) => ({ id: index + 1, name }) as NetworkInterface) as [
  NetworkInterface,
  NetworkInterface,
];
const ADDRESSES = ['192.168.1.10', '192.168.1.20', '203.0.113.1', '203.0.113.5', '198.51.100.7'].map(wordOf);

const address = fc.constantFrom(...ADDRESSES);
/** A few ports only, so that things meet; bytes that look like an ICMP error with a quotation among them. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .tuple(fc.constantFrom(0, 3, 8, 11, 13), fc.nat(3), fc.uint8Array({ minLength: 4, maxLength: 60 }))
    .map(([type, code, rest]) => Uint8Array.from([type, code, 0, 0, 0, 1, 0, 2, 0x45, 0, 0, 40, ...rest])),
  fc
    .tuple(fc.constantFrom(53, 80), fc.constantFrom(53, 80), fc.constantFrom(0x50, 0xf0), fc.nat(63))
    .map(([from, to, offset, flags]) =>
      Uint8Array.from([0, from, 0, to, 0, 20, 0, 0, 0, 0, 0, 0, offset, flags, 0, 0, 0, 0, 0, 0]),
    ),
);
const sent = fc.record({
  source: address,
  destination: address,
  protocol: fc.constantFrom(1, 6, 17, 47),
  options: fc.constantFrom(0, 4, 40),
  fragment: fc.constantFrom(0, 0, 0, 0x2000, 0x0001),
  body,
  isFromOutside: fc.boolean(),
  wait: fc.constantFrom(0, 1, 100, 300),
});

type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never;

function packetOf({ source, destination, protocol, options, fragment, body: bytes }: Sent): Packet {
  const packet = new Packet(2048);
  packet.append(new Uint8Array(ipv4.HEADER + options).fill(1));
  packet.append(bytes);
  packet.network = packet.start;
  const fields = { source, destination, protocol, ttl: 9, trafficClass: 0, identification: 1, dontFragment: false };
  ipv4.encode(packet.view, packet.network, fields, packet.length);
  packet.view.setUint8(packet.network, 0x40 | ((ipv4.HEADER + options) / 4));
  packet.view.setUint16(packet.network + 6, fragment);
  ipv4.updateChecksum(packet.view, packet.network);
  return packet;
}

test('nothing throws, headers stay valid, and the tables keep within their bounds', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 60 }), fc.boolean(), (packets, isOpen) => {
      const filtering = isOpen ? 'endpoint-independent' : 'address-and-port-dependent';
      const forward = ['tcp 80 to 192.168.1.20', 'udp 53 to 192.168.1.20'];
      const nat = new Nat({
        outside: 'wan',
        addresses: ['203.0.113.1'],
        oneToOne: { '203.0.113.5': '192.168.1.20' },
        forward,
        filtering,
        maxSessions: 5,
      });
      const firewall = new Firewall({
        rules: ['allow tcp', 'drop udp port 53 in lan', 'reject icmp type 13'],
        maxConnections: 3,
      });
      const hooks = chainHooks(firewall.hooks, nat.hooks);
      let now = 0;
      for (const one of packets) {
        now += one.wait * SECOND;
        const packet = packetOf(one);
        const [from, to] = one.isFromOutside ? [wan, lan] : [lan, wan];
        const verdicts = [
          hooks.prerouting?.(packet, from, now),
          hooks.forward?.(packet, from, to, now),
          hooks.postrouting?.(packet, one.isFromOutside ? lan : wan, now),
        ];
        expect(verdicts.every((verdict) => typeof verdict === 'string' && verdict !== '')).toBe(true);
        expect(ipv4.isValid(packet.view, packet.network, packet.end) && ipv4.isChecksumValid(packet.view, packet.network)).toBe(
          true,
        );
        expect(nat.sessions).toBeLessThanOrEqual(5);
        expect(firewall.connections).toBeLessThanOrEqual(3);
        nat.table('r1', now);
        firewall.tables('r1', now);
      }
      nat.expire(now + 1e12);
      expect([nat.sessions, nat.nextTimeout()]).toEqual([0, Number.POSITIVE_INFINITY]);
    }),
  );
});
