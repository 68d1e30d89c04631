/**
 * Bugs that other stacks shipped and that TCP can have: each with the test that would notice it here. Those that have no better
 * home are below. The numbers are those of published audits and trackers.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { diff } from '../../../src/stack/wire/seq.ts';
import * as wire from '../../../src/stack/wire/tcp.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { A, B, tcpFrame } from '../../capture/frames.ts';
import { Conversation, conversation, established } from '../../conversation.ts';
import { ipFrame, packetOf, payloadOf, Station, viewOf } from '../../station.ts';
import { pattern } from './application.ts';

/** Bug, file, a part of the test's name. */
const HOMES: readonly (readonly [bug: string, file: string, name: string])[] = [
  ['002: the window of a SYN is scaled', 'tcp/open-active.test.ts', 'the window of the SYN-ACK is not scaled (002)'],
  ['003: the FIN of a segment that was cut counts', 'tcp/close.test.ts', 'bug 003'],
  ['015: an acknowledgment of what was never sent is believed', 'tcp/resets.test.ts', 'MAY-12, RFC 5961 §5.2'],
  ['016: retransmissions without end', 'tcp/retransmit.test.ts', 'SHLD-11, MUST-20'],
  ['017: what leaves after a time-out has a wrong number', 'tcp/send-window.test.ts', '017'],
  ['018: two ends that probe each other for ever', 'tcp/send-window.test.ts', '018'],
  ['019: unread text is gone after TIME-WAIT', 'tcp/resets.test.ts', 'bug 019'],
  ['020: a close in SYN-RECEIVED forgets the SYN-ACK', 'tcp/open-passive.test.ts', '(020)'],
  ['075: an initial window of so many bytes', 'tcp/policies.test.ts', 'RFC 6928 §2'],
  ['076, 253, 254: CUBIC’s K, W_est and idle times', 'tcp/cubic.test.ts', 'after K seconds'],
  ['078: an acknowledgment counts as sent although the device refused it', 'tcp/shipped-bugs.test.ts', 'bug 078'],
  ['079: a SYN in a synchronized state', 'tcp/open-passive.test.ts', 'a challenge ACK and nothing else'],
  ['080: the edge moves back when the scale rounds', 'tcp/receive-window.test.ts', 'bug 080'],
  ['081: a FIN out of order is forgotten', 'tcp/close.test.ts', 'bug 081'],
  ['082: a RST anywhere in the window resets', 'tcp/resets.test.ts', 'only RCV.NXT itself resets'],
  ['084: text behind the FIN is taken', 'tcp/close.test.ts', '084'],
  ['087, 090: a window that shrinks to nothing stops the timer', 'tcp/send-window.test.ts', 'bug 087'],
  ['088: FIN-WAIT-2 for ever', 'tcp/close.test.ts', 'bug 088'],
  ['089: a window of one octet', 'tcp/receive-window.test.ts', 'bug 089'],
  ['091: a lone FIN in flight without a timer', 'tcp/fast-retransmit.test.ts', 'bug 091'],
  ['092: silly segments', 'tcp/send-window.test.ts', 'MUST-38'],
  ['093: the same four-tuple out of TIME-WAIT', 'tcp/resets.test.ts', 'MAY-2'],
  ['096: one SYN twice makes two connections', 'tcp/open-passive.test.ts', '(096)'],
  ['256: no sample ever after a retransmission', 'tcp/shipped-bugs.test.ts', 'bug 256'],
  ['257: the time-out after a lost SYN', 'tcp/open-active.test.ts', 'RFC 6298 (5.7)'],
  ['260: a shift beyond 14', 'tcp/options.test.ts', 'a shift above 14 is read as 14'],
  ['262: timestamps are missing, and nobody minds', 'tcp/options.test.ts', '(262)'],
  ['266: a FIN takes no room in the window', 'tcp/close.test.ts', 'a FIN just behind the right edge'],
  ['267: acknowledgments are not read while our window is closed', 'tcp/send-window.test.ts', '267'],
  ['268, 269: a limit that silences what must be answered', 'tcp/resets.test.ts', '(268, 269)'],
  ['270: text beyond the FIN that came before it', 'tcp/close.test.ts', 'bug 270'],
  ['271: a reset looks like the end of the stream', 'socket/tcp-socket.test.ts', 'MUST-12'],
  ['272: an old segment sets the window', 'tcp/send-window.test.ts', 'bug 272'],
  ['273: window updates count as duplicates', 'tcp/fast-retransmit.test.ts', 'RFC 5681 §2, no duplicate'],
  ['275: the echo follows segments that it must not', 'tcp/options.test.ts', 'RFC 7323 §4.3 (2)'],
  ['277: a lost SYN pins ssthresh', 'tcp/open-active.test.ts', '277'],
  ['356: keep-alive probes with text', 'tcp/keep-alive.test.ts', 'SHLD-12'],
  ['063: one call that does not end', 'deadlines.test.ts', 'audit 063'],
  ['171: an MTU that leaves less than nothing', 'tcp/shipped-bugs.test.ts', 'bug 171'],
  ['325: numbers half a circle apart', 'wire/seq.test.ts', '2^31'],
  ['a slow handshake decides the time-out for ever', 'tcp/shipped-bugs.test.ts', 'a slow handshake'],
  [
    'text on the last ACK of the handshake is lost',
    'tcp/open-passive.test.ts',
    'text and FIN on the ACK that ends the handshake',
  ],
  ['views of a buffer that is used again', 'tcp/shipped-bugs.test.ts', 'used again'],
];

