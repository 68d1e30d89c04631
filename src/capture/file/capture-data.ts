/** What a reader makes of a capture file, whichever format it has. */
import type { RecordedFrame } from '../record/frame-sink.ts';

export interface CapturedInterface {
  readonly name: string;
  /** As in the registry of LINKTYPE values: 1 is Ethernet. */
  readonly linkType: number;
  /** The most bytes kept of a frame; 0: no limit. */
  readonly snapLength: number;
}

export interface Capture {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  /** The program that wrote it, where the file says so. */
  readonly application: string;
  readonly interfaces: readonly CapturedInterface[];
  /** All that were whole. The bytes are views into the file's bytes. */
  readonly frames: readonly RecordedFrame[];
  /** How the file ends: 'truncated' in the middle of a block, as a crash leaves it; 'damaged' where what follows makes no sense. */
  readonly end: 'complete' | 'truncated' | 'damaged';
  /** One line with the offset and what was expected there; empty when complete. */
  readonly problem: string;
}

export const LINK_TYPE_ETHERNET = 1;
/** What tcpdump writes too: more than any frame. */
export const SNAP_LENGTH = 262_144;
/** No frame of any link is longer: a length beyond it is damage, not a long frame. */
export const MAX_FRAME = 16 * 1024 * 1024;

export const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
