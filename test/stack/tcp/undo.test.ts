/** Reductions that were a mistake, and how they are found out: RFC 3522, RFC 4015, RFC 3708, RFC 5682, RFC 9438 §4.9. */
import { expect, test } from 'vitest';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { MILLISECOND } from '../../../src/stack/time.ts';
import { ACK, PSH } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { established } from '../../conversation.ts';
import { RTT, selective, sentNumbers } from './selective.ts';

function windows({ connection }: Conversation): readonly number[] {
  const { control } = connection.sender;
  return [control.window, Math.min(control.threshold, 0x7fff_ffff)];
}

/** Ten in flight, the first is believed lost and sent again. @returns window and threshold before it */
function falseAlarm(talk: Conversation): readonly number[] {
  const { peer, app } = talk;
  app.writes(10_000);
  peer.takes(10_001, 1000);
  const before = windows(talk);
  peer.waits(RTT);
  for (const right of [2001, 3001, 4001]) peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
  expect(sentNumbers(talk)).toEqual([1]);
  expect(talk.connection.sender.recovery.phase).toBe('fast recovery');
  return before;
}

for (const congestionControl of ['reno', 'cubic'] as const) {
  test(
    `RFC 3708, ${congestionControl}: all that was sent again arrived twice, so nothing was lost, and the window is as before`,
    selective({ congestionControl }, (talk) => {
      const { peer } = talk;
      const [window, threshold] = falseAlarm(talk) as [number, number];
      peer.sends(ACK, { ack: 10_001 });
      expect(talk.connection.sender.control.window).toBeLessThan(window);
      peer.waits(RTT);
      peer.sends(ACK, { ack: 10_001, sack: [[1, 1001]] });
      expect(windows(talk)).toEqual([window, threshold]);
      expect(talk.connection.sender.recovery.history?.counters).toMatchObject({ recoveries: 1, retransmitted: 1, undone: 1 });
    }),
  );

  test(
    `RFC 3522 §3.2, ${congestionControl}: the acknowledgment echoes the original: the window is back at once`,
    selective(
      { congestionControl, timestamps: true },
      (talk) => {
        const { peer, connection } = talk;
        const { timestamps } = connection;
        const { app } = talk;
        app.writes(9880);
        peer.takes(9881, 988);
        const before = windows(talk);
        const sentAt = timestamps.value(talk.now);
        peer.waits(RTT);
        for (const right of [1977, 2965, 3953]) peer.sends(ACK, { ack: 1, sack: [[989, right]], timestamps: [1100, sentAt] });
        expect(sentNumbers(talk)).toEqual([1]);
        peer.sends(ACK, { ack: 9881, timestamps: [1101, sentAt] });
        expect(windows(talk)).toEqual(before);
        expect([connection.sender.recovery.phase, connection.sender.recovery.history?.counters.undone]).toEqual(['open', 1]);
      },
      { timestamps: [1000, 0] },
    ),
  );
}

test(
  'RFC 3708: of two that were sent again one was lost: the reduction stands',
  selective({}, (talk) => {
    const { peer, app } = talk;
    app.writes(10_000);
    peer.takes(10_001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, {
      ack: 1,
      sack: [
        [4001, 10_001],
        [1001, 3001],
      ],
    });
    expect(sentNumbers(talk)).toEqual([1, 3001]);
    peer.sends(ACK, { ack: 10_001 });
    peer.sends(ACK, { ack: 10_001, sack: [[1, 1001]] });
    expect(talk.connection.sender.control.threshold).toBe(5000);
  }),
);

test(
  'RFC 3708: a duplicate of what an earlier reduction had sent again says nothing about this one',
  selective({}, (talk) => {
    const { peer, app } = talk;
    falseAlarm(talk);
    peer.sends(ACK, { ack: 10_001 });
    app.writes(4000);
    peer.takes(14_001, 1000);
    peer.waits(RTT);
    peer.sends(ACK, { ack: 10_001, sack: [[11_001, 14_001]] });
    expect(sentNumbers(talk)).toEqual([10_001]);
    const { threshold } = talk.connection.sender.control;
    peer.sends(ACK, {
      ack: 10_001,
      sack: [
        [1, 1001],
        [11_001, 14_001],
      ],
    });
    expect([talk.connection.sender.control.threshold, talk.connection.sender.recovery.phase]).toEqual([
      threshold,
      'fast recovery',
    ]);
    peer.sends(ACK, { ack: 14_001 });
    expect(talk.connection.sender.recovery.history?.counters.undone).toBe(0);
  }),
);

