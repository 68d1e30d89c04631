/** What a reader makes of a capture file, whichever format it has. */
import type { InterfaceDescription, RecordedFrame } from '../record/frame-sink.ts';
import type { InterfaceStatistics } from './pcapng.ts';

export interface CapturedInterface extends InterfaceDescription {
  /** Empty where the file says none. */
  readonly name: string;
  /** As in the registry of LINKTYPE values: 1 is Ethernet. What the frames begin with depends on it. */
  readonly linkType: number;
  /** The most bytes kept of a frame; 0: no limit. */
  readonly snapLength: number;
}

/** What a file says beside its frames; while it is being read, as much of it as has come by. */
export interface CaptureInfo {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  /** Byte order, unit of time and dialect, in words. */
  readonly variant: string;
  /** The program that wrote it, where the file says so; of several sections the first that does. */
  readonly application: string;
  readonly hardware: string;
  readonly os: string;
  /** Of the sections; those of frames are with the frames. */
  readonly comments: readonly string[];
  /** Of all sections, numbered as `RecordedFrame.interfaceId` does. */
  readonly interfaces: readonly CapturedInterface[];
  /** What interfaces counted, by number. */
  readonly statistics: ReadonlyMap<number, InterfaceStatistics>;
  /** Host names by address. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Blocks that hold no frames and were stepped over: how many of each kind. */
  readonly otherBlocks: ReadonlyMap<string, number>;
}

/** How a file ends: 'truncated' in the middle of a block, as a crash leaves it; 'damaged' where what follows makes no sense. */
export type CaptureEnd = 'complete' | 'truncated' | 'damaged';

export interface Capture extends CaptureInfo {
  /** All that were whole. The bytes are views into the file's bytes. */
  readonly frames: readonly RecordedFrame[];
  readonly end: CaptureEnd;
  /** One line with the offset and what was expected there; empty when complete. */
  readonly problem: string;
}

/** The facts alone, as they are now. */
export function factsOf(info: CaptureInfo): CaptureInfo {
  const { format, variant, application, hardware, os, comments, interfaces, statistics, names, otherBlocks } = info;
  return { format, variant, application, hardware, os, comments, interfaces, statistics, names, otherBlocks };
}

export const LINK_TYPE_ETHERNET = 1;
/** What tcpdump writes too: more than any frame. */
export const SNAP_LENGTH = 262_144;
/** No frame of any link is longer: a length beyond it is damage, not a long frame. */
export const MAX_FRAME = 16 * 1024 * 1024;
/** Of interfaces and of names in one file: memory must not grow with a file that is made of nothing else. */
export const MAX_ENTRIES = 65_536;

export const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
