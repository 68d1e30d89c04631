/** The native programs, compiled when they are first needed and after a change of their source. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('native/', import.meta.url));
/** Ignored by git. */
const BINARIES = fileURLToPath(new URL('../../.bench/native/', import.meta.url));
const PROGRAMS = ['tcp-client', 'udp-client', 'first-ping', 'server'];

/** @returns the path of each program by its name @throws Error that says what to install, or what the compiler said */
export function compile() {
  mkdirSync(BINARIES, { recursive: true });
  const newest = Math.max(...readdirSync(SOURCES).map((name) => statSync(SOURCES + name).mtimeMs));
  for (const program of PROGRAMS) {
    const binary = BINARIES + program;
    if (existsSync(binary) && statSync(binary).mtimeMs > newest) continue;
    const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', binary, `${SOURCES}${program}.c`];
    const { error, status, stderr } = spawnSync('cc', flags, { encoding: 'utf8' });
    if (error?.code === 'ENOENT') throw new Error('the benchmark needs a C compiler: apt-get install gcc libc6-dev');
    if (status !== 0) throw new Error(`cc could not compile ${program}.c: ${stderr || error?.message}`);
  }
  return Object.fromEntries(PROGRAMS.map((name) => [name, BINARIES + name]));
}
