/** What an active open may say beside the address. */
import type { IpAddress } from '../wire/ip-address.ts';
import type { TcpOptions } from './options.ts';

export interface ConnectOptions extends Partial<TcpOptions> {
  /** Our address; MUST-44: chosen by the routes when absent. */
  readonly localAddress?: IpAddress;
  /** Our port; ephemeral when absent. */
  readonly localPort?: number;
  /**
   * TCP Fast Open, RFC 7413: `data` goes with the SYN where the server has given us a cookie before, else one is asked for. The
   * server may see that text twice when the network doubles the SYN: only for requests that bear it (§6.1). @default false
   */
  readonly fastOpen?: boolean;
  /** The first text to send, as far as the send buffer holds it. */
  readonly data?: Uint8Array;
}
