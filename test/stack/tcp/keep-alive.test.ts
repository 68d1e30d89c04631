/** Keep-alive, RFC 9293 §3.8.4, and ICMP errors, §3.9.2.2. */
import { expect, test } from 'vitest';
import type { TcpFault } from '../../../src/stack/tcp/arrive/icmp.ts';
import { keepAliveStep } from '../../../src/stack/tcp/send/keep-alive.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { add } from '../../../src/stack/wire/seq.ts';
import { ACK, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { conversation, established, OUR_PORT, OURS, PEER, PEER_PORT } from '../../conversation.ts';

const HOUR = 60 * MINUTE;

test(
  'MUST-25: keep-alive is off by default',
  established({ silence: 100 * HOUR }, () => {}),
);

test(
  'MUST-24: it can be switched on and off while the connection is open, and for this one alone',
  established({}, (talk) => {
    const { peer, connection } = talk;
    peer.waits(HOUR);
    connection.setOptions({ keepAlive: true });
    talk.drain();
    peer.expectsAfter(HOUR, ACK, { seq: 0, reason: 'keep-alive probe' });
    peer.sends(ACK);
    connection.setOptions({ keepAlive: false });
    talk.drain();
    peer.expectsSilence(10 * HOUR);
    expect(talk.tcp.options.keepAlive).toBe(false);
  }),
);

test(
  'MAY-5, MUST-28, MUST-29, SHLD-12: after two hours a probe without text, nine of them, then the end',
  established({ tcp: { keepAlive: true } }, (talk) => {
    const { peer, app } = talk;
    peer.expectsAfter(2 * HOUR, ACK, { seq: 0, ack: 1, payload: 0, reason: 'keep-alive probe' });
    for (let i = 1; i < 9; i++) peer.expectsAfter(75 * SECOND, ACK, { seq: 0, ack: 1 });
    talk.is('ESTABLISHED');
    peer.expectsAfter(75 * SECOND, RST | ACK, { seq: 1 });
    expect(app.failure()).toBe('keep-alive timed out');
    talk.is('CLOSED');
  }),
);

test(
  'MUST-26: an answer, like anything that is heard, starts the two hours anew',
  established({ tcp: { keepAlive: true } }, (talk) => {
    const { peer, app } = talk;
    peer.expectsAfter(2 * HOUR, ACK, { seq: 0 });
    peer.expectsAfter(75 * SECOND, ACK, { seq: 0 });
    peer.sends(ACK);
    peer.expectsSilence(HOUR);
    peer.sends(ACK, { payload: 10 });
    peer.expects(ACK, { ack: 11 });
    app.reads(10);
    peer.expectsAfter(2 * HOUR, ACK, { seq: 0 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-26, MUST-27: no probe while text is outstanding; the interval can be set',
  established({ tcp: { keepAlive: true, keepAliveIdle: 1 * SECOND, keepAliveInterval: 1 * SECOND }, silence: 0 }, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10 });
    talk.passes(20 * SECOND);
    expect(talk.outgoing.splice(0).every(({ segment }) => segment.payloadLength === 10)).toBe(true);
    peer.sends(ACK);
    peer.waits(2 * SECOND);
    peer.expects(ACK, { seq: 10 });
  }),
);

test.each([
  ['not yet', 119, 0, 'wait'],
  ['now', 120, 0, 'probe'],
  ['the second not yet', 129, 1, 'wait'],
  ['the second', 130, 1, 'probe'],
  ['the last was not answered', 140, 2, 'give up'],
] as const)('keepAliveStep: %s', (_, idle, sent, step) => {
  expect(keepAliveStep(idle, sent, { keepAliveIdle: 120, keepAliveInterval: 10, keepAliveProbes: 2, userTimeout: 0 })).toBe(step);
});

function icmp(talk: Conversation, kind: TcpFault['kind'], failure: TcpFault['failure'], quoted: number, pathMtu = 0): boolean {
  talk.tell(`icmp: ${kind} ${failure}, quotes ${quoted}`);
  const fault = { kind, failure, pathMtu };
  const known = talk.tcp.onIcmpError(OURS.w3, OUR_PORT, PEER.w3, PEER_PORT, add(talk.iss, quoted), fault);
  talk.drain();
  return known;
}

for (const [kind, failure, told] of [
  ['hard', 'port unreachable', 'refused'],
  ['hard', 'protocol unreachable', 'protocol unreachable'],
  ['local', 'host unreachable', 'host unreachable'],
] as const)
  test(
    `SHLD-26: a ${kind} error (${failure}) about our SYN ends the attempt`,
    conversation({}, (talk) => {
      talk.connects();
      talk.peer.expects(SYN);
      expect(icmp(talk, kind, failure, 0)).toBe(true);
      talk.is('CLOSED');
      expect(talk.app.failure()).toBe(told);
    }),
  );

for (const kind of ['hard', 'soft', 'local'] as const)
  test(
    `MUST-56, SHLD-25, RFC 5927 §5.2: a ${kind} error about text is remembered and ends nothing`,
    established({ silence: 0 }, (talk) => {
      const { peer, app } = talk;
      app.writes(10);
      peer.expects(ACK | PSH, { payload: 10 });
      expect(icmp(talk, kind, 'host unreachable', 1)).toBe(true);
      talk.is('ESTABLISHED');
      expect(talk.connection.app.softError).toBe('host unreachable');
      peer.expectsAfter(200 * MILLISECOND, ACK | PSH, { seq: 1, payload: 10 });
    }),
  );

test(
  'RFC 5927 §4.1: an error about a number that is not in flight is ignored',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10 });
    for (const quoted of [0, 11, 5000]) expect(icmp(talk, 'hard', 'port unreachable', quoted)).toBe(false);
    expect(talk.connection.app.softError).toBeUndefined();
    peer.sends(ACK);
  }),
);

test(
  'RFC 1191 §6.3: a smaller path MTU cuts what is outstanding into smaller segments at once, and costs no congestion window',
  established({ peer: { mss: 1460 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(14_600);
    peer.takes(14_601, 1460);
    peer.sends(ACK);
    app.writes(2920);
    peer.takes(17_521, 1460);
    const before = talk.connection.sender.control.window;
    icmp(talk, 'fragmentation needed', 'host unreachable', 14_601, 1040);
    for (const [at, payload] of [
      [0, 1000],
      [1000, 460],
      [1460, 1000],
      [2460, 460],
    ] as const)
      peer.expects(at === 2460 ? ACK | PSH : ACK, { seq: 14_601 + at, payload });
    expect(talk.connection.sender.control.window).toBe(before);
    icmp(talk, 'fragmentation needed', 'host unreachable', 14_601, 1400); // larger again: not from an ICMP
    peer.expectsSilence();
    peer.sends(ACK);
  }),
);