test.each(HOMES)('bug %s: has a test', (_bug, file, name) => {
  const names = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
  expect(names.includes(name), `no "${name}" in ${file}`).toBe(true);
});

test('bug 078: an acknowledgment that the device refused goes out when it takes frames again', () => {
  const s = new Station();
  const listener = s.stack.tcp.listen(80);
  s.sends(tcpFrame({ flags: SYN, seq: 0 }));
  const view = viewOf(payloadOf(s.expects('[S.]')));
  const ack = wire.sequence(view, 0) + 1;
  s.sends(tcpFrame({ flags: ACK, seq: 1, ack }));
  s.device.isFull = true;
  s.sends(tcpFrame({ flags: ACK | PSH, seq: 1, ack, payload: new Uint8Array(10) }));
  s.passes(SECOND);
  expect(s.device.outgoing).toEqual([]);
  expect(listener.accept()?.readable).toBe(10);
  s.device.isFull = false;
  s.passes(SECOND);
  s.expects('[.]');
  s.expectsSilence(SECOND);
});

test(
  'bug 256, RFC 6298 §3: after a time-out and its repair what is sent for the first time is measured again',
  established({ silence: 0 }, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(3000);
    peer.takes(3001, 1000);
    peer.expectsAfter(200 * MILLISECOND, ACK, { seq: 1, payload: 1000 });
    const before = connection.rtt.smoothed;
    peer.sends(ACK, { ack: 3001 });
    expect(connection.rtt.smoothed).toBe(before); // Karn: sent twice
    app.writes(1000);
    peer.expects(ACK | PSH, { seq: 3001, payload: 1000 });
    peer.waits(50 * MILLISECOND);
    peer.sends(ACK);
    expect(connection.rtt.latest).toBe(50 * MILLISECOND);
    expect(connection.rtt.backOffs).toBe(0);
  }),
);

test(
  'a slow handshake, RFC 6298 (2.2), (2.3): one SYN that took two seconds is forgotten by and by',
  conversation({ silence: 0, tcp: { r1: 99 } }, (talk) => {
    const { peer, app } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.waits(0.9 * SECOND);
    peer.sends(SYN | ACK, { seq: 0, ack: 1 });
    peer.expects(ACK);
    expect(talk.connection.rtt.rto).toBe(2.7 * SECOND);
    for (let i = 0; i < 60; i++) {
      app.writes(1);
      peer.expects(ACK | PSH, { payload: 1 });
      peer.waits(10 * MILLISECOND);
      peer.sends(ACK);
    }
    expect(talk.connection.rtt.rto).toBeLessThan(0.3 * SECOND);
  }),
);

test.each([
  ['a peer that takes segments of one octet', { mss: 1 }, 1500, 36],
  ['a peer that says zero, as if it had not', { mss: 0 }, 1500, 524],
  ['a link of 68 octets, the smallest of RFC 791', { mss: 1460 }, 68, 36],
] as const)('bug 171: %s: segments stay longer than nothing, timestamps or not', (_name, { mss }, mtu, size) => {
  established(
    { tcp: { timestamps: true, noDelay: true }, mtu, peer: { mss, timestamps: [1, 0] }, silence: 0 },
    ({ app, peer, connection }) => {
      expect(connection.sender.control.mss).toBe(size);
      app.writes(100);
      peer.takes(101, size);
    },
  )();
});

