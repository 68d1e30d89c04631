/** DNS with the programs that everybody uses at the other end: dig asks our servers, our client asks dnsmasq, over a TAP. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import type { Result } from './tapstack.ts';
import { faultyFrames, start, Tapstack, tshark } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

const LONG = Array.from({ length: 12 }, (_, i) => `"${`${i}`.padStart(120, 'x')}"`).join(' ');
const ZONE = `$ORIGIN example.com.
$TTL 300
@ SOA ns1 hostmaster 7 2h 15m 2w 60
  NS ns1
  MX 10 mail
  TXT "v=spf1 -all"
ns1 A 10.0.0.2
mail A 192.0.2.25
  AAAA 2001:db8::25
www CNAME web
web A 192.0.2.80
long TXT ${LONG}
_sip._udp SRV 1 2 5060 mail
child NS ns.child
ns.child A 192.0.2.53
`;

/** One `up` for all questions of dig: its TAP and its start are what costs. */
describe('dig asks an authority of ours', () => {
  let result: Result;
  const questions: Readonly<Record<string, string>> = {
    alias: 'www.example.com +noall +answer +comments',
    mx: 'example.com MX +noall +answer +additional',
    nothing: 'nobody.example.com +noall +comments +authority',
    nodata: 'web.example.com MX +noall +comments +authority',
    elsewhere: 'www.example.net +noall +comments',
    referral: 'www.child.example.com +norec +noall +comments +authority +additional',
    cut: 'long.example.com TXT +notcp +ignore +noall +comments',
    long: 'long.example.com TXT +noall +comments',
    tcp: 'web.example.com +tcp +short',
    plain: 'web.example.com +noedns +short',
    version: 'web.example.com +edns=1 +noednsnegotiation +noall +comments',
    any: 'mail.example.com ANY +noall +answer',
    srv: '_sip._udp.example.com SRV +short',
    hosts: 'printer.home +short',
    back: '-x 192.168.1.10 +short',
    own: 'stack.test +short',
  };
  beforeAll(async () => {
    writeFileSync(tapstack.path('example.zone'), ZONE);
    writeFileSync(tapstack.path('hosts'), '192.168.1.10 printer.home\n');
    const ask = Object.entries(questions).map(([name, words]) => `echo "== ${name}"; dig @10.0.0.2 +time=2 ${words}`);
    const options = ['--dns-zone', 'example.zone', '--dns-hosts', 'hosts', '--capture', 'dig.pcapng'];
    result = await tapstack.beside(ask.join('\n'), options);
  });
  const part = (name: string): string =>
    result.out.split(/^== /m).find((each) => each.startsWith(`${name}\n`)) ?? result.out + result.err;

  test.each([
    [
      'alias',
      /status: NOERROR[\s\S]*flags: qr aa rd;[\s\S]*www\.example\.com\.\s+300\s+IN\s+CNAME\s+web\.example\.com\.\nweb\.example\.com\.\s+300\s+IN\s+A\s+192\.0\.2\.80/,
    ],
    [
      'mx',
      /MX\s+10 mail\.example\.com\.\nmail\.example\.com\.\s+300\s+IN\s+A\s+192\.0\.2\.25\nmail\.example\.com\.\s+300\s+IN\s+AAAA\s+2001:db8::25/,
    ],
    [
      'nothing',
      /status: NXDOMAIN[\s\S]*example\.com\.\s+60\s+IN\s+SOA\s+ns1\.example\.com\. hostmaster\.example\.com\. 7 7200 900 1209600 60/,
    ],
    ['nodata', /status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1[\s\S]*SOA/],
    ['elsewhere', /status: REFUSED/],
    ['referral', /flags: qr;[\s\S]*child\.example\.com\.\s+300\s+IN\s+NS\s+ns\.child\.example\.com\.[\s\S]*192\.0\.2\.53/],
    ['cut', /flags: qr aa tc rd;[\s\S]*ANSWER: 0/],
    ['long', /Truncated, retrying in TCP mode[\s\S]*ANSWER: 1/],
    ['tcp', /^192\.0\.2\.80$/m],
    ['plain', /^192\.0\.2\.80$/m],
    ['version', /status: BADVERS/],
    ['any', /IN\s+A\s+192\.0\.2\.25\n$/],
    ['srv', /^1 2 5060 mail\.example\.com\.$/m],
    ['hosts', /^192\.168\.1\.10$/m],
    ['back', /^printer\.home\.$/m],
    ['own', /^10\.0\.0\.2$/m],
  ])('%s', (name, expected) => {
    expect(part(name)).toMatch(expected);
  });

  test('tshark finds no fault with any of it, and reads the names as we do', async () => {
    expect(await faultyFrames(tapstack.path('dig.pcapng'))).toEqual([]);
    const answers = await tshark(tapstack.path('dig.pcapng'), ['dns.qry.name', 'dns.a'], 'dns.flags.response == 1 && dns.a');
    expect(answers).toContain('www.example.com;192.0.2.80');
    const overTcp = await tshark(tapstack.path('dig.pcapng'), ['dns.length'], 'tcp && dns.flags.response == 1');
    expect(overTcp.length).toBe(3); // the long one, the one that asked for it, and ANY
  });
});

