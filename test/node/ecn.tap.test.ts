/** Explicit Congestion Notification with the kernel's TCP at the other end, and a router in between that marks: RFC 3168. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { RecordingDevice } from '../../src/capture/record/recording-device.ts';
import { markCongestion } from '../../src/lab/congestion-mark.ts';
import { HostClock } from '../../src/node/host-clock.ts';
import { configureInterface } from '../../src/node/interface-config.ts';
import { CaptureFile } from '../../src/node/pcap-file.ts';
import { RunLoop } from '../../src/node/run-loop.ts';
import { TapDevice } from '../../src/node/tap.ts';
import type { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../src/stack/device.ts';
import { NO_OFFLOAD } from '../../src/stack/device.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import { Stack } from '../../src/stack/stack.ts';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import type { TcpOptions } from '../../src/stack/tcp/options.ts';
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

const BYTES = 3_000_000;
const MARK_EVERY = 100;

/** Marks every hundredth packet that may be marked, in each direction. */
class Marker implements LinkDevice {
  readonly mtu: number;
  readonly offload: Offload = NO_OFFLOAD;
  readonly #inner: LinkDevice;
  readonly #capable = { sent: 0, received: 0 };

  constructor(inner: LinkDevice) {
    this.#inner = inner;
    this.mtu = inner.mtu;
  }

  transmit(packet: Packet): boolean {
    this.#mark(packet, 'sent');
    return this.#inner.transmit(packet);
  }

