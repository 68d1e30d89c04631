/** Rewriting there and back gives the same packet, and every checksum on the way is what it would be if it were made anew. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../seed.ts';
import { Flow, readFlow, readQuote } from '../../../src/lab/conntrack/flow.ts';
import type { Side } from '../../../src/lab/nat/rewrite.ts';
import { adjusted, rewrite, rewriteQuote } from '../../../src/lab/nat/rewrite.ts';
import * as checksum from '../../../src/stack/bytes/checksum.ts';
import type { Packet } from '../../../src/stack/bytes/packet.ts';
import { formatV4 } from '../../../src/stack/wire/ip-address.ts';
import { bytesOf, icmpPacket, tcpPacket, udpPacket } from '../../capture/frames.ts';
import { errorAbout, sound } from './box.ts';

const address = fc.integer({ min: 0x0100_0000, max: 0xdfff_ffff });
const port = fc.nat(0xffff);
const payload = fc.uint8Array({ maxLength: 60 });
const side = fc.constantFrom<Side>('source', 'destination');

interface Made {
  readonly packet: Packet;
  readonly words: string;
}

/** A packet of any kind, in its frame. */
const packets: fc.Arbitrary<Made> = fc
  .tuple(fc.constantFrom('tcp', 'udp', 'udp without checksum', 'query', 'reply'), address, address, port, port, payload)
  .map(([kind, source, destination, sourcePort, destinationPort, data]) => {
    const ends = { from: formatV4(source), to: formatV4(destination), sourcePort, destinationPort };
    const packet = make(kind, ends, data);
    return { packet, words: `${kind} ${JSON.stringify(ends)} ${data}` };
  });

function make(
  kind: string,
  ends: { from: string; to: string; sourcePort: number; destinationPort: number },
  data: Uint8Array,
): Packet {
  if (kind === 'tcp') return tcpPacket({ ...ends, payload: data });
  if (kind === 'query' || kind === 'reply')
    return icmpPacket(kind === 'query' ? 8 : 0, 0, ends.sourcePort * 0x1_0000, data, ends);
  const packet = udpPacket(data, ends);
  if (kind !== 'udp') packet.view.setUint16(packet.transport + 6, 0);
  return packet;
}

test('RFC 1624 §3: the checksum of a sum that has changed', () => {
  fc.assert(
    fc.property(fc.array(port, { minLength: 2, maxLength: 20 }), port, (words, other) => {
      fc.pre(words.some((word) => word !== 0) && (other !== 0 || words.slice(1).some((word) => word !== 0)));
      const sum = words.reduce((total, word) => total + word, 0);
      const changed = sum - words[0]! + other;
      expect(adjusted(checksum.finish(sum), other - words[0]!)).toBe(checksum.finish(changed));
    }),
  );
});

test('RFC 1624: another end there, the same end back', () => {
  fc.assert(
    fc.property(packets, side, address, port, ({ packet }, which, other, otherPort) => {
      const before = bytesOf(packet);
      const flow = new Flow();
      expect(readFlow(packet.view, packet.network, packet.end, flow)).toBe('ok');
      const [was, wasPort] = which === 'source' ? [flow.source, flow.sourcePort] : [flow.destination, flow.destinationPort];
      rewrite(packet, flow, which, other | 0, otherPort);
      sound(bytesOf(packet));
      rewrite(packet, flow, which, was, wasPort);
      expect(bytesOf(packet)).toEqual(before);
    }),
  );
});

test('RFC 5508 §4.2: the same in the packet that an error quotes', () => {
  fc.assert(
    fc.property(packets, side, address, port, ({ packet }, which, other, otherPort) => {
      const error = errorAbout(bytesOf(packet), '192.0.2.1', 3, 1);
      const before = bytesOf(error);
      const [about, flow] = [new Flow(), new Flow()];
      expect(readFlow(error.view, error.network, error.end, about)).toBe('ok');
      expect(readQuote(error.view, about, error.end, flow)).toBe('ok');
      const [was, wasPort] = which === 'source' ? [flow.source, flow.sourcePort] : [flow.destination, flow.destinationPort];
      rewriteQuote(error, about, flow, which, other | 0, otherPort);
      sound(bytesOf(error));
      rewriteQuote(error, about, flow, which, was, wasPort);
      expect(bytesOf(error)).toEqual(before);
    }),
  );
});

test('what was damaged on the way stays damaged', () => {
  const packet = tcpPacket({ payload: new Uint8Array(5) });
  packet.bytes[packet.end - 1]! ^= 0x40;
  const flow = new Flow();
  readFlow(packet.view, packet.network, packet.end, flow);
  rewrite(packet, flow, 'source', 0x0a00_0063, 99);
  expect(() => sound(bytesOf(packet))).toThrow();
});
