/** A listening port of the stack in the shape of Node's `net.Server`, and node:http on top of it. */
import { EventEmitter } from 'node:events';
import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection, Listener, Stack } from '../stack/index.ts';
import { fromV4, parseV4, TcpError } from '../stack/index.ts';
import { netError } from './net-errors.ts';
import type { StackSocketOptions } from './net-socket.ts';
import { StackSocket } from './net-socket.ts';

export interface ListenNetOptions {
  /** 0: any free one; `address()` tells which. */
  readonly port: number;
  /** An IPv4 address of ours. @default every address */
  readonly host?: string | undefined;
  readonly backlog?: number | undefined;
}

export interface StackServerOptions extends StackSocketOptions {
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
}

/** Events: 'listening', 'connection' (a StackSocket), 'drop' (one too many), 'error', 'close'. */
export class StackServer extends EventEmitter {
  /** Connections beyond this many are reset at once. */
  maxConnections = Number.POSITIVE_INFINITY;
  readonly #stack: Stack;
  readonly #options: StackServerOptions;
  /** Sockets that live. */
  #open = 0;
  #listener: Listener | undefined = undefined;
  /** Closed, and 'close' not yet told. */
  #isClosing = false;

  constructor(stack: Stack, options: StackServerOptions = {}, onConnection?: (socket: StackSocket) => void) {
    super();
    this.#stack = stack;
    this.#options = options;
    if (onConnection !== undefined) this.on('connection', onConnection);
  }

  get listening(): boolean {
    return this.#listener !== undefined;
  }

  /** Connections that live. */
  get connections(): number {
    return this.#open;
  }

  /**
   * Waits for connections. A port that is taken arrives as an 'error' event, as in `net`.
   * @throws Error when listening already; RangeError when the port or the host is none
   */
  listen({ port, host, backlog }: ListenNetOptions, onListening?: () => void): this {
    if (this.#listener !== undefined) throw new Error('this server listens already: close it first');
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new RangeError(`port ${port} is not a number from 0 to 65535`);
    const address = host === undefined ? 0 : parseV4(host);
    if (address === undefined) throw new RangeError(`"${host}" is not an IPv4 address such as 10.0.0.2`);
    if (onListening !== undefined) this.once('listening', onListening);
    try {
      const { noDelay = false, keepAlive = false } = this.#options;
      const settings = { noDelay, keepAlive, ...(backlog === undefined ? {} : { backlog }) };
      this.#listener = this.#stack.tcp.listen(port, address === 0 ? settings : { ...settings, address: fromV4(address) });
    } catch (error) {
      if (!(error instanceof TcpError)) throw error;
      const failure = netError(error.reason, { syscall: 'listen', address: host ?? '0.0.0.0', port });
      process.nextTick(() => this.emit('error', failure));
      return this;
    }
    this.#listener.owner = this;
    process.nextTick(() => {
      if (this.listening) this.emit('listening');
    });
    return this;
  }

  address(): AddressInfo | null {
    const listener = this.#listener;
    if (listener === undefined) return null;
    return { address: listener.address?.toString() ?? '0.0.0.0', family: 'IPv4', port: listener.port };
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this.#open);
    return this;
  }

  /** Takes no more connections; 'close', and the callback, when those that live have ended. */
  close(onClosed?: (error?: Error) => void): this {
    const listener = this.#listener;
    if (listener === undefined) {
      const error = Object.assign(new Error('Server is not running.'), { code: 'ERR_SERVER_NOT_RUNNING' });
      if (onClosed !== undefined) process.nextTick(onClosed, error);
      return this;
    }
    if (onClosed !== undefined) this.once('close', () => onClosed());
    this.#listener = undefined;
    this.#isClosing = true;
    this.#stack.tcp.unlisten(listener);
    this.#closeIfDrained();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** The stack's word that connections wait; not for applications. */
  notify(): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    for (let connection = listener.accept(); connection !== undefined; connection = listener.accept()) this.#accept(connection);
  }

  #accept(connection: Connection): void {
    if (this.#open >= this.maxConnections) {
      const { local, localPort, remote, remotePort } = connection.id;
      connection.abort();
      this.emit('drop', { localAddress: `${local}`, localPort, remoteAddress: `${remote}`, remotePort, remoteFamily: 'IPv4' });
      return;
    }
    const socket = new StackSocket(connection, this.#options);
    this.#open++;
    socket.once('close', () => {
      this.#open--;
      this.#closeIfDrained();
    });
    this.emit('connection', socket);
  }

  #closeIfDrained(): void {
    if (!this.#isClosing || this.#open > 0) return;
    this.#isClosing = false;
    process.nextTick(() => this.emit('close'));
  }
}

export interface StackHttpServer {
  /** Node's own server: its events, time-outs and options. Its `listen` is not used. */
  readonly http: Server;
  /** The port of the stack that feeds it. */
  readonly net: StackServer;
  listen(options: ListenNetOptions, onListening?: () => void): StackHttpServer;
  /** Takes no more connections, ends idle ones, and resolves when the others have ended. */
  close(): Promise<void>;
}

/**
 * `http.createServer` over the stack, in the way that Node documents: sockets are handed over by `emit('connection', socket)`.
 * @param options of node:http, or a server made elsewhere (an express application's, say)
 */
export function createHttpServer(stack: Stack, handler?: RequestListener, options: ServerOptions | Server = {}): StackHttpServer {
  const http = options instanceof Server ? options : createServer(options);
  if (handler !== undefined) http.on('request', handler);
  // a client that sends its request and then its FIN still gets its answer, as with node:http's own sockets
  const net = new StackServer(stack, { allowHalfOpen: true, noDelay: true }, (socket) => http.emit('connection', socket));
  net.on('listening', () => http.emit('listening')); // node:http begins to watch for slow clients here
  return {
    http,
    net,
    listen(listenOptions, onListening) {
      net.listen(listenOptions, onListening);
      return this;
    },
    close() {
      return new Promise((resolve) => {
        net.close(() => resolve());
        http.close(); // ends idle connections; it never listened itself, and that is no error here
        http.closeIdleConnections();
      });
    },
  };
}
