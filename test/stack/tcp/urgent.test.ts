/** Urgent data both ways: RFC 9293 §3.8.5, RFC 6093. */
import { expect, test } from 'vitest';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, SYN, URG } from '../../../src/stack/wire/tcp.ts';
import { conversation, established } from '../../conversation.ts';

const OUT_OF_LINE = { oobInline: false };

test(
  'MUST-30, MUST-62, RFC 9293 §3.8.5: the pointer of what we send names the octet behind the urgent ones',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writesUrgent(5);
    peer.expects(ACK | PSH | URG, { seq: 1, payload: 5, urgent: 5 });
    peer.sends(ACK);
    app.writes(7);
    peer.expects(ACK | PSH, { seq: 6, payload: 7, urgent: 0 });
    peer.sends(ACK);
  }),
);

test(
  'RFC 9293 §3.8.5: plain text in front of it is urgent too; what is written behind it is not',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.takes(2001, 1000);
    app.writesUrgent(10);
    peer.expects(ACK | PSH | URG, { seq: 2001, payload: 10, urgent: 10 });
    app.writes(90);
    peer.expects(ACK | PSH, { seq: 2011, payload: 90, urgent: 0 });
    peer.sends(ACK);
  }),
);

test(
  'RFC 6093 §2: urgent text does not wait for Nagle, nor does what follows until it is acknowledged',
  established({}, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10 });
    app.writes(10);
    peer.expectsSilence();
    app.writesUrgent(1);
    peer.expects(ACK | PSH | URG, { seq: 11, payload: 11, urgent: 11 });
    peer.sends(ACK);
    app.writes(5);
    peer.expects(ACK | PSH, { seq: 22, payload: 5 });
    app.writes(5);
    peer.expectsSilence();
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 27, payload: 5 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-31: 100,000 urgent octets: the pointer says 65,535 until 16 bits can say where the end is',
  established({ tcp: { congestionControl: 'unlimited' }, peer: { mss: 1460 }, mtu: 1500 }, (talk) => {
    const { peer, app, connection } = talk;
    app.writesUrgent(100_000);
    connection.snd.wnd = 65_535;
    for (let at = 1; at < 100_001; at += 1460) {
      const payload = Math.min(1460, 100_001 - at);
      const last = at + payload === 100_001 ? PSH : 0;
      peer.expects(ACK | URG | last, { seq: at, payload, urgent: Math.min(100_001 - at, 65_535) });
      peer.sends(ACK, { ack: at + payload });
    }
  }),
);

test(
  'a retransmission says so again, also when the application has written more; an acknowledgment of ours says it while text waits',
  established({ peer: { window: 1000 } }, (talk) => {
    const { peer, app } = talk;
    app.writesUrgent(1500);
    peer.expects(ACK | URG, { seq: 1, payload: 1000, urgent: 1500 });
    peer.sends(ACK | PSH, { ack: 1, payload: 10 });
    peer.expects(ACK | URG, { seq: 1001, payload: 0, urgent: 500, ack: 11 });
    app.reads(10);
    app.writesUrgent(100);
    peer.expects(ACK | URG, { seq: 1001, payload: 0, urgent: 600, reason: 'urgent data waits for the window' });
    peer.expectsAfter(0.2 * SECOND, ACK | URG, { seq: 1, payload: 1000, urgent: 1600 });
    peer.sends(ACK, { ack: 1001, window: 5000 });
    peer.expects(ACK | URG | PSH, { seq: 1001, payload: 600, urgent: 600 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-36, MUST-32: into a closed window goes the news at once, and each probe repeats it',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { window: 0 });
    app.writesUrgent(3);
    peer.expects(ACK | URG, { seq: 1, payload: 0, urgent: 3, reason: 'urgent data waits for the window' });
    peer.expectsAfter(0.2 * SECOND, ACK | URG, { seq: 1, payload: 1, urgent: 3, reason: 'zero-window probe' });
    peer.sends(ACK, { ack: 1 });
    peer.expectsAfter(0.4 * SECOND, ACK | URG, { seq: 1, payload: 1, urgent: 3, reason: 'zero-window probe' });
    peer.sends(ACK, { ack: 1, window: 1000 });
    peer.expects(ACK | URG | PSH, { seq: 1, payload: 3, urgent: 3 });
    peer.sends(ACK);
  }),
);

test(
  'urgent text written while connecting, and before a close: a SYN has no pointer, the FIN keeps it',
  conversation({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    app.writesUrgent(4);
    app.closesWrite();
    talk.is('CLOSED');
    peer.expects(SYN, { urgent: 0 });
  }),
);

test(
  'urgent text goes with the FIN behind it',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    app.writesUrgent(4);
    peer.expects(SYN, { urgent: 0 });
    peer.sends(SYN | ACK, { seq: 0, ack: 1, window: 0 });
    peer.expects(ACK | URG, { seq: 1, urgent: 4 });
    app.closesWrite();
    peer.sends(ACK, { window: 1000 });
    peer.expects(FIN | ACK | URG | PSH, { seq: 1, payload: 4, urgent: 4 });
    peer.sends(ACK);
    talk.is('FIN-WAIT-2');
  }),
);

