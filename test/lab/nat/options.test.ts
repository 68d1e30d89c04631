/** What a person may write about a NAT, and what is said of mistakes. */
import { expect, test } from 'vitest';
import { timeLeft } from '../../../src/lab/conntrack/time-outs.ts';
import { formatForward, parseForward } from '../../../src/lab/nat/forward.ts';
import type { NatOptions } from '../../../src/lab/nat/options.ts';
import { planOf } from '../../../src/lab/nat/options.ts';
import { NEVER, SECOND } from '../../../src/stack/time.ts';

test.each([
  ['tcp 80 to 192.168.1.10:8080', 'tcp 80 to 192.168.1.10:8080'],
  ['TCP port 80 to 192.168.1.10', 'tcp 80 to 192.168.1.10:80'],
  ['udp 203.0.113.1:5000-5009 to 192.168.1.10:6000', 'udp 203.0.113.1:5000-5009 to 192.168.1.10:6000'],
])('%s', (text, again) => {
  expect(formatForward(parseForward(text))).toBe(again);
});

test.each([
  ['80 to 192.168.1.10', '"80 to 192.168.1.10" forwards no port: write it as "tcp 80 to 192.168.1.10:8080"'],
  ['tcp 80 192.168.1.10', '"tcp 80 192.168.1.10" forwards no port: write it as "tcp 80 to 192.168.1.10:8080"'],
  ['tcp 0 to 192.168.1.10', '"tcp 0 to 192.168.1.10": 0 is no port: they go from 1 to 65535'],
  ['tcp 80 to 192.168.1.300', '"192.168.1.300" is not an IPv4 address: write it as "tcp 80 to 192.168.1.10:8080"'],
  ['tcp 90-80 to 192.168.1.3', 'the range 90-80 ends before it begins'],
  ['udp 1-9 to 192.168.1.3:65530', 'the ports behind it end above 65535'],
])('"%s" is a mistake', (text, words) => {
  expect(() => parseForward(text)).toThrow(words);
});

const MISTAKES: readonly (readonly [Partial<NatOptions>, string])[] = [
  [{ outside: '' }, 'a NAT needs the name of the interface that leads outside'],
  [{ inside: ['192.168.1.7/24'] }, 'has bits set behind its prefix'],
  [{ addresses: ['203.0.113'] }, '"203.0.113" is not an IPv4 address such as 203.0.113.1'],
  [{ addresses: ['203.0.113.9-203.0.113.8'] }, 'write the lower address first, "203.0.113.8-203.0.113.9"'],
  [{ addresses: ['10.0.0.0-10.0.9.0'] }, 'are 2305 addresses: a NAT has at most 256'],
  [{ ports: { first: 9, last: 8 } }, 'the ports 9 to 8 of a NAT: write two numbers from 1 to 65535 in ascending order'],
  [
    { oneToOne: { '203.0.113.5': '10.0.0.1', '203.0.113.6': '10.0.0.1' } },
    'two addresses outside lead to the same address inside',
  ],
  [{ timeOuts: { udp: 0 } }, 'the time-out "udp" is a positive number of microseconds, not 0'],
  [{ maxSessions: 0 }, 'maxSessions of a NAT is a whole number from 1 on, not 0'],
  [{ maxPerHost: 1.5 }, 'maxPerHost of a NAT is a whole number from 1 on, not 1.5'],
];
test.each(MISTAKES)('%j is a mistake', (options, words) => {
  expect(() => planOf({ outside: 'wan', ...options })).toThrow(words);
});

test.each([
  [0, '0 s'],
  [0.2, '1 s'],
  [59, '59 s'],
  [60, '1 min'],
  [299, '4 min 59 s'],
  [7440, '2 h 4 min'],
  [3600, '1 h'],
])('%d s are left: %s', (left, words) => {
  expect(timeLeft(left * SECOND, 0)).toBe(words);
});

test('what is never forgotten has no time left', () => {
  expect(timeLeft(NEVER, 0)).toBe('');
});
