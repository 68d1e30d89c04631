/** A storm of random and mutated frames: nothing throws, every frame is accounted for, every table stays within its bound. */
import { expect, test } from 'vitest';
import { DROP_REASONS } from '../../src/stack/host/counters.ts';
import { ADDRESS_DROPS, HEADER_DROPS } from '../../src/stack/ip/input.ts';
import { REASSEMBLY_DROPS } from '../../src/stack/ip/reassemble.ts';
import { LINK_DROPS } from '../../src/stack/link/ethernet-link.ts';
import { SeededRandom } from '../../src/stack/random.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../src/stack/time.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { ACK, SYN } from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, pattern, tcpFrame } from '../capture/frames.ts';
import { heapInUse } from '../heap.ts';
import { icmpMessage, ipFrame, Station, viewOf } from '../station.ts';
import { FrameStorm } from './frame-storm.ts';

/** `npm run soak` asks for a million. */
const FRAMES = Number(process.env['SOAK_FRAMES'] ?? 60_000);
const BATCH = 50;

/** A host that does what hosts do: serves, connects, sends, so that the storm hits living conversations. */
function livelyHost(): Station {
  const s = new Station({ mtu: 1500, tcp: { r2Syn: 10 * SECOND, timeWait: SECOND, finWait2: SECOND } });
  s.stack.tcp.listen(80, { backlog: 20 });
  s.stack.udp.open({ port: 53, limits: { receive: { bytes: 20_000, datagrams: 20 }, send: { bytes: 1_000, datagrams: 5 } } });
  s.stack.icmp.echoListeners.set(7, () => {});
  return s;
}

/** What the application does between two batches: keeps a connection open to whoever answers, accepts, reads a little. */
function live(s: Station, buffer: Uint8Array): void {
  const { tcp } = s.stack;
  for (const listener of tcp.listeners()) {
    for (let accepted = listener.accept(); accepted !== undefined; accepted = listener.accept()) accepted.send(pattern(5000));
  }
  let ours = 0;
  for (const connection of tcp.connections()) {
    if (connection.receiver.available > 1000) connection.receive(buffer);
    if (connection.id.remotePort === 443) ours++;
    if (connection.isAtEnd) connection.close();
  }
  if (ours < 3) tcp.connect(ipv4(A), 443, s.now).send(pattern(3000));
}

const sum = (stack: Stack, reasons: readonly string[]): number => {
  const drops = stack.drops(true);
  return reasons.reduce((total, reason) => total + (drops[reason] ?? 0), 0);
};

/** Every frame went exactly one way: what came in is what was refused on the way up, or handed to the next layer. */
function checkAccounts({ stack }: Station): void {
  const { framesIn, arpIn, ipIn, tcpIn, udpIn, icmpIn, fragmentsHeld } = stack.counters;
  expect(framesIn).toBe(arpIn + ipIn + sum(stack, LINK_DROPS));
  const atIp = [...HEADER_DROPS, ...ADDRESS_DROPS, 'not for us', 'multicast group not joined', 'IP protocol unknown'];
  // the timer's and the evictions' drops are of whole datagrams, whose fragments were counted as held
  const ofDatagrams = ['reassembly timed out', 'reassembly memory full', 'too many datagrams from one source in reassembly'];
  const atFragments = REASSEMBLY_DROPS.filter((reason) => !ofDatagrams.includes(reason));
  const toMany = sum(stack, ['packet for one host in a frame to many']);
  const refused = sum(stack, atIp) + sum(stack, atFragments) + toMany;
  const tcpToMany = ipIn - refused - fragmentsHeld - tcpIn - udpIn - icmpIn;
  expect(tcpToMany).toBeGreaterThanOrEqual(0); // MUST-57: TCP to a broadcast address, which shares its reason with TCP's own
  expect(tcpToMany).toBeLessThanOrEqual(sum(stack, ['SYN from or to an impossible address']));
  expect(Object.keys(stack.drops()).filter((reason) => !(DROP_REASONS as readonly string[]).includes(reason))).toEqual([]);
}

/** The bounds of every table that a stranger can fill. */
function checkBounds({ stack, now }: Station): void {
  const [link] = stack.interfaces.values();
  expect(link!.arp.entries(now).length).toBeLessThanOrEqual(512);
  expect(stack.pathMtu.size).toBeLessThanOrEqual(1024);
  for (const { queued } of stack.tcp.listeners()) expect(queued.halfOpen + queued.waiting).toBeLessThanOrEqual(20);
  const { datagrams, bytes } = stack.reassembly;
  expect(datagrams).toBeLessThanOrEqual(64);
  expect(bytes).toBeLessThanOrEqual(4 << 20);
  expect(stack.icmp.echoListeners.size).toBe(1);
}

/** The station answers ping and serves a TCP connection as if nothing had happened. */
function checkHealth(s: Station): void {
  const station = '10.0.0.200'; // nobody whom the storm has spoken for
  s.passes(10 * MINUTE);
  s.said();
  s.sends(arpFrame(1, station, B));
  s.expects('ARP 10.0.0.2 is at');
  s.sends(ipFrame({ from: station, protocol: 1, payload: icmpMessage(8, 0, 0x9_0001, pattern(40)) }));
  s.expects(`10.0.0.2 > ${station} ICMP echo reply id 9 seq 1, 48 bytes`);
  const ports = { from: station, sourcePort: 50_000, window: 60_000 };
  s.sends(tcpFrame({ ...ports, flags: SYN, seq: 99 }));
  const iss = viewOf(s.expects(/\[S\.\] seq \d+ ack 100/)).getUint32(14 + 20 + 4);
  s.sends(tcpFrame({ ...ports, flags: ACK, seq: 100, ack: iss + 1, payload: pattern(10) }));
  const [listener] = s.stack.tcp.listeners();
  const connection = listener!.accept();
  expect(connection?.receiver.available).toBe(10);
  expect(connection?.send(pattern(7))).toBe(7);
  s.said();
  s.runs();
  s.expects(/10\.0\.0\.2:80 > 10\.0\.0\.200:50000 \[P\.\].*length 7/);
}

test(`${FRAMES} random and mutated frames into every layer`, { timeout: 3_600_000 }, async () => {
  const s = livelyHost();
  const storm = new FrameStorm(new SeededRandom(Number(process.env['SOAK_SEED'] ?? 1)));
  const buffer = new Uint8Array(65_536);
  let heap = 0;
  for (let sent = 0; sent < FRAMES; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) s.device.incoming.push(storm.next());
    s.runs();
    for (const frame of s.device.outgoing) storm.saw(frame);
    s.device.outgoing.length = 0;
    live(s, buffer);
    s.passes(storm.below(100) === 0 ? SECOND : MILLISECOND);
    if (sent % 10_000 === 0) {
      checkAccounts(s);
      checkBounds(s);
    }
    if (sent === Math.floor(FRAMES / 2 / BATCH) * BATCH) heap = await heapInUse();
  }
  checkAccounts(s);
  checkBounds(s);
  // the storm reached the upper layers, and did not only bounce off the lower ones
  const { counters } = s.stack;
  for (const count of [counters.tcpIn, counters.udpIn, counters.icmpIn, counters.arpIn])
    expect(count).toBeGreaterThan(FRAMES / 50);
  const provoked = Object.keys(s.stack.drops()).length;
  expect(provoked).toBeGreaterThan(40);
  checkHealth(s);
  const limit = heap + (16 << 20);
  expect(await heapInUse(limit)).toBeLessThanOrEqual(limit); // between half of the storm and all of it
});
