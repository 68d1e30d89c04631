/** A TCP connection of the stack in the shape of Node's `net.Socket`, so that `node:http` and `node:tls` run over it unchanged. */
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import type { Connection, ConnectionOwner, TcpFailure } from '../stack/index.ts';
import { CONNECTED, FAILED, MILLISECOND } from '../stack/index.ts';
import { IdleTimer } from './idle-timer.ts';
import type { ErrorPlace } from './net-errors.ts';
import { netError } from './net-errors.ts';

export interface StackSocketOptions {
  /** Keep our direction open when the peer has closed its own. @default false: it is closed too, as in `net` */
  readonly allowHalfOpen?: boolean | undefined;
  /** Bytes that wait in the stream before reading stops or `write` says false. @default 64 KiB */
  readonly highWaterMark?: number | undefined;
}

export type ReadyState = 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed';

type Callback = (error?: Error | null) => void;

const HIGH_WATER_MARK = 64 * 1024;
/**
 * Longest data chunk. Each is memory of its own, so it may be kept. Measured over a cable in memory, on a busy machine: with
 * 16 KiB about a quarter less throughput than with 64 KiB; 256 KiB and slabs of 1 MiB gain nothing that stands out.
 */
const MAX_CHUNK = 64 * 1024;

/** Bytes that one `_write` or `_writev` has to put into the send buffer before it is done. */
interface PendingWrite {
  readonly chunks: readonly Uint8Array[];
  readonly done: Callback;
  /** The chunk to go on with, and how much of it was taken. */
  index: number;
  taken: number;
}

/**
 * Inherits from Duplex because Node's stream interfaces ask for it. Differences from `net.Socket`: there is no file
 * descriptor, `ref` and `unref` do nothing (whoever runs the stack keeps the process alive), and a host is an IPv4 address.
 */
export class StackSocket extends Duplex implements ConnectionOwner {
  #connection: Connection | undefined;
  #connecting: boolean;
  /** The stream has asked for bytes and did not yet have enough of them. */
  #wantsBytes = false;
  #pending: PendingWrite | undefined = undefined;
  #bytesRead = 0;
  #bytesWritten = 0;
  readonly #idle = new IdleTimer(() => this.emit('timeout'));

