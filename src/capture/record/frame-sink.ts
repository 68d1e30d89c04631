/** A frame as it crossed an interface, and who wants to hear of it. */
import type { Micros } from '../../stack/time.ts';

/** As the recorded interface sees it; 'unknown' only in captures that others made. */
export type Direction = 'in' | 'out' | 'unknown';

export interface RecordedFrame {
  /** From the Ethernet destination on, without the frame check sequence. Whoever hands it over says how long it is good. */
  readonly bytes: Uint8Array;
  /** On the clock of whoever recorded it. */
  readonly at: Micros;
  /** Below the microsecond, 0 to 999; only files of others have any. @default 0 */
  readonly nanoseconds?: number;
  readonly direction: Direction;
  /** What `addInterface` returned. */
  readonly interfaceId: number;
  /**
   * Why it was sent, and what the stack knew: one or two lines. The first says what happened ("fast retransmit; SYN-SENT to
   * ESTABLISHED", "dropped: outside the receive window"), the second the numbers that changed. Without
   * the first the second is the only one: see `readComment`. Empty when there is nothing to say.
   */
  readonly comment: string;
  /** On the wire, when the capture kept only the beginning. @default bytes.length */
  readonly originalLength?: number;
  /** Frames of this interface between the one before and this one that were seen and could not be recorded. @default 0 */
  readonly dropped?: number;
}

/** What is known of an interface beside its name; a file of pcapng keeps it in the interface description block. */
export interface InterfaceDetails {
  /** Who stands here, or which end of which wire this is. */
  readonly description?: string;
  /** Six groups of hexadecimal digits. */
  readonly mac?: string;
  /** With their prefix, such as 10.0.0.1/24. */
  readonly addresses?: readonly string[];
  /** Bits per second. */
  readonly speed?: number;
  /** What was recorded, as an expression of libpcap, where it was not everything. */
  readonly filter?: string;
  /** The operating system of the host that it belongs to. */
  readonly os?: string;
  /** As in the registry of LINKTYPE values. @default 1, Ethernet */
  readonly linkType?: number;
  /** The most bytes kept of a frame; 0: no limit. @default 262,144 */
  readonly snapLength?: number;
}

/** An interface as a file knows it. */
export interface InterfaceDescription extends InterfaceDetails {
  readonly name: string;
}

/** Takes frames: a file, a log in memory, a terminal. */
export interface FrameSink {
  /**
   * Bytes of a frame beyond these are of no use to it, and whoever hands over may spare itself the work. Absent: all are.
   * Bulk that is recorded with 96 goes at 9.7 Gbit/s where whole frames leave 2.7 to 6.0, and nothing recorded 39.
   */
  readonly snapLength?: number | undefined;
  /** Announces an interface. @returns the number to put into `RecordedFrame.interfaceId` */
  addInterface(name: string, details?: InterfaceDetails): number;
  /** The frame is borrowed for the call: a sink that keeps the bytes copies them. */
  frame(frame: RecordedFrame): void;
}
