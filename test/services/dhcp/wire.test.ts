/** DHCP messages as bytes: what is written is read, what is broken has a name, and nothing throws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRoutes, encodeRoutes } from '../../../src/services/dhcp/classless-routes.ts';
import { DHCP_FAULTS, decode } from '../../../src/services/dhcp/decode.ts';
import { encode } from '../../../src/services/dhcp/encode.ts';
import type { DhcpMessage } from '../../../src/services/dhcp/message.ts';
import { MESSAGE_TYPES, message } from '../../../src/services/dhcp/message.ts';
import * as option from '../../../src/services/dhcp/options.ts';
import { formatV4, Prefix, parseMac, parseV4 } from '../../../src/stack/index.ts';
import { start } from '../../cli/tapstack.ts';

const MAC = parseMac('02:00:00:00:00:01')!;
const plain = (options: readonly (readonly [number, Uint8Array])[] = [], more: Partial<DhcpMessage> = {}): DhcpMessage =>
  message({ op: 'request', type: 'discover', xid: 0xfeed_beef, chaddr: MAC, options: new Map(options), ...more });
const bytes = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);

/** A message with these bytes in place of its options. */
function withOptions(...octets: readonly number[]): Uint8Array {
  const whole = encode(plain()).bytes.slice();
  whole.fill(0, 240);
  whole.set(octets, 240);
  return whole;
}

const words = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Options whose lengths the RFC leaves open. */
const options = fc.dictionary(fc.integer({ min: 128, max: 254 }).map(String), fc.uint8Array({ maxLength: 300 }), { maxKeys: 6 });
const messages = fc
  .record({
    op: fc.constantFrom('request' as const, 'reply' as const),
    type: fc.constantFrom(...MESSAGE_TYPES),
    hops: fc.integer({ min: 0, max: 255 }),
    xid: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    secs: fc.integer({ min: 0, max: 65_535 }),
    broadcast: fc.boolean(),
    ciaddr: words,
    yiaddr: words,
    siaddr: words,
    giaddr: words,
    options,
  })
  .map(
    (fields): DhcpMessage => ({
      ...fields,
      chaddr: MAC,
      options: new Map(Object.entries(fields.options).map(([code, value]) => [Number(code), value])),
    }),
  );

test('what is written is read: every field, and options of any length (RFC 3396)', () => {
  fc.assert(
    fc.property(messages, (said) => {
      const { bytes: encoded, leftOut } = encode(said, 4_000);
      expect(leftOut).toEqual([]);
      expect(encoded.length).toBeGreaterThanOrEqual(300); // RFC 1542 §2.1
      const read = decode(encoded);
      expect(read).toEqual(said);
    }),
  );
});

test('whatever the room, what fits is read as it was and what does not is named', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 0, max: 1_500 }), (said, room) => {
      const { bytes: encoded, leftOut } = encode(said, room);
      expect(encoded.length).toBeLessThanOrEqual(Math.max(room, 300));
      const read = decode(encoded);
      const kept = [...said.options].filter(([code]) => !leftOut.includes(code));
      expect(read).toEqual({ ...said, options: new Map(kept) });
    }),
  );
});

test('RFC 2131 §4.1: what the options field has no room for goes to file and sname', () => {
  const said = plain([
    [200, bytes(50)],
    [201, bytes(120)],
    [202, bytes(60)],
    [203, bytes(99)],
  ]);
  const { bytes: encoded, leftOut } = encode(said, 300);
  expect([encoded[108], encoded[44], leftOut]).toEqual([201, 202, [203]]);
  expect([...(decode(encoded) as DhcpMessage).options.keys()].sort()).toEqual([200, 201, 202]);
});

test.each([
  { name: 'empty', input: new Uint8Array(0), fault: 'shorter than a DHCP message' },
  { name: 'BOOTP without a cookie', input: encode(plain()).bytes.slice().fill(0, 236), fault: 'magic cookie missing' },
  { name: 'cut in the cookie', input: encode(plain()).bytes.slice(0, 239), fault: 'shorter than a DHCP message' },
  { name: 'operation 3', input: encode(plain()).bytes.slice().fill(3, 0, 1), fault: 'neither a request nor a reply' },
  { name: 'token ring', input: encode(plain()).bytes.slice().fill(6, 1, 2), fault: 'hardware address is not of Ethernet' },
  { name: 'a group', input: encode(plain()).bytes.slice().fill(1, 28, 29), fault: 'hardware address is no single station' },
  { name: 'nobody', input: encode(plain()).bytes.slice().fill(0, 28, 34), fault: 'hardware address is no single station' },
  { name: 'no options', input: withOptions(), fault: 'message type missing' },
  { name: 'type 99', input: withOptions(53, 1, 99), fault: 'message type unknown' },
  { name: 'type 0', input: withOptions(53, 1, 0), fault: 'message type unknown' },
  { name: 'a type of two octets', input: withOptions(53, 2, 1, 1), fault: 'option of a wrong length' },
  { name: 'a mask of three octets', input: withOptions(53, 1, 1, 1, 3, 255, 255, 255), fault: 'option of a wrong length' },
  { name: 'routers of six octets', input: withOptions(53, 1, 1, 3, 6, 1, 2, 3, 4, 5, 6), fault: 'option of a wrong length' },
  {
    name: 'an option without length',
    input: encode(plain()).bytes.slice(0, 244).fill(12, 243),
    fault: 'option runs past its field',
  },
  { name: 'a name of 255 octets that are not there', input: withOptions(53, 1, 1, 12, 255), fault: 'option runs past its field' },
  { name: 'file said to have options, and has none that fit', input: overloaded(), fault: 'option runs past its field' },
])('malformed: $name: $fault', ({ input, fault }) => {
  expect(decode(input)).toBe(fault);
});

