/** Failures of a connection in the shape of Node's system errors, so that code written for `net` understands them. */
import { constants } from 'node:os';
import type { SocketFailure } from '../stack/index.ts';

export interface ErrorPlace {
  /** The call that failed, as Node names it. */
  readonly syscall: 'connect' | 'read' | 'write' | 'listen';
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

const CODES = {
  refused: 'ECONNREFUSED',
  'port unreachable': 'ECONNREFUSED',
  'reset by peer': 'ECONNRESET',
  'timed out': 'ETIMEDOUT',
  'keep-alive timed out': 'ETIMEDOUT',
  'host unreachable': 'EHOSTUNREACH',
  'network unreachable': 'ENETUNREACH',
  'protocol unreachable': 'ENOPROTOOPT',
  // Linux has numbers of their own for these; Node knows them as plain unreachable
  'host down': 'EHOSTUNREACH',
  'host isolated': 'EHOSTUNREACH',
  'source route failed': 'EHOSTUNREACH',
  'parameter problem': 'EPROTO',
  aborted: 'ECONNABORTED',
  closed: 'EPIPE',
  'port in use': 'EADDRINUSE',
  'no free port': 'EADDRNOTAVAIL',
  'not an address to connect to': 'EADDRNOTAVAIL',
} as const satisfies Record<SocketFailure | 'port in use' | 'no free port' | 'not an address to connect to', string>;

export type NetFailure = keyof typeof CODES;

/** `connect ECONNREFUSED 10.0.0.2:80`, with `code`, `errno`, `syscall`, `address` and `port` as Node sets them. */
export function netError(failure: NetFailure, { syscall, address, port }: ErrorPlace): NodeJS.ErrnoException {
  const code = CODES[failure];
  const where = address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`;
  const error: NodeJS.ErrnoException = new Error(`${syscall} ${code}${where}`);
  error.code = code;
  error.errno = -constants.errno[code];
  error.syscall = syscall;
  return Object.assign(error, address === undefined ? {} : { address }, port === undefined ? {} : { port });
}
