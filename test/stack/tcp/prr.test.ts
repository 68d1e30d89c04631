/** Proportional rate reduction: RFC 9937, RFC 6937. */
import { expect, test } from 'vitest';
import { Prr } from '../../../src/stack/tcp/loss/prr.ts';
import { ACK } from '../../../src/stack/wire/tcp.ts';
import { RTT, selective, sentNumbers } from './selective.ts';

const MSS = 1000;

/** Each line: what is in flight, what the acknowledgment delivers, whether it is safe; and the segments it lets out, which are sent. */
const TABLE: readonly (readonly [string, number, number, readonly (readonly [number, number, boolean, number])[]])[] = [
  [
    'RFC 6937 §3, the proportion: of twenty in flight ten remain, one is sent for every two that arrive',
    20,
    10,
    [
      [18, 1, false, 1],
      [18, 1, false, 0],
      [17, 1, false, 1],
      [17, 1, false, 0],
      [16, 1, false, 1],
    ],
  ],
  [
    'RFC 9937 §6.2, the conservative bound: losses have emptied the path, and as much is sent as arrives',
    20,
    10,
    [
      [4, 1, false, 1],
      [4, 1, false, 1],
    ],
  ],
  [
    'RFC 9937 §6.2, the slow start bound: while nothing more is lost, one segment more than arrives',
    20,
    10,
    [
      [4, 2, true, 3],
      [5, 2, true, 3],
    ],
  ],
  [
    'RFC 9937 §6.2: the path is filled to ssthresh and no further',
    20,
    10,
    [
      [9, 5, true, 1],
      [10, 5, true, 0],
    ],
  ],
  ['RFC 9937 §6.2: the first segment is sent whatever the bound says', 20, 10, [[10, 1, false, 1]]],
];

for (const [name, flight, threshold, acknowledgments] of TABLE)
  test(name, () => {
    const prr = new Prr();
    prr.begin(flight * MSS);
    const sent = acknowledgments.map(([pipe, delivered, isSafe]) => {
      const window = prr.window(pipe * MSS, threshold * MSS, delivered * MSS, isSafe, MSS, 10 * MSS) ?? 0;
      const count = Math.max(Math.floor((window - pipe * MSS) / MSS), 0);
      prr.sent(count * MSS);
      return count;
    });
    expect(sent).toEqual(acknowledgments.map(([, , , count]) => count));
  });

test('an application that paused for thirty segments catches up by ten more than arrive, not by all of them in one burst', () => {
  const prr = new Prr();
  prr.begin(80 * MSS);
  prr.window(5 * MSS, 60 * MSS, 30 * MSS, true, MSS, 10 * MSS);
  expect(prr.window(5 * MSS, 60 * MSS, MSS, true, MSS, 10 * MSS)).toBe((5 + 1 + 10) * MSS);
  expect(prr.window(5 * MSS, 60 * MSS, MSS, true, MSS, 60 * MSS)).toBe((5 + 33) * MSS);
});

test('an acknowledgment that delivers nothing leaves the window as it is', () => {
  const prr = new Prr();
  prr.begin(20 * MSS);
  expect(prr.window(10 * MSS, 10 * MSS, 0, true, MSS, 10 * MSS)).toBeUndefined();
});

for (const prr of ['sack', 'never'] as const)
  test(
    prr === 'sack'
      ? 'RFC 9937 §3: no half round trip of silence, seven are sent for ten that arrive, and cwnd is ssthresh in the end'
      : 'option prr: `never` is silent until the flight has come down to ssthresh',
    selective({ prr, congestionControl: 'cubic' }, (talk) => {
      const { peer, app } = talk;
      app.writes(60_000);
      peer.takes(10_001, 1000);
      peer.waits(RTT);
      peer.sends(ACK, { ack: 10_001 });
      peer.takes(30_001, 1000);
      peer.waits(RTT);
      const sent: number[] = [];
      for (let right = 12_001; right <= 30_001; right += 1000) {
        peer.sends(ACK, { ack: 10_001, sack: [[11_001, right]] });
        sent.push(sentNumbers(talk).length);
      }
      const { control, recovery } = talk.connection.sender;
      expect(control.threshold).toBe(14_000);
      const afterTwo = sent.slice(3);
      const silence = afterTwo.findIndex((count) => count > 0);
      expect(silence <= 1).toBe(prr === 'sack');
      // RecoverFS is what had not arrived when the recovery began: twenty, of which fourteen may remain
      if (prr === 'sack') expect(sent.slice(2, 10)).toEqual([1, 1, 1, 0, 1, 1, 0, 1]);
      if (prr === 'sack') expect(sent.reduce((sum, count) => sum + count)).toBe(2 + 12);
      peer.waits(RTT);
      peer.sends(ACK, { ack: 32_001 });
      expect(recovery.phase).toBe('open');
      if (prr === 'sack') expect(control.window).toBe(Math.min(14_000, talk.connection.snd.flight + 10_000));
      app.aborts();
      talk.outgoing.length = 0;
    }),
  );
