/** Path MTU discovery through a whole stack: RFC 1191, with the care of RFC 5927; and the ICMP errors that change nothing. */
import { expect, test } from 'vitest';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import { SECOND } from '../../src/stack/time.ts';
import { ACK, SYN } from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, pattern, tcpFrame } from '../capture/frames.ts';
import { conversation, icmpMessage, ipFrame, packetOf, Station, udpMessage, viewOf } from '../station.ts';

const SEQ = 34 + 4;

/** A connection to which 4,380 bytes were written: three segments under way, on the wire and not acknowledged. */
function busy(s: Station): { connection: Connection; sent: Uint8Array[]; iss: number } {
  const listener = s.stack.tcp.listen(80);
  s.sends(tcpFrame({ flags: SYN, seq: 999, segment: { mss: 1460 } }));
  const iss = viewOf(s.expects('[S.]')).getUint32(SEQ);
  s.sends(tcpFrame({ flags: ACK, seq: 1000, ack: iss + 1 }));
  const connection = listener.accept()!;
  connection.send(pattern(4380));
  s.runs();
  const sent = [s.expects('length 1460'), s.expects('length 1460'), s.expects('length 1460')];
  return { connection, sent, iss };
}

const tooBig = (quoted: Uint8Array, mtu: number, code = 4, type = 3): Uint8Array =>
  ipFrame({ from: '10.0.0.254', protocol: 1, payload: icmpMessage(type, code, mtu, packetOf(quoted).subarray(0, 28)) });

test('RFC 1191 §6.3, §6.4: what was too long goes again at once, in segments that fit, and everything after it too', () => {
  const s = new Station();
  const { connection, sent, iss } = busy(s);
  s.sends(tooBig(sent[0]!, 1000));
  const again = s.said();
  expect(again[0]).toMatch(/length 960$/);
  expect(again.every((line) => Number(/length (\d+)/.exec(line)?.[1]) <= 960)).toBe(true);
  expect(s.stack.pathMtu.size).toBe(1);
  let at = iss + 1;
  for (let i = 0; i < 10 && connection.snd.flight > 0; i++) {
    at = Math.min(at + 960, iss + 4381);
    s.sends(tcpFrame({ flags: ACK, seq: 1000, ack: at }));
    expect(s.said().every((line) => Number(/length (\d+)/.exec(line)?.[1] ?? 0) <= 960)).toBe(true);
  }
  expect(connection.snd.flight).toBe(0);
  s.expectsSilence(5 * SECOND);
});

test('a second message about the same flight changes nothing: segments that fit are not sent a third time', () => {
  const s = new Station();
  const { sent } = busy(s);
  s.sends(tooBig(sent[0]!, 1000));
  s.said();
  s.sends(tooBig(sent[1]!, 1000));
  s.expectsSilence();
});

test.each([
  [
    'quotes a number before what is in flight',
    (frame: Uint8Array) => viewOf(frame).setUint32(SEQ, viewOf(frame).getUint32(SEQ) - 1),
  ],
  ['quotes a number behind it', (frame: Uint8Array) => viewOf(frame).setUint32(SEQ, viewOf(frame).getUint32(SEQ) + 4380)],
  ['quotes another port', (frame: Uint8Array) => viewOf(frame).setUint16(36, 1)],
  ['quotes another host', (frame: Uint8Array) => viewOf(frame).setUint8(33, 9)],
])('RFC 5927 §7.2: a forgery that %s is dropped and counted', (_name, forge) => {
  const s = new Station();
  const { sent } = busy(s);
  const forged = sent[0]!.slice();
  forge(forged);
  s.sends(tooBig(forged, 600));
  s.expectsSilence();
  expect(s.stack.pathMtu.size).toBe(0);
  expect(s.stack.drops()).toEqual({ 'ICMP error about nothing of ours': 1 });
});

test('RFC 1191 §3: an MTU that is no smaller than what was sent says nothing', () => {
  const s = new Station();
  const { sent } = busy(s);
  s.sends(tooBig(sent[0]!, 1500), tooBig(sent[0]!, 9000));
  s.expectsSilence();
  expect(s.stack.pathMtu.size).toBe(0);
});

