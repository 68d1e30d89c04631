/** The architecture, as a table that is held against every import in src/. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/**
 * A room of the house and the rooms it may call. A file belongs to the longest room that its path begins with. Inside its
 * own room a file may import what it likes, except in a circle (Biome's noImportCycles).
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'stack/time': [],
  'stack/random': [],
  'stack/bytes': [],
  'stack/deadlines': ['stack/time'],
  'stack/ports': ['stack/random'],
  'stack/device': ['stack/bytes'],
  'stack/drops': [],
  'stack/wire': ['stack/bytes'],
  'stack/link': ['stack/wire', 'stack/bytes', 'stack/time', 'stack/device'],
  'stack/ip': ['stack/wire', 'stack/bytes', 'stack/time', 'stack/random'],
  'stack/udp': ['stack/wire', 'stack/bytes', 'stack/ports', 'stack/random'],
  'stack/tcp': ['stack/wire', 'stack/bytes', 'stack/time', 'stack/random', 'stack/ports', 'stack/deadlines'],
  stack: ['stack'],
  services: ['stack/index'],
  // arithmetic of addresses, for the command line and for pages
  subnet: ['stack/ip/prefix', 'stack/wire'],
  explain: ['stack', 'capture/record', 'capture/series'],
  lab: ['stack', 'capture/record', 'capture/series', 'capture/words', 'explain', 'services'],
  capture: ['stack/wire', 'stack/bytes', 'stack/time', 'stack/device'],
  // the public names of what reads captures, and of the replay that is built on it
  'capture/index': ['capture', 'replay'],
  replay: [
    'stack',
    'lab/timers',
    'capture/record',
    'capture/file',
    'capture/filter/nearest',
    'capture/dissect',
    'capture/words',
    'capture/ladder',
    'replay/translate',
  ],
  'replay/translate': [],
  drill: ['stack', 'lab', 'capture', 'replay/translate'],
  scenarios: ['stack', 'lab', 'capture', 'services'],
  node: ['stack', 'services', 'lab', 'capture', 'drill', 'scenarios', 'explain', 'replay', 'subnet'],
};
/** Only this room may speak to the operating system. */
const MAY_IMPORT_PACKAGES = 'node';
/** Packages that need none, each for the one file that hides it. */
const PACKAGE_OF_FILE: Record<string, string> = { 'services/dns/wire': 'dns-packet' };

const roomsByLength = Object.keys(MAY_IMPORT).sort((a, b) => b.length - a.length);
const isInside = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`);
const roomOf = (path: string): string | undefined => roomsByLength.find((room) => isInside(path, room));

/** What a source imports: declarations at the start of a line, and dynamic imports of a literal. */
const targetsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm)].map(
    (m) => m[1] ?? m[2] ?? '',
  );

function violationsOf(path: string, text: string): string[] {
  const from = path.replace(/\.ts$/, '');
  const room = roomOf(from);
  if (room === undefined) return [`${path} stands in no room of the table`];
  const allowed = MAY_IMPORT[room] ?? [];
  return targetsOf(text).flatMap((target) => {
    if (!target.startsWith('.'))
      return room === MAY_IMPORT_PACKAGES || PACKAGE_OF_FILE[from] === target ? [] : [`${path} imports the package ${target}`];
    const to = relative(SRC, resolve(SRC, dirname(path), target)).replace(/\.ts$/, '');
    const permitted = roomOf(to) === room || allowed.some((place) => isInside(to, place));
    return permitted ? [] : [`${path} (${room}) may not import ${to}`];
  });
}

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') ? [relative(SRC, path)] : [];
  });

test('every import follows the table', () => {
  const files = sources(SRC);
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap((path) => violationsOf(path, readFileSync(join(SRC, path), 'utf8')))).toEqual([]);
});

test('the check itself sees a wrong import, a package in the core and a file in no room', () => {
  expect(violationsOf('stack/tcp/x.ts', "import { y } from '../ip/y.ts';")).toEqual([
    'stack/tcp/x.ts (stack/tcp) may not import stack/ip/y',
  ]);
  expect(violationsOf('stack/wire/x.ts', "import fs from 'node:fs';")).toEqual(['stack/wire/x.ts imports the package node:fs']);
  expect(violationsOf('services/dns/x.ts', "import dns from 'dns-packet';")).toEqual([
    'services/dns/x.ts imports the package dns-packet',
  ]);
  expect(violationsOf('lab/x.ts', "const y = await import('koffi');")).toEqual(['lab/x.ts imports the package koffi']);
  expect(violationsOf('capture/x.ts', "import type {\n  A,\n  B,\n} from '../stack/tcp/x.ts';")).toHaveLength(1);
  expect(violationsOf('attic/x.ts', '')).toEqual(['attic/x.ts stands in no room of the table']);
  expect(violationsOf('stack/link/x.ts', "import { y } from '../stack.ts';")).toHaveLength(1);
  expect(violationsOf('stack/tcp/x.ts', "import { y } from './y.ts';\nimport '../bytes/z.ts';")).toEqual([]);
});

test('files stay under 400 lines', () => {
  const long = sources(SRC).filter((path) => readFileSync(join(SRC, path), 'utf8').split('\n').length > 400);
  expect(long).toEqual([]);
});
