/** What a socket throws: one class, with the reason as a word that programs can compare. */
import type { TcpFailure } from '../tcp/application-side.ts';

export type SocketFailure = TcpFailure | 'closed';

export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly reason: SocketFailure;

  /** @param what what was tried, such as `cannot connect to 10.0.0.1:80` */
  constructor(reason: SocketFailure, what: string) {
    super(`${what}: ${reason}`);
    this.reason = reason;
  }
}
