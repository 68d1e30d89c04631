/** Zones: read from master files, written as objects, and searched. */
import { describe, expect, test } from 'vitest';
import { answerFromZones } from '../../../src/services/dns/authority.ts';
import { dataText } from '../../../src/services/dns/data-text.ts';
import type { DnsRecord } from '../../../src/services/dns/message.ts';
import { NXDOMAIN, queryFor, REFUSED, rcodeName, typeOf } from '../../../src/services/dns/message.ts';
import { shown } from '../../../src/services/dns/name.ts';
import { parseZone } from '../../../src/services/dns/zone-file.ts';
import { ZoneError } from '../../../src/services/dns/zone-lines.ts';
import { zoneOf } from '../../../src/services/dns/zone-object.ts';

const EXAMPLE = `
$ORIGIN example.com.
$TTL 1h
@   IN SOA ns1 hostmaster (
        2026112301 ; serial
        2h 15m 2w  ; refresh, retry, expire
        5m )       ; minimum
    IN NS  ns1
       NS  ns2.example.net.
    MX  10 mail
    300 IN TXT "v=spf1 -all" "second \\"text\\" \\255"
ns1     A 192.0.2.53
mail 60 IN A 192.0.2.25
     IN 60 AAAA 2001:db8::25
www     CNAME web
web     A 192.0.2.80
        A 192.0.2.81
away    CNAME www.example.net.
loop    CNAME pool
pool    CNAME loop
*.dyn   A 192.0.2.99
*.dyn   TXT (a
             b)
host.deep.below A 192.0.2.77
_sip._udp SRV 1 2 5060 mail
child   NS ns.child
        NS ns.elsewhere.test.
ns.child A 192.0.2.200
`;

const example = parseZone(EXAMPLE);
const line = (record: DnsRecord): string =>
  `${shown(record.name)} ${record.ttl} ${typeOf(record)} ${dataText(record.data)}`.replace('\u0000', '');

function problemOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof ZoneError ? error.message : `${error}`;
  }
}

function ask(name: string, type = 'A', zones = [example]) {
  const { rcode, isAuthoritative, answers, authorities, additionals } = answerFromZones(
    zones,
    queryFor(1, { name, type, class: 'IN' }),
  );
  return {
    rcode: rcodeName(rcode),
    aa: isAuthoritative,
    answers: answers.map(line),
    authorities: authorities.map(line),
    additionals: additionals.map(line),
  };
}

const NEGATIVE = 'example.com 300 SOA ns1.example.com. hostmaster.example.com. 2026112301 7200 900 1209600 300';

