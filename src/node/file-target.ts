/** A file that grows while something runs: opened without harm to what is in it, and with words for what goes wrong. */
import { existsSync, constants as fs, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Standard output, by the custom of tcpdump and wireshark. */
export const STANDARD_OUTPUT = '-';
export const STDOUT_FD = 1;

/** Where the bytes go. */
export interface FileTarget {
  /** -1 when closed. */
  fd: number;
  /** The file was made by us. */
  readonly isNew: boolean;
  /** What was there before is still in it. */
  isToBeEmptied: boolean;
}

/**
 * Nothing in a file that is there already changes before `truncateOnce`, so that a failed start can be undone.
 * @param what it is for, in an error
 * @throws Error with one line for the user when the file cannot be written
 */
export function openTarget(path: string, what: string): FileTarget {
  if (path === STANDARD_OUTPUT) return { fd: STDOUT_FD, isNew: false, isToBeEmptied: false };
  const isNew = !existsSync(path);
  try {
    const fd = openSync(path, fs.O_WRONLY | fs.O_CREAT, 0o644);
    return { fd, isNew, isToBeEmptied: fstatSync(fd).isFile() };
  } catch (error) {
    const code = codeOf(error);
    throw new Error(`cannot write the ${what} ${path}: ${reasonOf(code)}; ${remedyFor(code, path, what)}`, { cause: error });
  }
}

export function truncateOnce(target: FileTarget): void {
  if (target.isToBeEmptied) ftruncateSync(target.fd);
  target.isToBeEmptied = false;
}

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const REASONS: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EFBIG: 'the file has become too large',
  EBADF: 'standard output is closed',
};

export const reasonOf = (code: string): string => REASONS[code] ?? code;

function remedyFor(code: string, path: string, what: string): string {
  switch (code) {
    case 'ENOENT':
      return `make it with "mkdir -p ${dirname(path)}", or name another file`;
    case 'EISDIR':
      return `name a file in it, such as ${path.replace(/\/+$/, '')}/tapstack.${what === 'capture' ? 'pcapng' : 'jsonl'}`;
    default:
      return `name a file that you may write, such as /tmp/tapstack.${what === 'capture' ? 'pcapng' : 'jsonl'}`;
  }
}
