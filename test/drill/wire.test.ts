/** Packets of scripts: options there and back, what is built against the stack's own readers, payload that tells its place. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runScript } from '../../src/drill/index.ts';
import type { TcpOption } from '../../src/drill/script/ast.ts';
import { buildIcmp, buildTcp, buildUdp, OptionsTooLong, PLAIN_IP, quote } from '../../src/drill/wire/build.ts';
import { decodeEmission } from '../../src/drill/wire/emission.ts';
import { decodeOptions, encodeOptions } from '../../src/drill/wire/option-list.ts';
import { fillPayload, wrongAt } from '../../src/drill/wire/payload.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const option: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constantFrom<TcpOption>({ kind: 'nop' }, { kind: 'sackOK' }, { kind: 'md5', digest: '00112233445566778899aabbccddeeff' }),
  fc.record({ kind: fc.constant('mss' as const), value: fc.integer({ min: 0, max: 65_535 }) }),
  fc.record({ kind: fc.constant('wscale' as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('TS' as const), val: uint32, ecr: uint32 }),
  fc.record({ kind: fc.constant('sack' as const), blocks: fc.array(fc.tuple(uint32, uint32), { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom('FO' as const, 'FOEXP' as const), cookie: fc.constantFrom('', '3021b9d889017eeb') }),
);

test('a list of options comes back from its bytes in its order, with eol as the only padding', () =>
  fc.assert(
    fc.property(fc.array(option, { maxLength: 5 }), (options) => {
      const bytes = Uint8Array.from(encodeOptions(options));
      const back = decodeOptions(new DataView(bytes.buffer), 0, bytes.length);
      expect(back.slice(0, options.length)).toEqual(options);
      expect(back.slice(options.length).every(({ kind }) => kind === 'eol')).toBe(true);
    }),
  ));

const ENDS = { source: 0xc000_0201 | 0, destination: 0xc0a8_0001 | 0, sourcePort: 5000, destinationPort: 80 };
const FIELDS = { seq: 7, ack: 9, flags: 0x118, window: 512, urgent: 3, options: [], payloadLength: 5, payloadPlace: 0 };

test('what is built has right headers and checksums, and a flipped bit anywhere is noticed', () => {
  const packets = [
    buildTcp(ENDS, FIELDS, PLAIN_IP),
    buildUdp(ENDS, 33, PLAIN_IP),
    buildIcmp(ENDS, { type: 3, code: 1, rest: 0, quoted: quote(ENDS, 6, 60, 1) }, PLAIN_IP),
  ];
  for (const packet of packets) {
    expect(decodeEmission(packet, 0, '').faults).toEqual([]);
    for (let at = 0; at < packet.length; at++) {
      const broken = packet.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      expect(decodeEmission(broken, 0, '').faults).not.toEqual([]);
    }
  }
  expect(decodeEmission(packets[0]!, 0, '').transport).toMatchObject({
    kind: 'tcp',
    seq: 7,
    ack: 9,
    flags: 0x118,
    window: 512,
    urgent: 3,
  });
});

test('more than 40 bytes of options are refused, and the script is unsupported, not broken', () => {
  const options = Array.from({ length: 5 }, () => ({ kind: 'TS', val: 1, ecr: 1 }) as const);
  expect(() => buildTcp(ENDS, { ...FIELDS, options }, PLAIN_IP)).toThrow(OptionsTooLong);
  const five = Array.from({ length: 5 }, () => 'TS val 1 ecr 1').join(',');
  expect(runScript(`0 < S 0:0(0) win 5 <${five}>`).kind).toBe('unsupported');
});

test('a payload that lies elsewhere in the stream, or comes from the other side, is wrong', () => {
  const bytes = new Uint8Array(64);
  fillPayload('out', 1000, bytes, 0, 64);
  expect(wrongAt('out', 1000, bytes, 0, 64)).toBe(-1);
  for (const place of [0, 999, 1001, 1000 + 256, 1000 + 65_536])
    expect(wrongAt('out', place, bytes, 0, 64)).toBeGreaterThanOrEqual(0);
  expect(wrongAt('in', 1000, bytes, 0, 64)).toBeGreaterThanOrEqual(0);
});
