/** The capture that a command reads: what is wrong with the file is said in one line, and what is right with it is used. */
import { readFileSync } from 'node:fs';
import type { Capture } from '../../../capture/file/capture-data.ts';
import { readCapture } from '../../../capture/file/read-capture.ts';
import { UsageError } from '../usage-error.ts';

/**
 * All of a capture.
 * @throws UsageError when it cannot be read or is no capture; a file that breaks off gives what stands before the break
 */
export function readCaptureFile(path: string): Capture {
  const capture = readCapture(bytesOf(path));
  if (capture.format === 'unknown') throw new UsageError(`${path} is no capture: ${capture.problem}`);
  if (capture.problem !== '') process.stderr.write(`tapstack: ${path}: ${capture.problem}\n`);
  return capture;
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${path}: ${REASONS[code ?? ''] ?? code}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};
