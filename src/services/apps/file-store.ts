/** Where files that came over the network are kept: handed in, so that a lab keeps them in memory and a machine in a folder. */

/** What became of a file: 'written', or why it was not. */
export type FileVerdict = 'written' | 'there is a file of that name' | 'there are too many files' | 'the file cannot be written';

export interface FileStore {
  /** @param name one step, checked before: see `names.ts` */
  write(name: string, bytes: Uint8Array): Promise<FileVerdict>;
}

export interface MemoryFiles extends FileStore {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** @param limits.overwrite a file may be written again. @default false */
export function memoryFiles({ maxFiles = 1000, overwrite = false } = {}): MemoryFiles {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    async write(name, bytes) {
      if (files.has(name) && !overwrite) return 'there is a file of that name';
      if (!files.has(name) && files.size >= maxFiles) return 'there are too many files';
      files.set(name, bytes);
      return 'written';
    },
  };
}
