/**
 * How Node finds and reads the modules of a lab file, from anywhere on the disk: `tapstack/...` is this very package, types are
 * left out, and relative imports may leave their ending out. Runs in Node's thread for such hooks (module.register).
 */
import { existsSync, readFileSync } from 'node:fs';
import type { LoadHookContext, ResolveHookContext } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isLabModule } from './lab-module.ts';
import { mistakeMessage } from './mistake-message.ts';
import { stripTypes } from './strip-types.ts';

type Next<Context, Result> = (url: string, context: Context) => Promise<Result>;

/** What a relative import may leave out, and what TypeScript writes for a file that will be compiled. */
const ENDINGS = ['', '.ts', '.js', '.mjs', '/index.ts', '/index.js'];

export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: Next<ResolveHookContext, { url: string }>,
): Promise<{ url: string; shortCircuit?: boolean }> {
  const { parentURL } = context;
  if (parentURL === undefined || !isLabModule(parentURL)) return next(specifier, context);
  if (/^\.\.?\//.test(specifier)) return { url: besides(specifier, parentURL), shortCircuit: true };
  const isOurs = specifier === 'tapstack' || specifier.startsWith('tapstack/');
  try {
    return await next(specifier, isOurs ? { ...context, parentURL: import.meta.url } : context);
  } catch (error) {
    throw mistake(specifier, parentURL, isOurs ? `there is no ${specifier}; there are ${ourNames().join(', ')}` : reason(error));
  }
}

export async function load(url: string, context: LoadHookContext, next: Next<LoadHookContext, object>): Promise<object> {
  if (!isLabModule(url)) return next(url, context);
  const path = fileURLToPath(url);
  const stripped = stripTypes(readFileSync(path, 'utf8'));
  if (typeof stripped !== 'string') throw new Error(mistakeMessage({ path, ...stripped }));
  return { format: 'module', source: stripped, shortCircuit: true };
}

/** A file beside the one that imports it. @throws Error that says where it is imported */
function besides(specifier: string, parentURL: string): string {
  const stem = new URL(specifier, parentURL).href;
  const written = [stem.replace(/\.js$/, '.ts'), ...ENDINGS.map((ending) => stem + ending)];
  const found = [stem, ...written].find((href) => existsSync(fileURLToPath(href)) && !href.endsWith('/'));
  if (found === undefined) throw mistake(specifier, parentURL, `there is no file ${specifier} beside this one`);
  return found;
}

/** Where the import stands: nobody tells us, so it is looked for. */
function mistake(specifier: string, parentURL: string, what: string): Error {
  const path = fileURLToPath(parentURL);
  const lines = readFileSync(path, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`));
  return new Error(mistakeMessage({ path, what, ...(index < 0 ? {} : { line: index + 1 }) }));
}

function ourNames(): string[] {
  const { exports } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    exports: Record<string, string>;
  };
  return Object.keys(exports).map((name) => name.replace(/^\./, 'tapstack'));
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.split('\n', 1)[0]! : String(error));
