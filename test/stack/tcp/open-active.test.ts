/** Opening, as the one who calls: RFC 9293 §3.5, §3.10.7.3. */
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { fromV4 } from '../../../src/stack/wire/ip-address.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation, PEER } from '../../conversation.ts';

test(
  'RFC 9293 §3.5 figure 6: the three-way handshake',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN, { seq: 0, window: 65_535, mss: 1460, reason: 'SYN' });
    talk.is('SYN-SENT');
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000 });
    peer.expects(ACK, { seq: 1, ack: 1, reason: 'ACK of the SYN' });
    talk.is('ESTABLISHED');
    app.sees('CONNECTED', 'WRITABLE');
  }),
);

test(
  'MUST-22, MUST-23, RFC 6298 (5.5): the SYN is sent again after 1, 2, 4 s and so on, and given up after three minutes, silently',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN, { seq: 0 });
    for (const wait of [1, 2, 4, 8, 16, 32, 60])
      peer.expectsAfter(wait * SECOND, SYN, { seq: 0, mss: 1460, reason: 'SYN retransmitted' });
    peer.expectsSilence(MINUTE - 1);
    talk.is('SYN-SENT');
    peer.waits(1);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
    app.sees('FAILED', 'CLOSED');
    expect(talk.tcp.connectionCount).toBe(0);
  }),
);

test(
  'RFC 5482, MUST-21: a user timeout ends the attempt earlier',
  conversation({ tcp: { userTimeout: 5 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    for (const wait of [1, 2]) peer.expectsAfter(wait * SECOND, SYN);
    peer.expectsSilence(4 * SECOND);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
  }),
);

for (const [name, flags, refused] of [
  ['RST with the ACK of our SYN', RST | ACK, true],
  ['RST without ACK', RST, false],
] as const) {
  test(
    `§3.10.7.3 second, RFC 5961 §3.2: ${name} ${refused ? 'refuses the connection' : 'is ignored'}`,
    conversation({ silence: refused ? 10 * SECOND : 0 }, (talk) => {
      const { peer, app } = talk;
      talk.connects();
      peer.expects(SYN);
      peer.sends(flags, { seq: 0, ack: 1 });
      peer.expectsSilence();
      talk.is(refused ? 'CLOSED' : 'SYN-SENT');
      expect(app.failure()).toBe(refused ? 'refused' : undefined);
    }),
  );
}

test(
  '§3.10.7.3 first: a wrong acknowledgment in SYN-SENT gets <SEQ=SEG.ACK><CTL=RST> and the attempt goes on',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN);
    for (const flags of [ACK, SYN | ACK, FIN | ACK])
      for (const ack of [0, 2, -1000, 70_000]) {
        expect(peer.sends(flags, { seq: 300, ack })).toBe('acknowledges what was never sent');
        peer.expects(RST, { seq: ack });
        talk.is('SYN-SENT');
      }
    peer.sends(RST | ACK, { seq: 0, ack: 0 }); // a reset is never answered
    peer.expectsSilence();
    talk.is('SYN-SENT');
    peer.sends(SYN | ACK, { seq: 0, ack: 1 });
    peer.expects(ACK, { seq: 1, ack: 1 });
  }),
);

test(
  '§3.10.7.3 fifth: the right ACK without SYN says nothing',
  conversation({ silence: 0 }, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(ACK, { seq: 0, ack: 1 });
    peer.expectsSilence();
    talk.is('SYN-SENT');
  }),
);

test(
  'MUST-10, §3.5 figure 7: simultaneous open, and the window of the SYN-ACK is not scaled (002)',
  conversation({ tcp: { windowScale: true } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN, { seq: 0, windowShift: 7 });
    peer.sends(SYN, { seq: 0, mss: 1000, windowShift: 7, window: 12_800 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1, mss: 1460, windowShift: 7 });
    talk.is('SYN-RECEIVED');
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000, windowShift: 7, window: 12_800 });
    talk.is('ESTABLISHED');
    app.sees('CONNECTED');
    expect(talk.connection.snd.wnd).toBe(12_800);
    expect(talk.connection.sender.control.window).toBe(10_000); // nothing was lost: the initial window is whole
    expect(talk.connection.rtt.rto).toBe(1 * SECOND);
  }),
);

