/** The capture that a command reads: what is wrong with the file is said in one line, and what is right with it is used. */
import type { Capture, CaptureInfo } from '../../../capture/file/capture-data.ts';
import { factsOf } from '../../../capture/file/capture-data.ts';
import type { Outcome } from '../../../capture/file/capture-parser.ts';
import type { RecordedFrame } from '../../../capture/record/frame-sink.ts';
import { CaptureReader, STANDARD_INPUT } from '../../capture-reader.ts';
import { UsageError } from '../usage-error.ts';
import { ProgressBar } from './progress-bar.ts';

/** Of every command's first argument. */
export const FILE_HELP = 'a capture, pcapng or pcap; - is standard input';

/** A capture that is read as it is iterated, once: the memory does not grow with the file. */
export interface CaptureInput extends Iterable<RecordedFrame> {
  /** As the user calls it. */
  readonly path: string;
  /** What the file says beside its frames, as far as it has been read. */
  readonly info: CaptureInfo;
  /** How it ended, once it was read to its end. */
  readonly outcome: Outcome | undefined;
}

export interface InputOptions {
  /** Show on a terminal how far it is, when it takes long: not for commands that print while they read. @default true */
  readonly progress?: boolean;
}

/**
 * Opens a capture. A file that breaks off gives what stands before the break, and then a line on standard error.
 * @throws UsageError when it cannot be read or is no capture
 */
export function openCapture(path: string, { progress = true }: InputOptions = {}): CaptureInput {
  const bar = progress ? new ProgressBar(path === STANDARD_INPUT ? 'standard input' : path) : undefined;
  const reader = explain(path, () => new CaptureReader(path, { onProgress: (read, size) => bar?.show(read, size) }));
  if (reader.info.format === 'unknown') {
    reader.close();
    bar?.remove();
    throw new UsageError(noCapture(path, reader.outcome?.problem ?? ''));
  }
  return {
    path,
    get info() {
      return reader.info;
    },
    get outcome() {
      return reader.outcome;
    },
    *[Symbol.iterator]() {
      try {
        const frames = reader[Symbol.iterator]();
        for (;;) {
          const next = explain(path, () => frames.next());
          if (next.done === true) break;
          yield next.value;
        }
      } finally {
        reader.close();
        bar?.remove();
      }
      const problem = reader.outcome?.problem ?? '';
      if (problem !== '') process.stderr.write(`tapstack: ${nameOf(path)}: ${problem}\n`);
    },
  };
}

/**
 * All of a capture, for commands that must see it whole.
 * @throws UsageError when it cannot be read or is no capture; a file that breaks off gives what stands before the break
 */
export function readCaptureFile(path: string): Capture {
  const input = openCapture(path);
  const frames = [...input];
  return { ...factsOf(input.info), frames, ...(input.outcome ?? { end: 'complete', problem: '' }) };
}

const nameOf = (path: string): string => (path === STANDARD_INPUT ? 'standard input' : path);

const noCapture = (path: string, problem: string): string =>
  `${nameOf(path)} is no capture: ${problem.replaceAll('FILE', path === STANDARD_INPUT ? 'FILE' : path)}`;

/** Turns what the system refuses into a line for its user. */
function explain<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot read ${nameOf(path)}: ${REASONS[code] ?? code}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EBADF: 'it is closed',
  EIO: 'the device reports an error',
};