  /** @param connection whose events this socket takes over; undefined: one that could not be made and is to be destroyed */
  constructor(connection: Connection | undefined, options: StackSocketOptions = {}) {
    const { allowHalfOpen = false, highWaterMark = HIGH_WATER_MARK } = options;
    // 'close' carries whether there was an error, as in `net`: so it is emitted here and not by Duplex
    super({ allowHalfOpen, highWaterMark, emitClose: false, autoDestroy: true });
    this.#connection = connection;
    this.#connecting = connection === undefined || connection.state === 'SYN-SENT' || connection.state === 'SYN-RECEIVED';
    if (connection === undefined) return;
    connection.app.owner = this;
    if (this.#connecting) return;
    // an accepted connection may have failed while it waited to be accepted: told later, when somebody can listen
    if (connection.app.takeEvents() & FAILED) process.nextTick(() => this.notify(FAILED));
    this.read(0); // notices the peer's FIN although nobody reads yet
  }

  get connecting(): boolean {
    return this.#connecting && !this.destroyed;
  }

  get pending(): boolean {
    return this.#connecting;
  }

  get readyState(): ReadyState {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Bytes handed to `write`, also those that still wait in the stream. */
  get bytesWritten(): number {
    return this.#bytesWritten + remaining(this.#pending) + (this.#pending === undefined ? this.writableLength : 0);
  }

  get bufferSize(): number {
    return this.writableLength;
  }

  get remoteAddress(): string | undefined {
    return this.#isOpen ? this.#connection?.id.remote.toString() : undefined;
  }

  get remotePort(): number | undefined {
    return this.#isOpen ? this.#connection?.id.remotePort : undefined;
  }

  get remoteFamily(): 'IPv4' | undefined {
    return this.#isOpen ? 'IPv4' : undefined;
  }

  get localAddress(): string | undefined {
    return this.#connection?.id.local.toString();
  }

  get localPort(): number | undefined {
    return this.#connection?.id.localPort;
  }

  get localFamily(): 'IPv4' | undefined {
    return this.#connection === undefined ? undefined : 'IPv4';
  }

  /** Milliseconds of silence before 'timeout'; 0 and undefined: none. */
  get timeout(): number | undefined {
    return this.#idle.milliseconds;
  }

  address(): AddressInfo | Record<string, never> {
    const id = this.#connection?.id;
    return id === undefined ? {} : { address: id.local.toString(), family: 'IPv4', port: id.localPort };
  }

  /** Small segments at once: Nagle's algorithm off (RFC 9293 MUST-17). */
  setNoDelay(noDelay = true): this {
    return this.#setOptions({ noDelay });
  }

  /** @param initialDelay milliseconds of silence before the first probe; 0 leaves it as it is */
  setKeepAlive(enable = false, initialDelay = 0): this {
    return this.#setOptions(
      initialDelay > 0 ? { keepAlive: enable, keepAliveIdle: initialDelay * MILLISECOND } : { keepAlive: enable },
    );
  }

  /** Emits 'timeout' after so many milliseconds without traffic and leaves the rest to whoever listens; 0: never. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.#idle.set(milliseconds);
    if (callback !== undefined && milliseconds > 0) this.once('timeout', callback);
    else if (callback !== undefined) this.removeListener('timeout', callback);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends the connection with a RST. */
  resetAndDestroy(): this {
    if (this.#connecting) this.once('connect', () => this.resetAndDestroy());
    else {
      this.#connection?.abort();
      this.destroy();
    }
    return this;
  }

  /** Ends our direction after what was written, then lets go of the socket. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** The stack's word that something happened; not for applications. */
  notify(events: number): void {
    if (this.destroyed) return;
    if (events & CONNECTED && this.#connecting) this.#connected();
    this.#pull(); // what came before a failure is still delivered where somebody reads
    if (events & FAILED) this.destroy(this.#error(this.#connecting ? 'connect' : this.#pending ? 'write' : 'read'));
    else this.#push();
  }

  override _read(): void {
    this.#wantsBytes = true;
    this.#pull();
  }

  override _write(chunk: Buffer, _encoding: string, done: Callback): void {
    this.#begin([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Callback): void {
    this.#begin(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Callback): void {
    if (this.#connecting) {
      this.once('connect', () => this._final(done)); // closing before would throw the connection away
      return;
    }
    this.#connection?.closeWrite();
    done();
  }

  /**
   * As the kernel does for `close(2)`: what was written still goes out, and unread or later bytes are answered with RST.
   * An error does not change that: node:http writes its 400 and destroys with the error right behind it.
   */
  override _destroy(error: Error | null, done: Callback): void {
    this.#idle.set(0);
    const connection = this.#connection;
    if (connection !== undefined) {
      connection.app.owner = undefined;
      if (this.#connecting) connection.abort();
      else connection.close();
    }
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.done(error ?? this.#error('write'));
    done(error);
    process.nextTick(() => this.emit('close', error !== null)); // behind 'error'
  }

  #connected(): void {
    this.#connecting = false;
    this.#idle.refresh();
    this.emit('connect');
    this.emit('ready');
    this.read(0);
  }

  /** Moves bytes from the receive buffer to the stream while it wants them. Those that stay there close the TCP window. */
  #pull(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#connecting) return;
    while (this.#wantsBytes && connection.readable > 0) this.#take(connection);
    if (!this.#wantsBytes || !connection.isAtEnd || connection.app.failure !== undefined) return;
    this.#wantsBytes = false;
    this.push(null);
    this.read(0); // lets 'end' come although nobody reads, when nothing is left to be read
  }

  #take(connection: Connection): void {
    const chunk = Buffer.allocUnsafe(Math.min(connection.readable, MAX_CHUNK));
    connection.receive(chunk);
    this.#bytesRead += chunk.length;
    this.#idle.refresh();
    if (!this.push(chunk)) this.#wantsBytes = false;
  }

  #begin(chunks: readonly Uint8Array[], done: Callback): void {
    this.#pending = { chunks, done, index: 0, taken: 0 };
    this.#push();
  }

  /** Moves bytes of the pending write to the send buffer; done when all are there. */
  #push(): void {
    const pending = this.#pending;
    const connection = this.#connection;
    if (pending === undefined || connection === undefined) return;
    const before = this.#bytesWritten;
    for (let chunk = pending.chunks[pending.index]; chunk !== undefined; chunk = pending.chunks[pending.index]) {
      const taken = connection.send(chunk, pending.taken);
      pending.taken += taken;
      this.#bytesWritten += taken;
      if (pending.taken < chunk.length) break;
      pending.index++;
      pending.taken = 0;
    }
    if (this.#bytesWritten > before) this.#idle.refresh();
    if (pending.index < pending.chunks.length && connection.state !== 'CLOSED') return;
    this.#pending = undefined;
    pending.done(pending.index < pending.chunks.length ? this.#error('write') : null);
  }

  get #isOpen(): boolean {
    return !this.#connecting && !this.destroyed;
  }

  #error(syscall: ErrorPlace['syscall']): Error {
    const failure: TcpFailure | 'closed' = this.#connection?.app.failure ?? 'closed';
    if (syscall !== 'connect') return netError(failure, { syscall });
    const id = this.#connection?.id;
    return netError(failure, { syscall, address: id?.remote.toString(), port: id?.remotePort });
  }

  #setOptions(options: Partial<Connection['options']>): this {
    const connection = this.#connection;
    if (connection === undefined) return this;
    connection.options = { ...connection.options, ...options };
    if (options.keepAlive && !this.#connecting) {
      connection.timers.keepAlive = connection.heardAt + connection.options.keepAliveIdle;
      connection.host?.ready(connection);
    }
    return this;
  }
}

function remaining(pending: PendingWrite | undefined): number {
  if (pending === undefined) return 0;
  return pending.chunks.slice(pending.index).reduce((sum, chunk) => sum + chunk.length, -pending.taken);
}
