/** UDP by a chosen interface: out of it without an address or a route, in by it alone, and why a datagram was sent. */
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { FrameLog } from '../../../src/capture/record/frame-log.ts';
import { fromV4, ipv4, openUdp } from '../../../src/stack/index.ts';
import { LIMITED_BROADCAST } from '../../../src/stack/wire/ip-address.ts';
import { macOf } from '../../capture/frames.ts';
import { ipFrame, Station, udpMessage } from '../../station.ts';

const EVERYBODY = { address: fromV4(LIMITED_BROADCAST), port: 67 };
const hello = Buffer.from('hello');

/** A host with 10.0.0.2 on one wire, and on another one nothing yet. */
function withBareWire() {
  const station = new Station();
  const device = station.also('10.9.0.1/24', { mac: macOf('10.9.0.2'), addresses: [] });
  return { station, device, id: 2 };
}

test('a broadcast leaves by the interface of its socket, from 0.0.0.0 when that has no address', () => {
  const { station, device, id } = withBareWire();
  const socket = openUdp(station.stack, { port: 68, interfaceId: id, broadcast: true });
  expect(socket.sendNow(hello, EVERYBODY)).toBe('queued');
  station.runs();
  station.expects('0.0.0.0:68 > 255.255.255.255:67 UDP', device);
  station.expectsSilence();
});

test.each([
  { to: '255.255.255.255', id: 1, says: '10.0.0.2:68 > 255.255.255.255:67' },
  { to: '10.0.0.1', id: 1, says: '10.0.0.2:68 > 10.0.0.1:67' },
  { to: '10.0.0.1', id: 2, says: 'who has 10.0.0.1?' },
  { to: '192.0.2.1', id: 2, says: 'who has 192.0.2.1?' },
])('one datagram to $to by interface $id, whatever the route says', ({ to, id, says }) => {
  const { station } = withBareWire();
  const socket = openUdp(station.stack, { port: 68, broadcast: true });
  socket.sendNow(hello, { address: ipv4(to), port: 67 }, undefined, { interfaceId: id });
  station.runs();
  station.expects(says, station.devices[id - 1]);
});

test('by an interface that is not there nothing is sent', async () => {
  const { station } = withBareWire();
  const socket = openUdp(station.stack, { port: 68, broadcast: true });
  socket.sendNow(hello, EVERYBODY, undefined, { interfaceId: 9 });
  station.runs();
  expect(socket.takeFailure()).toBe('no route');
  station.expectsSilence();
});

test('two sockets share a port when each has its own interface, and hear only that', () => {
  const { station, device } = withBareWire();
  const [left, right] = [1, 2].map((interfaceId) => openUdp(station.stack, { port: 68, interfaceId }));
  expect(() => openUdp(station.stack, { port: 68 })).toThrow('port in use');
  expect(() => openUdp(station.stack, { port: 68, interfaceId: 2 })).toThrow('port in use');
  const broadcast = { from: '0.0.0.0', to: '255.255.255.255', mac: 0xffff_ffff_ffff as never };
  device.incoming.push(ipFrame({ ...broadcast, payload: udpMessage(67, 68, Buffer.from('right')) }));
  station.sends(ipFrame({ payload: udpMessage(67, 68, Buffer.from('left')) }));
  const room = new Uint8Array(9);
  expect([left!.receiveNow(room), Buffer.from(room.subarray(0, 4)).toString(), left!.receiveNow(room)]).toEqual([4, 'left', -1]);
  expect([right!.receiveNow(room), Buffer.from(room.subarray(0, 5)).toString(), right!.receiveNow(room)]).toEqual([
    5,
    'right',
    -1,
  ]);
});

test('a datagram says by which interface it came', async () => {
  const { station, device } = withBareWire();
  const socket = openUdp(station.stack, { port: 67 });
  const broadcast = { from: '0.0.0.0', to: '255.255.255.255', mac: 0xffff_ffff_ffff as never };
  for (const each of station.devices) each.incoming.push(ipFrame({ ...broadcast, payload: udpMessage(68, 67, hello) }));
  station.runs();
  expect(device.incoming).toEqual([]);
  expect([(await socket.receive())?.interfaceId, (await socket.receive())?.interfaceId]).toEqual([1, 2]);
});

test('why a datagram was sent stands beside its frame, and beside no other', () => {
  const log = new FrameLog();
  const station = new Station({ explained: log });
  const socket = openUdp(station.stack, { port: 4000 });
  for (const note of ['', 'the second', '', 'the last']) {
    socket.sendNow(hello, { address: ipv4('10.0.0.1'), port: 7 }, undefined, { note });
  }
  station.runs();
  const sent = log.frames().filter(({ bytes, direction }) => direction === 'out' && dissect(bytes).transport?.kind === 'udp');
  expect(sent.map(({ comment }) => comment)).toEqual(['', 'the second', '', 'the last']);
});
