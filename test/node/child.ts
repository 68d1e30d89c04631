/** Our modules in a process of their own: what signals, exit codes and `exec` do can only be seen from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/**
 * The given sources and all they import, as JavaScript in a temporary folder that is laid out like an installed package: Node 20
 * does not run TypeScript.
 */
export class ChildFolder {
  readonly #root = mkdtempSync(join(tmpdir(), 'tapstack-test-'));
  /** Where the compiled sources are. */
  readonly path = join(this.#root, 'dist');
  readonly #done = new Set<string>();

  /** @param entries paths below src/ */
  constructor(entries: readonly string[]) {
    chmodSync(this.#root, 0o755); // tests run it as an ordinary user too
    symlinkSync(join(ROOT, 'node_modules'), join(this.#root, 'node_modules'));
    copyFileSync(join(ROOT, 'package.json'), join(this.#root, 'package.json'));
    for (const entry of entries) this.#compile(join(SRC, entry));
  }

  /** Writes a script that imports from './node/….js'. @returns its path */
  script(name: string, text: string): string {
    const path = join(this.path, `${name}.mjs`);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #compile(path: string): void {
    if (this.#done.has(path)) return;
    this.#done.add(path);
    const text = readFileSync(path, 'utf8');
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
    });
    const target = join(this.path, relative(SRC, path)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const [, import_ = ''] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g))
      this.#compile(resolve(dirname(path), import_));
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A child whose output is collected. */
export class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = '';
  #err = '';
  #waiting: (() => void)[] = [];

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (bytes: Buffer) => {
      this.#out += bytes.toString();
      for (const look of this.#waiting) look();
    });
    this.process.stderr?.on('data', (bytes: Buffer) => {
      this.#err += bytes.toString();
    });
    this.ended = new Promise((done) => {
      this.process.on('close', (code, signal) => {
        done({ code, signal, out: this.#out, err: this.#err });
        for (const look of this.#waiting) look();
      });
    });
  }

  /** Resolves when the child has written these words. Rejects when it ends before. */
  says(words: string): Promise<void> {
    return new Promise((done, failed) => {
      const look = (): void => {
        if (this.#out.includes(words)) done();
        else if (this.process.exitCode !== null) failed(new Error(`ended without saying "${words}": ${this.#out}${this.#err}`));
      };
      this.#waiting.push(look);
      look();
    });
  }
}
