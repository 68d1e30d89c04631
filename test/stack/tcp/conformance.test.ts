/** Requirements of RFC 9293 that no other test is about, in the order of its sections. */
import { expect, test } from 'vitest';
import { parseInterfaceAddress } from '../../../src/stack/ip/prefix.ts';
import type { TcpFault } from '../../../src/stack/tcp/arrive/icmp.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import * as ip from '../../../src/stack/wire/ipv4.ts';
import { BROADCAST } from '../../../src/stack/wire/mac-address.ts';
import { add } from '../../../src/stack/wire/seq.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { A, B, tcpFrame } from '../../capture/frames.ts';
import { conversation, established, OUR_PORT, OURS, PEER, PEER_PORT } from '../../conversation.ts';
import type { IpSpec } from '../../station.ts';
import { ipFrame, payloadOf, Station, viewOf } from '../../station.ts';

test(
  'REC-1, §3.1: the largest window that can be announced, 2^30 less 2^14, is counted in full',
  established({ tcp: { windowScale: true }, peer: { windowShift: 14 } }, (talk) => {
    talk.peer.sends(ACK, { window: 65_535 });
    expect(talk.connection.snd.wnd).toBe(1_073_725_440);
  }),
);

test(
  'MUST-5, §3.1: an MSS option on a segment without SYN is accepted with its text, and changes nothing',
  established({}, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK | PSH, { payload: 10, mss: 100 });
    peer.expects(ACK, { ack: 11 });
    app.reads(10);
    app.writes(1000);
    peer.expects(ACK | PSH, { seq: 1, payload: 1000 });
    peer.sends(ACK);
  }),
);

test('MUST-69, §3.1: what we send has no end of options with something behind it', () => {
  for (const tcp of [{}, { sack: false }, { timestamps: false }, { windowScale: false }, { sack: false, windowScale: false }]) {
    const s = new Station({ tcp });
    s.stack.tcp.connect(ipv4(A), 80, s.now);
    s.runs();
    const segment = payloadOf(s.expects('[S]'));
    const options = segment.subarray(20, (segment[12]! >>> 4) * 4);
    let at = 0;
    while (at < options.length && options[at] !== 0) at += options[at] === 1 ? 1 : options[at + 1]!;
    expect(options.length).toBeGreaterThan(0);
    expect([...options.subarray(at)].every((octet) => octet === 0)).toBe(true);
  }
});

test('MUST-3, §3.1: a SYN whose checksum does not match is dropped by name, and not answered', () => {
  const s = new Station();
  s.stack.tcp.listen(80);
  const frame = syn({});
  frame[50]! ^= 1;
  s.sends(frame);
  s.expectsSilence(10 * SECOND);
  expect(s.stack.drops()).toEqual({ 'TCP checksum wrong': 1 });
});

for (const [mtu, mss] of [
  [1500, 1460],
  [9000, 8960],
  [576, 536],
] as const) {
  test(
    `SHLD-5, MAY-3, MUST-67, §3.7.1: with an MTU of ${mtu} the SYN says MSS ${mss}`,
    conversation({ mtu, silence: 0 }, (talk) => {
      talk.connects();
      talk.peer.expects(SYN, { mss });
    }),
  );
  test(
    `SHLD-5, MAY-3, MUST-67, §3.7.1: with an MTU of ${mtu} so does the SYN-ACK`,
    conversation({ mtu, silence: 0 }, (talk) => {
      talk.listens();
      talk.peer.sends(SYN, { seq: 0 });
      talk.peer.expects(SYN | ACK, { mss });
    }),
  );
}

test(
  'MAY-8, MUST-37, §3.8.6.1: our window may stay closed for hours: every probe is answered, nothing ends',
  established({ tcp: { receiveBuffer: 2000, maxReceiveBuffer: 2000 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 1000 });
    peer.sends(ACK | PSH, { payload: 1000 });
    talk.outgoing.length = 0;
    for (let i = 0; i < 300; i++) {
      peer.waits(MINUTE);
      peer.sends(ACK, { seq: 2001, payload: 1 });
      peer.expects(ACK, { seq: 1, ack: 2001, window: 0 });
    }
    talk.is('ESTABLISHED');
    app.reads(2000);
    peer.expects(ACK, { ack: 2001, window: 2000 });
  }),
);

