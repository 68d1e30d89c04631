/** A series on disk, as lines of JSON that grow while the stack runs: src/capture/series/README.md describes them. */
import { closeSync, unlinkSync, writeSync } from 'node:fs';
import { headerLine, sampleLine } from '../capture/series/jsonl.ts';
import type { SeriesSample, SeriesSink } from '../capture/series/sample.ts';
import type { Micros } from '../stack/time.ts';
import type { FileTarget } from './file-target.ts';
import { codeOf, openTarget, reasonOf, truncateOnce } from './file-target.ts';

/** Written at once when this much has gathered; less waits for the end of the event loop's turn. */
const FLUSH_AT = 64 * 1024;

export interface SeriesFileOptions {
  /** Microseconds from the epoch to the zero of the clock that stamps the samples: that of the capture beside it. @default 0 */
  readonly epochOffset?: Micros;
  /** Told once, in one line, when writing fails in the middle. */
  readonly onProblem?: (problem: string) => void;
}

export class SeriesFile implements SeriesSink {
  readonly path: string;
  readonly #onProblem: (problem: string) => void;
  readonly #target: FileTarget;
  #text: string;
  #isFlushDue = false;

  /**
   * Opens the file; what is in it stays until the first sample.
   * @throws Error with one line for the user when the file cannot be written
   */
  constructor(path: string, { epochOffset = 0, onProblem = () => {} }: SeriesFileOptions = {}) {
    this.path = path;
    this.#onProblem = onProblem;
    this.#text = `${headerLine(epochOffset)}\n`;
    this.#target = openTarget(path, 'series');
    process.on('exit', this.#closeAtExit);
  }

  sample(sample: SeriesSample): void {
    if (this.#target.fd < 0) return;
    this.#text += `${sampleLine(sample)}\n`;
    if (this.#text.length >= FLUSH_AT) this.flush();
    else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      setImmediate(this.#flushNow);
    }
  }

  flush(): void {
    if (this.#target.fd < 0 || this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    try {
      truncateOnce(this.#target);
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#target.fd, bytes, written);
    } catch (error) {
      this.#release();
      this.#onProblem(`the series ${this.path} ends here: ${reasonOf(codeOf(error))}`);
    }
  }

  /** Writes the rest and closes; without a sample the file is a header alone. */
  close(): void {
    this.flush();
    this.#release();
  }

  /** For a start that failed: leaves no file behind that was not there before, and one that was as it was. */
  discard(): void {
    this.#release();
    if (this.#target.isNew) unlinkSync(this.path);
  }

  readonly #flushNow = (): void => {
    this.#isFlushDue = false;
    this.flush();
  };

  readonly #closeAtExit = (): void => this.close();

  #release(): void {
    if (this.#target.fd < 0) return;
    process.off('exit', this.#closeAtExit);
    closeSync(this.#target.fd);
    this.#target.fd = -1;
  }
}
