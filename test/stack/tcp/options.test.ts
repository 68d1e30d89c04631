/** What the SYNs agree on: MSS, window scale, timestamps. RFC 9293 §3.7.1, RFC 7323. */
import { expect, test } from 'vitest';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation, established } from '../../conversation.ts';

const DAY = 24 * 3600 * SECOND;

for (const [name, peerMss, mtu, timestamps, expected] of [
  ['MUST-15: no MSS option means 536', 0, 1500, false, 536],
  ["MUST-16: the peer's MSS when it is the smaller", 1000, 1500, false, 1000],
  ['MUST-16: ours when the path is the smaller', 9000, 1500, false, 1460],
  ['RFC 6691: timestamps take 12 bytes of each segment', 1000, 1500, true, 988],
  ['an MSS of 1 is read as 48', 1, 1500, false, 48],
  ['an MSS of 1 with timestamps leaves 36', 1, 1500, true, 36],
  ['MUST-67: a small MTU of ours', 1460, 576, false, 536],
] as const)
  test(
    name,
    established({ mtu, tcp: { timestamps }, peer: { mss: peerMss, ...(timestamps ? { timestamps: [1, 0] } : {}) } }, (talk) => {
      const { peer, app } = talk;
      expect(talk.connection.sender.control.mss).toBe(expected);
      expect(talk.connection.agreement.announcedMss).toBe(mtu - 40);
      app.writes(expected + 1);
      peer.expects(ACK, { seq: 1, payload: expected });
      peer.sends(ACK);
      peer.expects(ACK | PSH, { seq: 1 + expected, payload: 1 });
      peer.sends(ACK);
    }),
  );

test(
  'MUST-65: only a SYN carries MSS and window scale',
  conversation({ tcp: { windowScale: true, timestamps: true } }, (talk) => {
    const { peer, app } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000, windowShift: 3, timestamps: [1, 0] });
    peer.expects(SYN | ACK, { mss: 1460, windowShift: 7, hasTimestamps: true, tsEcho: 1 });
    peer.sends(ACK, { seq: 1, ack: 1 });
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10, mss: 0, windowShift: -1, hasTimestamps: true });
    peer.sends(ACK);
  }),
);

for (const [name, ours, theirs, sendShift, receiveShift] of [
  ['both offer', true, 5, 5, 7],
  ['the peer does not', true, -1, 0, 0],
  ['we do not', false, 5, 0, 0],
  ['§2.3: a shift above 14 is read as 14', true, 200, 14, 7],
  ['a shift of 0 is an offer too', true, 0, 0, 7],
] as const)
  test(
    `RFC 7323 §2.2, window scale: ${name}`,
    conversation({ tcp: { windowScale: ours } }, (talk) => {
      const { peer } = talk;
      talk.listens();
      peer.sends(SYN, { seq: 0, windowShift: theirs, window: 65_000 });
      peer.expects(SYN | ACK, { windowShift: ours && theirs >= 0 ? 7 : -1, window: 65_535 }); // unscaled, though 64 KiB are free
      expect(talk.connection.snd.wnd).toBe(65_000); // never scaled in a SYN
      peer.sends(ACK, { seq: 1, ack: 1, window: 3 });
      expect(talk.connection.snd.wnd).toBe(3 << sendShift);
      expect(talk.connection.agreement.receiveShift).toBe(receiveShift);
      peer.sends(ACK | PSH, { payload: 128 });
      peer.expects(ACK, { window: receiveShift === 0 ? 65_407 : 511 });
    }),
  );

for (const [name, ours, theirs] of [
  ['the peer does not offer them', true, false],
  ['we do not', false, true],
] as const)
  test(
    `RFC 7323 §3.2: no timestamps when ${name}`,
    conversation({ tcp: { timestamps: ours } }, (talk) => {
      const { peer } = talk;
      talk.listens();
      peer.sends(SYN, { seq: 0, ...(theirs ? { timestamps: [5, 0] } : {}) });
      peer.expects(SYN | ACK, { hasTimestamps: false });
      peer.sends(ACK, { seq: 1, ack: 1, payload: 1 });
      peer.expects(ACK, { hasTimestamps: false });
    }),
  );

