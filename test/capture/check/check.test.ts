/** Rules for captures: what they say about stories that are known, and what is said about rules with a mistake. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/capture/check/check.ts';
import { Check } from '../../../src/capture/check/check.ts';
import { parseRules, RuleError } from '../../../src/capture/check/rules.ts';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import type { Capture } from '../../../src/capture/file/capture-data.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';

const capture = (name: string): Capture =>
  readCapture(readFileSync(new URL(`../../../captures/${name}.pcapng`, import.meta.url)));

function held({ frames, interfaces }: Capture, rules: string): readonly Verdict[] {
  const check = new Check(parseRules(rules));
  const walk = new CaptureWalk(interfaces);
  for (const frame of frames) check.see(walk.next(frame));
  return check.verdicts();
}

const said = (of: Capture, rules: string): string[] =>
  held(of, rules).map(({ passed, seen }) => `${passed ? 'yes' : 'no'}: ${seen}`);

let ping: Capture;
let handshake: Capture;
beforeAll(() => {
  ping = capture('ping');
  handshake = capture('handshake');
});

describe('counting', () => {
  test.each([
    ['at least 1: icmp.type == 8', 'yes: 4 times, frames 1, 3, 5, 7'],
    ['at least 5 frames: icmp.type == 8', 'no: 4 times, frames 1, 3, 5, 7'],
    ['exactly 4: icmp.type == 8', 'yes: 4 times, frames 1, 3, 5, 7'],
    ['exactly 1 frame: frame.number == 2', 'yes: once, frame 2'],
    ['at most 3: icmp', 'no: 8 times, frames 1, 2, 3, 4, 5, …'],
    ['2 to 8: icmp', 'yes: 8 times, frames 1, 2, 3, 4, 5, …'],
    ['none: tcp', 'yes: no such frame'],
    ['at least 1: tcp', 'no: no such frame'],
  ])('%s', (rule, verdict) => {
    expect(said(ping, rule)).toEqual([verdict]);
  });
});

test.each([
  ['order: icmp.type == 8 then icmp.type == 0', 'yes: frames 1, 2'],
  [
    'order: frame.number == 3 then frame.number == 3',
    'no: no frame with frame.number == 3 behind frame 3; the last one is frame 3',
  ],
  [
    'order: frame.number == 3 then frame.number == 1',
    'no: no frame with frame.number == 1 behind frame 3; the last one is frame 1',
  ],
  ['order: tcp then icmp', 'no: no frame with tcp anywhere'],
  ['order: icmp then tcp', 'no: no frame with tcp behind frame 1'],
])('%s', (rule, verdict) => {
  expect(said(ping, rule)).toEqual([verdict]);
});

describe('a handshake', () => {
  test('RFC 9293 §3.5: three segments, by whom and to whom', () => {
    const yes = expect.stringMatching(/^yes: frames \d+, \d+, \d+$/);
    expect(said(handshake, 'handshake: any > any')).toEqual([yes]);
    expect(said(handshake, 'handshake: 10.0.0.1 > 10.0.0.2')).toEqual([yes]);
    expect(said(handshake, 'handshake: 10.0.0.2 > 10.0.0.1')).toEqual(['no: no such SYN']);
    expect(said(handshake, 'handshake: any > any:1')).toEqual(['no: no such SYN']);
  });

  test('how far it came', () => {
    expect(said(capture('refused'), 'handshake: any > any')).toEqual(['no: the SYN in frame 1 is not answered by a SYN ACK']);
    const cut = { ...handshake, frames: handshake.frames.slice(0, 2) };
    expect(said(cut, 'handshake: any > any')).toEqual(['no: the SYN ACK in frame 2 is not acknowledged']);
  });
});

test('RFC 5681 §3.2: a retransmission behind three duplicate acknowledgments, and not one behind a time-out', () => {
  const rule = 'retransmission after 3 duplicate ACKs';
  expect(said(capture('fast-retransmit'), rule)).toEqual([expect.stringMatching(/^yes: frames \d+, \d+, \d+, \d+$/)]);
  expect(said(capture('timeout-backoff'), rule)).toEqual([expect.stringMatching(/^no: at most \d duplicate ACKs in a row/)]);
});

test('what the student is told stands behind the rule; comments and empty lines are none', () => {
  const rules = parseRules('# first\n\n  none: tcp -- no TCP -- at all\r\norder: frame contains " then " then icmp\n');
  expect(rules.map(({ line, words }) => [line, words])).toEqual([
    [3, 'no TCP -- at all'],
    [4, 'order: frame contains " then " then icmp'],
  ]);
});

test.each([
  ['', 'line 1, column 1: there is no rule'],
  ['\n  something: tcp', 'line 2, column 3: a rule begins with "at least 1:"'],
  ['at least one: tcp', 'line 1, column 1: a rule begins with'],
  ['none:   tcp.flagz == 1', 'line 1, column 9: there is no field or protocol "tcp.flagz"; did you mean'],
  ['order: icmp then tcp.port = = 4', 'line 1, column 27: '],
  ['order: icmp', 'line 1, column 8: an order has two filters or more'],
  ['none:', 'line 1, column 6: a display filter is missing'],
  ['5 to 2: tcp', 'line 1, column 1: 5 is more than 2'],
  ['handshake: me > you', 'line 1, column 12: a handshake is written 10.0.0.1 > 10.0.0.2:80'],
])('a mistake has a line and a column: %j', (rules, problem) => {
  expect(() => parseRules(rules)).toThrow(RuleError);
  expect(() => parseRules(rules)).toThrow(problem);
});

test.each([
  ['tcp', 'tcp-upload-150k', 'ping'],
  ['ip', 'fragmentation', 'ping'],
  ['icmp', 'ping', 'handshake'],
])('the rules for the textbook lab %s hold for %s and not for %s', (lab, right, wrong) => {
  const rules = readFileSync(new URL(`../../../src/scenarios/textbook/${lab}.rules`, import.meta.url), 'utf8');
  expect(held(capture(right), rules).filter(({ passed }) => !passed)).toEqual([]);
  expect(held(capture(wrong), rules).some(({ passed }) => !passed)).toBe(true);
});
