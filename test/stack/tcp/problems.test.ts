/** What is in the way and not the end: R1 and soft errors, RFC 9293 §3.8.3, §3.9.1.8, §3.9.2.2. */
import { expect, test } from 'vitest';
import { SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { A } from '../../capture/frames.ts';
import type { Conversation } from '../../conversation.ts';
import { conversation, established, OUR_PORT, OURS, PEER, PEER_PORT } from '../../conversation.ts';
import { Station } from '../../station.ts';

const RTO = 0.2 * SECOND;
const unreachable = ({ tcp, connection }: Conversation): boolean =>
  tcp.onIcmpError(OURS.w3, OUR_PORT, PEER.w3, PEER_PORT, connection.snd.una, {
    kind: 'soft',
    failure: 'host unreachable',
    pathMtu: 0,
  });

test(
  'MUST-20, SHLD-9, SHLD-10, §3.8.3: after three retransmissions without an answer IP is told each time, the application once',
  established({ silence: 0 }, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    for (const wait of [1, 2, 4]) {
      peer.expectsAfter(wait * RTO, ACK | PSH, { payload: 100 });
      expect(talk.doubts).toBe(0);
      app.seesNothing();
    }
    peer.expectsAfter(8 * RTO, ACK | PSH, { payload: 100 });
    expect(talk.doubts).toBe(1);
    app.sees('PROBLEM');
    expect(connection.app.softError).toBe('timed out');
    peer.expectsAfter(16 * RTO, ACK | PSH, { payload: 100 });
    expect(talk.doubts).toBe(2);
    app.seesNothing();
    peer.sends(ACK);
    expect(connection.app.softError).toBeUndefined();
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 101, payload: 100 });
    peer.sends(ACK); // sent once: a sample, and the end of the back-off
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 201, payload: 100 });
    for (const wait of [1, 2, 4]) peer.expectsAfter(wait * RTO, ACK | PSH, { seq: 201, payload: 100 });
    expect(talk.doubts).toBe(2);
  }),
);

test(
  'SHLD-10: R1 can be set',
  established({ tcp: { r1: 5 }, silence: 0 }, (talk) => {
    talk.app.writes(1);
    talk.peer.waits(31 * RTO - 1);
    expect(talk.doubts).toBe(0);
    talk.peer.waits(63 * RTO - 31 * RTO + 1);
    expect(talk.doubts).toBe(1);
  }),
);

test(
  'MUST-22, MUST-20: a SYN that nobody answers: the same procedure',
  conversation({ silence: 0 }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    for (const wait of [1, 2, 4]) peer.expectsAfter(wait * SECOND, SYN);
    expect(talk.doubts).toBe(0);
    peer.expectsAfter(8 * SECOND, SYN);
    expect(talk.doubts).toBe(1);
    app.sees('PROBLEM');
  }),
);

test(
  'SHLD-20, §3.9.1.8: an application without an ear for it hears of no problem, and can ask',
  established({ tcp: { reportProblems: false }, silence: 0 }, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(100);
    expect(unreachable(talk)).toBe(true);
    app.seesNothing();
    expect(connection.app.softError).toBe('host unreachable');
    peer.waits(15 * RTO);
    app.seesNothing();
    expect(talk.doubts).toBe(1);
  }),
);

test(
  'MUST-47, SHLD-25, §3.9.2.2: an ICMP error that ends nothing is told, and forgotten when text comes through',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    expect(unreachable(talk)).toBe(true);
    app.sees('PROBLEM');
    expect(connection.app.softError).toBe('host unreachable');
    talk.is('ESTABLISHED');
    peer.sends(ACK);
    expect(connection.app.softError).toBeUndefined();
  }),
);

test('MUST-20, RFC 1122 §2.3.2.1, §3.3.1.4: at R1 the next hop is asked by unicast, and by broadcast when it is silent', () => {
  const s = new Station();
  s.stack.tcp.connect(ipv4(A), 80, s.now);
  s.runs();
  s.expects('[S]');
  s.passes(7 * SECOND);
  expect(s.said()).toHaveLength(3);
  s.passes(8 * SECOND);
  const asked = s.device.outgoing.splice(0);
  expect(asked.map((frame) => [...frame.subarray(0, 6), frame[12], frame[13]])).toEqual([
    [2, 0, 10, 0, 0, 1, 8, 6],
    [2, 0, 10, 0, 0, 1, 8, 0],
  ]);
  s.passes(16 * SECOND);
  const later = s.device.outgoing.splice(0);
  const arp = later.filter((frame) => frame[13] === 6).map((frame) => frame[0]);
  expect(arp.slice(0, 3)).toEqual([2, 2, 0xff]); // two more to the address that it had, then to everybody
});