test('the buffer of the way in is used again: what waits above a hole, and what waits to be read, stays as it came', () => {
  const s = new Station();
  const listener = s.stack.tcp.listen(80);
  s.sends(tcpFrame({ flags: SYN, seq: 0 }));
  const ack = wire.sequence(viewOf(payloadOf(s.expects('[S.]'))), 0) + 1;
  const text = Uint8Array.from({ length: 400 }, (_, i) => pattern(i));
  const part = (from: number): Uint8Array =>
    tcpFrame({ flags: ACK | PSH, seq: 1 + from, ack, payload: text.subarray(from, from + 100) });
  s.sends(
    tcpFrame({ flags: ACK, seq: 1, ack }),
    part(100),
    part(300),
    part(0),
    part(200),
    ipFrame({ payload: new Uint8Array(1400) }),
  );
  const into = new Uint8Array(500);
  expect(listener.accept()?.receive(into)).toBe(400);
  expect(into.subarray(0, 400)).toEqual(text);
  s.said();
});

test('the buffer of an application is used again: what was written goes out as it was written, also the second time', () => {
  const s = new Station();
  const connection = s.stack.tcp.connect(ipv4(A), 80, s.now);
  const words = Uint8Array.from({ length: 300 }, (_, i) => pattern(i));
  connection.send(words);
  const wanted = [...words];
  words.fill(0);
  s.runs();
  const syn = viewOf(payloadOf(s.expects('[S]')));
  const [ours, port] = [wire.sequence(syn, 0), wire.sourcePort(syn, 0)];
  const answer = { sourcePort: 80, destinationPort: port, seq: 0, ack: ours + 1 };
  s.sends(tcpFrame({ ...answer, flags: SYN | ACK, segment: { mss: 1460 } }));
  const textOf = (frame: Uint8Array): number[] => [...packetOf(frame).subarray(40)];
  expect(textOf(s.expects('[P.]'))).toEqual(wanted);
  s.passes(1.1 * SECOND);
  expect(s.device.outgoing.splice(0).map(textOf)).toContainEqual(wanted);
});

test('a flood of tiny segments above a hole: islands and memory have bounds, and the connection lives on', () => {
  const talk = new Conversation({ silence: 0 });
  talk.establish();
  const { peer, connection } = talk;
  const drops = new Set<string | undefined>();
  for (let at = 3; at < 60_000; at += 2) drops.add(peer.slips(ACK, { seq: at, payload: 1 }));
  talk.drain();
  expect([...drops]).toEqual([undefined, 'too many holes in the receive buffer']);
  const { islands } = connection.receiver;
  expect(islands.islands).toBe(1024);
  expect(diff(islands.right(1023), connection.rcv.nxt)).toBeLessThan(3000); // the rest is not kept
  talk.outgoing.length = 0;
  peer.sends(ACK | PSH, { seq: 1, payload: 1000 });
  peer.sends(ACK | PSH, { seq: 1001, payload: 1100 });
  expect(connection.receiver.islands.islands).toBe(0);
  talk.app.reads(2100, 5000);
});

test('acknowledgments of the future: dropped by name, answered ten times a second, and their text is not taken', () => {
  const talk = new Conversation({ silence: 0 });
  talk.establish();
  const { peer, app, connection } = talk;
  app.writes(100);
  peer.expects(ACK | PSH, { payload: 100 });
  for (let i = 0; i < 1000; i++)
    expect(peer.sends(ACK, { seq: 1, ack: 102 + i, payload: i % 2 })).toBe('acknowledges what was never sent');
  expect(talk.outgoing.splice(0)).toHaveLength(10);
  expect([connection.snd.flight, connection.readable]).toEqual([100, 0]);
  talk.is('ESTABLISHED');
});

test('whatever forty octets of options a SYN has: an answer or none, and nothing that arithmetic could stumble over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), fc.nat({ max: 10 }), (noise, kindOfNoise) => {
      // of pure noise the parser sees two options at most: many small ones of the known kinds are worse
      const options = noise.map((octet, i) => (kindOfNoise > 5 ? octet : i % 2 === 0 ? (octet % 9) + kindOfNoise : octet % 5));
      const s = new Station();
      s.stack.tcp.listen(80);
      const plain = payloadOf(tcpFrame({ flags: SYN, seq: 0 }));
      const bytes = new Uint8Array(60);
      bytes.set(plain.subarray(0, 20));
      bytes.set(options, 20);
      bytes[12] = 15 << 4;
      wire.writeChecksum(viewOf(bytes), 0, 60, ipv4(A).w3, ipv4(B).w3);
      s.sends(ipFrame({ protocol: 6, payload: bytes }));
      const [connection] = s.stack.tcp.connections();
      expect(connection?.state).toBe('SYN-RECEIVED');
      const { agreement, sender } = connection!;
      expect(agreement.sendShift).toBeLessThanOrEqual(14);
      expect(sender.control.mss).toBeGreaterThanOrEqual(36);
      expect(sender.control.mss).toBeLessThanOrEqual(1460);
    }),
  );
});