describe('RFC 1035 §5: a master file', () => {
  test('has times with units, parentheses, blank owners, quotes and escapes', () => {
    expect(example.origin).toBe('example.com');
    expect(line(example.soa)).toBe(NEGATIVE.replace('300 SOA', '3600 SOA'));
    expect(example.records('example.com', 'TXT').map(line)).toEqual([
      'example.com 300 TXT "v=spf1 -all" "second \\"text\\" \\255"',
    ]);
    expect(example.records('mail.example.com', 'AAAA').map(line)).toEqual(['mail.example.com 60 AAAA 2001:db8::25']);
    expect(example.records('*.dyn.example.com', 'TXT').map(line)).toEqual(['*.dyn.example.com 3600 TXT "a" "b"']);
  });

  test('without $TTL holds as long as the SOA says', () => {
    const zone = parseZone('example. SOA ns.example. root.example. 1 2 3 4 77\nexample. NS ns.example.\n');
    expect(zone.records('example', 'NS')[0]?.ttl).toBe(77);
  });

  test.each([
    ['', 'a zone has an SOA record, and this one has none'],
    ['$TTL 1h\nwww A 1.2.3.4\n', 'line 2: "www" is below no $ORIGIN: write one before, or end the name with a dot'],
    ['$ORIGIN a.test.\n$TTL soon\n', 'line 2: "soon" is no time: write seconds such as 3600, or 1h'],
    ['$INCLUDE other', 'line 1: $INCLUDE is not read: put everything in one file'],
    ['$GENERATE 1-9 a A 1.2.3.4', 'line 1: "$GENERATE" is no directive, but $ORIGIN and $TTL are'],
    ['  A 1.2.3.4', 'line 1: the first entry has no owner: its line begins with a blank'],
    ['a.test. 60 A 1.2.3', 'line 1: "1.2.3" is not an IPv4 address such as 192.0.2.1'],
    ['a.test. 60 AAAA 1::2::3', 'line 1: "1::2::3" is not an IPv6 address such as 2001:db8::1'],
    ['a.test. 60 A', 'line 1: A has an IPv4 address such as 192.0.2.1, not nothing'],
    ['a.test. 60 MX mail.test.', 'line 1: MX has a preference and a name, such as 10 mail, not "mail.test."'],
    ['a.test. 60 MX ten mail.test.', 'line 1: "ten" is no whole number up to 65535'],
    ['a.test. 60 CAA 0 issue x', 'line 1: no records of type CAA here, but A, AAAA, NS, CNAME, PTR, MX, SRV, SOA, TXT'],
    ['a.test. 60 CH A 1.2.3.4', 'line 1: class CH: there is only IN here'],
    ['a.test. A 1.2.3.4', 'line 1: how long this holds is not said: write $TTL 3600 at the beginning'],
    ['a.test. 60', 'line 1: an entry has a type, such as A, AAAA, NS'],
    [
      'a..test. 60 A 1.2.3.4',
      'line 1: "a..test." is no name: a name has no empty label: two dots in a row, or one at its beginning',
    ],
    [`${'a'.repeat(64)}. 60 A 1.2.3.4`, `line 1: "${'a'.repeat(64)}." is no name: a label has at most 63 characters, not 64`],
    ['a.test. 60 TXT "open', 'line 1: a quoted text ends with " on its own line'],
    ['a.test. 60 TXT "\\999"', 'line 1: "\\999" is no escape: write three digits up to 255, such as \\032'],
    ['\n\na.test. 60 SOA ( a. b. 1', 'line 3: the "(" of this line is not closed'],
    ['a.test. 60 A 1.2.3.4 )', 'line 1: a ")" without a "(" before it'],
  ])('%j is refused in one line', (text, message) => {
    expect(problemOf(() => parseZone(text))).toBe(message);
  });

  const SOA = 'a.test. 60 SOA ns.a.test. root.a.test. 1 2 3 4 5\n';
  test.each([
    [SOA, 'a.test has no NS record: a zone names its servers'],
    [`${SOA}b.test. 60 A 1.2.3.4`, 'line 2: b.test is not in the zone a.test'],
    [`${SOA}${SOA}`, 'line 2: a zone has one SOA record, of its origin'],
    [
      `${SOA}x.a.test. 60 CNAME y.test.\nx.a.test. 60 A 1.2.3.4`,
      'line 3: x.a.test has a CNAME: no other record beside it (RFC 1034 §3.6.2)',
    ],
    [
      `${SOA}x.a.test. 60 A 1.2.3.4\nx.a.test. 60 CNAME y.test.`,
      'line 3: x.a.test has a CNAME: no other record beside it (RFC 1034 §3.6.2)',
    ],
  ])('%j is no zone', (text, message) => {
    expect(problemOf(() => parseZone(text))).toBe(message);
  });
});

