/** From the stack's reasons to the error numbers of POSIX. */
import { Unsupported } from '../unsupported.ts';

const FAILURES: Readonly<Record<string, string>> = {
  refused: 'ECONNREFUSED',
  'reset by peer': 'ECONNRESET',
  'timed out': 'ETIMEDOUT',
  'keep-alive timed out': 'ETIMEDOUT',
  'host unreachable': 'EHOSTUNREACH',
  'network unreachable': 'ENETUNREACH',
  'protocol unreachable': 'ENOPROTOOPT',
  'port unreachable': 'ECONNREFUSED',
  aborted: 'ECONNABORTED',
  'no free port': 'EADDRNOTAVAIL',
  'port in use': 'EADDRINUSE',
  'not an address to connect to': 'EINVAL',
};

export function errnoOf(failure: string): string {
  const errno = FAILURES[failure];
  if (errno === undefined) throw new Unsupported(`no error number is known for "${failure}"`);
  return errno;
}

/** The numbers that getsockopt(SO_ERROR) gives, of Linux on x86. */
export const ERRNO_NUMBERS: Readonly<Record<string, number>> = {
  EPERM: 1,
  EAGAIN: 11,
  EPIPE: 32,
  EOPNOTSUPP: 95,
  ENOPROTOOPT: 92,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
};
