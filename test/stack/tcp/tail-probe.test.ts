/** The end of a flight, lost: RFC 8985 §7. */
import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation } from '../../conversation.ts';
import { RTT, selective } from './selective.ts';

/** §7.2: two smoothed round trips and a little. */
const PTO = 2 * RTT + 2 * MILLISECOND;
const PROBE = 'tail loss probe';

test(
  '§7.3: after two round trips the last segment goes out again; its loss is repaired without a time-out',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(5000);
    peer.takes(5001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 4001 });
    const { timers, sender } = talk.connection;
    const dueAt = timers.tailProbe;
    expect(dueAt).toBeLessThanOrEqual(timers.retransmit);
    peer.expectsAfter(dueAt - talk.now, ACK | PSH, { seq: 4001, payload: 1000, reason: PROBE });
    expect(timers.retransmit).toBe(talk.now + talk.connection.rtt.rto);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 5001 });
    expect([sender.recovery.phase, talk.connection.rtt.backOffs]).toEqual(['open', 0]);
  }),
);

test(
  '§7.2, §7.3: new text is a better probe than old; its arrival reveals what was lost before it',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(12_000);
    peer.takes(10_001, 1000);
    peer.expectsAfter(PTO, ACK, { seq: 10_001, payload: 1000, reason: PROBE });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 9001, sack: [[10_001, 11_001]] });
    peer.expects(ACK, { seq: 9001, payload: 1000, reason: 'fast retransmit' });
    peer.expects(ACK | PSH, { seq: 11_001, payload: 1000 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 12_001 });
    expect(talk.connection.rtt.backOffs).toBe(0);
  }),
);

test(
  '§7.2: one probe for a flight; what follows is the time-out, counted from the probe',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.takes(3001, 1000);
    peer.expectsAfter(PTO, ACK | PSH, { seq: 2001, payload: 1000, reason: PROBE });
    peer.expectsAfter(talk.connection.rtt.rto, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
    peer.sends(ACK, { ack: 3001 });
  }),
);

test(
  '§7.2: a lone segment may meet a delayed acknowledgment: the probe waits longer, and goes out in place of a time-out',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(500);
    peer.expects(ACK | PSH, { payload: 500 });
    const { rto } = talk.connection.rtt;
    expect(rto).toBeLessThan(2 * RTT + 200 * MILLISECOND);
    peer.expectsAfter(rto, ACK | PSH, { seq: 1, payload: 500, reason: PROBE });
    expect([talk.connection.rtt.backOffs, talk.connection.sender.recovery.phase]).toEqual([0, 'open']);
    peer.expectsAfter(rto, ACK | PSH, { seq: 1, payload: 500, reason: 'retransmission' });
    peer.sends(ACK, { ack: 501 });
  }),
);

for (const [name, answers, threshold] of [
  ['a probe that repaired a loss halves the window once', [{ ack: 3001 }], 1500 + 500],
  [
    'a reported duplicate says that nothing was lost',
    [{ ack: 3001 }, { ack: 3001, sack: [[2001, 3001]] }],
    Number.POSITIVE_INFINITY,
  ],
  ['the duplicate alone says so too', [{ ack: 3001, sack: [[2001, 3001]] }], Number.POSITIVE_INFINITY],
] as const)
  test(
    `§7.4.2: ${name}`,
    selective({}, (talk) => {
      const { peer, app } = talk;
      app.writes(3000);
      peer.takes(3001, 1000);
      peer.expectsAfter(PTO, ACK | PSH, { seq: 2001, payload: 1000, reason: PROBE });
      for (const said of answers) peer.sends(ACK, said);
      app.writes(4000);
      peer.takes(7001, 1000);
      peer.waits(RTT);
      peer.sends(ACK, { ack: 5001 });
      peer.sends(ACK, { ack: 7001 });
      const { control, tail } = talk.connection.sender;
      expect(tail.isOut).toBe(false);
      expect(control.threshold < 0x7fff_ffff ? control.threshold : Number.POSITIVE_INFINITY).toBe(threshold);
    }),
  );

test(
  '§7.2: none while something above a hole is reported: RACK is at work',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.takes(3001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    expect(talk.connection.timers.tailProbe).toBe(Number.POSITIVE_INFINITY);
    peer.sends(ACK, { ack: 3001 });
  }),
);

test(
  '§7.2: none without selective acknowledgments: the first to speak is the retransmission timer',
  selective({ sack: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(3000);
    peer.takes(3001, 1000);
    peer.expectsAfter(talk.connection.rtt.rto, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
    peer.sends(ACK, { ack: 3001 });
  }),
);

test(
  '§7.2: none for a SYN, which has its own timer',
  conversation({ tcp: { sack: true } }, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000, sackPermitted: true });
    peer.expects(SYN | ACK, { sackPermitted: true });
    expect(talk.connection.timers.tailProbe).toBe(Number.POSITIVE_INFINITY);
    peer.expectsAfter(SECOND, SYN | ACK, { reason: 'SYN ACK again' });
    expect(talk.connection.rtt.backOffs).toBe(1);
    peer.sends(ACK, { seq: 1, ack: 1 });
  }),
);
