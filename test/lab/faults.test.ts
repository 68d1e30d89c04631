/** What may happen to frames: options and scripts. */
import { expect, test } from 'vitest';
import type { Fault } from '../../src/lab/faults.ts';
import { carriesTcpData, faultsOf, onNth, scripts } from '../../src/lab/faults.ts';
import { Packet } from '../../src/stack/bytes/packet.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import * as ipv4 from '../../src/stack/wire/ipv4.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import { testFrame } from '../link-device-suite.ts';

interface FrameParts {
  readonly data?: number;
  readonly padding?: number;
  readonly protocol?: number;
  readonly type?: number;
  readonly fragmentOffset?: number;
}

/** A TCP segment over IPv4 over Ethernet. */
function tcpFrame({ data = 0, padding = 0, protocol = 6, type = 0x0800, fragmentOffset = 0 }: FrameParts): Packet {
  const packet = new Packet();
  const { view, start } = packet;
  view.setUint16(start + 12, type);
  const network = start + ethernet.HEADER;
  const fields = { source: 1, destination: 2, protocol, ttl: 64, trafficClass: 0, identification: 0, dontFragment: false };
  const length = ipv4.HEADER + tcp.HEADER + data;
  ipv4.encode(view, network, fields, length);
  if (fragmentOffset > 0) ipv4.setFragment(view, network, length, fragmentOffset, false);
  tcp.encode(view, network + ipv4.HEADER, new tcp.Segment());
  packet.end = network + length + padding;
  return packet;
}

for (const { what, frame, carries } of [
  { what: 'one byte of data', frame: tcpFrame({ data: 1 }), carries: true },
  { what: 'a bare ACK', frame: tcpFrame({}), carries: false },
  { what: 'a bare ACK with Ethernet padding', frame: tcpFrame({ padding: 6 }), carries: false },
  { what: 'UDP', frame: tcpFrame({ data: 100, protocol: 17 }), carries: false },
  { what: 'not IPv4', frame: tcpFrame({ data: 100, type: 0x86dd }), carries: false },
  { what: 'a later fragment', frame: tcpFrame({ data: 100, fragmentOffset: 800 }), carries: false },
  { what: 'noise', frame: testFrame(60), carries: false },
  { what: 'a frame cut short', frame: testFrame(13), carries: false },
]) {
  test(`carriesTcpData: ${what}: ${carries}`, () => expect(carriesTcpData(frame)).toBe(carries));
}

test('onNth does its fault to the n-th frame that matches and to no other', () => {
  const script = onNth(2, (packet, direction) => direction === 'transmit' && carriesTcpData(packet), 'drop');
  const seen = [
    script(1, 'transmit', tcpFrame({}), 0),
    script(2, 'transmit', tcpFrame({ data: 1 }), 0),
    script(1, 'receive', tcpFrame({ data: 1 }), 0),
    script(3, 'transmit', tcpFrame({ data: 1 }), 0),
    script(4, 'transmit', tcpFrame({ data: 1 }), 0),
  ];
  expect(seen).toEqual(['pass', 'pass', 'pass', 'drop', 'pass']);
});

test('of several scripts the first that has something to say decides, and all of them count on', () => {
  const any = (): boolean => true;
  const both = scripts(onNth(2, any, 'drop'), onNth(2, any, 'duplicate'), onNth(3, any, 'corrupt'));
  expect([1, 2, 3, 4].map((index): Fault => both(index, 'transmit', testFrame(60), 0))).toEqual([
    'pass',
    'drop',
    'corrupt',
    'pass',
  ]);
});

test('what is said for one direction counts there instead of what is said for both', () => {
  const options = { loss: 0.1, delay: 5, receive: { loss: 0.2 } };
  expect(faultsOf(options, 'transmit')).toMatchObject({ loss: 0.1, delay: 5, duplicate: 0 });
  expect(faultsOf(options, 'receive')).toMatchObject({ loss: 0.2, delay: 5 });
});

for (const { options, says } of [
  { options: { loss: 5 }, says: 'loss is a probability between 0 and 1 (5 % is 0.05), not 5' },
  { options: { corrupt: -0.1 }, says: 'corrupt is a probability between 0 and 1 (5 % is 0.05), not -0.1' },
  { options: { duplicate: Number.NaN }, says: 'duplicate is a probability between 0 and 1 (5 % is 0.05), not NaN' },
  { options: { transmit: { reorder: 1.01 } }, says: 'reorder is a probability between 0 and 1 (5 % is 0.05), not 1.01' },
  { options: { delay: -1 }, says: 'delay is whole microseconds from 0 on, not -1' },
  { options: { jitter: 0.5 }, says: 'jitter is whole microseconds from 0 on, not 0.5' },
  { options: { reorderBy: 0 }, says: 'reorderBy is one frame or more, not 0' },
]) {
  test(`refused: ${says}`, () => expect(() => faultsOf(options, 'transmit')).toThrow(says));
}
