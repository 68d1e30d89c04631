/** Messages of DNS: there and back, the bytes that others wrote, and bytes that nobody should believe. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DnsMessage, DnsRecord, RecordData } from '../../../src/services/dns/message.ts';
import { queryFor, responseTo } from '../../../src/services/dns/message.ts';
import { decode, encode } from '../../../src/services/dns/wire.ts';

const query = queryFor(0x1234, { name: 'www.example.com', type: 'A', class: 'IN' }, { recursionDesired: true });
const record = (data: RecordData, name = 'example.com', ttl = 300): DnsRecord => ({ name, ttl, data });
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'));

function decoded(bytes: Uint8Array): DnsMessage {
  const result = decode(bytes);
  if ('problem' in result) throw new Error(result.problem);
  return result.message;
}

const EVERY_KIND: readonly RecordData[] = [
  { type: 'A', address: '192.0.2.1' },
  { type: 'AAAA', address: '2001:db8::1' },
  { type: 'NS', target: 'ns1.example.com' },
  { type: 'CNAME', target: 'web.example.com' },
  { type: 'PTR', target: 'host.example.com' },
  {
    type: 'SOA',
    primary: 'ns1.example.com',
    mailbox: 'john\\.doe.example.com',
    serial: 4_294_967_295,
    refresh: 7200,
    retry: 900,
    expire: 1_209_600,
    minimum: 60,
  },
  { type: 'MX', preference: 10, exchange: 'mail.example.com' },
  { type: 'MX', preference: 0, exchange: '' },
  { type: 'TXT', texts: ['v=spf1 -all', '', '\u00ff\u0000"'] },
  { type: 'SRV', priority: 1, weight: 2, port: 5060, target: 'sip.example.com' },
  { type: 'other', code: 65, bytes: hex('0001 00') },
  { type: 'other', code: 257, bytes: hex('00 05 6973737565 61') },
];

test('a message with every kind of record is read as it was written', () => {
  const message = responseTo(query, {
    answers: EVERY_KIND.map((data) => record(data)),
    authorities: [record({ type: 'NS', target: '' }, '', 0x7fff_ffff)],
    additionals: [record({ type: 'A', address: '10.0.0.1' }, 'ns1.example.com')],
    isAuthoritative: true,
    recursionAvailable: true,
    rcode: 0x123,
  });
  expect(decoded(encode(message))).toEqual(message);
});

test('RFC 1035 §4.1: a query in bytes', () => {
  const bytes = encode({ ...query, edns: undefined });
  expect(Buffer.from(bytes).toString('hex')).toBe('12340100000100000000000003777777076578616d706c6503636f6d0000010001');
});

test('RFC 6891 §6.1.2: the size, the version and the upper bits of the response code are in a record of the root', () => {
  const bytes = encode(responseTo(query, { rcode: 16 }));
  expect(Buffer.from(bytes).toString('hex')).toMatch(/00002904d0010000000000$/);
  expect(decoded(bytes)).toMatchObject({ rcode: 16, edns: { size: 1232, version: 0 } });
});

test('RFC 1035 §4.1.4: names that point back are read to their end', () => {
  const bytes = hex(`1234 8180 0001 0002 0000 0000  03777777 076578616d706c65 03636f6d 00 0001 0001
    c00c 0005 0001 0000012c 0006 03776562 c010   c02d 0001 0001 0000012c 0004 c0000201`);
  expect(decoded(bytes).answers).toEqual([
    { name: 'www.example.com', ttl: 300, data: { type: 'CNAME', target: 'web.example.com' } },
    { name: 'web.example.com', ttl: 300, data: { type: 'A', address: '192.0.2.1' } },
  ]);
});

test('RFC 2181 §8: a time to live with its first bit set is zero', () => {
  const bytes = hex('1234 8180 0000 0001 0000 0000  01 61 00 0001 0001 80000001 0004 c0000201');
  expect(decoded(bytes).answers[0]?.ttl).toBe(0);
});

test('records of other classes are not those of the Internet', () => {
  const bytes = hex('1234 8180 0000 0001 0000 0000  01 61 00 0001 0003 00000001 0004 c0000201');
  expect(decoded(bytes).answers).toEqual([]);
});

describe('malformed', () => {
  const HEAD = '1234 8180 0000 0001 0000 0000';
  test.each([
    ['nothing at all', '', 'shorter than its header'],
    ['half a header', '1234 0100 0001', 'shorter than its header'],
    ['a question that is not there', '1234 0100 0001 0000 0000 0000', 'ends before what its header counts'],
    ['a question without its class', '1234 0100 0001 0000 0000 0000 00 0001', 'ends before what its header counts'],
    ['65,535 records in twelve bytes', '1234 8180 0000 ffff ffff ffff', 'more records than anybody needs'],
    ['a name that points at itself', `${HEAD} c00c 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['a name that points ahead', `${HEAD} c010 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['a name that points into the header', `${HEAD} c000 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['a label of an unknown kind', `${HEAD} 41 61 00 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['a dot inside of a label', `${HEAD} 03 612e62 00 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['a zero inside of a label', `${HEAD} 03 610062 00 0001 0001 00000000 0004 01020304`, 'a name that is not one'],
    ['such a label in the data', `${HEAD} 01 61 00 0005 0001 00000000 0005 03 612e62 00`, 'a name that is not one'],
    ['an address of three bytes', `${HEAD} 01 61 00 0001 0001 00000000 0003 010203`, 'data of the wrong length'],
    ['data longer than the message', `${HEAD} 01 61 00 0001 0001 00000000 0005 01020304`, 'ends before what its header counts'],
    ['a name shorter than its data', `${HEAD} 01 61 00 0002 0001 00000000 0004 01 62 00 00`, 'data of the wrong length'],
    ['a text beyond its data', `${HEAD} 01 61 00 0010 0001 00000000 0002 02 61`, 'data of the wrong length'],
    ['a record behind the last', `${HEAD} 01 61 00 0001 0001 00000000 0004 01020304 00`, 'bytes behind the last record'],
    ['two OPT', '1234 0100 0000 0000 0000 0002 00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000', 'more than one OPT'],
  ])('%s', (_what, bytes, problem) => {
    expect(decode(hex(bytes))).toEqual({ problem });
  });

  test('a name of 256 bytes', () => {
    const label = `3f${'61'.repeat(63)}`;
    expect(decode(hex(`1234 0100 0001 0000 0000 0000 ${label.repeat(4)} 00 0001 0001`))).toEqual({
      problem: 'a name that is not one',
    });
  });

  test('a long chain of pointers costs next to nothing', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => (i === 0 ? '0000' : (0xc000 | (12 + (i - 1) * 2)).toString(16)));
    const bytes = hex(`1234 8180 0000 0001 0000 0000 ${chain.join('')}`);
    expect(decode(bytes)).toHaveProperty('problem');
  });
});

test('whatever bytes come: a message or a reason', () => {
  const whole = encode(responseTo(query, { answers: EVERY_KIND.map((data) => record(data)) }));
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => {
    const bytes = whole.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  const cut = fc.nat(whole.length).map((length) => whole.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged, cut), (bytes) => {
      const result = decode(bytes);
      if ('problem' in result) expect(result.problem).toMatch(/\w+ \w+/);
      else expect(decode(encode(result.message))).toEqual(result); // what we have read we can say
    }),
    { numRuns: 2_000 },
  );
});
