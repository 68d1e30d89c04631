/** The scripts of the benchmark are JavaScript: what a test uses of one, it says itself. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const BENCH = resolve(import.meta.dirname, '../../scripts/bench');

export const script = async <T>(name: string): Promise<T> => (await import(pathToFileURL(resolve(BENCH, name)).href)) as T;
