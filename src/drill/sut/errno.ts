/** From the stack's reasons to the error numbers of POSIX. */
import { TcpError } from '../../stack/tcp/tcp-error.ts';
import { Unsupported } from '../unsupported.ts';
import type { Outcome } from './sut.ts';
import { failed } from './sut.ts';

const FAILURES: Readonly<Record<string, string>> = {
  refused: 'ECONNREFUSED',
  'reset by peer': 'ECONNRESET',
  'timed out': 'ETIMEDOUT',
  'keep-alive timed out': 'ETIMEDOUT',
  'host unreachable': 'EHOSTUNREACH',
  'network unreachable': 'ENETUNREACH',
  'protocol unreachable': 'ENOPROTOOPT',
  'port unreachable': 'ECONNREFUSED',
  'host down': 'EHOSTDOWN',
  'host isolated': 'ENONET',
  'source route failed': 'EOPNOTSUPP',
  'parameter problem': 'EPROTO',
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
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  EWOULDBLOCK: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  EINVAL: 22,
  EPIPE: 32,
  ENOMSG: 42,
  ENONET: 64,
  EPROTO: 71,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
};

/** The same of FreeBSD. */
export const FREEBSD_ERRNO_NUMBERS: Readonly<Record<string, number>> = {
  EPERM: 1,
  EPIPE: 32,
  EAGAIN: 35,
  ENOPROTOOPT: 42,
  EADDRINUSE: 48,
  EADDRNOTAVAIL: 49,
  ENETUNREACH: 51,
  ECONNABORTED: 53,
  ECONNRESET: 54,
  ENOTCONN: 57,
  ETIMEDOUT: 60,
  ECONNREFUSED: 61,
  EHOSTUNREACH: 65,
};

/** What a call says when the stack throws. */
export function refusal(error: unknown): Outcome {
  if (error instanceof TcpError) return failed(errnoOf(error.reason));
  throw error;
}
