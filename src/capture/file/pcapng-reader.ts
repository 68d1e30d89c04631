/** Reading pcapng, draft-ietf-opsawg-pcapng: both byte orders, several sections, unknown blocks skipped. */
import type { Micros } from '../../stack/time.ts';
import type { Direction, RecordedFrame } from '../record/frame-sink.ts';
import type { Capture, CapturedInterface } from './capture-data.ts';
import { hex, MAX_FRAME } from './capture-data.ts';
import * as pcapng from './pcapng-numbers.ts';
import { decodeUtf8 } from './utf8.ts';

const BLOCK_OVERHEAD = 12; // type, length, length again
const SHORTEST_SECTION_HEADER = 28;
const SHORTEST_INTERFACE = 20;
const SHORTEST_SIMPLE_PACKET = 16;
const SHORTEST_ENHANCED_PACKET = 32;

const DIRECTIONS: readonly Direction[] = ['unknown', 'in', 'out', 'unknown'];

/** How an interface counts time. */
interface Clock {
  readonly ticksPerSecond: bigint;
  /** Seconds, if_tsoffset. */
  readonly offset: bigint;
}

interface Option {
  readonly code: number;
  readonly at: number;
  readonly length: number;
}

/** Never throws; the work and the memory are proportional to the file. */
export function readPcapng(bytes: Uint8Array): Capture {
  return new PcapngReader(bytes).read();
}

class PcapngReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #little = true;
  #application = '';
  readonly #interfaces: CapturedInterface[] = [];
  readonly #clocks: Clock[] = [];
  readonly #frames: RecordedFrame[] = [];
  /** The file's number of the section's interface 0; -1 before the first section. */
  #sectionBase = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Capture {
    const end = this.#bytes.length;
    let at = 0;
    while (at < end) {
      const left = end - at;
      if (left < BLOCK_OVERHEAD)
        return this.#finish('truncated', `offset ${at}: a block begins, but only ${left} bytes are there`);
      const problem = this.#checkBlock(at);
      if (problem !== '') return this.#finish('damaged', problem);
      const length = this.#u32(at + 4);
      if (length > left)
        return this.#finish('truncated', `offset ${at}: a block of ${length} bytes begins, but only ${left} are there`);
      const fault = this.#readBlock(at, length);
      if (fault !== '') return this.#finish('damaged', `offset ${at}: ${fault}`);
      at += length;
    }
    return this.#finish('complete', '');
  }

  #finish(end: Capture['end'], problem: string): Capture {
    const [application, interfaces, frames] = [this.#application, this.#interfaces, this.#frames];
    return { format: 'pcapng', application, interfaces, frames, end, problem };
  }

  #u16 = (at: number): number => this.#view.getUint16(at, this.#little);
  #u32 = (at: number): number => this.#view.getUint32(at, this.#little);

  /** The 12 bytes at `at` are there. Learns the byte order from a section header. @returns what is wrong, or nothing */
  #checkBlock(at: number): string {
    if (this.#u32(at) === pcapng.SECTION_HEADER) {
      const magic = this.#view.getUint32(at + 8);
      this.#little = magic !== pcapng.BYTE_ORDER_MAGIC;
      if (this.#u32(at + 8) !== pcapng.BYTE_ORDER_MAGIC)
        return `offset ${at + 8}: expected the byte-order magic ${hex(pcapng.BYTE_ORDER_MAGIC, 8)}, found ${hex(magic, 8)}`;
    } else if (this.#sectionBase < 0) {
      return `offset ${at}: expected a section header block (0x0a0d0d0a), found ${hex(this.#view.getUint32(at), 8)}`;
    }
    const length = this.#u32(at + 4);
    if (length < BLOCK_OVERHEAD || length % 4 !== 0 || length > MAX_FRAME)
      return `offset ${at + 4}: expected a block length of 12 to ${MAX_FRAME} in multiples of 4, found ${length}`;
    return '';
  }

  #readBlock(at: number, length: number): string {
    const again = this.#u32(at + length - 4);
    if (again !== length) return `a block says it has ${length} bytes at its beginning and ${again} at its end`;
    switch (this.#u32(at)) {
      case pcapng.SECTION_HEADER:
        return this.#readSectionHeader(at, length);
      case pcapng.INTERFACE_DESCRIPTION:
        return this.#readInterface(at, length);
      case pcapng.SIMPLE_PACKET:
        return this.#readSimplePacket(at, length);
      case pcapng.ENHANCED_PACKET:
        return this.#readEnhancedPacket(at, length);
      default:
        return '';
    }
  }

  #readSectionHeader(at: number, length: number): string {
    if (length < SHORTEST_SECTION_HEADER) return `expected a section header of at least 28 bytes, found ${length}`;
    if (this.#u16(at + 12) !== 1) return `expected pcapng version 1, found ${this.#u16(at + 12)}`;
    this.#sectionBase = this.#interfaces.length;
    for (const option of this.#options(at + 24, at + length - 4))
      if (option.code === pcapng.SECTION_OPTION.application) this.#application = this.#text(option);
    return '';
  }

  #readInterface(at: number, length: number): string {
    if (length < SHORTEST_INTERFACE) return `expected an interface description of at least 20 bytes, found ${length}`;
    let name = '';
    let ticksPerSecond = 1_000_000n;
    let offset = 0n;
    for (const option of this.#options(at + 16, at + length - 4)) {
      if (option.code === pcapng.INTERFACE_OPTION.name) name = this.#text(option);
      if (option.code === pcapng.INTERFACE_OPTION.resolution && option.length === 1)
        ticksPerSecond = resolution(this.#bytes[option.at]!);
      if (option.code === pcapng.INTERFACE_OPTION.timeOffset && option.length === 8)
        offset = this.#view.getBigInt64(option.at, this.#little);
    }
    this.#interfaces.push({ name, linkType: this.#u16(at + 8), snapLength: this.#u32(at + 12) });
    this.#clocks.push({ ticksPerSecond, offset });
    return '';
  }

  #readEnhancedPacket(at: number, length: number): string {
    if (length < SHORTEST_ENHANCED_PACKET) return `expected an enhanced packet block of at least 32 bytes, found ${length}`;
    const interfaceId = this.#sectionBase + this.#u32(at + 8);
    const clock = this.#clocks[interfaceId];
    if (clock === undefined) return `a packet of interface ${this.#u32(at + 8)}, which no block describes`;
    const captured = this.#u32(at + 20);
    const room = length - SHORTEST_ENHANCED_PACKET;
    if (captured > room) return `a packet of ${captured} bytes in a block that has room for ${room}`;
    let comment = '';
    let direction: Direction = 'unknown';
    for (const option of this.#options(at + 28 + Math.ceil(captured / 4) * 4, at + length - 4)) {
      if (option.code === pcapng.OPTION.comment) comment += (comment === '' ? '' : '\n') + this.#text(option);
      if (option.code === pcapng.PACKET_OPTION.flags && option.length === 4) direction = DIRECTIONS[this.#u32(option.at) & 3]!;
    }
    this.#frames.push({
      bytes: this.#bytes.subarray(at + 28, at + 28 + captured),
      ...timeOf(clock, this.#u32(at + 12), this.#u32(at + 16)),
      direction,
      interfaceId,
      comment,
      originalLength: this.#u32(at + 24),
    });
    return '';
  }

  /** Simple packets have neither time nor options, and belong to the section's first interface. */
  #readSimplePacket(at: number, length: number): string {
    if (length < SHORTEST_SIMPLE_PACKET) return `expected a simple packet block of at least 16 bytes, found ${length}`;
    const description = this.#interfaces[this.#sectionBase];
    if (description === undefined) return 'a packet of interface 0, which no block describes';
    const originalLength = this.#u32(at + 8);
    const captured = Math.min(originalLength, description.snapLength || originalLength, length - SHORTEST_SIMPLE_PACKET);
    const bytes = this.#bytes.subarray(at + 12, at + 12 + captured);
    this.#frames.push({
      bytes,
      at: 0,
      nanoseconds: 0,
      direction: 'unknown',
      interfaceId: this.#sectionBase,
      comment: '',
      originalLength,
    });
    return '';
  }

  /** An option that reaches beyond its block ends the list: what came before it still holds. */
  #options(from: number, end: number): Option[] {
    const found: Option[] = [];
    let at = from;
    while (at + 4 <= end) {
      const option = { code: this.#u16(at), at: at + 4, length: this.#u16(at + 2) };
      if (option.code === pcapng.OPTION.end || option.at + option.length > end) break;
      found.push(option);
      at = option.at + Math.ceil(option.length / 4) * 4;
    }
    return found;
  }

  #text(option: Option): string {
    return decodeUtf8(this.#bytes.subarray(option.at, option.at + option.length));
  }
}

/** if_tsresol: a negative power of ten, or of two when the highest bit is set. */
const resolution = (octet: number): bigint => (octet & 0x80 ? 2n : 10n) ** BigInt(octet & 0x7f);

/** 64-bit counts in any unit: the one place where BigInt is the plain way. */
function timeOf({ ticksPerSecond, offset }: Clock, high: number, low: number): { at: Micros; nanoseconds: number } {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  const total = (ticks * 1_000_000_000n) / ticksPerSecond + offset * 1_000_000_000n;
  const below = ((total % 1000n) + 1000n) % 1000n; // towards the past, before the epoch too
  return { at: Number((total - below) / 1000n), nanoseconds: Number(below) };
}
