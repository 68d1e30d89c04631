/** Super-datagrams between the kernel's sockets and the stack, both ways, and what a capture shows of them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { RecordingDevice } from '../../src/capture/record/recording-device.ts';
import { HostClock } from '../../src/node/host-clock.ts';
import { configureInterface } from '../../src/node/interface-config.ts';
import { AF_INET, libc, SOCK_DGRAM } from '../../src/node/libc.ts';
import { CaptureFile } from '../../src/node/pcap-file.ts';
import { RunLoop } from '../../src/node/run-loop.ts';
import { TapDevice } from '../../src/node/tap.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import type { UdpSocket } from '../../src/stack/socket/udp-socket.ts';
import { openUdp } from '../../src/stack/socket/udp-socket.ts';
import { Stack } from '../../src/stack/stack.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { ofIpv4 } from '../../src/stack/wire/mac-address.ts';
import { faultyFrames, tshark } from '../cli/tapstack.ts';
import { requirePrivateNamespace } from './private.ts';
import { until } from './until.ts';

beforeAll(requirePrivateNamespace);

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});

interface Setting {
  readonly tap: TapDevice;
  readonly stack: Stack;
  readonly kernel: string;
  readonly ours: string;
  /** Ends the capture. @returns its path */
  finish(): Promise<string>;
}

/** @param net of 10.net.0.1, which is the kernel's, and 10.net.0.2, which is the stack's */
function setting(name: string, net: number, offload: boolean): Setting {
  const folder = mkdtempSync(join(tmpdir(), 'tapstack-uso-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const [kernel, ours, path] = [`10.${net}.0.1`, `10.${net}.0.2`, join(folder, 'uso.pcapng')];
  const tap = TapDevice.open({ name, offload });
  cleanup.push(() => tap.close());
  configureInterface(name, { address: kernel, prefixLength: 24, isUp: true });
  const clock = new HostClock();
  const file = new CaptureFile(path);
  const device = new RecordingDevice(tap, { sink: file, interfaceId: file.addInterface(name), now: () => clock.now() });
  const stack: Stack = new Stack({ random: new SeededRandom(net), wake: () => loop.wake(), now: clock.now() });
  const loop: RunLoop = new RunLoop({ machine: stack, devices: [tap], clock });
  stack.addInterface(device, { name, mac: ofIpv4(ipv4(ours).w3), addresses: [`${ours}/24`] });
  loop.start();
  cleanup.push(() => loop.stop());
  const finish = async (): Promise<string> => {
    await loop.stop();
    file.close();
    return path;
  };
  return { tap, stack, kernel, ours, finish };
}

const SOL_UDP = 17;
const UDP_SEGMENT = 103;

/** One send(2) of a socket that has the kernel cut it every `size` bytes (udp(7)). */
function sendCut(to: string, port: number, bytes: Uint8Array, size: number): void {
  const lib = koffi.load(null);
  const setOption = lib.func('int setsockopt(int fd, int level, int name, const void *value, unsigned int length)');
  const connect = lib.func('int connect(int fd, const void *address, unsigned int length)');
  const fd = libc().socket(AF_INET, SOCK_DGRAM, 0);
  try {
    const value = Buffer.alloc(4);
    value.writeInt32LE(size);
    const address = Buffer.alloc(16); // sockaddr_in, on a little-endian machine
    address.writeUInt16LE(AF_INET);
    address.writeUInt16BE(port, 2);
    address.set(to.split('.').map(Number), 4);
    expect(setOption(fd, SOL_UDP, UDP_SEGMENT, value, value.length)).toBe(0);
    expect(connect(fd, address, address.length)).toBe(0);
    expect(libc().send(fd, bytes, bytes.length, 0)).toBe(bytes.length);
  } finally {
    libc().close(fd);
  }
}

const pattern = (length: number, seed = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >>> 9) + seed) & 0xff);

/** Collects what the socket receives. */
function listen(socket: UdpSocket): Uint8Array[] {
  const got: Uint8Array[] = [];
  const into = new Uint8Array(65_536);
  socket.onChange = () => {
    for (let length = socket.receiveNow(into); length >= 0; length = socket.receiveNow(into)) got.push(into.slice(0, length));
  };
  return got;
}