test(
  'option undo: off, the window stays halved',
  selective({ undo: false }, (talk) => {
    const { peer } = talk;
    falseAlarm(talk);
    peer.sends(ACK, { ack: 10_001 });
    peer.sends(ACK, { ack: 10_001, sack: [[1, 1001]] });
    expect(talk.connection.sender.control.threshold).toBe(5000);
  }),
);

const RTO = 200 * MILLISECOND;

/** Ten in flight and more to write; the timer expires although all of them are only late. */
function timesOut({ peer, app }: Conversation): void {
  app.writes(20_000);
  peer.takes(10_001, 1000);
  peer.expectsAfter(RTO, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
}

const withoutSack = (tcp: Partial<TcpOptions>, body: (talk: Conversation) => void): (() => void) => established({ tcp }, body);

test(
  'RFC 5682 §2.1: two acknowledgments that advance, and the text between them was sent once: the time-out was spurious',
  withoutSack({}, (talk) => {
    const { peer } = talk;
    timesOut(talk);
    peer.sends(ACK, { ack: 1001 }); // the original or the retransmission: step 2b, two segments of new text
    peer.expects(ACK, { seq: 10_001, payload: 1000 });
    peer.expects(ACK, { seq: 11_001, payload: 1000 });
    peer.expectsSilence();
    peer.sends(ACK, { ack: 2001 });
    const { control, recovery } = talk.connection.sender;
    expect([recovery.phase, recovery.history?.counters.spuriousTimeouts, control.window >= 10_000]).toEqual(['open', 1, true]);
    expect(sentNumbers(talk).every((seq) => seq > 10_000)).toBe(true); // nothing is sent again for nothing
    peer.sends(ACK, { ack: 12_001 });
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'RFC 5682 §3.1, RFC 8985 §6.2: after the verdict the retransmission does not count as delivered: originals that come one by one stay',
  selective({ tailLossProbe: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(20_000);
    peer.takes(10_001, 1000);
    peer.expectsAfter(300 * MILLISECOND, ACK, { seq: 1, payload: 1000, reason: 'retransmission' }); // RTT + 4 * RTT / 2
    peer.waits(2 * RTT); // long enough that the acknowledgment might be for the retransmission
    for (const ack of [1001, 2001, 3001, 4001, 5001]) {
      peer.sends(ACK, { ack });
      peer.waits(MILLISECOND);
    }
    expect(talk.connection.sender.recovery.history?.counters.spuriousTimeouts).toBe(1);
    expect(sentNumbers(talk).every((seq) => seq > 10_000)).toBe(true);
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'RFC 5682 §2.1 step 3a: a duplicate after the new text: the loss was real, and what is lost goes out again',
  withoutSack({}, (talk) => {
    const { peer } = talk;
    timesOut(talk);
    peer.sends(ACK, { ack: 1001 });
    expect(sentNumbers(talk)).toEqual([10_001, 11_001]);
    peer.sends(ACK, { ack: 1001 });
    peer.sends(ACK, { ack: 1001 });
    expect(sentNumbers(talk)[0]).toBe(1001);
    expect([talk.connection.sender.recovery.phase, talk.connection.sender.control.threshold]).toEqual(['timeout recovery', 5000]);
    peer.sends(ACK, { ack: 12_001 });
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'RFC 5682 §2.1 step 2: no new text to ask with: what is believed lost goes out',
  withoutSack({}, (talk) => {
    const { peer, app } = talk;
    app.writes(6000);
    peer.takes(6001, 1000);
    peer.expectsAfter(RTO, ACK, { seq: 1, payload: 1000 });
    peer.sends(ACK, { ack: 1001 });
    expect(sentNumbers(talk)).toEqual([1001, 2001]);
    peer.sends(ACK, { ack: 6001 });
  }),
);

test(
  'RFC 5682 §3.1 step 3b: a block reports what was sent once: spurious, and nothing more is sent again',
  selective({ tailLossProbe: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(20_000);
    peer.takes(10_001, 1000);
    peer.expectsAfter(talk.connection.rtt.rto, ACK, { seq: 1, payload: 1000 });
    peer.sends(ACK, { ack: 1, sack: [[1001, 2001]] });
    expect(talk.connection.sender.recovery.history?.counters.spuriousTimeouts).toBe(1);
    expect(talk.connection.sender.recovery.phase).toBe('open');
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'option frto: off, an acknowledgment after a time-out is answered with the next of what is believed lost',
  withoutSack({ frto: false }, (talk) => {
    const { peer } = talk;
    timesOut(talk);
    peer.sends(ACK, { ack: 1001 });
    expect(sentNumbers(talk)).toEqual([1001, 2001]);
    peer.sends(ACK, { ack: 10_001 });
    talk.app.aborts();
    talk.outgoing.length = 0;
  }),
);

test(
  'option goBackN: after a loss all from the hole on is sent again, also what the peer has',
  selective({ goBackN: true, prr: 'never' }, (talk) => {
    const { peer, app } = talk;
    app.writes(6000);
    peer.takes(6001, 1000);
    peer.waits(RTT);
    for (const right of [2001, 3001, 4001]) peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
    const sent = sentNumbers(talk);
    for (let ack = 1001; ack <= 6001; ack += 1000) {
      peer.waits(RTT);
      peer.sends(ACK, { ack });
      sent.push(...sentNumbers(talk));
    }
    expect(sent).toEqual([1, 1001, 2001, 3001, 4001, 5001]);
  }),
);

test(
  'option rack: off, a hole waits for three segments above it however late they are, RFC 6675 §4',
  selective({ rack: false, tailLossProbe: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(10_000);
    peer.takes(10_001, 1000);
    peer.waits(RTT);
    for (const right of [2001, 3001]) peer.sends(ACK, { ack: 1, sack: [[1001, right]] });
    peer.expectsSilence(RTT);
    peer.sends(ACK, { ack: 1, sack: [[1001, 4001]] });
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    peer.sends(ACK, { ack: 10_001 });
  }),
);

test(
  'option tailLossProbe: off, the end of a flight waits for the time-out',
  selective({ tailLossProbe: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.takes(2001, 1000);
    peer.expectsAfter(talk.connection.rtt.rto, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
    peer.sends(ACK, { ack: 2001 });
  }),
);

test(
  'option limitedTransmit: off, the first two duplicates let nothing out (RFC 3042)',
  withoutSack({ limitedTransmit: false }, (talk) => {
    const { peer, app } = talk;
    app.writes(12_000);
    peer.takes(10_001, 1000);
    for (let i = 0; i < 2; i++) peer.sends(ACK, { ack: 1 });
    peer.expectsSilence();
    peer.sends(ACK, { ack: 10_001 });
    peer.takes(12_001, 1000);
    peer.sends(ACK);
  }),
);

test(
  'option dsack: off, a duplicate is acknowledged without a block (RFC 2883)',
  selective({ dsack: false }, (talk) => {
    const { peer } = talk;
    peer.sends(ACK, { payload: 100 });
    peer.expects(ACK, { ack: 101 });
    peer.sends(ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 101, sack: [] });
    talk.app.reads(100);
  }),
);

test(
  'RFC 8985 §6.3: at a time-out the oldest is lost, what was sent a moment ago is not',
  selective({ tailLossProbe: false, noDelay: true }, (talk) => {
    const { peer, app } = talk;
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    peer.waits(RTT);
    peer.sends(ACK, { ack: 1001 });
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    const { timers, sender } = talk.connection;
    peer.waits(timers.retransmit - talk.now - 50 * MILLISECOND);
    app.writes(2000);
    peer.expects(ACK, { seq: 2001, payload: 1000 });
    peer.expects(ACK | PSH, { seq: 3001, payload: 1000 });
    peer.waits(50 * MILLISECOND);
    expect(sentNumbers(talk)).toEqual([1001]);
    expect([sender.control.window, sender.pipe(1000)]).toEqual([3000, 3000]);
    peer.sends(ACK, { ack: 4001 });
  }),
);
