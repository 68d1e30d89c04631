/** Opening, as the one who waits: RFC 9293 §3.5, §3.10.7.2, and SYN-RECEIVED of §3.10.7.4. */
import { expect, test } from 'vitest';
import { isSynQueueFull } from '../../../src/stack/tcp/open/backlog.ts';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation } from '../../conversation.ts';

test(
  'RFC 9293 §3.5 figure 6: the three-way handshake',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1, mss: 1460, window: 65_535, reason: 'SYN ACK' });
    talk.is('SYN-RECEIVED');
    expect(listener.queued).toEqual({ halfOpen: 1, waiting: 0 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    app.sees('CONNECTED', 'WRITABLE');
    expect(listener.queued).toEqual({ halfOpen: 0, waiting: 1 });
    expect(listener.accept()).toBe(talk.connection);
  }),
);

test(
  'RFC 6298 (2.1), (5.5), MUST-22, MUST-23: the SYN-ACK is sent again after 1, 2, 4 s and so on, and given up in silence after three minutes',
  conversation({}, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    for (const wait of [1, 2, 4, 8, 16, 32, 60]) peer.expectsAfter(wait * SECOND, SYN | ACK, { seq: 0, ack: 1, mss: 1460 });
    peer.expectsSilence(MINUTE - 1);
    talk.is('SYN-RECEIVED');
    peer.expectsSilence(1);
    talk.is('CLOSED');
    expect(listener.queued).toEqual({ halfOpen: 0, waiting: 0 });
    expect(listener.accept()).toBeUndefined();
    expect(talk.tcp.connectionCount).toBe(0);
  }),
);

test(
  'a SYN once more in SYN-RECEIVED gets the SYN-ACK once more, and one connection comes of it (096)',
  conversation({}, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(SYN, { seq: 0, mss: 1000 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1, mss: 1460 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    expect(listener.accept()).toBe(talk.connection);
    expect(listener.accept()).toBeUndefined();
  }),
);

test(
  'the SYN of an established connection, late: a challenge ACK and nothing else',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.establish();
    peer.sends(SYN, { seq: 0 });
    peer.expects(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
  }),
);

test(
  '§3.10.7.4 second: a RST in SYN-RECEIVED of a passive open returns to LISTEN without a word to the application (MUST-11)',
  conversation({}, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(RST, { seq: 1 });
    talk.is('CLOSED');
    expect(listener.queued).toEqual({ halfOpen: 0, waiting: 0 });
    expect(listener.isOpen).toBe(true);
  }),
);

test(
  '§3.10.7.4 fifth: in SYN-RECEIVED a wrong acknowledgment gets <SEQ=SEG.ACK><CTL=RST>, and the half-open connection stays',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    for (const ack of [0, -5, 2, 5000]) {
      expect(peer.sends(ACK, { seq: 1, ack })).toBe('acknowledges what was never sent');
      peer.expects(RST, { seq: ack });
      talk.is('SYN-RECEIVED');
    }
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
  }),
);

test(
  'text and FIN on the ACK that ends the handshake are taken',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK | PSH | FIN, { seq: 1, ack: 1, payload: 200 });
    peer.expects(ACK, { seq: 1, ack: 202 });
    talk.is('CLOSE-WAIT');
    app.sees('CONNECTED', 'READABLE', 'PEER_CLOSED');
    app.reads(200);
  }),
);

test(
  'text that arrives when the ACK of the handshake was lost completes the handshake',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 1, payload: 300 });
    peer.expects(ACK, { seq: 1, ack: 301 });
    talk.is('ESTABLISHED');
    app.reads(300);
  }),
);

test(
  'a full backlog turns SYNs away in silence, and takes them again when there is room',
  conversation({ backlog: 1 }, (talk) => {
    const { peer } = talk;
    const listener = talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    const again = talk.tcp.listen(81, { backlog: 0 });
    expect(isSynQueueFull(again, DEFAULTS)).toBe(true);
    expect(isSynQueueFull(listener, DEFAULTS)).toBe(true);
    listener.accept();
    expect(isSynQueueFull(listener, DEFAULTS)).toBe(false);
  }),
);

test(
  '§3.10.4: CLOSE in SYN-RECEIVED waits for the handshake, and the SYN-ACK is still sent again (020)',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    app.closes();
    talk.is('SYN-RECEIVED');
    peer.expectsAfter(1 * SECOND, SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    peer.expects(FIN | ACK, { seq: 1, ack: 1 });
    talk.is('FIN-WAIT-1');
    peer.sends(ACK, { ack: 2 });
    talk.is('FIN-WAIT-2');
  }),
);

test(
  '§3.10.5: ABORT in SYN-RECEIVED sends a reset',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    app.aborts();
    peer.expects(RST | ACK, { seq: 1, ack: 1 });
    talk.is('CLOSED');
  }),
);

test(
  'a listener that closes resets what nobody accepted',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.establish();
    talk.tcp.unlisten(talk.listener!);
    talk.drain();
    peer.expects(RST | ACK, { seq: 1, ack: 1 });
    peer.sends(SYN, { seq: 0 });
    peer.expects(RST | ACK, { seq: -talk.iss, ack: 1 });
  }),
);

test(
  '§3.10.7.2 third: text in a SYN is not acknowledged before the handshake is over',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, payload: 10 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(ACK, { seq: 1, ack: 1, payload: 10 });
    peer.expects(ACK, { ack: 11 });
    app.reads(10);
  }),
);
