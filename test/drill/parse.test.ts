/** The language: every production, every comment, and errors that say where and what. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ParseError, parse } from '../../src/drill/index.ts';
import type { Action, CallAction } from '../../src/drill/script/ast.ts';
import { printAction, printTime } from '../../src/drill/script/print.ts';

const only = (line: string, symbols = {}): Action => parse(line, symbols).events[0]!.action;

for (const [line, printed] of [
  [
    '+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>',
    '< S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>',
  ],
  ['+0 > S. 0:0(0) ack 1 <...>', '> S. 0:0(0) ack 1 <...>'],
  ['+0 > .5 1:1(0) ack 1', '> EA. 1:1(0) ack 1'],
  ['+0 > - 1:1(0)', '> - 1:1(0)'],
  ['+0 > FP. 1:101(100) ack 7 win 0 urg 5', '> FP. 1:101(100) ack 7 win 0 urg 5'],
  ['+0 < SEW 0:0(0) win 1', '< SEW 0:0(0) win 1'],
  ['+0 > R 77:77(0)! ', '> R 77:77(0)!'],
  ['+0 > P. ...(1000) ack 1', '> P. ...(1000) ack 1'],
  ['+0 > . 1:1(0) ack 1 <nop,nop,sack 1001:2001 3001:4001>', '> . 1:1(0) ack 1 <nop,nop,sack 1001:2001 3001:4001>'],
  ['+0 < . 1:1(0) ack 1 win 5 <nop,nop,TS val 100 ecr 0>', '< . 1:1(0) ack 1 win 5 <nop,nop,TS val 100 ecr 0>'],
  ['+0 > S 0:0(0) <FO 3021b9d889017eeb,md5 valid,gen-77 0102>', '> S 0:0(0) <FO 3021b9d889017eeb,md5 valid,gen-77 0102>'],
  ['+0 > [ect01] . 1:1(0) ack 1', '> [ect01] . 1:1(0) ack 1'],
  ['+0 > (tos 0x28, ttl 64) . 1:1(0) ack 1', '> [tos 0x28, ttl 0x40] . 1:1(0) ack 1'],
  ['+0 < [hlim 5, class 0x10, flowlabel 0x12345] . 1:1(0)', '< [ttl 0x5, tos 0x10, flowlabel 0x12345] . 1:1(0)'],
  ['+0 < 5000 > 80: S 0:0(0)', '< 5000 > 80 S 0:0(0)'],
  ['+0 > . 1:1(0) ack 1 /udp(9899 > 9900)', '> . 1:1(0) ack 1 /udp(9899 > 9900)'],
  ['+0 < udp (100)', '< udp(100)'],
  ['+0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]', '< icmp unreachable frag_needed mtu 1200 [1:1461(1460)]'],
  ['+0 < icmpv6 packet_too_big mtu 1280 [udp(10)]', '< icmpv6 packet_too_big mtu 1280 [udp(10)]'],
  ['+0 < icmp echo_request id 7', '< icmp echo_request id 7'],
  ['+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)', 'fcntl(3, F_GETFL) = 2 (flags O_RDWR)'],
  [
    '+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
    'connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
  ],
  ['+0...0.5 read(3, ..., 10) = 10', '...0.500000 read(3, ..., 10) = 10'],
  [
    '+0 sendmsg(4, {msg_name(16)=..., msg_iov(1)=[{..., 5}], msg_flags=0}, 0) = 5',
    'sendmsg(4, {msg_name(16)=..., msg_iov(1)=[{..., 5}], msg_flags=0}, 0) = 5',
  ],
  [
    '+0 bind(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("1.2.3.4")}, 16) = 0',
    'bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16) = 0',
  ],
  [
    '+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=~0}], 1, -1) = ?',
    'poll([{fd=4, events=POLLIN|POLLOUT, revents=~0}], 1, -1) = ?',
  ],
  ['+0 `ip route show`', '`ip route show`'],
  ['+0 %{ assert a == 1 }%', '%{ assert a == 1 }%'],
] as const)
  test(`reads ${line}`, () => expect(printAction(only(line))).toBe(printed));

for (const [time, printed] of [
  ['+.1', '+0.100000'],
  ['0.25', '0.250000'],
  ['*', '*'],
  ['1~2', '1.000000~2.000000'],
  ['+0.1~+0.2', '+0.100000~+0.200000'],
] as const)
  test(`reads the time ${time}`, () => expect(printTime(parse(`${time} > . 1:1(0) ack 1`).events[0]!.time)).toBe(printed));

test('options, initial and closing commands, three kinds of comments', () => {
  const script = parse(`--tolerance_usecs=10000 --define=N=42 // why
# a remark
\`sysctl -q net.ipv4.tcp_sack=0\`
/* two
   lines */ 0 read(N, ..., 1) = 1