test(
  'MUST-41, §3.9.1.1: a passive OPEN leaves an established connection alone, on its own port and on another',
  established({}, (talk) => {
    const { peer, app, tcp } = talk;
    talk.listener!.accept();
    tcp.unlisten(talk.listener!);
    tcp.listen(OUR_PORT);
    tcp.listen(OUR_PORT + 1);
    talk.is('ESTABLISHED');
    peer.sends(ACK | PSH, { payload: 10 });
    peer.expects(ACK, { ack: 11 });
    app.reads(10);
    app.writes(10);
    peer.expects(ACK | PSH, { seq: 1, payload: 10 });
    peer.sends(ACK);
  }),
);

test(
  'MUST-42, §3.9.1.1: LISTEN on the port of a connection in SYN-SENT, which goes on',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN);
    const listener = talk.listens();
    talk.is('SYN-SENT');
    peer.sends(SYN | ACK, { seq: 0, ack: 1 });
    peer.expects(ACK);
    talk.is('ESTABLISHED');
    expect(listener.accept()).toBeUndefined();
  }),
);

test(
  'MUST-42, §3.9.1.1: LISTEN on the port of a connection in SYN-RECEIVED, which goes on',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN);
    peer.sends(SYN, { seq: 0 });
    peer.expects(SYN | ACK);
    const listener = talk.listens();
    talk.is('SYN-RECEIVED');
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    expect(listener.accept()).toBeUndefined();
  }),
);

/** A SYN to port 80, with a checksum that is right for its addresses. */
const syn = ({ from = A, to = B, ...more }: IpSpec): Uint8Array =>
  ipFrame({ from, to, ...more, protocol: ip.PROTOCOL_TCP, payload: tcpFrame({ from, to, flags: SYN }).slice(34) });

/** 10.0.0.2/24 on the station's link, and 192.0.2.1/24 on another. */
function twoLinks(): Station {
  const s = new Station();
  s.also('192.0.2.1/24');
  s.passes(3 * SECOND);
  for (const device of s.devices) s.said(device);
  return s;
}

test('MUST-43, §3.9.1.1: an active OPEN that names a local address uses it', () => {
  const s = twoLinks();
  s.stack.tcp.connect(ipv4(A), 80, s.now, { localAddress: ipv4('192.0.2.1'), localPort: 5000 });
  s.runs();
  s.expects('192.0.2.1:5000 > 10.0.0.1:80 [S]');
});

test('MUST-43, §3.9.1.1: a passive OPEN that names a local address is there on no other', () => {
  const s = twoLinks();
  s.stack.tcp.listen(80, { address: ipv4('192.0.2.1') });
  s.sends(syn({}));
  s.expects('10.0.0.2:80 > 10.0.0.1:43210 [R.]');
  s.sends(syn({ to: '192.0.2.1' }));
  s.expects('192.0.2.1:80 > 10.0.0.1:43210 [S.]');
});

test.each([
  ['10.0.0.1', 0, '10.0.0.2'],
  ['192.0.2.9', 1, '192.0.2.1'],
] as const)('MUST-44, §3.9.1.1: the routes choose the address from which we call %s', (to, link, ours) => {
  const s = twoLinks();
  const connection = s.stack.tcp.connect(ipv4(to), 80, s.now);
  expect(connection.id.local.w3).toBe(ipv4(ours).w3);
  s.runs();
  const words = link === 0 ? '10.0.0.2:' : 'who has 192.0.2.9? tell 192.0.2.1'; // the SYN, or what has to come before it
  s.expects(words, s.devices[link]);
});

