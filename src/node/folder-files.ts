/** Files that came over the network, in one folder of this machine and nowhere else. */
import { constants, realpathSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore, FileVerdict } from '../services/apps/file-store.ts';

export interface FolderFilesOptions {
  /** A file that is there may be replaced. @default false */
  readonly overwrite?: boolean;
  /** Files that may be written while this runs. @default 10,000 */
  readonly maxFiles?: number;
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
/** A file is made here or not at all: nothing that is there is opened, a link that leads elsewhere least of all. */
const NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const MODE = 0o644;

/**
 * Names are one step and were checked before (`fileNameFault`).
 * @throws when there is no such folder
 */
export function folderFiles(folder: string, { overwrite = false, maxFiles = 10_000 }: FolderFilesOptions = {}): FileStore {
  const place = realpathSync(folder);
  let count = 0;
  const write = async (name: string, bytes: Uint8Array): Promise<FileVerdict> => {
    if (count >= maxFiles) return 'there are too many files';
    const path = join(place, name);
    count++;
    if (!overwrite) return writeNew(path, bytes);
    // one that replaces another is there all at once: a link of that name is replaced, and not followed
    const draft = join(place, `.${process.pid}-${count}.part`);
    const verdict = await writeNew(draft, bytes);
    if (verdict !== 'written') return verdict;
    if (await succeeds(rename(draft, path))) return 'written';
    await succeeds(unlink(draft));
    return 'the file cannot be written';
  };
  return { write };
}

async function writeNew(path: string, bytes: Uint8Array): Promise<FileVerdict> {
  let file: FileHandle;
  try {
    file = await open(path, NEW, MODE);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    return isThere ? 'there is a file of that name' : 'the file cannot be written';
  }
  const isWritten = await succeeds(file.writeFile(bytes));
  const isClosed = await succeeds(file.close());
  if (isWritten && isClosed) return 'written';
  await succeeds(unlink(path)); // no half of a file stays
  return 'the file cannot be written';
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
