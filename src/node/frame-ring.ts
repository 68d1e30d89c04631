/** The last frames of a stack, written to a file when somebody asks by a signal, and when the process dies of an error. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureBytes } from '../capture/file/capture-bytes.ts';
import type { CaptureWriterOptions } from '../capture/file/capture-writer.ts';
import { FrameLog } from '../capture/record/frame-log.ts';
import type { FrameSink, InterfaceDetails, RecordedFrame } from '../capture/record/frame-sink.ts';

export interface FrameRingOptions extends Pick<CaptureWriterOptions, 'epochOffset' | 'section'> {
  /** How many frames are remembered. */
  readonly frames: number;
  /** Where the files go; where nothing can be written there, to the folder for temporary files. @default the current one */
  readonly folder?: string;
  /** Told in one line where a file is, or why there is none. */
  readonly say: (line: string) => void;
}

/** Of one frame, at most, on average: super-segments are cut before they are recorded. */
const LARGEST = 2048;

/** Costs a copy of each frame and nothing else until it is written. */
export class FrameRing implements FrameSink {
  readonly #log: FrameLog;
  readonly #options: FrameRingOptions;
  #written = 0;

  constructor(options: FrameRingOptions) {
    this.#options = options;
    this.#log = new FrameLog({ maxFrames: options.frames, maxBytes: options.frames * LARGEST });
    process.on('SIGUSR1', this.#onSignal);
    process.on('uncaughtExceptionMonitor', this.#onCrash);
  }

  addInterface(name: string, details?: InterfaceDetails): number {
    return this.#log.addInterface(name, details);
  }

  frame(frame: RecordedFrame): void {
    this.#log.frame(frame);
  }

  /** Listens no more. What is remembered stays unwritten. */
  close(): void {
    process.off('SIGUSR1', this.#onSignal);
    process.off('uncaughtExceptionMonitor', this.#onCrash);
  }

  /** @returns the path; undefined when it could not be written, which has been said */
  write(): string | undefined {
    const { epochOffset = 0, section = {}, folder = '.', say } = this.#options;
    const { length, forgotten, interfaces } = this.#log;
    const comment = `the last ${length} frames; ${forgotten} before them are forgotten`;
    const bytes = captureBytes(this.#log.frames(), { interfaces, epochOffset, section: { ...section, comment } });
    let problem = '';
    for (const place of [folder, tmpdir()]) {
      try {
        const path = this.#writeNew(place, bytes);
        say(`${path}: ${comment}`);
        return path;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
    }
    say(`cannot write the last ${length} frames: ${problem}`);
    return undefined;
  }

  /** Never over a file that is there. */
  #writeNew(folder: string, bytes: Uint8Array): string {
    for (;;) {
      const path = join(folder, `tapstack-ring-${process.pid}-${++this.#written}.pcapng`);
      try {
        writeFileSync(path, bytes, { flag: 'wx' });
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  readonly #onSignal = (): void => void this.write();
  readonly #onCrash = (): void => void this.write();
}
