/** A capture on disk, or on standard output for `wireshark -k -i -`, that grows while the stack runs. */
import { closeSync, unlinkSync, writeSync } from 'node:fs';
import { ByteBuilder } from '../capture/file/byte-builder.ts';
import type { CaptureWriterOptions } from '../capture/file/capture-writer.ts';
import { CaptureWriter } from '../capture/file/capture-writer.ts';
import type { FrameSink, InterfaceDetails, RecordedFrame } from '../capture/record/frame-sink.ts';
import type { FileTarget } from './file-target.ts';
import { codeOf, openTarget, reasonOf, STDOUT_FD, truncateOnce } from './file-target.ts';

/** Written at once when this much has gathered; less waits for the end of the event loop's turn. */
const FLUSH_AT = 64 * 1024;
/** A pipe whose reader sleeps: frames beyond this are left out, so that the network does not wait for the reader. */
const MAX_BACKLOG = 16 * 1024 * 1024;
const RETRY_MS = 5;
/** How often closing tries again for a reader that sleeps: one second in all. */
const CLOSING_TRIES = 200;

/** The format is that of the file's name, unless it is given. With an `epochOffset` of 0 a capture is reproducible. */
export interface CaptureFileOptions extends CaptureWriterOptions {
  /** Waits for the reader of a pipe rather than leave frames out: where nothing else has to go on. @default false */
  readonly isPatient?: boolean;
  /** Told once, in one line, when writing fails in the middle: a full disk, for instance. A reader who left is no failure. */
  readonly onProblem?: (problem: string) => void;
}

export class CaptureFile implements FrameSink {
  readonly path: string;
  readonly #isPatient: boolean;
  readonly #onProblem: (problem: string) => void;
  readonly #buffer = new ByteBuilder(2 * FLUSH_AT);
  readonly #writer: CaptureWriter;
  readonly #target: FileTarget;
  #skipped = 0;
  /** Of them, those that no frame in the file has told of yet, by interface. */
  readonly #untold: number[] = [];
  #isFlushDue = false;
  #isPipeFull = false;

  /**
   * Opens the file; nothing in it changes before the first interface is added, so that `discard` can undo a failed start.
   *
   * @param path ending in .pcap for the classic format without comments, anything else for pcapng; "-" for standard output
   * @throws Error with one line for the user when the file cannot be written
   */
  constructor(path: string, { isPatient = false, onProblem = () => {}, ...options }: CaptureFileOptions = {}) {
    this.path = path;
    this.#isPatient = isPatient;
    this.#onProblem = onProblem;
    this.#writer = new CaptureWriter({ format: path.endsWith('.pcap') ? 'pcap' : 'pcapng', ...options }, this.#buffer);
    this.#target = openTarget(path, 'capture');
    process.on('exit', this.#flushAtExit);
  }

  /** Frames left out because the reader of a pipe did not keep up. */
  get skipped(): number {
    return this.#skipped;
  }

  /** False once the file is closed, the reader of the pipe has left, or writing failed. */
  get isOpen(): boolean {
    return this.#target.fd >= 0;
  }

  addInterface(name: string, details?: InterfaceDetails): number {
    const interfaceId = this.#writer.addInterface(name, details);
    this.#untold[interfaceId] = 0;
    this.#flushSoon();
    return interfaceId;
  }

  frame(frame: RecordedFrame): void {
    if (!this.isOpen) return;
    if (this.#buffer.length > MAX_BACKLOG) {
      this.#skipped++;
      this.#untold[frame.interfaceId]!++;
      return;
    }
    const untold = this.#untold[frame.interfaceId] ?? 0;
    if (untold === 0) this.#writer.frame(frame);
    else {
      this.#writer.frame({ ...frame, dropped: (frame.dropped ?? 0) + untold });
      this.#untold[frame.interfaceId] = 0;
    }
    if (this.#buffer.length >= FLUSH_AT && !this.#isPipeFull) this.flush();
    while (this.#isPatient && this.#isPipeFull && !this.flush()) sleep(RETRY_MS);
    this.#flushSoon();
  }

  /** Writes what has gathered, as far as the system takes it now. @returns true when nothing is left */
  flush(): boolean {
    if (!this.isOpen) return true;
    const bytes = this.#buffer.live();
    let written = 0;
    this.#isPipeFull = false;
    try {
      truncateOnce(this.#target);
      while (written < bytes.length) written += writeSync(this.#target.fd, bytes, written);
    } catch (error) {
      this.#onWriteError(codeOf(error));
    }
    this.#buffer.discard(written);
    return !this.#isPipeFull;
  }

  #onWriteError(code: string): void {
    this.#isPipeFull = code === 'EAGAIN';
    if (this.#isPipeFull) return;
    this.#release();
    if (code !== 'EPIPE') this.#onProblem(`the capture ${this.path} ends here: ${reasonOf(code)}`);
  }

  /** Writes the rest and closes. May wait up to a second for the reader of a pipe. */
  close(): void {
    if (this.isOpen) this.#writer.finish();
    for (let left = CLOSING_TRIES; !this.flush() && left > 0; left--) sleep(RETRY_MS);
    this.#release();
  }

  /** For a start that failed: leaves no file behind that was not there before, and one that was as it was. */
  discard(): void {
    const { isNew } = this.#target;
    this.#release();
    if (isNew) unlinkSync(this.path);
  }

  #flushSoon(): void {
    if (this.#isFlushDue || !this.isOpen || this.#buffer.length === 0) return;
    this.#isFlushDue = true;
    setImmediate(this.#flushNow);
  }

  readonly #flushNow = (): void => {
    this.#isFlushDue = !this.flush();
    if (this.#isFlushDue) setTimeout(this.#flushNow, RETRY_MS).unref(); // no reason to live: closing has its own patience
  };

  /** An exception that nobody caught runs through here too. */
  readonly #flushAtExit = (): void => {
    if (this.#writer.interfaces === 0) this.discard();
    else this.close();
  };

  #release(): void {
    if (!this.isOpen) return;
    process.off('exit', this.#flushAtExit);
    if (this.#target.fd !== STDOUT_FD) closeSync(this.#target.fd);
    this.#target.fd = -1;
  }
}

/** Blocks: only for the last bytes of a capture, when there is no later turn of the event loop. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