/** Both ends, lengths and identification of each datagram of a capture in which nothing is wrong. */
async function datagrams(path: string): Promise<{ readonly from: string; readonly length: number; readonly id: number }[]> {
  expect(await faultyFrames(path)).toEqual([]);
  const rows = await tshark(path, ['ip.src', 'udp.length', 'ip.id', 'frame.len', 'udp.checksum.status'], 'udp');
  return rows.map((row) => {
    const [from = '', length = '', id = '', frame = '', status = ''] = row.split(';');
    expect(Number(frame)).toBe(14 + 20 + Number(length));
    expect(['1', 'Good']).toContain(status);
    return { from, length: Number(length) - 8, id: Number(id) };
  });
}

for (const { what, offload, net } of [
  { what: 'with offload', offload: true, net: 91 },
  { what: 'without', offload: false, net: 92 },
]) {
  test(`one send of the kernel that is cut in twenty arrives as twenty, ${what}`, async () => {
    const { tap, stack, ours, kernel, finish } = setting(`uso${net}`, net, offload);
    const got = listen(openUdp(stack, { port: 4000 }));
    const bytes = pattern(19 * 1000 + 300);
    sendCut(ours, 4000, bytes, 1000);
    await until(() => got.length === 20);
    expect(got.map((each) => each.length)).toEqual([...Array.from({ length: 19 }, () => 1000), 300]);
    expect(Buffer.concat(got).equals(bytes)).toBe(true);
    expect(tap.offload.usoMaxSize).toBe(offload ? 65_535 : 0);
    expect(stack.counters.udpIn).toBe(20);
    if (offload) expect(tap.counters.received).toBeLessThan(20);
    const seen = await datagrams(await finish());
    expect(seen.map(({ from, length }) => [from, length])).toEqual(got.map((each) => [kernel, each.length]));
    if (offload) expect(seen.map(({ id }) => (id - seen[0]!.id) & 0xffff)).toEqual(seen.map((_, i) => i));
  });

  test(`what the stack sends at once the kernel receives one by one, ${what}`, async () => {
    const { tap, stack, ours, kernel, finish } = setting(`usi${net}`, net, offload);
    const socket = createSocket('udp4');
    cleanup.push(() => socket.close());
    socket.bind(0, kernel);
    await once(socket, 'listening');
    const got: Buffer[] = [];
    socket.on('message', (message) => got.push(message));
    const sender = openUdp(stack, { port: 4000 });
    sender.connect(ipv4(kernel), socket.address().port);
    const sent = [
      ...Array.from({ length: 40 }, (_, i) => pattern(1400, i)),
      pattern(77),
      pattern(1400),
      pattern(4000),
      pattern(0),
    ];
    sender.sendNow(sent[0]!); // ARP keeps no more than a few packets while it asks
    await until(() => got.length === 1);
    for (const each of sent.slice(1)) expect(sender.sendNow(each)).toBe('queued');
    await until(() => got.length === sent.length);
    for (const [i, each] of sent.entries()) expect(got[i]?.equals(each), `datagram ${i}`).toBe(true);
    if (offload) expect(tap.counters.sent).toBeLessThan(sent.length / 2);
    expect(stack.counters.udpOut).toBe(sent.length);
    const path = await finish();
    expect(await faultyFrames(path)).toEqual([]);
    const seen = await datagramsAlone(path, ours);
    expect(seen.map(({ length }) => length)).toEqual(sent.map((each) => each.length).filter((length) => length !== 4000));
    const identifications = new Set(seen.map(({ id }) => id));
    expect(identifications.size).toBe(seen.length);
  });
}

/** Those that were not fragmented, from this address. */
async function datagramsAlone(path: string, from: string): Promise<{ readonly length: number; readonly id: number }[]> {
  const rows = await tshark(
    path,
    ['udp.length', 'ip.id'],
    `udp && ip.src == ${from} && !ip.reassembled.length && ip.frag_offset == 0`,
  );
  return rows.map((row) => {
    const [length = '', id = ''] = row.split(';');
    return { length: Number(length) - 8, id: Number(id) };
  });
}
