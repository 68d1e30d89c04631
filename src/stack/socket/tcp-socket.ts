/** A TCP connection as applications hold it: promises and async iteration over the machine, and nothing else. */
import type { Stack } from '../stack.ts';
import type { TcpFailure } from '../tcp/application-side.ts';
import { CLOSED, FAILED, PEER_CLOSED, PROBLEM, READABLE, URGENT, WRITABLE } from '../tcp/application-side.ts';
import type { ConnectOptions } from '../tcp/connect-options.ts';
import type { Connection, SendOptions } from '../tcp/connection.ts';
import { tcpInfo } from '../tcp/info/tcp-info.ts';
import type { TcpInfo } from '../tcp/info/tcp-info-fields.ts';
import type { ConnectionSummary } from '../tcp/inspect.ts';
import { inspect } from '../tcp/inspect.ts';
import type { TcpOptions } from '../tcp/options.ts';
import { quickAck } from '../tcp/run-time-options.ts';
import { isSynchronized, mayWrite } from '../tcp/state.ts';
import type { Micros } from '../time.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import type { Endpoint } from './endpoint.ts';
import { formatEndpoint } from './endpoint.ts';
import { SocketError } from './errors.ts';
import { Signal } from './signal.ts';

const DEFAULT_READ = 64 * 1024;