test(
  '§3.10.7.4 second: a RST in SYN-RECEIVED of a simultaneous open tells the application "connection refused" (MUST-11)',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.sends(RST, { seq: 1 });
    talk.is('CLOSED');
    expect(app.failure()).toBe('refused');
  }),
);

test(
  'text and FIN on the SYN-ACK are taken: our SYN has offered a window',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(SYN | ACK | FIN | PSH, { seq: 0, ack: 1, payload: 100 });
    peer.expects(ACK, { seq: 1, ack: 102 });
    talk.is('CLOSE-WAIT');
    app.reads(100);
    app.sees('CONNECTED', 'READABLE', 'PEER_CLOSED');
  }),
);

test(
  'text on the SYN-ACK beyond the window of our SYN is cut off',
  conversation({ tcp: { receiveBuffer: 60, maxReceiveBuffer: 60 } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN, { window: 60 });
    peer.sends(SYN | ACK | FIN, { seq: 0, ack: 1, payload: 100 });
    peer.expects(ACK, { seq: 1, ack: 61, window: 0 });
    talk.is('ESTABLISHED');
    app.reads(60);
    peer.expects(ACK, { ack: 61, window: 60 });
  }),
);

test(
  'what was written before the handshake goes out with its last ACK',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    app.writes(500);
    peer.expectsSilence();
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000 });
    peer.expects(ACK | PSH, { seq: 1, ack: 1, payload: 500 });
    peer.sends(ACK, { seq: 1, ack: 501 });
  }),
);

test(
  'RFC 6298 (5.7), RFC 5681 §3.1: after a SYN was lost the timeout is 3 s and the initial window one segment',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.expectsAfter(1 * SECOND, SYN);
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000 });
    peer.expects(ACK);
    expect(talk.connection.sender.control.window).toBe(1000);
    expect(talk.connection.sender.control.threshold).toBe(0x7fff_ffff); // (277): the lost SYN does not pin ssthresh
    app.writes(1000);
    peer.expects(ACK | PSH, { seq: 1, payload: 1000 });
    peer.expectsAfter(3 * SECOND, ACK | PSH, { seq: 1, payload: 1000 });
    peer.sends(ACK, { ack: 1001 });
  }),
);

test(
  'RFC 6582 §3.2: after a SYN was lost the loss of the first text is still repaired by fast retransmit',
  conversation({ tcp: { congestionControl: 'unlimited' } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.expectsAfter(1 * SECOND, SYN);
    peer.sends(SYN | ACK, { seq: 0, ack: 1, mss: 1000 });
    peer.expects(ACK);
    app.writes(4000);
    peer.takes(4001, 1000);
    for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 1 });
    peer.expects(ACK, { seq: 1, payload: 1000, reason: 'fast retransmit' });
    peer.sends(ACK, { ack: 4001 });
  }),
);

test(
  '§3.10.4: CLOSE in SYN-SENT ends it without a word',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    app.closes();
    peer.expectsSilence();
    talk.is('CLOSED');
    expect(talk.tcp.connectionCount).toBe(0);
  }),
);

test(
  '§3.10.5: ABORT in SYN-SENT ends it without a word',
  conversation({}, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    app.aborts();
    talk.is('CLOSED');
    expect(app.failure()).toBe('aborted');
  }),
);

test.each([
  ['0.0.0.0', 0],
  ['255.255.255.255', -1],
  ['a group', 0xe000_0001],
])('MUST-46: OPEN to %s is an error', (_, word) => {
  conversation({}, (talk) => {
    expect(() => talk.tcp.connect(fromV4(word), 80, talk.now)).toThrow('not an address to connect to');
    expect(() => talk.tcp.connect(PEER, 0, talk.now)).toThrow('not an address to connect to');
  })();
});

test('a second connection between the same two ports is refused before it begins', () => {
  conversation({ silence: 0 }, (talk) => {
    talk.connects();
    expect(() => talk.connects()).toThrow('port in use');
  })();
});
