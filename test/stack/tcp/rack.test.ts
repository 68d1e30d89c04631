/** Loss by time and by selective acknowledgments: RFC 8985 §6, RFC 6675 §5, RFC 2883. */
import { expect, test } from 'vitest';
import { MILLISECOND } from '../../../src/stack/time.ts';
import { ACK } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { RTT, sampleOf, selective, sentNumbers } from './selective.ts';

/** Ten segments leave, and a round trip passes. */
function tenInFlight({ peer, app }: Conversation, more = 0): void {
  app.writes(10_000 + more);
  peer.takes(10_001, 1000);
  peer.waits(RTT);
}

test(
  'RFC 6675 §5: two losses in one window are repaired in one round trip, without a time-out, and halve the window once',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    for (const right of [2001, 3001]) peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
    peer.expectsSilence();
    for (const right of [5001, 6001, 7001, 8001, 9001, 10_001])
      peer.sends(ACK, {
        ack: 1,
        sack: [
          [4001, right],
          [1001, 3001],
        ],
      });
    expect(sentNumbers(talk)).toEqual([1, 3001]);
    const { control, recovery, sent } = talk.connection.sender;
    expect([control.threshold, recovery.phase, sent.lostLength, sent.sackedLength]).toEqual([5000, 'fast recovery', 0, 8000]);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 3001, sack: [[4001, 10_001]] });
    peer.sends(ACK, { ack: 10_001 });
    expect([control.threshold, recovery.phase]).toEqual([5000, 'open']);
    expect(talk.connection.rtt.backOffs).toBe(0);
  }),
);

test(
  'RFC 8985 §6.2: a lost retransmission is found by what was sent after it, without a time-out or a second reduction',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk, 20_000);
    for (const right of [2001, 3001, 4001, 5001, 6001, 7001, 8001, 9001, 10_001])
      peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
    const first = sentNumbers(talk);
    expect(first.filter((seq) => seq === 1)).toHaveLength(1);
    const { timers, rtt } = talk.connection;
    expect(timers.retransmit).toBe(talk.now + rtt.rto); // what was sent again has a round trip before it
    const last = Math.max(...first);
    expect(last).toBeGreaterThan(10_000);
    const { control } = talk.connection.sender;
    const { threshold } = control;
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1, sack: [[1001, last + 1000]] }); // the new text is there, the retransmission is not
    expect(sentNumbers(talk)[0]).toBe(1);
    expect(control.threshold).toBe(threshold);
    expect(talk.connection.rtt.backOffs).toBe(0);
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'RFC 8985 §6.2 step 4: a segment that is late by less than a quarter of the round trip is not sent again',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    peer.expectsSilence(24 * MILLISECOND);
    peer.sends(ACK, { ack: 10_001 });
    expect(talk.connection.sender.rack.reorderingSeen).toBe(true);
  }),
);

test(
  'RFC 8985 §6.2 step 5: one that is later is, when the quarter is over',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    peer.expectsAfter(25 * MILLISECOND, ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 10_001 });
  }),
);

/** The first of two segments is overtaken by the second, so late that it is sent again: for nothing. */
function reorder({ peer, app }: Conversation): void {
  app.writes(2000);
  peer.takes(2001, 1000);
  peer.waits(RTT);
  peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
  peer.expectsAfter(RTT / 4, ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
  peer.sends(ACK, { ack: 2001 });
}

for (const [name, dsacks, wait] of [
  ['a quarter of the round trip, three segments above the hole or more', 0, 25],
  ['RFC 2883: a reported duplicate doubles it', 1, 50],
  ['twice in one round trip is once', 2, 50],
] as const)
  test(
    `RFC 8985 §6.2 step 4, reordering has been seen: ${name}`,
    selective({}, (talk) => {
      const { peer, app, connection } = talk;
      reorder(talk);
      connection.sender.rack.reorderingSeen = true; // a segment sent twice is no evidence, so another has been late before
      connection.sender.control.window = 10_000;
      app.writes(8000);
      peer.takes(10_001, 1000);
      for (let i = 0; i < dsacks; i++) peer.sends(ACK, { ack: 2001, sack: [[1, 1001]] });
      peer.waits(RTT);
      for (const right of [4001, 5001, 6001, 7001, 8001]) peer.sends(ACK, { ack: 2001, sack: [[3001, right]] });
      peer.expectsAfter(wait * MILLISECOND, ACK, { seq: 2001, payload: 1000, reason: 'fast retransmit' });
      peer.waits(RTT);
      peer.sends(ACK, { ack: 10_001 });
    }),
  );

test(
  'RFC 8985 §6.2 step 3: a segment that arrives below others, sent once, has been overtaken',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.takes(2001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    peer.sends(ACK, { ack: 2001 });
    expect(talk.connection.sender.rack.reorderingSeen).toBe(true);
  }),
);