\`true\``);
  expect(script.options.map(({ name, value }) => [name, value])).toEqual([
    ['tolerance_usecs', '10000'],
    ['define', 'N=42'],
  ]);
  expect(script.init[0]?.text).toBe('sysctl -q net.ipv4.tcp_sack=0');
  expect(script.cleanup[0]?.text).toBe('true');
  expect((script.events[0]!.action as CallAction).args[0]).toEqual({ kind: 'number', value: 42 });
  expect(script.events[0]?.line).toBe(5);
});

test('-D replaces whole words, and errors behind them keep their column', () => {
  expect(printAction(only('+0 < icmp unreachable CODE [1:2(1)]', { CODE: 'host_unreachable' }))).toContain('host_unreachable');
  const fault = faultOf('+0 read(CODE, ?) = 1', { CODE: '1234567890' });
  expect(fault.column).toBe(15);
});

test('a packet of another protocol parses, up to the next event', () => {
  const { events } = parse('+0 < sctp: INIT[flgs=0,\n  tag=1]\n+0 > . 1:1(0) ack 1');
  expect(events.map(({ action }) => (action.kind === 'packet' ? action.body.kind : ''))).toEqual(['foreign', 'tcp']);
});

function faultOf(text: string, symbols = {}): ParseError {
  try {
    parse(text, symbols);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error('it parsed');
}

for (const [text, line, column, expected] of [
  ['', 1, 1, 'an event'],
  ['+0 < S 0:0(0) win', 1, 18, 'a window'],
  ['+0 < S 0:5(3)', 1, 10, 'a length of 5'],
  ['+0 < Q 0:0(0)', 1, 6, 'flags such as'],
  ['+0 read(3, ..., 10 = 10', 1, 20, '"," or ")"'],
  ['\n\n+0 > . 1:1(0) <mss>', 3, 19, 'a number'],
  ['+0 `true', 1, 5, 'a command that ends'],
  ['+0 %{ assert', 1, 6, 'code that ends'],
  ['/* never closed', 1, 1, 'a comment that ends'],
  ['* read(3, ..., 1) = 1', 1, 1, 'one exact time'],
  ['+0 read(3, "abc', 1, 12, 'a string'],
  ['+0 < [what] . 1:1(0)', 1, 7, 'ect0'],
] as const)
  test(`says where and what: ${JSON.stringify(text)}`, () => {
    const fault = faultOf(text);
    expect([fault.line, fault.column]).toEqual([line, column]);
    expect(fault.expected).toContain(expected);
  });

const TOKENS = [
  '+0',
  '0.1',
  '*',
  '<',
  '>',
  'S',
  '.',
  '1:1(0)',
  'ack 1',
  'win 5',
  '<mss 5>',
  '<...>',
  'read(3, ..., 1)',
  '= 1',
  '`',
  '%{',
  '}%',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '|',
  '"',
  '\n',
  '--a=b',
  'udp(',
  'icmp',
  '...',
  '~',
  ',',
  '#',
  '/*',
  '*/',
];

test('whatever the text: a script or a ParseError, and nothing else', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((tokens) => tokens.join(' ')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
      }
    }),
    { numRuns: 2000 },
  );
});
