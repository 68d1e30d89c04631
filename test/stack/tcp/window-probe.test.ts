/** Asking a closed window whether it is open: RFC 9293 §3.8.6.1, in both forms. */
import { expect, test } from 'vitest';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

const SLOW = { minRto: SECOND };

test(
  'MUST-36, SHLD-28: when the window opens, the rest of the segment goes out behind the octet that probed',
  established({ tcp: SLOW, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    peer.expectsAfter(SECOND, ACK, { seq: 1, payload: 1, reason: 'zero-window probe' });
    peer.sends(ACK, { ack: 1, window: 0 });
    peer.sends(ACK, { ack: 1, window: 5000 });
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
    peer.expects(ACK, { seq: 1001, payload: 1000 });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2001, payload: 500 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-36: an octet that the peer took is not sent again',
  established({ tcp: SLOW, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    peer.expectsAfter(SECOND, ACK, { seq: 1, payload: 1 });
    peer.sends(ACK, { ack: 2, window: 5000 });
    peer.expects(ACK, { seq: 2, payload: 1000 });
    peer.expects(ACK, { seq: 1002, payload: 1000 });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2002, payload: 499 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-36, SHLD-29, SHLD-30: an empty probe has the number before SND.UNA and leaves nothing to be sent again',
  established({ tcp: { ...SLOW, windowProbe: 'old number' }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    for (const wait of [1, 2, 4]) {
      peer.expectsAfter(wait * SECOND, ACK, { seq: 0, payload: 0, reason: 'zero-window probe' });
      peer.sends(ACK, { ack: 1, window: 0 });
    }
    peer.sends(ACK, { ack: 1, window: 5000 });
    peer.expects(ACK, { seq: 1, payload: 1000, reason: '' });
    peer.expects(ACK, { seq: 1001, payload: 1000 });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2001, payload: 500 });
    peer.sends(ACK);
  }),
);

test(
  'an empty probe asks for a FIN that waits, too',
  established({ tcp: { ...SLOW, windowProbe: 'old number' }, peer: { window: 0 } }, (talk) => {
    const { peer, app } = talk;
    app.closesWrite();
    peer.expectsAfter(SECOND, ACK, { seq: 0 });
    peer.sends(ACK, { ack: 1, window: 100 });
    peer.expects(FIN | ACK, { seq: 1 });
    peer.sends(ACK);
  }),
);

test(
  'a probe with no answer at all ends at R2',
  established(
    { tcp: { ...SLOW, windowProbe: 'old number', r2: 10 * SECOND, resetOnTimeout: false }, peer: { window: 0 } },
    (talk) => {
      const { peer, app } = talk;
      app.writes(10);
      for (const wait of [1, 2, 4]) peer.expectsAfter(wait * SECOND, ACK, { seq: 0 });
      peer.expectsSilence(8 * SECOND); // 14 s after the first
      expect(app.failure()).toBe('timed out');
    },
  ),
);
