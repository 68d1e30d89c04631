/** A thread that runs scripts: takes a batch of paths, gives their results. */
import { parentPort } from 'node:worker_threads';
import type { FileOptions } from './drill-files.ts';
import { runFile } from './drill-files.ts';

parentPort?.on('message', ({ paths, options }: { paths: readonly string[]; options: FileOptions }) => {
  parentPort?.postMessage(paths.map((path) => runFile(path, options)));
});
