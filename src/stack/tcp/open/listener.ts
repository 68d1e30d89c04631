/** A port that waits for connections: LISTEN, RFC 9293 §3.10.7.2, with its backlog. */
import { Fifo } from '../../bytes/fifo.ts';
import { Roster } from '../../bytes/roster.ts';
import type { Micros } from '../../time.ts';
import type { IpAddress } from '../../wire/ip-address.ts';
import type { ConnectionOwner } from '../application-side.ts';
import { READABLE } from '../application-side.ts';
import type { Connection } from '../connection.ts';
import type { TcpOptions } from '../options.ts';
import type { FastOpenKeys } from './fast-open-keys.ts';
import { FastOpenQueue } from './fast-open-queue.ts';
import { COOKIE_LIFETIME } from './syn-cookies.ts';

export interface ListenOptions extends Partial<TcpOptions> {
  /** MUST-43: listen on this address only. @default every address */
  readonly address?: IpAddress | undefined;
  /** Connections that may wait for their handshake or to be accepted. @default 511 */
  readonly backlog?: number;
  /**
   * TCP Fast Open, RFC 7413: connections that may be accepted with the text of their SYN while their handshake goes on; the
   * application must bear to see such text twice (§6.1). 0: none. @default 0
   */
  readonly fastOpen?: number;
  /** Other keys than the host's for the cookies of this port. */
  readonly fastOpenKeys?: FastOpenKeys;
  /** Share the port with others that say so too: each four-tuple is always the same one's (SO_REUSEPORT). @default false */
  readonly reusePort?: boolean;
}

const DEFAULT_BACKLOG = 511;
/**
 * Established connections that wait although the backlog is full: their cookie proved that the peer is real, and to drop the
 * last segment of its handshake would leave it waiting for ever where the server speaks first.
 */
const PATIENCE = 4096;

export class Listener {
  readonly port: number;
  readonly address: IpAddress | undefined;
  readonly backlog: number;
  options: Partial<TcpOptions>;
  readonly reusePort: boolean;
  owner: ConnectionOwner | undefined = undefined;
  /** Fast Open, where it was asked for; may be changed at any time. */
  fastOpen: FastOpenQueue | undefined = undefined;
  fastOpenKeys: FastOpenKeys | undefined = undefined;
  isOpen = true;
  /** Its owner will be told; the host's bookkeeping. */
  isNews = false;
  /** When a SYN was last answered with a cookie. */
  cookieAt: Micros = -COOKIE_LIFETIME;
  /** SYNs turned away because the backlog was full. */
  refused = 0;
  #merged: TcpOptions | undefined = undefined;
  readonly #halfOpen = new Roster<Connection>();
  readonly #waiting = new Fifo<Connection>();
  #heldBack: WeakSet<Connection> | undefined = undefined;
  /** Of those, how many the owner has left when it was last told. */
  #leftWaiting = 0;

  constructor(
    port: number,
    { address, backlog = DEFAULT_BACKLOG, fastOpen = 0, fastOpenKeys, reusePort = false, ...options }: ListenOptions,
  ) {
    this.port = port;
    this.address = address;
    this.backlog = backlog;
    this.options = options;
    if (fastOpen > 0) this.fastOpen = new FastOpenQueue(fastOpen);
    this.fastOpenKeys = fastOpenKeys;
    this.reusePort = reusePort;
  }

  /** Connections in their handshake. */
  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** Connections that wait to be accepted. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The peer has done its part of the handshake; the connection is accepted when text comes. */
  holdBack(connection: Connection): void {
    this.#heldBack ??= new WeakSet();
    this.#heldBack.add(connection);
  }

  isHeldBack(connection: Connection): boolean {
    return this.#heldBack?.has(connection) === true;
  }

  /** Whoever was told did not accept what was waiting: then cookies would only make the queue longer. */
  get isChoked(): boolean {
    return this.#leftWaiting >= Math.max(this.backlog, PATIENCE);
  }

  /** A cookie may still come back. */
  expectsCookies(now: Micros): boolean {
    return now - this.cookieAt < COOKIE_LIFETIME;
  }

  /** How many connections are in their handshake, and how many wait to be accepted. */
  get queued(): { readonly halfOpen: number; readonly waiting: number } {
    return { halfOpen: this.#halfOpen.size, waiting: this.#waiting.length };
  }

  /** What its connections are opened with: one object for all of them. @param defaults of the host */
  optionsOver(defaults: TcpOptions): TcpOptions {
    this.#merged ??= { ...defaults, ...this.options };
    return this.#merged;
  }

  /** For connections that begin from now on. */
  setOptions(changes: Partial<TcpOptions>): void {
    this.options = { ...this.options, ...changes };
    this.#merged = undefined;
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
    const connection = this.#waiting.shift();
    this.#leftWaiting = Math.min(this.#leftWaiting, this.#waiting.length);
    return connection;
  }

  /** Tells the owner that `accept` will give something. */
  notify(): void {
    this.owner?.notify(READABLE);
    this.#leftWaiting = this.#waiting.length;
  }

  /**
   * Stops listening. Connections that nobody accepted are aborted; of half-open ones nothing is said, as kernels do: who goes on
   * with such a handshake hears from a closed port.
   */
  close(): void {
    this.isOpen = false;
    for (const connection of this.#halfOpen) {
      connection.listener = undefined;
      connection.fail('aborted');
      this.#halfOpen.delete(connection);
    }
    for (let waiting = this.#waiting.shift(); waiting !== undefined; waiting = this.#waiting.shift()) waiting.abort();
  }
}