test('MUST-45, §3.9.1.1: a connection keeps its address, although the routes would choose another by now', () => {
  const s = new Station();
  const [wire] = s.stack.interfaces.values();
  s.stack.tcp.connect(ipv4(A), 80, s.now, { localPort: 5000 });
  s.runs();
  s.expects('10.0.0.2:5000 > 10.0.0.1:80 [S]');
  s.stack.addAddress(wire!, parseInterfaceAddress('10.0.0.3/28'));
  s.passes(1 * SECOND);
  expect(s.said().filter((line) => line.includes('[S]'))).toEqual([expect.stringContaining('10.0.0.2:5000 > 10.0.0.1:80')]);
  s.stack.tcp.connect(ipv4(A), 80, s.now, { localPort: 5001 });
  s.runs();
  s.expects('10.0.0.3:5001 > 10.0.0.1:80');
});

test('MUST-48, SHLD-21, SHLD-22, §3.9.1.9: the DS field is on each segment as it was given, and can change on the way', () => {
  const s = new Station();
  const connection = s.stack.tcp.connect(ipv4(A), 80, s.now, { trafficClass: 0x28 });
  s.runs();
  expect(ip.trafficClass(viewOf(s.expects('[S]')), 14)).toBe(0x28);
  connection.setOptions({ trafficClass: 0xb8 });
  s.passes(1 * SECOND);
  expect(ip.trafficClass(viewOf(s.expects('[S]')), 14)).toBe(0xb8);
});

test('MUST-49, §3.9.2: the TTL of each segment is the one that was set', () => {
  const s = new Station();
  s.stack.tcp.connect(ipv4(A), 80, s.now, { ttl: 7 });
  s.runs();
  expect(ip.ttl(viewOf(s.expects('[S]')), 14)).toBe(7);
});

test('MUST-54, §3.9.2.2: an ICMP error reaches the connection whose segment it quotes, and no other', () => {
  conversation({ silence: 0 }, (talk) => {
    const { tcp, peer } = talk;
    const first = talk.connects();
    const second = tcp.connect(PEER, PEER_PORT, talk.now, { localPort: OUR_PORT + 1 });
    talk.drain();
    peer.expects(SYN);
    const fault: TcpFault = { kind: 'soft', failure: 'network unreachable', pathMtu: 0 };
    const number = add(second.snd.una, 0);
    expect(tcp.onIcmpError(OURS.w3, OUR_PORT + 1, PEER.w3, PEER_PORT, number, fault)).toBe(true);
    expect([first.app.softError, second.app.softError]).toEqual([undefined, 'network unreachable']);
    expect(tcp.onIcmpError(OURS.w3, OUR_PORT + 2, PEER.w3, PEER_PORT, number, fault)).toBe(false);
    talk.outgoing.length = 0;
  })();
});

test.each([
  ['the limited broadcast', '255.255.255.255'],
  ['the broadcast of the subnet', '10.0.0.255'],
  ['a group', '224.0.0.1'],
])('MUST-57, §3.9.2.3: a SYN to %s is dropped in silence, although somebody listens', (_, to) => {
  const s = new Station();
  s.stack.tcp.listen(80);
  s.sends(syn({ to, mac: BROADCAST }), syn({ to }));
  s.expectsSilence(10 * SECOND);
  expect(s.stack.tcp.connectionCount).toBe(0);
  s.sends(syn({}));
  s.expects('[S.]'); // it was the address
});

test.each([
  ['the limited broadcast', '255.255.255.255', 'source is a broadcast address'],
  ['the broadcast of the subnet', '10.0.0.255', 'source is a broadcast address'],
  ['a group', '224.0.0.1', 'source is a multicast group'],
  ['nobody', '0.0.0.0', 'source is no address yet'],
  ['loopback', '127.0.0.1', 'source is a loopback address from outside'],
  ['class E', '240.0.0.1', 'source is a reserved address'],
  ['ourselves', '10.0.0.2', 'source is our own address'],
])('MUST-63, §3.9.2.3: a SYN from %s is ignored, although somebody listens', (_, from, reason) => {
  const s = new Station();
  s.stack.tcp.listen(80);
  s.sends(syn({ from }));
  s.expectsSilence(10 * SECOND);
  expect(s.stack.tcp.connectionCount).toBe(0);
  expect(s.stack.drops()).toEqual({ [reason]: 1 });
  s.sends(syn({}));
  s.expects('[S.]');
});
