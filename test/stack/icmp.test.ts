/** ICMP of a whole stack: answers to echo, errors that are sent and errors that are not, RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3. */
import { expect, test } from 'vitest';
import { SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import * as ip from '../../src/stack/wire/ipv4.ts';
import type { MacAddress } from '../../src/stack/wire/mac-address.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import { B, pattern, tcpFrame } from '../capture/frames.ts';
import type { IpSpec } from '../station.ts';
import { conversation, fragmentsOf, icmpMessage, ipFrame, packetOf, payloadOf, Station, udpMessage, viewOf } from '../station.ts';

const echo = (data: Uint8Array): IpSpec => ({ protocol: 1, payload: icmpMessage(8, 0, 0x7_0001, data) });
const toClosedPort = (length = 5): IpSpec => ({ payload: udpMessage(5000, 53, pattern(length)) });
const ALL_HOSTS = 0x0100_5e00_0001 as MacAddress;

test(
  'RFC 1122 §3.2.2.6: an echo comes back with the same data, from the address asked, with TTL 64 and the same type of service',
  conversation((s) => {
    s.sends(ipFrame({ ...echo(pattern(56)), ttl: 3, trafficClass: 0xb8, dontFragment: true }));
    const frame = s.expects('10.0.0.2 > 10.0.0.1 ICMP echo reply id 7 seq 1, 64 bytes');
    const [view, at] = [viewOf(frame), 14];
    expect(payloadOf(frame).subarray(8)).toEqual(pattern(56));
    expect([ip.ttl(view, at), ip.trafficClass(view, at), ip.dontFragment(view, at)]).toEqual([64, 0xb8, false]);
  }),
);

test(
  'RFC 6864: identifications go up by one within a flow and say nothing about other flows',
  conversation((s) => {
    const numbers = [1, 2, 3].map(() => {
      s.sends(ipFrame(echo(pattern(1))));
      return ip.identification(viewOf(s.expects('echo reply')), 14);
    });
    expect([(numbers[1]! - numbers[0]!) & 0xffff, (numbers[2]! - numbers[1]!) & 0xffff]).toEqual([1, 1]);
    s.sends(ipFrame(toClosedPort()));
    s.expects('port unreachable');
    s.sends(tcpFrame({ flags: 2 }));
    expect(ip.identification(viewOf(s.expects('[R.]')), 14)).toBe(0); // DF: it can never be a fragment
  }),
);

test(
  'the longest echo, 65,507 bytes, comes and goes in fragments in any order',
  conversation((s) => {
    const data = pattern(65_507);
    s.sends(...fragmentsOf(echo(data), 1480).reverse());
    const whole = Buffer.concat(s.device.outgoing.splice(0).map(payloadOf));
    expect(whole.subarray(8).equals(data)).toBe(true);
    expect([s.stack.counters.fragmentsHeld, s.stack.counters.fragmentsOut]).toEqual([44, 45]);
  }),
);

test.each([
  ['the limited broadcast', { to: '255.255.255.255', mac: BROADCAST }, 'ICMP echo to a broadcast address'],
  ['the broadcast of the subnet', { to: '10.0.0.255', mac: BROADCAST }, 'ICMP echo to a broadcast address'],
  ['its old form with zeros', { to: '10.0.0.0', mac: BROADCAST }, 'ICMP echo to a broadcast address'],
  ['a group', { to: '224.0.0.1', mac: ALL_HOSTS }, 'multicast group not joined'],
  ['one host in a frame to all, RFC 1122 §3.3.6', { mac: BROADCAST }, 'packet for one host in a frame to many'],
  ['somebody else in a frame to us', { to: '10.0.0.77' }, 'not for us'],
] as const)('RFC 1122 §3.2.2.6: an echo request to %s is silent', (_name, where, reason) => {
  conversation((s) => {
    s.sends(ipFrame({ ...echo(pattern(8)), ...where }));
    expect(s.stack.drops()).toEqual({ [reason]: 1 });
  })();
});

test(
  'RFC 1122 §4.1.3.1: a port without a socket is unreachable: type 3, code 3, the packet quoted as it came, from the address asked',
  conversation((s) => {
    s.stack.addAddress(s.stack.interfaces.get(1)!, {
      address: ipv4('10.0.0.20').w3,
      prefix: s.stack.addresses.list()[0]!.prefix,
    });
    s.passes(3 * SECOND);
    s.said();
    const asked = ipFrame({ ...toClosedPort(20), to: '10.0.0.20', ttl: 9 });
    s.sends(asked);
    const frame = s.expects('10.0.0.20 > 10.0.0.1 ICMP port unreachable for 10.0.0.1:5000 > 10.0.0.20:53 UDP');
    const message = payloadOf(frame);
    expect([...message.subarray(0, 2), ...message.subarray(4, 8)]).toEqual([3, 3, 0, 0, 0, 0]);
    expect(message.subarray(8)).toEqual(packetOf(asked));
    expect(ip.trafficClass(viewOf(frame), 14)).toBe(0xc0); // RFC 1812 §4.3.2.5: precedence 6
  }),
);

test(
  'RFC 1812 §4.3.2.3: an error has at most 576 bytes',
  conversation((s) => {
    s.sends(ipFrame(toClosedPort(1400)));
    expect(packetOf(s.expects('port unreachable'))).toHaveLength(576);
  }),
);

test.each([
  ['to the broadcast of the subnet', { to: '10.0.0.255', mac: BROADCAST }],
  ['to the limited broadcast', { to: '255.255.255.255', mac: BROADCAST }],
  ['to us, in a frame to all', { mac: BROADCAST }],
  ['to a group', { to: '224.0.0.251', mac: ALL_HOSTS }],
  ['from the broadcast of the subnet', { from: '10.0.0.255' }],
  ['from a group', { from: '224.0.0.1' }],
  ['from loopback', { from: '127.0.0.1' }],
  ['from ourselves', { from: B }],
  ['from class E', { from: '250.0.0.1' }],
] as const)('RFC 1122 §3.2.2: no error about a datagram %s', (_name, where) => {
  conversation((s) => {
    s.sends(ipFrame({ ...toClosedPort(), ...where }), ipFrame({ ...where, protocol: 99, payload: pattern(9) }));
    s.sends(ipFrame({ ...toClosedPort(), ...where, options: [7, 1, 0, 0] }));
  })();
});

test(
  'RFC 1122 §3.2.2.1: an unknown protocol is unreachable: type 3, code 2',
  conversation((s) => {
    s.sends(ipFrame({ protocol: 99, payload: pattern(9) }));
    expect([...payloadOf(s.expects('ICMP protocol unreachable')).subarray(0, 2)]).toEqual([3, 2]);
  }),
);

test.each([
  ['an option without its length', [1, 1, 1, 7], 23],
  ['an option of length 1', [7, 1, 0, 0], 21],
  ['an option that is longer than the header', [1, 7, 9, 0], 22],
] as const)('RFC 792: %s is a parameter problem that points at the octet', (_name, options, pointer) => {
  conversation((s) => {
    s.sends(ipFrame({ ...echo(pattern(8)), options }));
    expect([...payloadOf(s.expects('ICMP parameter problem')).subarray(0, 5)].toSpliced(2, 2)).toEqual([12, 0, pointer]);
  })();
});

test(
  'RFC 1122 §3.2.1.3: about a malformed option in a packet for somebody else we say nothing',
  conversation((s) => {
    s.sends(ipFrame({ ...echo(pattern(8)), to: '10.0.0.77', options: [7, 1, 0, 0] }));
    expect(s.stack.drops()).toEqual({ 'IP option malformed': 1 });
  }),
);

test.each([
  ['record route', [7, 7, 4, 0, 0, 0, 0, 0]],
  ['timestamp', [68, 8, 5, 0, 0, 0, 0, 0]],
  ['security, which nobody knows', [130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['padding', [1, 1, 1, 0]],
] as const)('MUST-50, RFC 1122 §3.2.1.8: the option %s is stepped over, for ICMP, UDP and TCP', (_name, options) => {
  conversation((s) => {
    s.sends(ipFrame({ ...echo(pattern(8)), options }));
    s.expects('echo reply id 7 seq 1, 16 bytes');
    s.sends(ipFrame({ ...toClosedPort(), options }));
    s.expects('port unreachable');
    const segment = tcpFrame({ flags: 2, seq: 5 });
    s.sends(ipFrame({ protocol: 6, payload: payloadOf(segment), options }));
    s.expects('10.0.0.2:80 > 10.0.0.1:43210 [R.] seq 0 ack 6');
    expect(s.stack.drops()).toEqual({ 'no such port': 1, 'no listener on the port': 1 });
  })();
});

test(
  'RFC 792, RFC 1122 §3.3.2: when the rest does not come in 30 s, time exceeded with code 1, quoting the first fragment',
  conversation((s) => {
    const [first] = fragmentsOf({ ...echo(pattern(2000)), identification: 77 }, 1480);
    s.sends(first!);
    s.expectsSilence(30 * SECOND - 1);
    s.passes(1);
    const message = payloadOf(s.expects('ICMP reassembly time exceeded'));
    expect([...message.subarray(0, 2)]).toEqual([11, 1]);
    expect(message.subarray(8, 48)).toEqual(packetOf(first!).subarray(0, 40));
    expect(s.stack.drops()).toEqual({ 'reassembly timed out': 1 });
  }),
);

test(
  'RFC 792: without fragment zero nothing is said',
  conversation((s) => {
    s.sends(...fragmentsOf(echo(pattern(4000)), 1480).slice(1));
    s.expectsSilence(31 * SECOND);
    expect(s.stack.drops()).toEqual({ 'reassembly timed out': 1 });
  }),
);

test(
  'RFC 1812 §4.3.2.8: errors are limited in rate, one destination before all, and what is not sent is counted',
  conversation((s) => {
    s.sends(...Array.from({ length: 200 }, () => ipFrame(toClosedPort())));
    expect(s.said()).toHaveLength(50);
    expect(s.stack.drops()).toEqual({ 'no such port': 200, 'ICMP error suppressed by the rate limit': 150 });
    s.passes(SECOND / 10);
    s.sends(...Array.from({ length: 20 }, () => ipFrame(toClosedPort())));
    expect(s.said()).toHaveLength(10);
  }),
);

test('an answer to nobody, and an error about nothing of ours, are counted and not answered', () => {
  const s = new Station();
  const quoted = (spec: IpSpec): Uint8Array => packetOf(ipFrame(spec));
  const error = (quote: Uint8Array): Uint8Array => ipFrame({ protocol: 1, payload: icmpMessage(3, 3, 0, quote) });
  s.sends(ipFrame({ protocol: 1, payload: icmpMessage(0, 0, 0x63_0001, pattern(8)) }));
  s.sends(error(quoted({ from: '10.0.0.50', to: '10.0.0.1', payload: udpMessage(1, 2, pattern(8)) })));
  s.sends(error(quoted({ from: B, to: '10.0.0.1', payload: udpMessage(1, 2, pattern(8)) })));
  s.sends(error(quoted({ from: B, to: '10.0.0.1', protocol: 1, payload: icmpMessage(8, 0, 0x63_0001, pattern(8)) })));
  s.sends(error(quoted({ from: B, to: '10.0.0.1', protocol: 99, payload: pattern(8) })));
  s.expectsSilence(SECOND);
  expect(s.stack.drops()).toEqual({ 'ICMP echo reply that nobody waits for': 1, 'ICMP error about nothing of ours': 4 });
});