const stamped = { tcp: { timestamps: true }, peer: { timestamps: [1000, 0] } } as const;

test(
  'RFC 7323 §3.2: agreed timestamps are on every segment, a RST of the connection too',
  established(stamped, (talk) => {
    const { peer, app } = talk;
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10, hasTimestamps: true, tsEcho: 1000 });
    peer.sends(ACK | PSH, { payload: 10, timestamps: [2000, 0] });
    peer.expects(ACK, { hasTimestamps: true, tsEcho: 2000 });
    app.closesWrite();
    peer.expects(FIN | ACK, { hasTimestamps: true, tsEcho: 2000 });
    app.aborts();
    peer.expects(RST | ACK, { hasTimestamps: true, tsEcho: 2000 });
  }),
);

test(
  'RFC 7323 §3.2: a segment without the agreed timestamps is dropped in silence, a RST is not (262)',
  established(stamped, (talk) => {
    const { peer } = talk;
    expect(peer.sends(ACK, { seq: 1, payload: 10, timestamps: 'none' })).toBe('timestamp missing');
    peer.expectsSilence();
    talk.is('ESTABLISHED');
    peer.sends(RST, { seq: 1, timestamps: 'none' });
    talk.is('CLOSED');
  }),
);

test(
  'RFC 7323 §5.3 R1, PAWS: an old timestamp in the window is acknowledged and dropped, a RST passes',
  established(stamped, (talk) => {
    const { peer, app } = talk;
    expect(peer.sends(ACK, { seq: 1, payload: 10, timestamps: [999, 0] })).toBe('old by its timestamp (PAWS)');
    peer.expects(ACK, { seq: 1, ack: 1, tsEcho: 1000 });
    app.reads(0);
    peer.sends(RST, { seq: 1, timestamps: [999, 0] });
    talk.is('CLOSED');
  }),
);

test(
  'RFC 7323 §5.3: timestamps wrap like sequence numbers',
  established({ tcp: { timestamps: true }, peer: { timestamps: [0xffff_fff0, 0] } }, (talk) => {
    const { peer, app } = talk;
    talk.connection.timestamps.start(0xffff_fff0, talk.now);
    peer.sends(ACK, { seq: 1, payload: 10, timestamps: [5, 0] });
    peer.expects(ACK, { ack: 11, tsEcho: 5 });
    app.reads(10);
    expect(peer.sends(ACK, { seq: 11, payload: 10, timestamps: [0xffff_fff1, 0] })).toBe('old by its timestamp (PAWS)');
    peer.expects(ACK, { ack: 11 });
  }),
);

test(
  'RFC 7323 §5.5: after 24 days without a word any timestamp is accepted',
  established(stamped, (talk) => {
    const { peer, app } = talk;
    peer.waits(24 * DAY + 1);
    peer.sends(ACK, { seq: 1, payload: 10, timestamps: [7, 0] });
    peer.expects(ACK, { ack: 11, tsEcho: 7 });
    app.reads(10);
  }),
);

test(
  'RFC 7323 §4.3 (2): only a segment at or before Last.ACK.sent sets the echo',
  established(stamped, (talk) => {
    const { peer } = talk;
    peer.sends(ACK, { seq: 101, payload: 100, timestamps: [3000, 0] }); // above a hole
    peer.expects(ACK, { ack: 1, tsEcho: 1000 });
    peer.sends(ACK, { seq: 1, payload: 100, timestamps: [2000, 0] }); // the hole: the echo is of what moved the ACK
    peer.expects(ACK, { ack: 201, tsEcho: 2000 });
  }),
);

test(
  'RFC 7323 §4.1: the echo gives a round trip even for what was sent twice',
  established(stamped, (talk) => {
    const { peer, app } = talk;
    app.writes(100);
    peer.expects(ACK | PSH, { seq: 1, payload: 100 });
    peer.expectsAfter(0.2 * SECOND, ACK | PSH, { seq: 1, payload: 100, reason: 'retransmission' });
    peer.waits(0.05 * SECOND);
    peer.sends(ACK);
    expect(talk.connection.rtt.latest).toBe(0.05 * SECOND);
  }),
);
