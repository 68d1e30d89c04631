/** Reading pcapng, draft-ietf-opsawg-pcapng: the frame of blocks, both byte orders, several sections, unknown blocks stepped over. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import { hex, MAX_ENTRIES, MAX_FRAME } from './capture-data.ts';
import type { CaptureFacts } from './capture-facts.ts';
import type { FormatReader, Progress, Shown } from './format-reader.ts';
import { bytesAre } from './format-reader.ts';
import * as descriptions from './pcapng-descriptions.ts';
import * as ng from './pcapng-numbers.ts';
import { Options } from './pcapng-options.ts';
import type { Block, PacketContext } from './pcapng-packets.ts';
import * as packets from './pcapng-packets.ts';
import { InterfaceClock } from './pcapng-time.ts';

const BLOCK_OVERHEAD = 12; // type, length, length again

export class PcapngReader implements FormatReader {
  readonly #facts: CaptureFacts;
  #little = true;
  readonly #clocks: InterfaceClock[] = [];
  /** The file's number of the section's interface 0. */
  #sectionBase = 0;

  constructor(facts: CaptureFacts) {
    this.#facts = facts;
    facts.format = 'pcapng';
  }

  read({ bytes, view, offset }: Shown, take: (frame: RecordedFrame) => void): Progress {
    let at = 0;
    while (at + BLOCK_OVERHEAD <= bytes.length) {
      const problem = this.#checkBlock(view, at, offset);
      if (problem !== '') return { used: at, needed: 0, problem };
      const length = view.getUint32(at + 4, this.#little);
      if (at + length > bytes.length) return { used: at, needed: length };
      const fault = this.#readBlock({ bytes, view, at, end: at + length - 4, little: this.#little }, take);
      if (fault !== '') return { used: at, needed: 0, problem: `offset ${offset + at}: ${fault}` };
      at += length;
    }
    return { used: at, needed: BLOCK_OVERHEAD };
  }

  cut({ bytes, view, offset }: Shown): string {
    if (bytes.length < BLOCK_OVERHEAD) return `offset ${offset}: a block begins, but only ${bytesAre(bytes.length)} there`;
    const length = view.getUint32(4, this.#little);
    return `offset ${offset}: a block of ${length} bytes begins, but only ${bytesAre(bytes.length)} there`;
  }

  /** The 12 bytes at `at` are there. Learns the byte order from a section header. @returns what is wrong, or nothing */
  #checkBlock(view: DataView, at: number, offset: number): string {
    if (view.getUint32(at) === ng.SECTION_HEADER) {
      const magic = view.getUint32(at + 8);
      this.#little = magic !== ng.BYTE_ORDER_MAGIC;
      if (view.getUint32(at + 8, this.#little) !== ng.BYTE_ORDER_MAGIC)
        return `offset ${offset + at + 8}: expected the byte-order magic ${hex(ng.BYTE_ORDER_MAGIC, 8)}, found ${hex(magic, 8)}`;
    }
    const length = view.getUint32(at + 4, this.#little);
    if (length < BLOCK_OVERHEAD || length % 4 !== 0 || length > MAX_FRAME)
      return `offset ${offset + at + 4}: expected a block length of 12 to ${MAX_FRAME} in multiples of 4, found ${length}`;
    return '';
  }

  /** @returns what is wrong, or nothing */
  #readBlock(block: Block, take: (frame: RecordedFrame) => void): string {
    const { view, at, end, little } = block;
    const length = end + 4 - at;
    const again = view.getUint32(end, little);
    if (again !== length) return `a block says it has ${length} bytes at its beginning and ${again} at its end`;
    const type = view.getUint32(at, little);
    switch (type) {
      case ng.ENHANCED_PACKET:
        return packets.readEnhanced(block, this.#context, take);
      case ng.PACKET:
        return packets.readObsolete(block, this.#context, take);
      case ng.SIMPLE_PACKET:
        return packets.readSimple(block, this.#context, take);
      case ng.SECTION_HEADER:
        return this.#beginSection(block);
      case ng.INTERFACE_DESCRIPTION:
        return this.#addInterface(block);
      case ng.NAME_RESOLUTION:
        descriptions.readNames(block, optionsOf(block), this.#facts);
        return '';
      case ng.INTERFACE_STATISTICS:
        return descriptions.readStatistics(block, optionsOf(block), this.#context, this.#facts);
      default:
        this.#facts.countBlock(ng.OTHER_BLOCKS.get(type) ?? `of type ${hex(type, 8)}`);
        return '';
    }
  }

  #beginSection(block: Block): string {
    this.#sectionBase = this.#facts.interfaces.length;
    return descriptions.readSection(block, optionsOf(block), this.#facts);
  }

  #addInterface(block: Block): string {
    if (this.#facts.interfaces.length >= MAX_ENTRIES) return `expected at most ${MAX_ENTRIES} interfaces`;
    const found = descriptions.readInterface(block, optionsOf(block));
    if (typeof found === 'string') return found;
    this.#facts.interfaces.push(found.description);
    this.#clocks.push(new InterfaceClock(found.resolution, found.offset));
    return '';
  }

  readonly #context: PacketContext = {
    /** By the number in its section. */
    clockOf: (local) => this.#clocks[this.#sectionBase + local],
    numberOf: (local) => this.#sectionBase + local,
    snapLengthOf: (local) => this.#facts.interfaces[this.#sectionBase + local]?.snapLength ?? 0,
  };
}

const optionsOf = ({ bytes, view, little }: Block): Options => new Options(bytes, view, little);
