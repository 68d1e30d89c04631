/** A network of one's own: the process starts itself again inside a new network namespace, where nothing of the host's is touched. */
import { spawnSync } from 'node:child_process';
import { configureInterface } from './interface-config.ts';
import { F_SETFD, libc } from './libc.ts';

/** Set inside, so that the second start knows where it is. */
export const MARK = 'TAPSTACK_PRIVATE';

export type NamespaceFailure = 'no unshare' | 'forbidden' | 'failed';

export class NamespaceError extends Error {
  override readonly name = 'NamespaceError';
  readonly reason: NamespaceFailure;

  constructor(reason: NamespaceFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** True in a process that `enterPrivateNamespace` started, and in its children. */
export const isPrivate = (): boolean => process.env[MARK] === '1';

/**
 * Goes on inside a private network namespace: root needs `unshare --net`, everybody else a user namespace too, in which they
 * are root. The first call replaces the process by `unshare`, which replaces itself by Node with the same script: process
 * id, terminal, signals and exit code stay the same ones, so nothing has to be passed on. It does not return. The second start comes
 * back here, takes the loopback interface up and returns. Call it before anything else: nothing of the first process is cleaned up.
 *
 * @param argv the script and its arguments
 * @throws NamespaceError
 */
export function enterPrivateNamespace(argv: readonly string[] = process.argv.slice(1)): void {
  if (isPrivate()) {
    configureInterface('lo', { isUp: true });
    return;
  }
  const flags = workingFlags();
  process.env[MARK] = '1';
  for (const fd of [0, 1, 2]) libc().fcntl(fd, F_SETFD, 0); // Node marks what it inherited as not to be inherited again
  libc().execvp('unshare', ['unshare', ...flags, '--', process.execPath, ...process.execArgv, ...argv, null]);
  delete process.env[MARK];
  throw new NamespaceError('failed', `cannot start unshare: error ${libc().errno()}`);
}

const AS_ROOT = ['--net'];
const AS_USER = ['--user', '--map-root-user', '--net'];

/**
 * Tries them in a child first, because after exec there would be nobody left to explain what went wrong: a few milliseconds. Root in a
 * container may lack the right to the first and have it to the second.
 */
function workingFlags(): readonly string[] {
  let said = '';
  for (const flags of process.getuid?.() === 0 ? [AS_ROOT, AS_USER] : [AS_USER]) {
    const { error, status, stderr } = spawnSync('unshare', [...flags, '--', 'true'], { encoding: 'utf8' });
    if (error !== undefined) {
      throw new NamespaceError(
        'no unshare',
        'the program unshare is missing: install util-linux, or run as root without --private',
      );
    }
    if (status === 0) return flags;
    said ||= stderr.trim().split('\n', 1)[0] ?? '';
  }
  throw new NamespaceError(
    'forbidden',
    `this system does not let us make a private network (${said}): run as root, or allow it with ` +
      '"sysctl kernel.unprivileged_userns_clone=1" or "sysctl kernel.apparmor_restrict_unprivileged_userns=0"',
  );
}
