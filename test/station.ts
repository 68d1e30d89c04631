/**
 * A station on the link of a whole stack: it sends Ethernet frames, and whatever the stack sends has to be expected, in order.
 *
 * The stack is 10.0.0.2/24, the station 10.0.0.1. Time is virtual. A conversation ends in silence: a frame that nobody expected
 * fails it, with all that was said before. Frames are expected in the words in which captures describe them.
 */

import { dissect } from '../src/capture/dissect/dissect.ts';
import type { FrameSink } from '../src/capture/record/frame-sink.ts';
import { RecordingDevice } from '../src/capture/record/recording-device.ts';
import { describe } from '../src/capture/words/describe.ts';
import { Explainer } from '../src/explain/explainer.ts';
import * as checksum from '../src/stack/bytes/checksum.ts';
import { Packet } from '../src/stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../src/stack/device.ts';
import { NO_OFFLOAD } from '../src/stack/device.ts';
import { SeededRandom } from '../src/stack/random.ts';
import type { InterfaceOptions, StackOptions } from '../src/stack/stack.ts';
import { Stack } from '../src/stack/stack.ts';
import type { Micros } from '../src/stack/time.ts';
import { SECOND } from '../src/stack/time.ts';
import * as arp from '../src/stack/wire/arp.ts';
import * as ethernet from '../src/stack/wire/ethernet.ts';
import { parseV4 } from '../src/stack/wire/ip-address.ts';
import * as ipv4 from '../src/stack/wire/ipv4.ts';
import type { MacAddress } from '../src/stack/wire/mac-address.ts';
import { A, arpFrame, B, macOf } from './capture/frames.ts';

/** One end of a wire whose other end is the test. */
export class TestDevice implements LinkDevice {
  readonly mtu: number;
  readonly offload: Offload = NO_OFFLOAD;
  readonly incoming: Uint8Array[] = [];
  readonly outgoing: Uint8Array[] = [];
  /** True: the device takes no frame. */
  isFull = false;

  constructor(mtu = 1500) {
    this.mtu = mtu;
  }

  transmit(packet: Packet): boolean {
    if (this.isFull) return false;
    if (packet.length > this.mtu + ethernet.HEADER && packet.length > 60) throw new Error(`a frame of ${packet.length} bytes`);
    this.outgoing.push(packet.live().slice());
    return true;
  }

  receive(into: Packet): boolean {
    const frame = this.incoming.shift();
    if (frame === undefined) return false;
    into.append(frame);
    return true;
  }
}

export interface StationOptions extends Partial<StackOptions> {
  readonly mtu?: number;
  readonly interface?: Partial<InterfaceOptions>;
  /** Where the frames are recorded, with what the stack knew beside them. */
  readonly explained?: FrameSink;
  /** The stack knows the station's Ethernet address already, and has told everybody its own. @default true */
  readonly acquainted?: boolean;
}

export class Station {
  readonly stack: Stack;
  readonly device: TestDevice;
  /** More wires of the same stack, by what `also` gave. */
  readonly devices: TestDevice[] = [];
  readonly story: string[] = [];
  now: Micros = 0;

  constructor({ mtu, interface: more = {}, acquainted = true, explained, ...options }: StationOptions = {}) {
    this.device = new TestDevice(mtu);
    this.devices.push(this.device);
    const explainer = explained && new Explainer();
    this.stack = new Stack({ random: new SeededRandom(1), observer: explainer, ...options });
    const device = explainer === undefined ? this.device : this.#recording(explainer.around(explained!));
    this.stack.addInterface(device, { mac: macOf(B), addresses: [`${B}/24`], ...more });
    if (!acquainted) return;
    this.sends(arpFrame(arp.REQUEST, A, B));
    this.passes(3 * SECOND);
    this.device.outgoing.length = 0;
    this.story.length = 0;
  }

  /** Another wire for the same stack. */
  also(address: string, more: Partial<InterfaceOptions> = {}, mtu = 1500): TestDevice {
    const device = new TestDevice(mtu);
    this.devices.push(device);
    this.stack.addInterface(device, { mac: macOf(address.split('/')[0]!), addresses: [address], ...more });
    return device;
  }

