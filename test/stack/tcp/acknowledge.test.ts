/** When we acknowledge, and text out of order: RFC 9293 §3.8.6.3, RFC 5681 §4.2, SHLD-31. */
import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { established, Conversation as Talk } from '../../conversation.ts';

/** The first sixteen segments are acknowledged at once; afterwards acknowledgments are delayed. */
function warmUp({ peer, app, outgoing }: Conversation): void {
  for (let i = 0; i < 16; i++) {
    peer.sends(ACK, { payload: 1000 });
    peer.expects(ACK, { ack: 1001 + 1000 * i });
    app.reads(1000);
    outgoing.length = 0;
  }
}

test(
  'SHLD-18, MUST-40: the ACK of one segment waits for 40 ms, which is below half a second',
  established({}, (talk) => {
    const { peer } = talk;
    warmUp(talk);
    peer.sends(ACK, { payload: 1000 });
    peer.expectsAfter(40 * MILLISECOND, ACK, { ack: 17_001, reason: 'delayed ACK' });
    peer.sends(ACK, { payload: 1000 });
    peer.waits(20 * MILLISECOND);
    peer.sends(ACK, { payload: 10 });
    peer.expectsAfter(20 * MILLISECOND, ACK, { ack: 18_011 }); // the first one decides
    talk.app.reads(2010);
    talk.outgoing.length = 0;
  }),
);

test(
  'SHLD-19: every second full segment is acknowledged at once',
  established({}, (talk) => {
    const { peer } = talk;
    warmUp(talk);
    peer.sends(ACK, { payload: 1000 });
    peer.expectsSilence();
    peer.sends(ACK, { payload: 1000 });
    peer.expects(ACK, { ack: 18_001, reason: 'ACK' });
  }),
);

test(
  'MUST-58, MUST-59: a batch of segments is acknowledged once',
  established({}, (talk) => {
    const { peer } = talk;
    for (let i = 0; i < 9; i++) peer.slips(ACK, { payload: 1000 });
    peer.sends(ACK, { payload: 1000 });
    peer.expects(ACK, { ack: 10_001 });
  }),
);

test(
  'an answer carries the delayed acknowledgment along',
  established({}, (talk) => {
    const { peer, app } = talk;
    warmUp(talk);
    peer.sends(ACK | PSH, { payload: 100 });
    app.writes(50);
    peer.expects(ACK | PSH, { ack: 16_101, payload: 50 });
    peer.sends(ACK);
    peer.expectsSilence(1 * SECOND);
  }),
);

test(
  'without delay each segment is acknowledged at once',
  established({ tcp: { ackDelay: 0 } }, (talk) => {
    const { peer } = talk;
    warmUp(talk);
    peer.sends(ACK, { payload: 10 });
    peer.expects(ACK, { ack: 16_011 });
  }),
);

test(
  'RFC 5681 §4.2, MAY-13: one duplicate for each segment above a hole, and the ACK at once when the hole is filled',
  established({}, (talk) => {
    const { peer, app } = talk;
    warmUp(talk);
    for (const seq of [17_001, 18_001, 19_001]) {
      peer.sends(ACK, { seq, payload: 1000 });
      peer.expects(ACK, { ack: 16_001, reason: 'duplicate ACK: segment missing' });
    }
    peer.sends(ACK, { seq: 16_001, payload: 500 });
    peer.expects(ACK, { ack: 16_501 }); // part of the hole, and at once too
    peer.sends(ACK, { seq: 16_501, payload: 500 });
    peer.expects(ACK, { ack: 20_001, reason: 'ACK: hole filled' });
    app.reads(4000);
    talk.outgoing.length = 0;
  }),
);

test(
  'one duplicate for each even when they arrive in one batch: the peer has to count three',
  established({}, (talk) => {
    const { peer } = talk;
    for (const seq of [1001, 2001]) peer.slips(ACK, { seq, payload: 1000 });
    peer.sends(ACK, { seq: 3001, payload: 1000 });
    for (let i = 0; i < 3; i++) peer.expects(ACK, { ack: 1 });
    peer.sends(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK, { ack: 4001 });
  }),
);

test(
  'a hole that is filled within the batch needs no duplicates',
  established({}, (talk) => {
    const { peer } = talk;
    for (const seq of [1001, 2001]) peer.slips(ACK, { seq, payload: 1000 });
    peer.sends(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK, { ack: 3001 });
  }),
);

test(
  'text that was received before is acknowledged at once',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 1000 });
    peer.expects(ACK, { ack: 1001 });
    peer.sends(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK, { ack: 1001 });
    peer.sends(ACK, { seq: 501, payload: 1000 }); // half of it is new
    peer.expects(ACK, { ack: 1501 });
    app.reads(1500);
  }),
);

test(
  'more holes than can be remembered are dropped by name, and come again',
  established({}, (talk) => {
    const { peer } = talk;
    for (let i = 0; i < 1024; i++) peer.sends(ACK, { seq: 11 + 20 * i, payload: 10 });
    expect(peer.sends(ACK, { seq: 11 + 20 * 1024, payload: 10 })).toBe('too many holes in the receive buffer');
    talk.outgoing.length = 0;
    peer.sends(ACK, { seq: 1, payload: 10 });
    peer.expects(ACK, { ack: 21 });
  }),
);

function* orders(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items) for (const rest of orders(items.filter((other) => other !== item))) yield [item, ...rest];
}

test('SHLD-31: five segments, the last with FIN, in all 120 orders: the same bytes and the same state', () => {
  let count = 0;
  for (const order of orders([0, 1, 2, 3, 4])) {
    const talk = new Talk();
    talk.establish();
    for (const i of order) talk.peer.sends(i === 4 ? ACK | FIN : ACK, { seq: 1 + 100 * i, payload: 100 });
    talk.app.reads(500);
    talk.is('CLOSE-WAIT');
    expect(talk.connection.isAtEnd).toBe(true);
    expect(talk.outgoing.at(-1)?.segment.ack, order.join()).toBe((talk.connection.rcv.irs + 502) | 0);
    talk.outgoing.length = 0;
    talk.ends();
    count++;
  }
  expect(count).toBe(120);
});
