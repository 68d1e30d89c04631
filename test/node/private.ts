/** Tests that make TAPs refuse to touch the network of the machine they run on. */
import { readFileSync, readlinkSync } from 'node:fs';
import { MARK } from '../../src/node/private-namespace.ts';

/** @throws when nothing says that this process has a network namespace of its own */
export function requirePrivateNamespace(): void {
  if (process.env[MARK] === '1' || hasForeignAncestor()) return;
  throw new Error(
    'this test makes TAPs: run it in a network of its own, with "npm test" or "unshare --net npx vitest run test/node"',
  );
}

/**
 * True when a process we descend from is in another network namespace. Process 1 alone would not do: in a container not even
 * root may look at it. An ordinary user may look at nobody outside; then only the mark that `npm test` sets tells.
 */
function hasForeignAncestor(): boolean {
  const own = readlinkSync('/proc/self/ns/net');
  for (let pid = process.ppid; pid > 0; pid = parentOf(pid)) {
    const theirs = namespaceOf(pid);
    if (theirs !== undefined && theirs !== own) return true;
  }
  return false;
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

const parentOf = (pid: number): number => Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