test(
  'no burst for the device to cut while there is urgent text: each segment has its own pointer',
  established({ gsoMaxSize: 65_536 }, (talk) => {
    const { peer, app } = talk;
    app.writesUrgent(3000);
    peer.expects(ACK | URG, { seq: 1, payload: 1000, urgent: 3000, gsoSize: 0 });
    peer.expects(ACK | URG, { seq: 1001, payload: 1000, urgent: 2000, gsoSize: 0 });
    peer.expects(ACK | URG | PSH, { seq: 2001, payload: 1000, urgent: 1000, gsoSize: 0 });
    peer.sends(ACK);
    app.writes(2000);
    peer.expects(ACK | PSH, { seq: 3001, payload: 2000, gsoSize: 1000 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-32, MUST-33: the application hears of a pointer before the text is there, and how far it reaches',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG | PSH, { payload: 10, urgent: 30 });
    peer.expects(ACK, { ack: 11 });
    app.sees('URGENT', 'READABLE');
    expect(connection.urgentAhead).toBe(30);
    app.reads(10);
    expect(connection.urgentAhead).toBe(20);
    peer.sends(ACK | URG | PSH, { payload: 10, urgent: 40 });
    peer.expects(ACK, { ack: 21 });
    app.sees('URGENT');
    expect(connection.urgentAhead).toBe(40);
    peer.sends(ACK | URG | PSH, { payload: 30, urgent: 30 });
    peer.expects(ACK, { ack: 51 });
    expect(connection.urgentAhead).toBe(40);
    app.reads(39);
    app.reads(1);
    expect(connection.urgentAhead).toBe(0);
  }),
);

test(
  'MUST-32: a pointer that does not advance is no news, one behind what was received never is',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG, { urgent: 30 });
    app.sees('URGENT');
    for (const urgent of [30, 20, 1]) peer.sends(ACK | URG, { urgent });
    app.seesNothing();
    expect(connection.urgentAhead).toBe(30);
    peer.sends(ACK | PSH, { payload: 30 });
    peer.expects(ACK, { ack: 31 });
    app.reads(29);
    app.reads(1);
    connection.app.takeEvents();
    peer.sends(ACK | URG, { seq: 21, payload: 10, urgent: 10 }); // the last segment once more
    peer.expects(ACK, { ack: 31 });
    peer.sends(ACK | URG, { seq: 31, urgent: 0 });
    app.sees('URGENT');
    expect(connection.urgentAhead).toBe(1); // a pointer of zero, as Linux reads it: the octet itself
  }),
);

test(
  'RFC 9293 §3.8.5: text that waits to be read does not become urgent afterwards',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | PSH, { payload: 10 });
    peer.expects(ACK, { ack: 11 });
    peer.sends(ACK | PSH | URG, { seq: 6, payload: 10, urgent: 3 });
    peer.expects(ACK, { ack: 16 });
    expect(connection.urgentAhead).toBe(0);
    app.reads(15, 100);
  }),
);

test(
  'SO_OOBINLINE: a read stops in front of the last urgent octet, the next one has it and goes on',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG | PSH, { payload: 20, urgent: 11 });
    peer.expects(ACK, { ack: 21 });
    expect(connection.readable).toBe(10);
    app.reads(10, 100);
    expect(connection.urgentAhead).toBe(1);
    expect(connection.receiveUrgent()).toBe('none');
    expect(connection.readable).toBe(10);
    app.reads(10, 100);
    expect(connection.urgentMark).toBeUndefined();
  }),
);