  receive(into: Packet): boolean {
    if (!this.#inner.receive(into)) return false;
    this.#mark(into, 'received');
    return true;
  }

  #mark(packet: Packet, direction: 'sent' | 'received'): void {
    const ecn = packet.view.getUint8(packet.start + 15) & 3;
    if (ecn !== 0 && ++this.#capable[direction] % MARK_EVERY === 0) markCongestion(packet);
  }
}

interface Setting {
  readonly stack: Stack;
  readonly kernel: string;
  readonly ours: string;
  readonly path: string;
  /** Ends the capture. */
  finish(): Promise<void>;
}

/** @param net of the address 10.net.0.2 of the stack; the kernel has 10.net.0.1, and asks for ECN and accepts it on this link */
function setting(name: string, net: number, tcp: Partial<TcpOptions>): Setting {
  const folder = mkdtempSync(join(tmpdir(), 'tapstack-ecn-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const [kernel, ours, path] = [`10.${net}.0.1`, `10.${net}.0.2`, join(folder, 'ecn.pcapng')];
  const tap = TapDevice.open({ name, offload: false });
  cleanup.push(() => tap.close());
  configureInterface(name, { address: kernel, prefixLength: 24, isUp: true });
  // what sysctl net.ipv4.tcp_ecn=1 does for all links, for this one alone: other tests run in the same namespace
  const route = ['route', 'replace', `10.${net}.0.0/24`, 'dev', name, 'src', kernel, 'features', 'ecn'];
  execFileSync('ip', route, { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } });
  const clock = new HostClock();
  const file = new CaptureFile(path);
  const device = new RecordingDevice(new Marker(tap), {
    sink: file,
    interfaceId: file.addInterface(name),
    now: () => clock.now(),
  });
  const stack: Stack = new Stack({ random: new SeededRandom(net), wake: () => loop.wake(), now: clock.now(), tcp });
  const loop: RunLoop = new RunLoop({ machine: stack, devices: [tap], clock });
  stack.addInterface(device, { name, mac: ofIpv4(ipv4(ours).w3), addresses: [`${ours}/24`] });
  loop.start();
  cleanup.push(() => loop.stop());
  const finish = async (): Promise<void> => {
    await loop.stop();
    file.close();
  };
  return { stack, kernel, ours, path, finish };
}

/** Sends so many zeros and closes, and counts what comes. */
class Stream {
  received = 0;
  #left = BYTES;
  readonly #connection: Connection;
  readonly #block = new Uint8Array(64 * 1024);

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.app.owner = this;
    this.notify();
  }

  notify(): void {
    for (let taken = 1; taken > 0; this.#left -= taken)
      taken = this.#connection.send(this.#block, 0, Math.min(this.#left, this.#block.length));
    for (let count = 1; count > 0; this.received += count) count = this.#connection.receive(this.#block);
    if (this.#left === 0) this.#connection.closeWrite();
  }
}

/** The kernel's end: reads all, writes as much, closes. @returns how much came */
async function exchange(socket: Socket): Promise<number> {
  let count = 0;
  socket.on('data', (chunk: Buffer) => {
    count += chunk.length;
  });
  socket.end(Buffer.alloc(BYTES));
  await once(socket, 'end');
  return count;
}

/** Who speaks, what flags, what mark. */
interface Line {
  readonly from: string;
  readonly flags: number;
  readonly ecn: number;
  readonly length: number;
}

async function linesOf(path: string): Promise<Line[]> {
  const rows = await tshark(path, ['ip.src', 'tcp.flags', 'ip.dsfield.ecn', 'tcp.len'], 'tcp');
  return rows.map((row) => {
    const [from = '', flags = '', ecn = '', length = ''] = row.split(';');
    return { from, flags: Number(flags), ecn: Number(ecn), length: Number(length) };
  });
}

const [SYN, ACK, ECE, CWR] = [0x02, 0x10, 0x40, 0x80] as const;

/** What both ends have to have done, in the eyes of tshark. */
async function judge({ path, kernel, ours, finish }: Setting, client: string): Promise<void> {
  await finish();
  expect(await faultyFrames(path)).toEqual([]);
  const lines = await linesOf(path);
  const syns = lines.filter(({ flags }) => flags & SYN);
  expect(syns.map(({ from, flags, ecn }) => ({ from, flags, ecn }))).toEqual([
    { from: client, flags: SYN | ECE | CWR, ecn: 0 },
    { from: client === ours ? kernel : ours, flags: SYN | ACK | ECE, ecn: 0 },
  ]);
  for (const [from, to] of [[ours, kernel] as const, [kernel, ours] as const]) {
    const said = lines.filter((line) => line.from === from && !(line.flags & SYN));
    const text = said.filter(({ length }) => length > 0);
    expect(text.filter(({ ecn }) => ecn === 3).length).toBeGreaterThan(5); // the router's marks
    expect(text.filter(({ ecn }) => ecn >= 2).length).toBeGreaterThan(text.length * 0.9); // all but what went again
    expect(said.filter(({ length, ecn }) => length === 0 && ecn !== 0)).toEqual([]); // no bare acknowledgment
    const echoed = lines.filter((line) => line.from === to && line.flags & ECE && !(line.flags & SYN));
    expect(echoed.length).toBeGreaterThan(2);
    const answers = said.filter(({ flags }) => flags & CWR);
    expect(answers.length).toBeGreaterThan(2);
    expect(answers.filter(({ length }) => length === 0)).toEqual([]);
  }
}

test('RFC 3168 §6.1: the stack calls and asks, the kernel agrees; marks both ways are echoed and answered', async () => {
  const set = setting('ecn0', 77, { ecn: 'on' });
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, set.kernel);
  cleanup.push(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const connection = set.stack.tcp.connect(ipv4(set.kernel), port, new HostClock().now());
  const here = new Stream(connection);
  const [socket] = await accepted;
  expect(await exchange(socket)).toBe(BYTES);
  await until(() => here.received === BYTES);
  await judge(set, set.ours);
});

test('RFC 3168 §6.1: the kernel calls and asks, the stack agrees by itself; marks both ways are echoed and answered', async () => {
  const set = setting('ecn1', 78, {});
  const listener = set.stack.tcp.listen(80);
  let here: Stream | undefined;
  listener.owner = {
    notify: () => {
      const connection = listener.accept();
      if (connection !== undefined) here = new Stream(connection);
    },
  };
  const socket = connect({ host: set.ours, port: 80, allowHalfOpen: true });
  await once(socket, 'connect');
  expect(await exchange(socket)).toBe(BYTES);
  await until(() => here?.received === BYTES);
  await judge(set, set.kernel);
});
