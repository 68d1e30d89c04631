/** The last frames in memory: what the ladder draws and a failed test prints. */
import { Fifo } from '../../stack/bytes/fifo.ts';
import type { FrameSink, InterfaceDescription, InterfaceDetails, RecordedFrame } from './frame-sink.ts';

export interface FrameLogOptions {
  /** @default 10,000 */
  readonly maxFrames?: number;
  /** Of all frames together. @default 16 MiB */
  readonly maxBytes?: number;
}

export class FrameLog implements FrameSink {
  /** What was announced, by number. */
  readonly interfaces: InterfaceDescription[] = [];
  readonly #frames = new Fifo<RecordedFrame>();
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #forgotten = 0;

  constructor({ maxFrames = 10_000, maxBytes = 16 * 1024 * 1024 }: FrameLogOptions = {}) {
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  /** Frames in the log. */
  get length(): number {
    return this.#frames.length;
  }

  /** Frames that had to go because newer ones came. */
  get forgotten(): number {
    return this.#forgotten;
  }

  addInterface(name: string, details: InterfaceDetails = {}): number {
    return this.interfaces.push({ name, ...details }) - 1;
  }

  /** Keeps a copy. */
  frame(frame: RecordedFrame): void {
    this.#frames.push({ ...frame, bytes: frame.bytes.slice() });
    this.#bytes += frame.bytes.length;
    while (this.#frames.length > this.#maxFrames || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#frames.shift()?.bytes.length ?? 0;
      this.#forgotten++;
    }
  }

  /** Oldest first. */
  frames(): RecordedFrame[] {
    return Array.from({ length: this.#frames.length }, (_, index) => this.#frames.at(index)!);
  }

  clear(): void {
    this.#frames.clear();
    this.#bytes = 0;
    this.#forgotten = 0;
  }
}
