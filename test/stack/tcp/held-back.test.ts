/** What a small segment waits for: Nagle, its modification, the cork, MSG_MORE, and the mark of text not yet sent. */
import { expect, test } from 'vitest';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

test(
  'RFC 9293 §3.7.4, classic: the small end of a write waits for all that is under way',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    peer.expects(ACK, { seq: 1, payload: 1000 });
    peer.expects(ACK, { seq: 1001, payload: 1000 });
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 2001, payload: 500 });
    peer.sends(ACK);
  }),
);

test(
  'RFC 9293 appendix A.3, minshall: full segments under way hold nothing back, another small one does',
  established({ tcp: { nagle: 'minshall' } }, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    peer.takes(2501, 1000);
    app.writes(100);
    peer.expectsSilence();
    peer.sends(ACK, { ack: 2001 });
    peer.expectsSilence();
    peer.sends(ACK, { ack: 2501 });
    peer.expects(ACK | PSH, { seq: 2501, payload: 100 });
    peer.sends(ACK);
    app.writes(1000);
    peer.expects(ACK | PSH, { payload: 1000 });
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    peer.sends(ACK);
  }),
);

test(
  'TCP_CORK: full segments go, the rest when the cork is out',
  established({ tcp: { cork: true } }, (talk) => {
    const { peer, app } = talk;
    app.writes(300);
    app.writes(300);
    peer.expectsSilence();
    app.writes(600);
    peer.expects(ACK, { seq: 1, payload: 1000 });
    peer.sends(ACK);
    peer.expectsSilence();
    app.sets({ cork: false });
    peer.expects(ACK | PSH, { seq: 1001, payload: 200 });
    peer.sends(ACK);
  }),
);

test(
  'TCP_CORK: after one retransmission timeout with nothing under way what waits goes out',
  established({ tcp: { cork: true, minRto: 0.2 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    app.writes(300);
    peer.expectsAfter(0.2 * SECOND, ACK | PSH, { seq: 1, payload: 300, reason: 'small segment: corked for too long' });
    peer.sends(ACK);
    app.writes(10);
    peer.expectsAfter(0.2 * SECOND, ACK | PSH, { payload: 10 });
    peer.sends(ACK);
  }),
);

test(
  'TCP_CORK, Nagle off: setting TCP_NODELAY pushes what waits and not what is written later',
  established({ tcp: { cork: true } }, (talk) => {
    const { peer, app } = talk;
    app.writes(300);
    app.sets({ noDelay: true });
    peer.expects(ACK | PSH, { payload: 300 });
    app.writes(200);
    peer.expectsSilence();
    app.sets({ cork: false });
    peer.expects(ACK | PSH, { payload: 200 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-17: TCP_NODELAY set while Nagle holds something pushes it',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    app.writes(50);
    peer.expectsSilence();
    app.sets({ noDelay: true });
    peer.expects(ACK | PSH, { seq: 101, payload: 50 });
    peer.sends(ACK);
  }),
);

test(
  'a close pulls the cork out',
  established({ tcp: { cork: true } }, (talk) => {
    const { peer, app } = talk;
    app.writes(300);
    app.closesWrite();
    peer.expects(FIN | ACK | PSH, { payload: 300 });
    peer.sends(ACK);
  }),
);

test(
  'MSG_MORE: the next write, or an acknowledgment, lets it go',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(300, 300, { more: true });
    peer.expectsSilence();
    app.writes(200);
    peer.expects(ACK | PSH, { seq: 1, payload: 500 });
    app.writes(1100, 1100, { more: true });
    peer.expects(ACK, { seq: 501, payload: 1000 });
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 1501, payload: 100 });
    peer.sends(ACK);
  }),
);

test(
  'TCP_NOTSENT_LOWAT: what can leave at once may be written, and so much that waits; half of it gone is told',
  established({ tcp: { notSentLowWater: 1000 }, peer: { window: 3000 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(10_000, 4000);
    peer.takes(3001, 1000);
    app.writes(10, 0);
    app.seesNothing();
    peer.sends(ACK, { ack: 1001 });
    peer.expects(ACK | PSH, { seq: 3001, payload: 1000 });
    app.sees('WRITABLE');
    app.writes(1000);
    peer.expectsSilence();
    app.writes(1, 0);
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 4001, payload: 1000 });
    peer.sends(ACK);
    expect(talk.connection.sender.buffered).toBe(0);
  }),
);
