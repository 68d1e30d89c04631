/** The folder with everything that the scenarios leave: `npm run captures` makes it, and a test compares it. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarios } from '../scenarios/catalogue.ts';
import type { Exhibit } from '../scenarios/gallery.ts';
import { galleryIndex } from '../scenarios/gallery.ts';
import { perform } from '../scenarios/perform.ts';
import type { FileKind } from './lab-files.ts';
import { FILE_KINDS, filesOf, settle } from './lab-files.ts';

/** Both ends in one file would not please Wireshark's expert. */
const KINDS: readonly FileKind[] = FILE_KINDS.filter((kind) => kind !== 'both-ends');
/** Others' files in the folder. */
const SPARED = /^(demo\..*|\..*)$/;

/** By name: the files of every scenario, and the index. */
export async function galleryFiles(): Promise<Map<string, Uint8Array | string>> {
  const files = new Map<string, Uint8Array | string>();
  const exhibits: Exhibit[] = [];
  for (const scenario of scenarios()) {
    const own = await filesOf(await perform(scenario, settle), KINDS);
    for (const [name, content] of own) files.set(name, content);
    exhibits.push({ scenario, files: [...own.keys()] });
  }
  files.set('README.md', galleryIndex(exhibits));
  return files;
}

/** Makes the folder what it is to be: what no scenario makes any more goes. @returns how many files there are */
export async function writeGallery(folder: string): Promise<number> {
  const files = await galleryFiles();
  mkdirSync(folder, { recursive: true });
  for (const name of galleryNames(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return files.size;
}

/** What stands in the folder now, but for others' files. */
export const galleryNames = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !SPARED.test(name))
        .sort()
    : [];
