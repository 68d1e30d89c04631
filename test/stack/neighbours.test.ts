/** A whole stack and its neighbours: ARP, RFC 826, RFC 1122 §2.3.2, RFC 5227; what waits for an answer, and what becomes of it. */
import { expect, test } from 'vitest';
import { openUdp } from '../../src/stack/socket/udp-socket.ts';
import { MILLISECOND, SECOND } from '../../src/stack/time.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import * as icmpv4 from '../../src/stack/wire/icmpv4.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { PROTOCOL_ICMP } from '../../src/stack/wire/ipv4.ts';
import { A, arpFrame, B, pattern } from '../capture/frames.ts';
import type { Station } from '../station.ts';
import { conversation, fragmentsOf, icmpMessage, ipFrame, payloadOf, udpMessage, viewOf } from '../station.ts';

const WHO_HAS_A = 'ARP who has 10.0.0.1? tell 10.0.0.2';
const [NEIGHBOUR, NOBODY] = [ipv4(A), ipv4('10.0.0.9')];
const strangers = { acquainted: false };

/** Passes over the announcement of our own address and its repetition. */
const announced = (s: Station): void => {
  s.runs();
  s.expects('ARP announcement');
  s.passes(2 * SECOND);
  s.expects('ARP announcement');
};

test(
  'RFC 5227 §2.3: a new address is announced at once and again two seconds later',
  conversation((s) => {
    s.runs();
    s.expects('ARP announcement: 10.0.0.2 is at 02:00:0a:00:00:02');
    s.expectsSilence(2 * SECOND - 1);
    s.passes(1);
    s.expects('ARP announcement: 10.0.0.2 is at 02:00:0a:00:00:02');
  }, strangers),
);

test(
  'RFC 826: a request is answered to its sender alone, in a frame of 60 bytes padded with zeros, and teaches who asked',
  conversation((s) => {
    announced(s);
    s.sends(arpFrame(arp.REQUEST, A, B));
    const frame = s.expects('ARP 10.0.0.2 is at 02:00:0a:00:00:02');
    expect([...frame.subarray(0, 6)]).toEqual([2, 0, 10, 0, 0, 1]);
    expect(frame).toHaveLength(60);
    expect(new Set(frame.subarray(14 + arp.LENGTH))).toEqual(new Set([0]));
    openUdp(s.stack).send(new Uint8Array(1), { address: NEIGHBOUR, port: 9 });
    s.runs();
    s.expects('10.0.0.1:9 UDP'); // without asking
  }, strangers),
);

test(
  'RFC 826: a question is answered before what its asker sends behind it',
  conversation((s) => {
    announced(s);
    const ping = icmpMessage(icmpv4.ECHO_REQUEST, 0, 0x0001_0001, pattern(8));
    s.sends(arpFrame(arp.REQUEST, A, B), ipFrame({ protocol: PROTOCOL_ICMP, payload: ping }));
    s.expects('ARP 10.0.0.2 is at 02:00:0a:00:00:02');
    s.expects('ICMP echo reply');
  }, strangers),
);

test(
  'RFC 5227 §2.1.1: a probe for our address is answered, to nobody in particular',
  conversation((s) => {
    s.sends(arpFrame(arp.REQUEST, '0.0.0.0', B, A));
    s.expects('ARP 10.0.0.2 is at 02:00:0a:00:00:02');
    expect(s.stack.counters.addressConflicts).toBe(0);
  }),
);

test(
  'requests for others and gratuitous ones of others are not answered; strangers are not learnt, neighbours are renewed',
  conversation((s) => {
    s.sends(arpFrame(arp.REQUEST, '10.0.0.7', '10.0.0.8'), arpFrame(arp.REQUEST, '10.0.0.7', '10.0.0.7'));
    s.sends(arpFrame(arp.REQUEST, A, A, '10.0.0.77')); // another station has the address now
    openUdp(s.stack).send(new Uint8Array(1), { address: NEIGHBOUR, port: 9 });
    s.runs();
    expect([...s.expects('10.0.0.1:9 UDP').subarray(0, 6)]).toEqual([2, 0, 10, 0, 0, 77]);
    openUdp(s.stack).send(new Uint8Array(1), { address: ipv4('10.0.0.7'), port: 9 });
    s.runs();
    s.expects('ARP who has 10.0.0.7?');
    s.passes(3 * SECOND);
    expect(s.said()).toHaveLength(2);
  }),
);

test(
  'RFC 5227 §2.4 (c): a conflict is counted and the address defended once in ten seconds',
  conversation((s) => {
    const impostor = arpFrame(arp.REQUEST, B, '10.0.0.9', '10.0.0.66');
    s.sends(impostor);
    s.expects('ARP announcement: 10.0.0.2 is at 02:00:0a:00:00:02');
    s.sends(impostor);
    s.expectsSilence(10 * SECOND);
    s.sends(impostor);
    s.expects('ARP announcement');
    expect(s.stack.counters.addressConflicts).toBe(3);
    expect(s.stack.drops()).toEqual({ 'ARP address conflict': 3 });
  }),
);

test(
  'RFC 1122 §2.3.2.2: packets to an unresolved neighbour wait, and go in order once it answers',
  conversation((s) => {
    announced(s);
    const socket = openUdp(s.stack, { port: 5000 });
    for (let i = 1; i <= 5; i++) socket.send(new Uint8Array(i), { address: NEIGHBOUR, port: 9 });
    s.runs();
    s.expects(WHO_HAS_A);
    s.expectsSilence(SECOND - 1);
    s.passes(1);
    s.expects(WHO_HAS_A);
    s.sends(arpFrame(arp.REPLY, A, B));
    expect(Array.from({ length: 5 }, (_, i) => payloadOf(s.expects(`UDP, ${i + 1} byte`)).length - 8)).toEqual([1, 2, 3, 4, 5]);
    expect(s.stack.drops()).toEqual({});
  }, strangers),
);