function overloaded(): Uint8Array {
  const whole = withOptions(53, 1, 1, 52, 1, 1, 255);
  whole.set([12, 200], 108);
  return whole;
}

test('a message without an end, with padding in between, is a message', () => {
  const read = decode(withOptions(0, 0, 53, 1, 1, 0, 12, 2, 0x70, 0x63));
  expect(typeof read === 'object' && option.textIn(read.options, option.HOST_NAME)).toBe('pc');
});

test('whatever the bytes, there is a message or a name for what is wrong', () => {
  const valid = encode(
    plain([
      [12, bytes(9)],
      [55, bytes(4)],
      [61, bytes(7)],
    ]),
  ).bytes;
  const mutations = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
  fc.assert(
    fc.property(mutations, fc.nat(valid.length), (changes, length) => {
      const mutated = valid.slice(0, length);
      for (const [at, value] of changes) if (at < length) mutated[at] = value;
      const read = decode(mutated);
      if (typeof read === 'string') expect(DHCP_FAULTS).toContain(read);
      else expect(MESSAGE_TYPES).toContain(read.type);
    }),
    { numRuns: 500 },
  );
});

test.each([
  { octets: [], expected: undefined, name: 'none' },
  { octets: [0x70, 0x63, 0x31], expected: 'pc1', name: 'plain' },
  { octets: [0x70, 0x63, 0, 0x31], expected: 'pc', name: 'ended by a zero' },
  { octets: [0x1b, 0x5b, 0x33, 0xff], expected: '?[3?', name: 'with what a terminal would obey' },
])('text of others is made printable: $name', ({ octets, expected }) => {
  const said = new Map(octets.length === 0 ? [] : [[12, Uint8Array.from(octets)] as const]);
  expect(option.textIn(said, 12)).toBe(expected);
});

test('RFC 3442: classless routes there and back; what is no list of routes is none', () => {
  const route = (network: string, length: number, router: string) => ({
    prefix: new Prefix(parseV4(network)!, length),
    router: parseV4(router)!,
  });
  const routes = [route('0.0.0.0', 0, '10.0.0.1'), route('10.17.0.0', 16, '10.0.0.2'), route('10.229.0.128', 25, '0.0.0.0')];
  const value = encodeRoutes(routes);
  expect([...value]).toEqual([0, 10, 0, 0, 1, 16, 10, 17, 10, 0, 0, 2, 25, 10, 229, 0, 128, 0, 0, 0, 0]);
  expect(decodeRoutes(value)?.map(({ prefix, router }) => `${prefix} ${formatV4(router)}`)).toEqual([
    '0.0.0.0/0 10.0.0.1',
    '10.17.0.0/16 10.0.0.2',
    '10.229.0.128/25 0.0.0.0',
  ]);
  for (const broken of [[33, 1, 2, 3, 4, 5, 6, 7, 8], [16, 10, 17, 10, 0], [24]]) {
    expect(decodeRoutes(Uint8Array.from(broken))).toBeUndefined();
  }
});

test('tshark reads what we write, overloaded fields and long options too', async () => {
  const said = plain(
    [
      [option.SUBNET_MASK, option.ofAddresses(parseV4('255.255.255.0')!)],
      [option.DOMAIN_NAME, option.ofText('lan.example')],
      [option.ROUTER, option.ofAddresses(parseV4('10.0.0.1')!)],
      [option.LEASE_TIME, option.ofSeconds(3_600)],
      [200, bytes(40)],
      [option.HOST_NAME, option.ofText('pc1')],
    ],
    { op: 'reply', type: 'offer', yiaddr: parseV4('10.0.0.100')! },
  );
  const hex = [...encode(said, 300).bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
  const fields = ['dhcp.ip.your', 'dhcp.option.domain_name', 'dhcp.option.ip_address_lease_time', 'dhcp.option.hostname'];
  const script = `printf '000000 %s\\n' "$1" | text2pcap -q -4 10.0.0.1,10.0.0.2 -u 67,68 - "$2" && tshark -r "$2" -T fields -E separator=';' ${fields
    .map((field) => `-e ${field}`)
    .join(' ')} -e _ws.malformed; rm -f "$2"`;
  const { out, err } = await start('bash', ['-c', script, 'bash', hex, `/tmp/tapstack-dhcp-${process.pid}.pcap`]).ended;
  expect(`${out.trim()}`, err).toBe('10.0.0.100;lan.example;3600;pc1;');
});