test('RFC 1191 §4: a router that does not say its MTU makes us try the next smaller plateau, 1492', () => {
  const s = new Station();
  const { connection, sent } = busy(s);
  s.sends(tooBig(sent[0]!, 0));
  expect(s.said()[0]).toMatch(/length 1452$/);
  expect(connection.agreement.pathMtu).toBe(1492);
});

test('CVE-2005-1065: nobody talks us into tiny segments; below 552 bytes they go without DF instead', () => {
  const s = new Station();
  const { sent } = busy(s);
  s.sends(tooBig(sent[0]!, 68));
  const frame = s.expects(/length 512$/);
  expect(viewOf(frame).getUint16(20) & 0x4000).toBe(0);
});

test.each([
  ['MUST-55: a source quench', 4, 0],
  ['a redirect', 5, 1],
])('%s changes nothing', (_name, type, code) => {
  const s = new Station();
  const { connection, sent } = busy(s);
  const before = connection.sender.control.window;
  s.sends(tooBig(sent[0]!, 0, code, type));
  s.expectsSilence();
  expect([connection.state, connection.sender.control.window, s.stack.pathMtu.size]).toEqual(['ESTABLISHED', before, 0]);
});

test.each([
  ['MUST-54, MUST-56, SHLD-25: host unreachable', 3, 1],
  ['MUST-56: time exceeded', 11, 0],
  ['MUST-56: parameter problem', 12, 0],
  ['RFC 5927 §5.2: port unreachable, in a synchronized state,', 3, 3],
  ['RFC 5927 §5.2: protocol unreachable, in a synchronized state,', 3, 2],
])('%s does not end a connection', (_name, type, code) => {
  const s = new Station();
  const { connection, sent } = busy(s);
  s.sends(tooBig(sent[0]!, 0, code, type));
  s.expectsSilence();
  expect(connection.state).toBe('ESTABLISHED');
  expect(connection.app.softError).toBeDefined();
});

test(
  'UDP: the answer to a datagram that was too long reaches its socket, and the next ones go in fragments that fit',
  conversation((s) => {
    const socket = s.stack.udp.open({ port: 5300 });
    if (typeof socket === 'string') throw new Error(socket);
    s.sends(ipFrame({ payload: udpMessage(5000, 5300, pattern(1)) }));
    const answer = (): unknown => socket.send(pattern(1200), viewOf(packetOf(tcpFrame({}))).getInt32(12), 5000);
    answer();
    s.runs();
    const sent = s.expects(`10.0.0.2:5300 > ${A}:5000 UDP, 1,200 bytes`);
    s.sends(tooBig(sent, 1000));
    expect(socket.takeFailure()).toMatchObject({ reason: 'message too long' });
    answer();
    s.runs();
    s.expects('0 to 975, more follow');
    s.expects('976 to 1,207, the last');
  }),
);

test('RFC 1191 §6.3: an open connection forgets the message too, ten minutes later, and tries full segments again', () => {
  const s = new Station();
  const { connection, sent, iss } = busy(s);
  s.sends(tooBig(sent[0]!, 1000));
  s.said();
  s.sends(tcpFrame({ flags: ACK, seq: 1000, ack: iss + 4381 }));
  expect(connection.snd.flight).toBe(0);
  s.passes(9 * 60 * SECOND);
  connection.send(pattern(960));
  s.runs();
  s.expects('length 960');
  s.sends(tcpFrame({ flags: ACK, seq: 1000, ack: iss + 4381 + 960 }));
  s.passes(3 * 60 * SECOND);
  connection.send(pattern(1460));
  s.runs();
  s.sends(arpFrame(2, A, B)); // the neighbour has been forgotten meanwhile
  expect(s.said().filter((line) => line.includes('length 1460'))).toHaveLength(1);
  expect(connection.agreement.pathMtu).toBe(1500);
});