test(
  'the first datagram of the longest kind, 45 fragments, waits for its neighbour as one and goes whole',
  conversation((s) => {
    announced(s);
    const data = pattern(65_507);
    s.stack.icmp.sendEcho({ destination: NEIGHBOUR.w3, identifier: 1, sequence: 1, payload: data }, s.now);
    s.runs();
    s.expects(WHO_HAS_A);
    s.sends(arpFrame(arp.REPLY, A, B));
    const frames = Array.from({ length: 45 }, () => s.expects('ICMP fragment'));
    const whole = Buffer.concat(frames.map(payloadOf));
    expect(whole.subarray(8).equals(data)).toBe(true);
    expect(s.stack.drops()).toEqual({});
  }, strangers),
);

test(
  'of too many datagrams the oldest gives way with all its fragments, so that what is sent can be put together',
  conversation((s) => {
    announced(s);
    const send = (length: number, sequence: number) =>
      s.stack.icmp.sendEcho({ destination: NEIGHBOUR.w3, identifier: 1, sequence, payload: new Uint8Array(length) }, s.now);
    for (let sequence = 1; sequence <= 3; sequence++) send(65_507, sequence);
    for (let sequence = 4; sequence <= 6; sequence++) send(100, sequence);
    s.runs();
    s.expects(WHO_HAS_A);
    s.sends(arpFrame(arp.REPLY, A, B));
    for (let i = 0; i < 45; i++) s.expects('ICMP fragment');
    for (let sequence = 4; sequence <= 6; sequence++) s.expects(`ICMP echo request id 1 seq ${sequence}`);
    expect(s.stack.drops()).toEqual({ 'gave way to a newer packet while waiting for ARP': 90 });
  }, strangers),
);

test(
  'a datagram of more fragments than may wait does not displace its own beginning, nor anybody else',
  conversation(
    (s) => {
      s.stack.icmp.sendEcho({ destination: NOBODY.w3, identifier: 1, sequence: 1, payload: new Uint8Array(65_507) }, s.now);
      s.passes(4 * SECOND);
      expect(s.said()).toHaveLength(3);
      expect(s.stack.drops()).toEqual({ 'too many packets wait for ARP': 683 - 512, 'neighbour does not answer ARP': 512 });
    },
    { mtu: 120 },
  ),
);

test(
  'RFC 1122 §2.3.2.1, §3.2.2.1: who does not answer three requests is unreachable; a TCP connect fails at once after 3 s',
  conversation((s) => {
    const connection = s.stack.tcp.connect(NOBODY, 80, s.now);
    s.runs();
    for (let second = 0; second < 3; second++) {
      s.expects('ARP who has 10.0.0.9? tell 10.0.0.2');
      s.expectsSilence(SECOND - MILLISECOND);
      expect(connection.state).toBe('SYN-SENT');
      s.passes(MILLISECOND);
    }
    expect([connection.state, connection.app.failure]).toEqual(['CLOSED', 'host unreachable']);
    expect(s.stack.tcp.connectionCount).toBe(0);
  }),
);

test('RFC 1122 §4.1.3.3: a UDP socket and a ping learn that their neighbour does not answer', async () => {
  let receiving: Promise<unknown> = Promise.resolve();
  const kinds: string[] = [];
  conversation((s) => {
    const socket = openUdp(s.stack, { port: 5000 });
    socket.send(new Uint8Array(1), { address: NOBODY, port: 9 });
    receiving = socket.receive();
    s.stack.icmp.echoListeners.set(4, ({ kind, from }) => kinds.push(`${kind} from ${from === ipv4(B).w3}`));
    s.stack.icmp.sendEcho({ destination: NOBODY.w3, identifier: 4, sequence: 1, payload: new Uint8Array(0) }, s.now);
    s.passes(3 * SECOND);
    expect(s.said()).toHaveLength(3);
  })();
  await expect(receiving).rejects.toMatchObject({ name: 'UdpError', reason: 'host unreachable' });
  expect(kinds).toEqual(['host unreachable from true']);
});

test(
  'an echo request is answered even when the way back has to be found first, fragments included',
  conversation((s) => {
    announced(s);
    s.sends(...fragmentsOf({ protocol: 1, payload: icmpMessage(8, 0, 0x7_0001, pattern(4000)) }, 1480));
    s.expects(WHO_HAS_A);
    s.sends(arpFrame(arp.REPLY, A, B));
    const answer = Buffer.concat([s.expects('0 to 1,479'), s.expects('1,480 to'), s.expects('the last')].map(payloadOf));
    expect(answer.subarray(8).equals(pattern(4000))).toBe(true);
  }, strangers),
);

test(
  'RFC 894: what stands behind the packet in a short frame is padding, not data',
  conversation((s) => {
    s.sends(ipFrame({ protocol: 1, payload: icmpMessage(8, 0, 0x7_0001, pattern(3)), trailer: 15 }));
    const frame = s.expects('ICMP echo reply id 7 seq 1, 11 bytes');
    expect(payloadOf(frame).subarray(8)).toEqual(pattern(3));
    expect([frame.length, new Set(frame.subarray(14 + 31))]).toEqual([60, new Set([0])]);
    const socket = s.stack.udp.open({ port: 53 });
    if (typeof socket === 'string') throw new Error(socket);
    s.sends(ipFrame({ payload: udpMessage(5000, 53, pattern(2)), trailer: 16 }));
    expect(socket.nextLength).toBe(2);
    expect(viewOf(frame).getUint16(16)).toBe(31);
  }),
);