  /** Puts frames on the wire, all at once, and lets the stack run. */
  sends(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      this.device.incoming.push(frame);
      this.story.push(`${this.#time()} station: ${describe(dissect(frame))}`);
    }
    this.runs();
  }

  /** Lets the stack do all that it can do now. */
  runs(): void {
    for (let turns = 0; turns < 10_000; turns++) {
      this.stack.run(this.now);
      if (this.stack.nextTimeout() > this.now && this.devices.every(({ incoming }) => incoming.length === 0)) return;
      if (this.device.isFull) return;
    }
    throw this.misunderstanding('the stack finds no rest');
  }

  /** Lets time pass from deadline to deadline. */
  passes(duration: Micros): void {
    const target = this.now + duration;
    for (let next = this.stack.nextTimeout(); next <= target; next = this.stack.nextTimeout()) {
      this.now = Math.max(this.now, next);
      this.runs();
    }
    this.now = target;
  }

  /** The next frame from the stack, which is described so. @returns its bytes */
  expects(words: string | RegExp, from: TestDevice = this.device): Uint8Array {
    const frame = from.outgoing.shift();
    if (frame === undefined) throw this.misunderstanding(`expected: ${words}\nbut the stack says nothing`);
    const said = describe(dissect(frame));
    this.story.push(`${this.#time()} stack:   ${said}`);
    const matches = typeof words === 'string' ? said.includes(words) : words.test(said);
    if (!matches) throw this.misunderstanding(`expected: ${words}\nbut the stack says: ${said}`);
    return frame;
  }

  /** Nothing more is sent, now or for a while. */
  expectsSilence(duration: Micros = 0): void {
    this.passes(duration);
    for (const device of this.devices) {
      const frame = device.outgoing[0];
      if (frame !== undefined) throw this.misunderstanding(`expected silence, but the stack says: ${describe(dissect(frame))}`);
    }
  }

  /** Everything that was said since the last look, described. */
  said(from: TestDevice = this.device): string[] {
    return from.outgoing.splice(0).map((frame) => describe(dissect(frame)));
  }

  misunderstanding(what: string): Error {
    return new Error(`${what}\n\nso far:\n${this.story.join('\n')}`);
  }

  #recording(sink: FrameSink): LinkDevice {
    return new RecordingDevice(this.device, { sink, interfaceId: sink.addInterface('eth0'), now: () => this.now });
  }

  readonly #time = (): string => `${(this.now / SECOND).toFixed(3)} s`;
}

/** A test body: a conversation with a station, which ends in silence. */
export const conversation =
  (talk: (station: Station) => void, options: StationOptions = {}): (() => void) =>
  () => {
    const station = new Station(options);
    talk(station);
    station.expectsSilence(10 * SECOND);
  };

export interface IpSpec {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: number;
  readonly payload?: Uint8Array;
  /** Options of the IPv4 header, a multiple of four bytes. */
  readonly options?: readonly number[];
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly more?: boolean;
  /** In bytes. */
  readonly offset?: number;
  readonly ttl?: number;
  readonly trafficClass?: number;
  /** Ethernet destination. @default the stack's, 02:00:0a:00:00:02 */
  readonly mac?: MacAddress;
  /** Bytes behind the packet, as Ethernet's padding. */
  readonly trailer?: number;
}

/** An IPv4 packet in a frame, as the specification has it and with a right header checksum. */
export function ipFrame(spec: IpSpec = {}): Uint8Array {
  const { from = A, to = B, protocol = ipv4.PROTOCOL_UDP, payload = new Uint8Array(0), options = [], mac = macOf(B) } = spec;
  const packet = new Packet();
  packet.append(payload);
  const header = ipv4.HEADER + options.length;
  const length = header + payload.length;
  const at = packet.prepend(header);
  const { view } = packet;
  const { ttl = 64, trafficClass = 0, identification = 1, dontFragment = false, more = false, offset = 0 } = spec;
  const [source, destination] = [parseV4(from)!, parseV4(to)!];
  ipv4.encode(view, at, { source, destination, protocol, ttl, trafficClass, identification, dontFragment }, length);
  view.setUint8(at, 0x40 | (header / 4));
  packet.bytes.set(options, at + ipv4.HEADER);
  ipv4.setFragment(view, at, length, offset, more); // writes the checksum too
  ethernet.encode(view, packet.prepend(ethernet.HEADER), mac, macOf(A), ethernet.TYPE_IPV4);
  for (let i = 0; i < (spec.trailer ?? 0); i++) packet.bytes[packet.end++] = 0xa5;
  return packet.live().slice();
}

/** The same datagram in pieces of at most `size` bytes of payload, which is a multiple of eight. */
export function fragmentsOf(spec: IpSpec, size: number): Uint8Array[] {
  const { payload = new Uint8Array(0) } = spec;
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length; offset += size) {
    const more = offset + size < payload.length;
    frames.push(ipFrame({ ...spec, payload: payload.subarray(offset, offset + size), offset, more }));
  }
  return frames;
}

/** An ICMP message by itself, for `ipFrame`. */
export function icmpMessage(type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([type, code]);
  view.setUint32(4, rest >>> 0);
  bytes.set(data, 8);
  view.setUint16(2, checksum.finish(checksum.add(view, 0, bytes.length)));
  return bytes;
}

/** A UDP datagram by itself, without a checksum, for `ipFrame`. */
export function udpMessage(sourcePort: number, destinationPort: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(data, 8);
  return bytes;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** The IPv4 packet in a frame. */
export const packetOf = (frame: Uint8Array): Uint8Array =>
  frame.subarray(ethernet.HEADER, ethernet.HEADER + ipv4.totalLength(viewOf(frame), ethernet.HEADER));
/** What an IPv4 packet without options in a frame carries. */
export const payloadOf = (frame: Uint8Array): Uint8Array => packetOf(frame).subarray(ipv4.HEADER);
