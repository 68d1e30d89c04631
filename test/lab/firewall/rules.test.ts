/** Rules as a person writes them: what they mean, and what is said of mistakes. */
import { expect, test } from 'vitest';
import type { FirewallOptions } from '../../../src/lab/firewall/firewall.ts';
import { Firewall } from '../../../src/lab/firewall/firewall.ts';
import { parseRule, ruleWords } from '../../../src/lab/firewall/parse-rule.ts';
import type { Rule } from '../../../src/lab/firewall/rule.ts';

const RULES: readonly (readonly [string, Rule])[] = [
  [
    'allow tcp from 10.1.0.0/16 to 10.9.0.2 port 80,443 in lan as web',
    {
      action: 'accept',
      protocol: 'tcp',
      from: ['10.1.0.0/16'],
      to: ['10.9.0.2'],
      ports: ['80', '443'],
      in: 'lan',
      name: 'web',
    },
  ],
  ['drop udp to any port 53 out wan', { action: 'drop', protocol: 'udp', ports: ['53'], out: 'wan' }],
  ['reject tcp port 23 as no-telnet', { action: 'reject', protocol: 'tcp', ports: ['23'], name: 'no-telnet' }],
  ['ALLOW icmp TYPE echo-request ON input', { action: 'accept', protocol: 'icmp', types: ['echo-request'], chain: 'input' }],
  ['allow state established, related', { action: 'accept', states: ['established', 'related'] }],
  ['deny tcp flags syn,!ack in wan', { action: 'drop', protocol: 'tcp', flags: ['syn', '!ack'], in: 'wan' }],
  [
    'accept udp from any port 53 to 10.1.0.0/16 port 1024-65535',
    { action: 'accept', protocol: 'udp', fromPorts: ['53'], to: ['10.1.0.0/16'], ports: ['1024-65535'] },
  ],
  [
    'allow tcp from 10.1.0.0/16 out wan port 80',
    { action: 'accept', protocol: 'tcp', from: ['10.1.0.0/16'], out: 'wan', ports: ['80'] },
  ],
  ['drop protocol 47', { action: 'drop', protocol: 47 }],
  ['drop any', { action: 'drop' }],
  ['drop', { action: 'drop' }],
];
test.each(RULES)('%s', (text, rule) => {
  expect(parseRule(text)).toEqual(rule);
});

test.each(RULES)('%s: and back', (text, { action, name, chain, ...rest }) => {
  const again = parseRule(`${action} ${ruleWords(parseRule(text))}`);
  expect(again).toEqual({ action, ...rest });
  expect([name, chain]).toEqual([parseRule(text).name, parseRule(text).chain]);
});

test.each([
  ['', 'rule "": begin with allow, drop or reject'],
  ['permit tcp', 'begin with allow, drop or reject, not "permit"'],
  ['allow tcp form 10.0.0.0/8', '"form" is not understood: say from, to, port'],
  ['allow port 80', 'only tcp and udp have ports: say which, as in "allow tcp to 10.9.0.2 port 80"'],
  ['allow icmp port 80', 'only tcp and udp have ports'],
  ['allow tcp port 80-70', 'the range 80-70 ends before it begins'],
  ['allow tcp port http', '"http" is no port: write a number from 0 to 65535, or a range such as 8000-8080'],
  ['allow tcp port 99999', '"99999" is no port'],
  ['allow tcp port 80 port 443', '"port" is there twice: separate several by commas'],
  ['allow from 10.1.2.3/16', 'has bits set behind its prefix: the network is 10.1.0.0/16'],
  ['allow from lan', '"lan" is not a network such as 10.0.0.0/24'],
  ['allow from', 'behind "from" something is missing: from 10.1.0.0/16'],
  ['allow on outside', '"outside" is no chain: say forward, input, output'],
  ['allow state old', '"old" is no state: say new, established, related, invalid'],
  ['allow udp flags syn', 'only tcp has flags'],
  ['allow tcp flags sin', '"sin" is no flag of TCP: say fin, syn, rst'],
  ['allow tcp type echo-request', 'only icmp has types'],
  ['allow icmp type ping', '"ping" is no type of ICMP: say echo-reply,'],
  ['allow protocol tcp', 'NaN is no IP protocol'],
  ['allow on output in lan', 'what the host itself makes comes in nowhere: leave out "in"'],
  ['allow on input out lan', 'what is for the host itself leaves nowhere: leave out "out"'],
])('"%s" is a mistake', (text, words) => {
  expect(() => parseRule(text)).toThrow(words);
});

const MISTAKES: readonly (readonly [FirewallOptions, string])[] = [
  [{ rules: ['drop tcp as a', 'drop udp as a'] }, 'two rules have the name "a"'],
  [{ rules: ['drop tcp as invalid'] }, 'two rules have the name "invalid"'],
  [{ stateful: false, rules: ['allow state new as x'] }, 'x asks for a state, but this firewall remembers none'],
  [{ maxConnections: 0 }, 'maxConnections is a whole number from 1 on, not 0'],
  [{ timeOuts: { udp: -1 } }, 'the time-out "udp" is a positive number of microseconds, not -1'],
  [{ rules: [{ action: 'drop', protocol: 300 }] }, '300 is no IP protocol'],
  [{ rules: new Array<string>(1001).fill('drop') }, '1001 rules are too many: 1000 at most'],
];
test.each(MISTAKES)('%# is a mistake', (options, words) => {
  expect(() => new Firewall(options)).toThrow(words);
});