describe('RFC 1034 §4.3.2: the answer of an authority', () => {
  test.each([
    [
      'an address',
      'web.example.com',
      'A',
      { answers: ['web.example.com 3600 A 192.0.2.80', 'web.example.com 3600 A 192.0.2.81'] },
    ],
    ['names without regard to case', 'MAIL.Example.COM', 'A', { answers: ['mail.example.com 60 A 192.0.2.25'] }],
    [
      'an alias followed',
      'www.example.com',
      'A',
      {
        answers: [
          'www.example.com 3600 CNAME web.example.com.',
          'web.example.com 3600 A 192.0.2.80',
          'web.example.com 3600 A 192.0.2.81',
        ],
      },
    ],
    ['an alias itself', 'www.example.com', 'CNAME', { answers: ['www.example.com 3600 CNAME web.example.com.'] }],
    ['an alias that leads away', 'away.example.com', 'A', { answers: ['away.example.com 3600 CNAME www.example.net.'] }],
    ['no data', 'web.example.com', 'MX', { answers: [], authorities: [NEGATIVE] }],
    [
      'an alias to no data',
      'www.example.com',
      'MX',
      { answers: ['www.example.com 3600 CNAME web.example.com.'], authorities: [NEGATIVE] },
    ],
    ['no data where only names below exist', 'deep.below.example.com', 'A', { answers: [], authorities: [NEGATIVE] }],
    ['no such name', 'nobody.example.com', 'A', { rcode: 'NXDOMAIN', answers: [], authorities: [NEGATIVE] }],
    ['a wildcard', 'a.b.dyn.example.com', 'A', { answers: ['a.b.dyn.example.com 3600 A 192.0.2.99'] }],
    ['a wildcard without the type', 'a.dyn.example.com', 'MX', { answers: [], authorities: [NEGATIVE] }],
    ['nothing of a wildcard above the closest encloser', 'x.deep.below.example.com', 'A', { rcode: 'NXDOMAIN' }],
    [
      'the address with the exchanger',
      'example.com',
      'MX',
      {
        answers: ['example.com 3600 MX 10 mail.example.com.'],
        additionals: ['mail.example.com 60 A 192.0.2.25', 'mail.example.com 60 AAAA 2001:db8::25'],
      },
    ],
    [
      'a referral with glue',
      'www.child.example.com',
      'A',
      {
        aa: false,
        answers: [],
        authorities: ['child.example.com 3600 NS ns.child.example.com.', 'child.example.com 3600 NS ns.elsewhere.test.'],
        additionals: ['ns.child.example.com 3600 A 192.0.2.200'],
      },
    ],
    ['a referral at the cut itself', 'child.example.com', 'NS', { aa: false, answers: [] }],
    ['glue is not ours to answer with', 'ns.child.example.com', 'A', { aa: false, answers: [] }],
    ['refused for others', 'www.example.net', 'A', { rcode: 'REFUSED', aa: false, answers: [], authorities: [] }],
    ['refused for a part of a label', 'badexample.com', 'A', { rcode: 'REFUSED' }],
    ['no transfers', 'example.com', 'AXFR', { rcode: 'REFUSED' }],
    ['RFC 8482: one set of several for ANY', 'mail.example.com', 'ANY', { answers: ['mail.example.com 60 A 192.0.2.25'] }],
  ])('%s', (_what, name, type, expected) => {
    expect(ask(name, type)).toMatchObject({
      rcode: 'NOERROR',
      aa: (expected as { rcode?: string }).rcode !== 'REFUSED',
      ...expected,
    });
  });

  test('aliases in a circle come to an end', () => {
    expect(ask('loop.example.com').answers).toHaveLength(9);
  });

  test('of several zones the nearest answers, and an alias leads from one to the other', () => {
    const child = zoneOf('child.example.com', { '@': { NS: 'ns' }, www: { CNAME: 'web.example.com.' } });
    expect(ask('www.child.example.com', 'A', [example, child])).toMatchObject({
      aa: true,
      answers: [
        'www.child.example.com 3600 CNAME web.example.com.',
        'web.example.com 3600 A 192.0.2.80',
        'web.example.com 3600 A 192.0.2.81',
      ],
    });
  });
});

describe('a zone as an object', () => {
  test('has its SOA made, and texts without quotes whole', () => {
    const zone = zoneOf('example.org.', {
      '@': { NS: 'ns1', MX: ['10 mail', '20 mail.example.net.'], TXT: 'three blank words; and grüße', ttl: 60 },
      ns1: { A: '192.0.2.1' },
    });
    expect(line(zone.soa)).toBe('example.org 3600 SOA ns1.example.org. hostmaster.example.org. 1 7200 900 1209600 300');
    expect(zone.records('example.org', 'MX').map(line)).toEqual([
      'example.org 60 MX 10 mail.example.org.',
      'example.org 60 MX 20 mail.example.net.',
    ]);
    expect(zone.records('example.org', 'TXT').map(line)).toEqual([
      'example.org 60 TXT "three blank words; and gr\\195\\188\\195\\159e"',
    ]);
  });

  test('of the root', () => {
    const root = zoneOf('', { '@': { NS: 'a.root-servers.net.' }, com: { NS: 'ns.com' }, 'ns.com': { A: '192.0.2.2' } });
    expect(ask('www.example.com', 'A', [root])).toMatchObject({
      aa: false,
      authorities: ['com 3600 NS ns.com.'],
      additionals: ['ns.com 3600 A 192.0.2.2'],
    });
    expect(ask('nowhere', 'A', [root]).rcode).toBe(rcodeName(NXDOMAIN));
    expect(ask('', 'NS', [root]).answers).toEqual(['. 3600 NS a.root-servers.net.']);
  });

  test.each([
    ['a name', { www: { A: '1.2.3' } }, 'www: "1.2.3" is not an IPv4 address such as 192.0.2.1'],
    ['a type', { www: { a: '1.2.3.4' } }, 'www: no records of type a here, but A, AAAA, NS, CNAME, PTR, MX, SRV, SOA, TXT'],
    ['servers', { www: { A: '1.2.3.4' } }, 'example.org has no NS record: a zone names its servers'],
  ])('with a wrong %s is refused', (_what, nodes, message) => {
    expect(problemOf(() => zoneOf('example.org', nodes))).toBe(message);
  });

  test('knows which names are its own', () => {
    expect([REFUSED, example.holds('EXAMPLE.com'), example.holds('a.example.com'), example.holds('com')]).toEqual([
      5,
      true,
      true,
      false,
    ]);
  });
});
