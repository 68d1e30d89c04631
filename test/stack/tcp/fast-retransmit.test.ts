/** Loss noticed by duplicates: RFC 5681 §3.2, RFC 3042, RFC 6582. */
import { expect, test } from 'vitest';
import { MILLISECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST } from '../../../src/stack/wire/tcp.ts';
import type { Conversation, Said } from '../../conversation.ts';
import { established } from '../../conversation.ts';

const duplicates = ({ peer }: Conversation, count: number, ack: number): void => {
  for (let i = 0; i < count; i++) peer.sends(ACK, { ack });
};

test(
  'RFC 5681 §3.2: the third duplicate sends the segment again, the second does not',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(8000);
    peer.takes(8001, 1000);
    duplicates(talk, 2, 1);
    peer.expectsSilence();
    duplicates(talk, 1, 1);
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    const { control, recovery } = talk.connection.sender;
    expect([control.threshold, control.window, recovery.phase]).toEqual([4000, 4000, 'fast recovery']);
    peer.sends(ACK, { ack: 8001 });
    expect([control.threshold, control.window, recovery.phase]).toEqual([4000, 2000, 'open']); // RFC 6582 step 3 (1)
  }),
);

for (const [name, said, flags] of [
  ['(b) with text', { payload: 1, seq: 1 }, ACK],
  ['(c) with FIN', { seq: 500 }, ACK | FIN],
  ['(d) of something else than SND.UNA', { ack: 0 }, ACK],
  ['(e) with another window: an update', { window: 60_000 }, ACK],
] as const satisfies readonly (readonly [string, Said, number])[])
  test(
    `RFC 5681 §2, no duplicate: ${name}`,
    established({}, (talk) => {
      const { peer, app } = talk;
      app.writes(8000);
      peer.takes(8001, 1000);
      duplicates(talk, 2, 1);
      peer.sends(flags, { ack: 1, ...said });
      expect(talk.outgoing.every(({ segment }) => segment.payloadLength === 0)).toBe(true);
      expect(talk.connection.sender.recovery.phase).toBe('open');
      talk.outgoing.length = 0;
      peer.sends(ACK, { ack: 8001 });
      talk.outgoing.length = 0;
    }),
  );

test(
  'RFC 5681 §2, no duplicate: (a) with nothing outstanding',
  established({}, (talk) => {
    const { peer, app } = talk;
    duplicates(talk, 5, 1);
    app.writes(3000);
    peer.takes(3001, 1000);
    expect(talk.connection.sender.recovery.duplicates).toBe(0);
    peer.sends(ACK);
  }),
);

test(
  'a peer that probes our closed window is not counted: its text makes the segment no duplicate',
  established({ tcp: { receiveBuffer: 100, maxReceiveBuffer: 100 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 100 });
    peer.expects(ACK, { ack: 101, window: 0 });
    app.writes(4000);
    peer.takes(4001, 1000);
    for (let i = 0; i < 4; i++) {
      peer.sends(ACK, { seq: 101, ack: 1, payload: 1 });
      peer.expects(ACK, { ack: 101, window: 0 });
    }
    expect(talk.connection.sender.recovery.phase).toBe('open');
    peer.sends(ACK, { seq: 101, ack: 4001, payload: 1 }); // its acknowledgment counts although its text does not (267)
    peer.expects(ACK, { window: 0 });
    expect(talk.connection.sender.sent.isEmpty).toBe(true);
  }),
);

