/** Why a connection or a listener could not even begin. */
import type { TcpFailure } from './application-side.ts';

export class TcpError extends Error {
  override readonly name = 'TcpError';
  readonly reason: TcpFailure | 'no free port' | 'port in use' | 'not an address to connect to';
  constructor(reason: TcpError['reason'], what: string) {
    super(`${what}: ${reason}`);
    this.reason = reason;
  }
}
