/** What the readers of the two formats have in common: they are shown bytes and take from the front what is whole. */
import type { RecordedFrame } from '../record/frame-sink.ts';

export interface Progress {
  /** Bytes at the front that are done with. */
  readonly used: number;
  /** How many bytes behind them must be there before it goes on: more than there were. */
  readonly needed: number;
  /** Why it cannot go on; with it, nothing more is asked for. The offset counts from the file's beginning. */
  readonly problem?: string;
}

/** The bytes that a reader is shown. */
export interface Shown {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where in the file the first of them stands. */
  readonly offset: number;
  /** Nothing comes behind them. */
  readonly isEnd: boolean;
}

export interface FormatReader {
  /** Takes every record that is whole. @param take is handed the frames; their bytes are views into those shown */
  read(shown: Shown, take: (frame: RecordedFrame) => void): Progress;
  /** One line about a file that ends within a record. @param shown begins with that record */
  cut(shown: Shown): string;
}

export const bytesAre = (count: number): string => (count === 1 ? '1 is' : `${count} are`);