test(
  'RFC 3042: the first two duplicates let one new segment out each, and those do not count for ssthresh (RFC 5681 §3.2 step 2)',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(14_000);
    peer.takes(10_001, 1000);
    duplicates(talk, 1, 1);
    peer.expects(ACK, { seq: 10_001, payload: 1000 });
    duplicates(talk, 1, 1);
    peer.expects(ACK, { seq: 11_001, payload: 1000 });
    duplicates(talk, 1, 1);
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    expect(talk.connection.sender.control.threshold).toBe(5000);
    peer.expectsSilence();
    peer.sends(ACK, { ack: 12_001 });
    peer.takes(14_001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'RFC 5681 §3.2 step 4: further duplicates inflate, and let new text out when half the flight has left',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(14_000);
    peer.takes(10_001, 1000);
    duplicates(talk, 3, 1);
    peer.expects(ACK, { seq: 10_001, payload: 1000 });
    peer.expects(ACK, { seq: 11_001, payload: 1000 });
    peer.expects(ACK, { seq: 1, payload: 1000 });
    duplicates(talk, 4, 1); // 12 in flight, 7 have left: 5 is what cwnd allows
    peer.expectsSilence();
    duplicates(talk, 1, 1);
    peer.expects(ACK, { seq: 12_001, payload: 1000 });
    peer.sends(ACK, { ack: 13_001 });
    peer.takes(14_001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'RFC 6582 §3.2 step 3: each partial acknowledgment repairs the next hole, the full one ends it',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(10_000);
    peer.takes(10_001, 1000);
    duplicates(talk, 3, 1);
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    peer.sends(ACK, { ack: 3001 });
    peer.expects(ACK, { seq: 3001, payload: 1000, reason: 'retransmit after partial ACK' });
    peer.sends(ACK, { ack: 6001 });
    peer.expects(ACK, { seq: 6001, payload: 1000, reason: 'retransmit after partial ACK' });
    expect(talk.connection.sender.recovery.phase).toBe('fast recovery');
    peer.sends(ACK, { ack: 10_001 });
    expect(talk.connection.sender.recovery.phase).toBe('open');
  }),
);

test(
  'RFC 6582 §3.2 step 2: below recover there is no second fast retransmit, and the duplicates let two segments out at most',
  established({ tcp: { frto: false } }, (talk) => {
    const { peer, app } = talk;
    app.writes(20_000);
    peer.takes(10_001, 1000);
    peer.expectsAfter(200 * MILLISECOND, ACK, { seq: 1, payload: 1000 });
    peer.sends(ACK, { ack: 10_001 }); // recover is 10,001 and not beyond
    peer.takes(11_001, 1000);
    const before = talk.connection.sender.control.threshold;
    for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 10_001 });
    expect(talk.connection.sender.recovery.phase).toBe('open');
    expect(talk.connection.sender.control.threshold).toBe(before);
    peer.takes(13_001, 1000);
    peer.expectsSilence();
    peer.sends(ACK, { ack: 20_001 - 7000 });
    talk.outgoing.length = 0;
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'bug 091: only a FIN in flight, lost: duplicates or not, the timer stays',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.closes();
    peer.expects(FIN | ACK, { seq: 1 });
    duplicates(talk, 2, 1);
    peer.expectsAfter(200 * MILLISECOND, FIN | ACK, { seq: 1 });
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'a burst that the device cuts loses one segment: only that one goes out again',
  established({ gsoMaxSize: 65_000 }, (talk) => {
    const { peer, app } = talk;
    app.writes(10_000);
    peer.expects(ACK | PSH, { seq: 1, payload: 10_000, gsoSize: 1000 });
    duplicates(talk, 3, 1);
    peer.expects(ACK, { seq: 1, payload: 1000, gsoSize: 0 });
    peer.sends(ACK, { ack: 10_001 });
  }),
);

test(
  'RFC 6582 §3.2 step 3: a partial acknowledgment deflates by what it acknowledges: one new segment, no burst',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(30_000);
    peer.takes(10_001, 1000);
    duplicates(talk, 10, 1);
    for (const seq of [10_001, 11_001, 1, 12_001, 13_001, 14_001]) peer.expects(ACK, { seq, payload: 1000 });
    peer.sends(ACK, { ack: 5001 });
    peer.expects(ACK, { seq: 5001, payload: 1000, reason: 'retransmit after partial ACK' });
    peer.expects(ACK, { seq: 15_001, payload: 1000 });
    peer.expectsSilence();
    app.aborts();
    peer.expects(RST | ACK);
  }),
);
