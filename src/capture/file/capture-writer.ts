/** The bytes of a capture file as they come to be, in any format that is written here: a growing file and a test use the same. */
import type { Micros } from '../../stack/time.ts';
import type { FrameSink, InterfaceDetails, RecordedFrame } from '../record/frame-sink.ts';
import { ByteBuilder } from './byte-builder.ts';
import * as pcap from './pcap.ts';
import type { HostNames, SectionDetails } from './pcapng.ts';
import * as pcapng from './pcapng.ts';
import { StatisticsCounter } from './statistics.ts';

/** `pcap` counts nanoseconds, as all readers of today understand; `pcap-microseconds` is the oldest form there is. */
export type FileFormat = 'pcapng' | 'pcap' | 'pcap-microseconds';

export interface CaptureWriterOptions {
  /** @default 'pcapng' */
  readonly format?: FileFormat;
  /** Who made it; pcapng only. @default the application "tapstack", and nothing that differs between machines */
  readonly section?: SectionDetails;
  /** Names of hosts by address; pcapng only. They stand before the first frame; those that are added later stand at the end. */
  readonly names?: HostNames;
  /** Added to all times: microseconds from the epoch to the zero of the frames' clock. @default 0 */
  readonly epochOffset?: Micros;
}

/**
 * Appends to `out`, which its user empties as it likes. Nothing stands there before the first interface; `finish` says what
 * the interfaces counted.
 */
export class CaptureWriter implements FrameSink {
  readonly out: ByteBuilder;
  readonly #format: FileFormat;
  readonly #options: CaptureWriterOptions;
  readonly #epochOffset: Micros;
  readonly #statistics = new StatisticsCounter();
  #interfaces = 0;
  /** Names that are in the file. */
  #namesWritten = -1;

  constructor(options: CaptureWriterOptions = {}, out = new ByteBuilder()) {
    this.out = out;
    this.#options = options;
    this.#format = options.format ?? 'pcapng';
    this.#epochOffset = options.epochOffset ?? 0;
  }

  /** How many there are. */
  get interfaces(): number {
    return this.#interfaces;
  }

  /** Classic pcap has one link type for all: that of the first interface. */
  addInterface(name: string, details: InterfaceDetails = {}): number {
    if (this.#interfaces === 0) this.#begin(details);
    if (this.#format === 'pcapng') pcapng.writeInterface(this.out, { name, ...details });
    this.#statistics.addInterface();
    return this.#interfaces++;
  }

  frame(frame: RecordedFrame): void {
    if (this.#format !== 'pcapng') {
      pcap.writeFrame(this.out, frame, this.#epochOffset, this.#format === 'pcap');
      return;
    }
    if (this.#namesWritten < 0) this.#writeNames();
    this.#statistics.frame(frame);
    pcapng.writeFrame(this.out, frame, this.#epochOffset);
  }

  /** The last blocks. A file without them can be read as well, as after a crash. */
  finish(): void {
    if (this.#interfaces === 0) this.#begin({});
    if (this.#format !== 'pcapng') return;
    this.#writeNames();
    for (const [interfaceId, counted] of this.#statistics.list().entries())
      pcapng.writeStatistics(this.out, interfaceId, counted, this.#epochOffset);
  }

  #begin(first: InterfaceDetails): void {
    if (this.#format === 'pcapng') pcapng.writeSectionHeader(this.out, this.#options.section);
    else pcap.writeHeader(this.out, { ...first, nanoseconds: this.#format === 'pcap' });
  }

  #writeNames(): void {
    const { names = new Map() } = this.#options;
    if (names.size > Math.max(this.#namesWritten, 0)) pcapng.writeNames(this.out, names);
    this.#namesWritten = names.size;
  }
}