export class TcpSocket implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #connection: Connection;
  readonly #readable = new Signal();
  readonly #writable = new Signal();
  readonly #ended = new Signal();

  /** Called when there is more urgent data ahead than before, or its last octet has come (MUST-32): see `urgentAhead`. */
  onUrgent: (() => void) | undefined = undefined;

  /**
   * Called when something is in the way that is not yet the end: an ICMP error, or retransmissions without an answer (SHLD-9).
   * Leave it undefined to hear nothing (SHLD-20); reads and writes go on in any case.
   */
  onProblem: ((reason: TcpFailure) => void) | undefined = undefined;

  /**
   * Called when there may be bytes, room or an end, inside of the stack's run: what is read and written here by `readNow` and
   * `writeNow` is acknowledged and sent by the same run. For bulk; a promise costs a turn.
   */
  onChange: (() => void) | undefined = undefined;

  /** @param connection whose events this socket takes over */
  constructor(connection: Connection) {
    this.#connection = connection;
    connection.app.owner = this;
  }

  get local(): Endpoint {
    return { address: this.#connection.id.local, port: this.#connection.id.localPort };
  }

  get remote(): Endpoint {
    return { address: this.#connection.id.remote, port: this.#connection.id.remotePort };
  }

  /** The machine's numbers at this moment. */
  info(): ConnectionSummary {
    return inspect(this.#connection);
  }

  /** TCP_INFO: all there is to know, by Linux's names. @param now of the stack */
  tcpInfo(now: Micros): TcpInfo {
    return tcpInfo(this.#connection, now);
  }

  /** Send small segments at once: Nagle's algorithm off (MUST-17). */
  setNoDelay(noDelay: boolean): void {
    this.setOptions({ noDelay });
  }

  /** The options in force. */
  get options(): TcpOptions {
    return this.#connection.options;
  }

  /** Changes options while the connection is open: buffers, keep-alive, cork, congestion control and so on; see `TcpOptions`. */
  setOptions(changes: Partial<TcpOptions>): void {
    this.#connection.setOptions(changes);
  }

  /** Acknowledge at once for a while, or delay again: Linux's TCP_QUICKACK. */
  quickAck(on: boolean): void {
    quickAck(this.#connection, on);
  }

  /**
   * Resolves when all bytes are in the send buffer: a slow peer is felt here.
   * @param options `urgent`: the peer shall read up to here soon; RFC 6093 §5 advises new protocols against it
   * @throws SocketError when the connection fails or our direction is closed already
   */
  async write(bytes: Uint8Array, options: SendOptions = {}): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      if (!mayWrite(this.#connection.state) || this.#connection.sender.finQueued) throw this.#error('cannot write to');
      written += this.#connection.send(bytes, written, bytes.length, options);
      if (written < bytes.length) await this.#writable.wait();
    }
  }

  /**
   * Waits for bytes from the peer.
   * @param limit how many at most
   * @param least how many at least, unless the stream ends before: SO_RCVLOWAT and MSG_WAITALL; no more than the buffer holds
   * @returns undefined after the last byte, when the peer has closed its direction
   * @throws SocketError when the connection failed
   */
  async read(limit: number = DEFAULT_READ, least = 1): Promise<Uint8Array | undefined> {
    const connection = this.#connection;
    while (connection.readable < least && !(connection.readable > 0 && this.#receivesNoMore)) {
      if (connection.app.failure !== undefined) throw this.#error('cannot read from');
      if (connection.isAtEnd) return undefined;
      await this.#readable.wait();
    }
    const bytes = new Uint8Array(Math.min(limit, connection.readable));
    connection.receive(bytes);
    return bytes;
  }

  /** Moves what is there to `into`, without waiting. @returns how many bytes; 0: none now, and when `isAtEnd` none any more */
  readNow(into: Uint8Array): number {
    return this.#connection.receive(into);
  }

  /** As much of `bytes[from, to)` as there is room for, without waiting. @returns how many bytes; 0 also when nobody takes any */
  writeNow(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
    return this.#connection.send(bytes, from, to);
  }

  /** Everything has been read and nothing will come. */
  get isAtEnd(): boolean {
    return this.#connection.isAtEnd;
  }

  /** Why it ended before its time. */
  get failure(): TcpFailure | undefined {
    return this.#connection.app.failure;
  }

  /**
   * How many bytes are urgent from the next one on, also those that have not come yet (MUST-33). One read never goes across the
   * last of them: it ends in front of it.
   */
  get urgentAhead(): number {
    return this.#connection.urgentAhead;
  }

  /** The last urgent byte, once; undefined when there is none, it is not here yet, or it stays in the stream (`oobInline`). */
  readUrgent(): number | undefined {
    const octet = this.#connection.receiveUrgent();
    return typeof octet === 'number' ? octet : undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.read(); bytes !== undefined; bytes = await this.read()) yield bytes;
  }

  /** Nothing more will be read: a `read` that waits ends. What the peer sends is acknowledged as long as our direction is open. */
  closeRead(): void {
    this.#connection.closeRead();
    this.#readable.fire();
  }

  /** Our last byte has been written; reading goes on. */
  closeWrite(): void {
    this.#connection.closeWrite();
    this.#writable.fire(); // a write that waits for room has no right to go on behind the FIN
  }

  /** Closes both directions and resolves when the peer has acknowledged everything, or the connection failed. */
  async close(): Promise<void> {
    this.#connection.close();
    this.#writable.fire();
    await this.closed;
  }

  /** Ends the connection at once with a RST. */
  abort(): void {
    this.#connection.abort();
  }

  /** Resolves when the connection is over for both sides (TIME-WAIT counts as over); never rejects. */
  get closed(): Promise<void> {
    return this.#untilClosed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Resolves when the handshake is over. @throws SocketError when it fails */
  async connected(): Promise<void> {
    while (!isSynchronized(this.#connection.state)) {
      if (this.#connection.state === 'CLOSED') throw this.#error('cannot connect to');
      await this.#writable.wait();
    }
  }

  /** The stack's word that something happened; not for applications. */
  notify(events: number): void {
    const { softError } = this.#connection.app;
    if ((events & PROBLEM) !== 0 && softError !== undefined) this.onProblem?.(softError);
    if ((events & URGENT) !== 0) this.onUrgent?.();
    if ((events & (READABLE | PEER_CLOSED | FAILED | CLOSED)) !== 0) this.#readable.fire();
    this.#writable.fire();
    if ((events & WRITABLE) === 0 || this.#isOver) this.#ended.fire();
    this.onChange?.();
  }

  async #untilClosed(): Promise<void> {
    while (!this.#isOver) await this.#ended.wait();
  }

  get #receivesNoMore(): boolean {
    const { app, state } = this.#connection;
    return app.peerClosed || app.readClosed || state === 'CLOSED';
  }

  get #isOver(): boolean {
    return this.#connection.state === 'CLOSED' || this.#connection.state === 'TIME-WAIT';
  }

  #error(what: string): SocketError {
    return new SocketError(this.#connection.app.failure ?? 'closed', `${what} ${formatEndpoint(this.remote)}`);
  }
}

/**
 * Connects to a peer. With `fastOpen` its `data` goes along with the SYN where the server has been met before (RFC 7413).
 * @throws TcpError when that cannot even be tried; SocketError when the peer refuses or does not answer
 */
export async function connectTcp(
  stack: Stack,
  remote: IpAddress,
  port: number,
  options: ConnectOptions = {},
): Promise<TcpSocket> {
  const connection = stack.tcp.connect(remote, port, stack.now, options);
  const taken = connection.sender.buffered;
  const socket = new TcpSocket(connection);
  await socket.connected();
  if (options.data !== undefined && options.data.length > taken) await socket.write(options.data.subarray(taken));
  return socket;
}
