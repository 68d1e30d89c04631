/** Nothing is dropped in silence: every reason there is, provoked once, and the few that nothing can provoke, with why. */
import { describe, expect, test } from 'vitest';
import type { DropReason } from '../../src/stack/host/counters.ts';
import { DROP_REASONS, FORWARD_DROPS } from '../../src/stack/host/counters.ts';
import { parsePrefix } from '../../src/stack/ip/prefix.ts';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import { SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../src/stack/wire/tcp.ts';
import type { TcpOptions } from '../capture/frames.ts';
import { A, arpFrame, B, macOf, pattern, tcpFrame } from '../capture/frames.ts';
import type { IpSpec, StationOptions } from '../station.ts';
import { fragmentsOf, icmpMessage, ipFrame, packetOf, Station, udpMessage, viewOf } from '../station.ts';

/** A frame with some of its bytes replaced. */
function edited(frame: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = frame.slice();
  copy.set(bytes, at);
  return copy;
}

const [IP, BEHIND_IP] = [14, 34];
const udp: IpSpec = { payload: udpMessage(5000, 53, pattern(8)) };
const echo: IpSpec = { protocol: 1, payload: icmpMessage(8, 0, 0x7_0001, pattern(8)) };
const icmp = (type: number, code: number, quote: Uint8Array): Uint8Array =>
  ipFrame({ protocol: 1, payload: icmpMessage(type, code, 0, quote) });
/** A UDP datagram that the stack might have sent. */
const ours = packetOf(ipFrame({ ...udp, from: B, to: A }));

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const ping = (s: Station, to: string, size = 0, dontFragment = false): void => {
  s.stack.icmp.sendEcho({ destination: ipv4(to).w3, identifier: 1, sequence: 1, payload: pattern(size), dontFragment }, s.now);
};

/** The peer's side of an accepted connection, whose numbers are relative. */
interface Peer {
  readonly connection: Connection;
  says(flags: number, options?: TcpOptions): void;
}

const TIMESTAMPS = { hasTimestamps: true, tsValue: 1_000_000, tsEcho: 0 };

function accepted(s: Station, segment: TcpOptions['segment'] = {}): Peer {
  const listener = s.stack.tcp.listen(80);
  s.sends(tcpFrame({ flags: SYN, seq: 999, segment }));
  const iss = viewOf(s.expects('[S.]')).getUint32(BEHIND_IP + 4);
  const says = (flags: number, { seq = 0, ack = 0, ...options }: TcpOptions = {}): void =>
    s.sends(tcpFrame({ segment, ...options, flags, seq: seq + 1000, ack: ack + iss + 1 }));
  says(ACK);
  return { connection: listener.accept()!, says };
}

type Scene = (s: Station) => void;
const frame =
  (...frames: readonly Uint8Array[]): Scene =>
  (s) =>
    s.sends(...frames);
const segment =
  (flags: number, options: TcpOptions = {}, agreed: TcpOptions['segment'] = {}): Scene =>
  (s) =>
    accepted(s, agreed).says(flags, options);

/** A packet that a router is to pass on, and what stands in its way. */
const through =
  (spec: IpSpec): Scene =>
  (s) => {
    s.also('10.1.0.1/24');
    for (const [network, kind] of Object.entries({
      '10.2.0.0/16': 'blackhole',
      '10.3.0.0/16': 'unreachable',
      '10.4.0.0/16': 'prohibit',
    }))
      s.stack.routes.add({ prefix: parsePrefix(network), interfaceId: 0, kind: kind as 'blackhole' });
    s.sends(ipFrame({ ...echo, to: '10.1.0.9', ...spec }));
  };
const ROUTER: StationOptions = {
  forwarding: { checkSourcePath: true },
  hooks: { forward: ({ view, network }) => (view.getUint8(network + 1) === 99 ? 'no class 99' : 'accept') },
};

/** The few that need another host than a plain one. */
const optionsFor = (reason: string): StationOptions => {
  if (reason.startsWith('neighbour table')) return { interface: { addresses: [`${B}/16`] } };
  if (reason === 'ICMP redirect, and they are not taken') return { acceptRedirects: false };
  return (FORWARD_DROPS as readonly string[]).includes(reason) ? ROUTER : {};
};

const SCENES: Partial<Record<DropReason, Scene>> = {
  'frame too short': frame(new Uint8Array(13)),
  'frame source is a group address': frame(edited(ipFrame(echo), 6, 3)),
  'frame for another station': frame(ipFrame({ ...echo, mac: macOf('10.0.0.9') })),
  'frame has a VLAN tag': frame(edited(ipFrame(echo), 12, 0x81, 0)),
  'frame is IEEE 802.3 with a length': frame(edited(ipFrame(echo), 12, 0, 40)),
  'frame carries IPv6': frame(edited(ipFrame(echo), 12, 0x86, 0xdd)),
  'frame type unknown': frame(edited(ipFrame(echo), 12, 0x88, 0xcc)),

  'ARP malformed': frame(edited(arpFrame(1, A, B), IP + 4, 8)),
  'ARP sender address invalid': frame(arpFrame(1, '224.0.0.1', B, A)),
  'ARP sent by ourselves': frame(arpFrame(1, B, A)),
  'ARP operation unknown': frame(arpFrame(3, A, B)),
  'ARP address conflict': frame(arpFrame(1, B, A, '10.0.0.66')),
  'ARP answers overflow': (s) => {
    s.device.isFull = true; // the first answer waits for the device, the others behind it
    s.sends(...times(66, () => arpFrame(1, A, B)));
  },

  'gave way to a newer packet while waiting for ARP': (s) => times(129, () => ping(s, '10.0.0.9')),
  'too many packets wait for ARP': (s) => times(5, (i) => times(128, () => ping(s, `10.0.0.${i + 9}`))),
  'neighbour table full while waiting for ARP': (s) => times(520, (i) => ping(s, `10.0.${i >>> 8}.${i & 255}`)),
  'neighbour does not answer ARP': (s) => {
    ping(s, '10.0.0.9');
    s.passes(4 * SECOND);
  },

  'IP header too short': frame(ipFrame(echo).slice(0, IP + 19)),
  'IP version is not 4': frame(edited(ipFrame(echo), IP, 0x65)),
  'IP header length wrong': frame(edited(ipFrame(echo), IP, 0x44)),
  'IP total length wrong': frame(edited(ipFrame(echo), IP + 2, 0xff)),
  'IP header checksum wrong': frame(edited(ipFrame(echo), IP + 8, 1)),
  'IP option malformed': frame(ipFrame({ ...echo, options: [7, 0, 0, 0] })),
  'IP source route refused': frame(ipFrame({ ...echo, options: [131, 3, 4, 0] })),
  'source is a broadcast address': frame(ipFrame({ ...echo, from: '10.0.0.255' })),
  'source is a multicast group': frame(ipFrame({ ...echo, from: '224.0.0.1' })),
  'source is a loopback address from outside': frame(ipFrame({ ...echo, from: '127.0.0.1' })),
  'source is a reserved address': frame(ipFrame({ ...echo, from: '250.0.0.1' })),
  'source is our own address': frame(ipFrame({ ...echo, from: B })),
  'source is no address yet': frame(ipFrame({ ...echo, from: '0.0.0.0' })),
  'destination is a loopback address from outside': frame(ipFrame({ ...echo, to: '127.0.0.1' })),

  'fragment empty': frame(ipFrame({ more: true })),
  'fragment length not a multiple of 8': frame(ipFrame({ more: true, payload: pattern(9) })),
  'fragment ends beyond 65,535 bytes': frame(ipFrame({ offset: 65_528, payload: pattern(16) })),
  'first fragment too small for TCP': frame(ipFrame({ protocol: 6, more: true, payload: pattern(8) })),
  'fragment begins inside the TCP header': frame(ipFrame({ protocol: 6, offset: 8, payload: pattern(8) })),
  'fragment overlaps': frame(
    ipFrame({ more: true, payload: pattern(16) }),
    ipFrame({ more: true, offset: 8, payload: pattern(16) }),
  ),
  'last fragments disagree': frame(ipFrame({ offset: 8, payload: pattern(8) }), ipFrame({ offset: 24, payload: pattern(8) })),
  'too many fragments': frame(...times(257, (i) => ipFrame({ more: true, offset: 16 * i, payload: pattern(8) }))),
  'fragments are longer than 65,535 bytes together': frame(
    ipFrame({ more: true, payload: pattern(8), options: [1, 1, 1, 0] }),
    ...times(47, (i) => ipFrame({ more: true, offset: 8 + 1392 * i, payload: pattern(1392) })),
    ipFrame({ offset: 65_432, payload: pattern(83) }),
  ),
  'fragments disagree about ECN': frame(
    ipFrame({ more: true, trafficClass: 0, payload: pattern(8) }),
    ipFrame({ trafficClass: 3, offset: 8, payload: pattern(8) }),
  ),
  'fragment repeated': frame(ipFrame({ more: true, payload: pattern(8) }), ipFrame({ more: true, payload: pattern(8) })),
  'reassembly timed out': (s) => {
    s.sends(ipFrame({ offset: 8, payload: pattern(8) }));
    s.passes(31 * SECOND);
  },
  'reassembly memory full': frame(
    ...times(65, (i) => ipFrame({ from: `10.0.0.${10 + (i % 8)}`, identification: i, more: true, payload: pattern(8) })),
  ),
  'too many datagrams from one source in reassembly': frame(
    ...times(17, (i) => ipFrame({ identification: i, more: true, payload: pattern(8) })),
  ),

  'ICMP too short': frame(ipFrame({ protocol: 1, payload: pattern(7) })),
  'ICMP checksum wrong': frame(edited(ipFrame(echo), BEHIND_IP + 8, 0xff)),
  'ICMP code unknown': frame(icmp(3, 99, ours)),
  'ICMP quotes too little': frame(icmp(3, 3, ours.slice(0, 27))),
  'ICMP quotes no IPv4 header': frame(icmp(3, 3, edited(ours, 0, 0x65))),
  'ICMP quotes a later fragment': frame(icmp(3, 3, edited(ours, 6, 0, 1))),

  'UDP header too short or its length wrong': frame(ipFrame({ payload: pattern(7) })),
  'UDP checksum wrong': frame(edited(ipFrame(udp), BEHIND_IP + 6, 0xba, 0xad)),
  'no such port': frame(ipFrame(udp)),
  'UDP receive queue full': (s) => {
    s.stack.udp.open({ port: 53 });
    s.sends(...times(1025, () => ipFrame(udp)));
  },

  'TCP header too short or its length wrong': frame(ipFrame({ protocol: 6, payload: pattern(19) })),
  'TCP checksum wrong': frame(edited(tcpFrame({ flags: SYN }), BEHIND_IP + 4, 0xff)),
  'no such connection': frame(tcpFrame({ flags: ACK })),
  'no listener on the port': frame(tcpFrame({ flags: SYN })),
  'outside the receive window': segment(ACK, { seq: 200_000, payload: pattern(8) }),
  'old by its timestamp (PAWS)': segment(ACK, { segment: { ...TIMESTAMPS, tsValue: 999_000 } }, TIMESTAMPS),
  'timestamp missing': segment(ACK, { segment: {} }, TIMESTAMPS),
  'RST outside the window': segment(RST, { seq: 200_000 }),
  'RST not exactly expected: challenged': segment(RST, { seq: 10 }),
  'SYN in a synchronized state: challenged': segment(SYN),
  'no ACK flag': segment(PSH, { payload: pattern(8) }),
  'acknowledges what was never sent': segment(ACK, { ack: 5000 }),
  'acknowledgment too old': segment(ACK, { ack: -200_000 }),
  'text after the FIN': (s) => {
    const { says } = accepted(s);
    says(ACK | FIN);
    says(ACK, { seq: 1, payload: pattern(8) });
  },
  'nothing new in the segment': (s) => {
    s.stack.tcp.listen(80);
    s.sends(tcpFrame({ flags: SYN }), tcpFrame({ flags: SYN }));
  },
  'too many holes in the receive buffer': (s) => {
    const { says } = accepted(s);
    for (let i = 1; i <= 1030; i++) says(ACK, { seq: 10 * i, payload: pattern(5) });
  },
  'text after the application closed': (s) => {
    const { connection, says } = accepted(s);
    connection.close();
    s.runs();
    says(ACK, { payload: pattern(8) });
  },
  'listen backlog full': (s) => {
    s.stack.tcp.listen(80, { backlog: 1, synCookies: false });
    s.sends(tcpFrame({ flags: SYN }), tcpFrame({ flags: SYN, sourcePort: 4000 }));
  },
  'no text yet: accepting is deferred': (s) => {
    s.stack.tcp.listen(80, { deferAccept: 10_000_000 });
    s.sends(tcpFrame({ flags: SYN }));
    const [connection] = [...s.stack.tcp.connections()];
    s.sends(tcpFrame({ flags: ACK, seq: 1, ack: (connection!.snd.iss + 1) >>> 0 }));
  },
  'SYN from or to an impossible address': (s) => {
    s.stack.tcp.listen(80);
    s.sends(tcpFrame({ flags: SYN, sourcePort: 0 }));
  },
  'RST in TIME-WAIT (RFC 1337)': (s) => {
    const { connection, says } = accepted(s);
    connection.close();
    s.runs();
    says(ACK | FIN, { ack: 1 });
    says(RST, { seq: 1 });
  },

  'not for us': frame(ipFrame({ ...echo, to: '10.0.0.9' })),
  'multicast group not joined': frame(ipFrame({ ...echo, to: '224.0.0.1', mac: 0x0100_5e00_0001 as MacAddress })),
  'packet for one host in a frame to many': frame(ipFrame({ ...echo, mac: BROADCAST })),
  'IP protocol unknown': frame(ipFrame({ protocol: 132, payload: pattern(12) })),
  'ICMP echo to a broadcast address': frame(ipFrame({ ...echo, to: '10.0.0.255', mac: BROADCAST })),
  'ICMP type unknown': frame(icmp(13, 0, pattern(12))),
  'ICMP echo reply that nobody waits for': frame(icmp(0, 0, pattern(12))),
  'ICMP error about nothing of ours': frame(icmp(3, 3, ours)),
  'ICMP error suppressed by the rate limit': frame(...times(60, () => ipFrame(udp))),
  'ICMP redirect, and they are not taken': frame(icmp(5, 1, ours)),
  'ICMP redirect from another than the first hop': frame(icmp(5, 1, ours)),
  'ICMP redirect to a router that is not on the link': (s) => {
    s.stack.routes.add({ prefix: parsePrefix('192.0.2.0/24'), gateway: ipv4(A).w3, interfaceId: 1 });
    s.sends(icmp(5, 1, packetOf(ipFrame({ ...udp, from: B, to: '192.0.2.1' })))); // to 0.0.0.0
  },
  'no route to the destination': frame(ipFrame({ ...echo, from: '192.0.2.1' })),
  'packet too long and must not be fragmented': (s) => ping(s, A, 2000, true),
  'loopback queue full': (s) => times(513, () => ping(s, B)),
  'device queue full': (s) => {
    s.device.isFull = true;
    times(514, () => ping(s, A));
  },

  'destination is a reserved address': through({ to: '250.0.0.1' }),
  'link-local addresses are not forwarded': through({ to: '169.254.1.1' }),
  'time to live exceeded in transit': through({ ttl: 1 }),
  'directed broadcast not forwarded': through({ to: '10.1.0.255' }),
  'source came by another way': through({ from: '192.0.2.1' }),
  'its route is a black hole': through({ to: '10.2.0.1' }),
  'its route says unreachable': through({ to: '10.3.0.1' }),
  'its route is prohibited': through({ to: '10.4.0.1' }),
  'dropped by a rule': through({ trafficClass: 99 }),
};

/** What the table cannot have, and why. */
const IMPOSSIBLE: Partial<Record<DropReason, string>> = {
  'ICMP is no error': 'the host asks for errors only, and calls every other type unknown',
  'UDP source is a broadcast or multicast address':
    'IP has refused such a source before UDP sees it; UDP alone is tested by itself',
};

describe('every reason for a drop is counted under its name', () => {
  test.each(Object.entries(SCENES))('%s', (reason, scene) => {
    const s = new Station(optionsFor(reason));
    scene(s);
    s.runs();
    expect(s.stack.drops()[reason]).toBeGreaterThan(0);
  });
});

test('the table and the list of what is impossible are complete, and do not overlap', () => {
  expect([...Object.keys(SCENES), ...Object.keys(IMPOSSIBLE)].sort()).toEqual([...DROP_REASONS].sort());
});

test('onDrop hears every drop of an arriving packet by name, with the packet', () => {
  const heard: string[] = [];
  const s = new Station({ onDrop: (reason, { view, network }) => heard.push(`${reason} from ${view.getUint8(network + 15)}`) });
  s.sends(ipFrame({ ...echo, to: '10.0.0.9' }), ipFrame({ ...udp, from: '10.0.0.44' }), ...fragmentsOf(echo, 8).slice(0, 1));
  expect(heard).toEqual(['not for us from 1', 'no such port from 44']);
});
