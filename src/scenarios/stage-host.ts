/** A host on a stage: its stack, with what scenarios do with a host, said in few words. */
import type { ConnectOptions, IpAddress, ListenOptions, Stack, TcpListener } from '../stack/index.ts';
import { listenTcp, SocketError, TcpSocket } from '../stack/index.ts';

/** What a server does with a connection. The connection is not closed behind it. */
export type Serve = (socket: TcpSocket) => Promise<void>;

export class StageHost {
  readonly name: string;
  readonly stack: Stack;
  readonly address: IpAddress;
  readonly #onError: (error: unknown) => void;

  /** @param onError told of what the host's applications throw, but for the end of their connections */
  constructor(name: string, stack: Stack, address: IpAddress, onError: (error: unknown) => void) {
    this.name = name;
    this.stack = stack;
    this.address = address;
    this.#onError = onError;
  }

  /** Waits for connections and serves each of them. */
  listen(port: number, serve: Serve, options: ListenOptions = {}): TcpListener {
    const listener = listenTcp(this.stack, port, options);
    this.goesOn(async () => {
      for await (const socket of listener) this.goesOn(() => serve(socket));
    });
    return listener;
  }

  /** Begins to connect; the handshake is still to come. */
  open(to: StageHost, port: number, options: ConnectOptions = {}): TcpSocket {
    return new TcpSocket(this.stack.tcp.connect(to.address, port, this.stack.now, options));
  }

  /** Connects. @throws SocketError when the other side refuses or does not answer */
  async connect(to: StageHost, port: number, options: ConnectOptions = {}): Promise<TcpSocket> {
    const socket = this.open(to, port, options);
    await socket.connected();
    return socket;
  }

  /** Lets an application of this host run beside the story. That its connection fails is part of the story. */
  goesOn(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!(error instanceof SocketError)) this.#onError(error);
    });
  }
}

/** Reads to the end of the stream. @returns how many bytes came */
export async function readAll(socket: TcpSocket): Promise<number> {
  let length = 0;
  for await (const bytes of socket) length += bytes.length;
  return length;
}

/** Reads to the end, then closes: the plainest of servers. */
export async function readAndClose(socket: TcpSocket): Promise<void> {
  await readAll(socket);
  await socket.close();
}

/** Bytes that show which they are: the alphabet over and over. */
export const letters = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => 0x61 + (index % 26));