describe('our client asks dnsmasq', () => {
  const LINK = ['--tap', 'dns0', '--ip', '10.69.0.2/24'];
  let results: Record<string, Result>;
  beforeAll(async () => {
    for (const words of ['tuntap add dev dns0 mode tap', 'addr add 10.69.0.1/24 dev dns0', 'link set dns0 up'])
      expect(await start('ip', words.split(' ')).ended).toMatchObject({ code: 0 });
    const records = [
      '--host-record=web.example.com,192.0.2.80',
      '--cname=www.example.com,web.example.com',
      '--mx-host=example.com,mail.example.com,10',
      `--txt-record=long.example.com,${Array.from({ length: 20 }, (_, i) => `${i}`.padStart(120, 'x')).join(',')}`,
      '--local=/example.com/',
    ];
    const where = [
      '--no-daemon',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--bind-interfaces',
      '--listen-address=10.69.0.1',
    ];
    const server = start('dnsmasq', [...where, '--user=root', '--pid-file=', ...records]);
    await server.says('started');
    const ask = (...words: string[]): Promise<Result> => tapstack.run(['resolve', ...LINK, ...words, '--server', '10.69.0.1']);
    try {
      results = {
        alias: await ask('www.example.com'),
        mx: await ask('example.com', 'MX'),
        long: await ask('long.example.com', 'TXT', '--capture', 'long.pcapng'),
        reverse: await ask('192.0.2.80'),
        nothing: await ask('nobody.example.com'),
        page: await tapstack.run(['get', ...LINK, '--dns-server', '10.69.0.1', 'http://nobody.example.com/']),
      };
    } finally {
      server.process.kill();
      await server.ended;
      await start('ip', ['link', 'del', 'dns0']).ended;
    }
  });

  test.each([
    ['alias', 0, /^www\.example\.com \d+ CNAME web\.example\.com\.\nweb\.example\.com \d+ A 192\.0\.2\.80\n$/],
    ['mx', 0, /^example\.com \d+ MX 10 mail\.example\.com\.\n$/],
    ['long', 0, /"x+19"\n$/],
    ['reverse', 0, /^80\.2\.0\.192\.in-addr\.arpa \d+ PTR web\.example\.com\.\n$/],
    ['nothing', 1, /^$/],
  ])('%s', (name, code, expected) => {
    expect([results[name]?.code, results[name]?.err]).toEqual([code, code === 0 ? '' : expect.stringContaining('NXDOMAIN')]);
    expect(results[name]?.out).toMatch(expected);
  });

  test('get asks for the name over the stack', () => {
    expect([results['page']?.code, results['page']?.err]).toEqual([
      1,
      'cannot get http://nobody.example.com/: nobody.example.com A (no such name, says 10.69.0.1): no such name\n',
    ]);
  });

  test('the long answer came over TCP', async () => {
    expect(await tshark(tapstack.path('long.pcapng'), ['tcp.dstport'], 'tcp.flags.syn == 1 && tcp.flags.ack == 0')).toEqual([
      '53',
    ]);
  });
});

test.each([
  [['up', '--dns-zone', 'missing'], 'cannot read missing (ENOENT): name a file that is there'],
  [['up', '--dns-zone', 'bad.zone'], 'bad.zone: line 2: "1.2.3" is not an IPv4 address such as 192.0.2.1'],
  [['up', '--dns-root', '10.0.0.1', '--dns-forward', '10.0.0.1'], 'questions are either passed on or found out, choose one'],
  [['resolve', 'a..b', '--server', '10.0.0.1'], '"a..b" is no name: a name has no empty label'],
  [['resolve', 'a', 'WHAT', '--server', '10.0.0.1'], '"WHAT" is no type of records such as A'],
])('wrong use is said in one line: %j', async (words, message) => {
  writeFileSync(tapstack.path('bad.zone'), '$ORIGIN a.test.\n@ 60 A 1.2.3\n');
  const { code, err } = await tapstack.run(words);
  expect([code, err.trim().split('\n').length]).toEqual([2, 1]);
  expect(err).toContain(message);
});
