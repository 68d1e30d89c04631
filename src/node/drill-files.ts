/** Scripts as files: finds them, runs each in its own stack, on one thread or on several. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Level, RunOptions, Verdict } from '../drill/index.ts';
import { ParseError, reportOn, runScript } from '../drill/index.ts';

/** What may be sent to another thread. */
export type FileOptions = Pick<RunOptions, 'dialect' | 'personality' | 'level' | 'symbols'> & { readonly verbose?: boolean };

export interface FileResult {
  readonly path: string;
  readonly kind: Verdict['kind'] | 'not a script';
  /** Of a script that passes. */
  readonly level: Level | undefined;
  readonly line: number | undefined;
  /** Why, in a few words; empty for a script that passes. */
  readonly reason: string;
  /** The whole story for a reader. */
  readonly report: string;
}

/**
 * The scripts at the places given: a file is taken as it is, a folder for its `.pkt` files, however deep.
 * @throws Error for a place that is not there
 */
export function findScripts(places: readonly string[]): string[] {
  return [...new Set(places.flatMap(scriptsAt))];
}

function scriptsAt(place: string): string[] {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`${place}: no such file or folder`);
  if (!found.isDirectory()) return [place];
  const entries = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(place, entry.name);
    if (entry.isDirectory()) return scriptsAt(path);
    return entry.name.endsWith('.pkt') ? [path] : [];
  });
}

export function runFile(path: string, { verbose = false, ...options }: FileOptions): FileResult {
  try {
    const verdict = runScript(readFileSync(path, 'utf8'), options);
    return { path, ...outline(verdict), report: reportOn(path, verdict, { verbose }) };
  } catch (error) {
    if (error instanceof ParseError) {
      const { line, column, expected, found } = error;
      const reason = `expected ${expected}, found ${found}`;
      return { path, kind: 'not a script', level: undefined, line, reason, report: `${path}:${line}:${column}: ${reason}` };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return { path, kind: 'fail', level: undefined, line: undefined, reason, report: `${path}: FAIL: the run broke: ${reason}` };
  }
}

function outline(verdict: Verdict): Pick<FileResult, 'kind' | 'level' | 'line' | 'reason'> {
  const { kind } = verdict;
  switch (kind) {
    case 'pass':
      return { kind, level: verdict.level, line: undefined, reason: '' };
    case 'unsupported':
      return { kind, level: undefined, line: verdict.line, reason: verdict.reason };
    case 'fail': {
      const { line, field, expected, actual } = verdict.failure;
      return { kind, level: undefined, line, reason: `${field}: expected ${expected}, got ${actual}` };
    }
  }
}

/** Files that a thread takes at a time: few, because scripts differ in length. */
const BATCH = 16;

/**
 * Runs all scripts and gives their results in the order of the paths.
 * @param jobs threads at most
 */
export async function runFiles(paths: readonly string[], options: FileOptions, jobs: number): Promise<FileResult[]> {
  const threads = Math.min(jobs, Math.ceil(paths.length / BATCH));
  // a thread is not worth its start for a few scripts, and cannot be started from TypeScript sources
  if (threads < 2 || import.meta.url.endsWith('.ts')) return paths.map((path) => runFile(path, options));
  const results = new Map<string, FileResult>();
  let next = 0;
  const takeBatch = (): readonly string[] => {
    next += BATCH;
    return paths.slice(next - BATCH, next);
  };
  await Promise.all(Array.from({ length: threads }, () => serve(takeBatch, options, results)));
  const missing = paths.filter((path) => !results.has(path));
  if (missing.length > 0) throw new Error(`no result for ${missing.join(', ')}`);
  return paths.flatMap((path) => results.get(path) ?? []);
}

/** One thread, fed with batches until there are none. */
function serve(takeBatch: () => readonly string[], options: FileOptions, results: Map<string, FileResult>): Promise<void> {
  const worker = new Worker(new URL('drill-worker.js', import.meta.url));
  return new Promise<void>((resolve, reject) => {
    const feed = (): void => {
      const paths = takeBatch();
      if (paths.length === 0) resolve();
      else worker.postMessage({ paths, options });
    };
    worker.on('message', (answers: FileResult[]) => {
      for (const answer of answers) results.set(answer.path, answer);
      feed();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the runner ended with code ${code}`)));
    feed();
  }).finally(() => worker.terminate());
}