test(
  'out of line: the last urgent octet is taken by itself, once, and is not in the stream',
  established({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG | PSH, { payload: 20, urgent: 11 });
    peer.expects(ACK, { ack: 21 });
    expect(connection.receiveUrgent(true)).not.toBe('none');
    app.takesUrgent(11);
    expect(connection.receiveUrgent()).toBe('none');
    app.reads(10, 100);
    expect(connection.urgentAhead).toBe(1);
    app.skips(1);
    app.reads(9, 100);
    expect(connection.receiveUrgent()).toBe('none');
  }),
);

test(
  'out of line: nothing to read at the mark alone, which is the end when the peer has closed',
  established({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG | PSH, { payload: 3, urgent: 3 });
    peer.expects(ACK, { ack: 4 });
    app.reads(2, 100);
    expect(connection.readable).toBe(0);
    expect(connection.isAtEnd).toBe(false);
    app.takesUrgent(3);
    peer.sends(FIN | ACK);
    peer.expects(ACK, { ack: 5 });
    expect(connection.urgentAhead).toBe(1);
    expect(connection.isAtEnd).toBe(true);
    app.reads(0);
    expect(connection.receiver.available).toBe(0);
  }),
);

test(
  'out of line: the octet is awaited until it comes, also out of order',
  established({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG, { urgent: 20 });
    app.sees('URGENT');
    expect(connection.receiveUrgent()).toBe('awaited');
    peer.sends(ACK | PSH, { seq: 11, payload: 10 });
    peer.expects(ACK, { ack: 1 });
    app.sees('URGENT');
    app.takesUrgent(20);
    peer.sends(ACK | PSH, { seq: 1, payload: 10 });
    peer.expects(ACK, { ack: 21 });
    app.reads(19, 100);
    app.skips(1);
    peer.sends(ACK | PSH, { seq: 21, payload: 5 });
    peer.expects(ACK, { ack: 26 });
    app.reads(5, 100);
  }),
);

test(
  'out of line: a second urgent octet in a row, the first one unread, does not turn the first into text',
  established({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG | PSH, { payload: 1, urgent: 1 });
    peer.expects(ACK, { ack: 2 });
    peer.sends(ACK | URG | PSH, { payload: 1, urgent: 1 });
    peer.expects(ACK, { ack: 3 });
    app.takesUrgent(2);
    expect(connection.readable).toBe(0);
    peer.sends(ACK | PSH, { payload: 4 });
    peer.expects(ACK, { ack: 7 });
    app.skips(2);
    app.reads(4, 100);
  }),
);

test(
  'MUST-66, §3.4: URG counts also when our window is closed',
  established({ tcp: { receiveBuffer: 2000, maxReceiveBuffer: 2000, oobInline: false } }, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK, { payload: 1000 });
    peer.sends(ACK | PSH, { payload: 1000 });
    talk.outgoing.length = 0;
    connection.app.takeEvents();
    peer.sends(ACK | URG, { seq: 2001, urgent: 7 });
    app.sees('URGENT');
    expect(connection.urgentAhead).toBe(2007);
    peer.expectsSilence();
    peer.sends(ACK | URG, { seq: 2001, payload: 1, urgent: 7 });
    peer.expects(ACK, { ack: 2001, window: 0 });
    app.seesNothing();
  }),
);

test(
  'RFC 1122 §4.2.2.4: with `stdUrg` a pointer names the octet itself',
  established({ tcp: { oobInline: false, stdUrg: true } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK | URG | PSH, { payload: 10, urgent: 4 });
    peer.expects(ACK, { ack: 11 });
    app.takesUrgent(5);
    app.reads(4, 100);
    app.skips(1);
    app.reads(5, 100);
  }),
);

test(
  '§3.10.7.4, sixth: behind the peer’s FIN, and outside the window, a pointer is ignored',
  established({}, (talk) => {
    const { peer, app, connection } = talk;
    peer.sends(ACK | URG, { seq: 70_000, urgent: 5 });
    peer.expects(ACK, { ack: 1 });
    peer.sends(FIN | ACK, { seq: 1 });
    peer.expects(ACK, { ack: 2 });
    connection.app.takeEvents();
    peer.sends(ACK | URG, { seq: 2, urgent: 5 });
    app.seesNothing();
    expect(connection.urgentMark).toBeUndefined();
  }),
);

test(
  'MUST-30: a pointer in the SYN-ACK itself, and in text that comes with it',
  conversation({ tcp: OUT_OF_LINE }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(SYN | ACK | URG, { seq: 0, ack: 1, payload: 3, urgent: 4 });
    peer.expects(ACK, { ack: 4 });
    app.takesUrgent(3);
    app.reads(2, 100);
  }),
);