test(
  'RFC 3708: more reported duplicates than were ever sent again are the work of the network, and widen nothing',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.takes(2001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 2001 });
    talk.connection.sender.rack.reorderingSeen = true;
    app.writes(8000);
    peer.takes(10_001, 1000);
    peer.sends(ACK, { ack: 2001, sack: [[1, 1001]] });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 2001, sack: [[3001, 10_001]] });
    peer.expectsAfter(25 * MILLISECOND, ACK, { seq: 2001, payload: 1000, reason: 'fast retransmit' });
    peer.sends(ACK, { ack: 10_001 });
  }),
);

test(
  'RFC 8985 §6.2 step 3: what one acknowledgment delivers together was not reordered, in whatever order it says so',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    peer.sends(ACK, {
      ack: 1001,
      sack: [
        [5001, 6001],
        [3001, 4001],
      ],
    });
    expect(talk.connection.sender.rack.reorderingSeen).toBe(false);
    peer.sends(ACK, { ack: 10_001 });
  }),
);

test(
  'RFC 6675 §5.1: what the peer has reported it keeps: after a time-out only the hole is sent again',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    peer.sends(ACK, { ack: 1, sack: [[1001, 10_001]] });
    expect(sentNumbers(talk)).toEqual([1]);
    const { sent, recovery } = talk.connection.sender;
    peer.waits(talk.connection.timers.retransmit - talk.now);
    expect([recovery.phase, sent.sackedLength, sentNumbers(talk)]).toEqual(['timeout recovery', 9000, [1]]);
    peer.sends(ACK, { ack: 10_001 });
  }),
);

test(
  'RFC 2018 §8: a peer that asks for what it has reported has thrown it away: all of it is sent again',
  selective({}, (talk) => {
    const { peer } = talk;
    tenInFlight(talk);
    peer.sends(ACK, { ack: 1, sack: [[1001, 10_001]] });
    expect(sentNumbers(talk)).toEqual([1]);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1001 }); // the hole is filled, and what lies above it should be acknowledged too
    const again: number[] = [];
    peer.waits(60 * MILLISECOND);
    for (let ack = 2001; ack <= 10_001; ack += 1000) {
      again.push(...sentNumbers(talk));
      peer.waits(RTT);
      peer.sends(ACK, { ack });
    }
    expect(again).toEqual([1001, 2001, 3001, 4001, 5001, 6001, 7001, 8001, 9001]);
  }),
);

test(
  'RFC 6937 §3.1: a hole that held back the whole receive window is followed by no burst',
  selective({ sendBuffer: 200_000 }, (talk) => {
    const { peer, app } = talk;
    talk.connection.sender.control.onAck(sampleOf({ acked: 90_000, now: talk.now, smoothedRtt: RTT }));
    app.writes(150_000);
    peer.takes(65_001, 1000);
    peer.waits(RTT);
    for (let right = 2001; right <= 65_001; right += 1000) peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
    expect(sentNumbers(talk)[0]).toBe(1);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 65_001 });
    expect(sentNumbers(talk).length).toBeLessThanOrEqual(11);
    app.aborts();
    talk.outgoing.length = 0;
  }),
);
