/** A port that accepts connections, as applications hold it. */
import type { Stack } from '../stack.ts';
import type { Listener, ListenOptions } from '../tcp/open/listener.ts';
import { Signal } from './signal.ts';
import { TcpSocket } from './tcp-socket.ts';

export class TcpListener implements AsyncIterable<TcpSocket>, Disposable {
  readonly #stack: Stack;
  readonly #listener: Listener;
  readonly #arrived = new Signal();

  /** Called when connections wait, inside of the stack's run: what is written to those that `acceptNow` gives leaves with it. */
  onChange: (() => void) | undefined = undefined;

  constructor(stack: Stack, listener: Listener) {
    this.#stack = stack;
    this.#listener = listener;
    listener.owner = this;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** The next connection; undefined when the listener is closed. */
  async accept(): Promise<TcpSocket | undefined> {
    while (this.#listener.isOpen) {
      const socket = this.acceptNow();
      if (socket !== undefined) return socket;
      await this.#arrived.wait();
    }
    return undefined;
  }

  /** A connection that waits to be accepted; undefined when there is none. */
  acceptNow(): TcpSocket | undefined {
    const connection = this.#listener.accept();
    return connection === undefined ? undefined : new TcpSocket(connection);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TcpSocket> {
    for (let socket = await this.accept(); socket !== undefined; socket = await this.accept()) yield socket;
  }

  /** Stops listening. Accepted connections live on; those that nobody accepted are aborted. */
  close(): void {
    this.#stack.tcp.unlisten(this.#listener);
    this.#arrived.fire();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The stack's word that somebody waits; not for applications. */
  notify(): void {
    this.#arrived.fire();
    this.onChange?.();
  }
}

/** Waits for connections on a port; 0: any free one. @throws TcpError when the port is taken */
export const listenTcp = (stack: Stack, port: number, options: ListenOptions = {}): TcpListener =>
  new TcpListener(stack, stack.tcp.listen(port, options));
