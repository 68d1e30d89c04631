/** A port that waits for connections: LISTEN, RFC 9293 §3.10.7.2, with its backlog. */
import { Fifo } from '../bytes/fifo.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import type { ConnectionOwner } from './application-side.ts';
import { READABLE } from './application-side.ts';
import type { Connection } from './connection.ts';
import type { TcpOptions } from './options.ts';

export interface ListenOptions extends Partial<TcpOptions> {
  /** MUST-43: listen on this address only. @default every address */
  readonly address?: IpAddress | undefined;
  /** Connections that may wait for their handshake or to be accepted. @default 511 */
  readonly backlog?: number;
}

const DEFAULT_BACKLOG = 511;

export class Listener {
  readonly port: number;
  readonly address: IpAddress | undefined;
  readonly backlog: number;
  readonly options: Partial<TcpOptions>;
  owner: ConnectionOwner | undefined = undefined;
  isOpen = true;
  /** SYNs turned away because the backlog was full. */
  refused = 0;
  readonly #halfOpen = new Set<Connection>();
  readonly #waiting = new Fifo<Connection>();

  constructor(port: number, { address, backlog = DEFAULT_BACKLOG, ...options }: ListenOptions) {
    this.port = port;
    this.address = address;
    this.backlog = backlog;
    this.options = options;
  }

  get isFull(): boolean {
    return this.#halfOpen.size + this.#waiting.length >= this.backlog;
  }

  /** How many connections are in their handshake, and how many wait to be accepted. */
  get queued(): { readonly halfOpen: number; readonly waiting: number } {
    return { halfOpen: this.#halfOpen.size, waiting: this.#waiting.length };
  }

  /** A SYN has arrived for us. */
  begin(connection: Connection): void {
    connection.listener = this;
    this.#halfOpen.add(connection);
  }

  /** The handshake of a connection has ended, well or not. @returns true when there is something to accept */
  settle(connection: Connection): boolean {
    connection.listener = undefined;
    this.#halfOpen.delete(connection);
    if (connection.state === 'CLOSED') return false;
    this.#waiting.push(connection);
    return true;
  }

  /** The connection that has waited longest; one that failed meanwhile is passed on too: its owner learns why. */
  accept(): Connection | undefined {
    return this.#waiting.shift();
  }

  /** Tells the owner that `accept` will give something. */
  notify(): void {
    this.owner?.notify(READABLE);
  }

  /** Stops listening; connections that nobody accepted are aborted, accepted ones live on. */
  close(): void {
    this.isOpen = false;
    for (const connection of this.#halfOpen) {
      connection.listener = undefined;
      connection.abort();
    }
    this.#halfOpen.clear();
    for (let waiting = this.#waiting.shift(); waiting !== undefined; waiting = this.#waiting.shift()) waiting.abort();
  }
}
