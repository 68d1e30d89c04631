/** A capture read from a file, a pipe or standard input, frame by frame: constant memory, and as fast as it can be read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { CaptureInfo } from '../capture/file/capture-data.ts';
import type { Outcome } from '../capture/file/capture-parser.ts';
import { CaptureParser } from '../capture/file/capture-parser.ts';
import type { RecordedFrame } from '../capture/record/frame-sink.ts';

/** Standard input, by the custom of tcpdump and wireshark. */
export const STANDARD_INPUT = '-';
const STDIN_FD = 0;
/** Read at once. */
const PIECE = 1024 * 1024;
const RETRY_MS = 5;

export interface CaptureReaderOptions {
  /** Told after every piece how many bytes have been read. @param size of the file; undefined for a pipe */
  readonly onProgress?: (read: number, size: number | undefined) => void;
}

/**
 * Iterate it once, from beginning to end or as far as you like; then `close` it. Reads synchronously: nothing else of the
 * process runs meanwhile.
 */
export class CaptureReader implements Iterable<RecordedFrame> {
  readonly #parser = new CaptureParser();
  readonly #onProgress: NonNullable<CaptureReaderOptions['onProgress']>;
  readonly #size: number | undefined;
  #fd: number;
  #read = 0;
  #frames: RecordedFrame[] = [];
  #outcome: Outcome | undefined = undefined;

  /**
   * Opens it and reads its beginning.
   * @param path "-" for standard input
   * @throws the system's error when it cannot be opened or read
   */
  constructor(path: string, { onProgress = () => {} }: CaptureReaderOptions = {}) {
    this.#onProgress = onProgress;
    this.#fd = path === STANDARD_INPUT ? STDIN_FD : openSync(path, 'r');
    try {
      const stat = fstatSync(this.#fd);
      this.#size = stat.isFile() ? stat.size : undefined;
      do this.#advance();
      while (this.info.format === 'unknown' && this.#outcome === undefined); // a pipe may begin with a few bytes
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What the file says beside its frames, as far as it has been read. */
  get info(): CaptureInfo {
    return this.#parser.info;
  }

  /** How it ended; undefined before its end was reached. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** In the order of the file. Their bytes are for keeps, at the price of the piece of the file that they stand in. */
  *[Symbol.iterator](): Generator<RecordedFrame, void, undefined> {
    for (;;) {
      const frames = this.#frames;
      this.#frames = [];
      yield* frames;
      if (this.#outcome !== undefined) return;
      this.#advance();
    }
  }

  close(): void {
    if (this.#fd > STDIN_FD) closeSync(this.#fd);
    this.#fd = -1;
  }

  #advance(): void {
    const piece = this.#fd < 0 ? undefined : readPiece(this.#fd);
    if (piece !== undefined) {
      this.#parser.push(piece, this.#take);
      this.#read += piece.length;
      this.#onProgress(this.#read, this.#size);
    }
    if (piece === undefined || this.#parser.isOver) this.#outcome = this.#parser.finish(this.#take);
  }

  readonly #take = (frame: RecordedFrame): void => void this.#frames.push(frame);
}

/** @returns undefined at the end */
function readPiece(fd: number): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafeSlow(PIECE);
  for (;;) {
    try {
      const length = readSync(fd, bytes, 0, PIECE, null);
      if (length === 0) return undefined;
      // a pipe gives little at a time: its bytes must not keep a large piece each
      return length < PIECE / 2 ? bytes.subarray(0, length).slice() : bytes.subarray(0, length);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return undefined;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS); // whoever writes the pipe is slow
    }
  }
}
