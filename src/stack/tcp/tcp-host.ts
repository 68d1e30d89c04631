/** What TCP asks of the layer below. */
import type { IpAddress } from '../wire/ip-address.ts';
import type { Path } from './connection.ts';

export interface TcpHost {
  /** The way to an address; undefined when there is none. `from`: when the application or the peer chose our address. */
  path(to: IpAddress, from?: IpAddress): Path | undefined;
  /** Nothing comes back from that address: the next hop on the way may be gone (RFC 9293 §3.8.3, RFC 1122 §3.3.1.4). */
  doubt(to: IpAddress): void;
  /** Something is ready to be sent or told: run the stack. */
  wake(): void;
  /** A connection has found out what the path to an address takes, IP header included (RFC 4821 §5.2: for others to share). */
  learnPathMtu?(to: IpAddress, mtu: number): void;
}
