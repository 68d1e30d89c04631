/** What an application does, in three lines: `[accept(80), echo()]`. */
import { encodeUtf8 } from '../stack/bytes/utf8.ts';
import { SocketError } from '../stack/socket/errors.ts';
import { listenTcp } from '../stack/socket/tcp-listener.ts';
import type { TcpSocket } from '../stack/socket/tcp-socket.ts';
import { connectTcp } from '../stack/socket/tcp-socket.ts';
import type { Stack } from '../stack/stack.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import type { Micros } from '../stack/time.ts';
import { ipv4 } from '../stack/wire/ip-address.ts';

/** The host on which an application runs. */
export interface ApplicationHost {
  readonly stack: Stack;
  /** Lets virtual time pass. */
  sleep(duration: Micros): Promise<void>;
}

/** How a conversation begins: calls `begin` with each connection. */
export type Opener = (host: ApplicationHost, begin: (socket: TcpSocket) => void) => void | Promise<void>;
/** What happens next in a conversation. */
export type Step = (socket: TcpSocket, host: ApplicationHost) => void | Promise<void>;

export type Dialogue = readonly [Opener, ...Step[]];
/** One dialogue, several of them, or a function that does as it likes with the stack. */
export type Application = Dialogue | readonly Dialogue[] | ((host: ApplicationHost) => void | Promise<void>);

/** Every connection to a port, one conversation each. */
export const accept =
  (port: number, options: Partial<TcpOptions> = {}): Opener =>
  async ({ stack }, begin) => {
    for await (const socket of listenTcp(stack, port, options)) begin(socket);
  };

/** One connection, opened by the host. @param after so long, counted from the beginning of the capture */
export const connect =
  (address: string, port: number, { after = 0, ...options }: Partial<TcpOptions> & { readonly after?: Micros } = {}): Opener =>
  async (host, begin) => {
    if (after > 0) await host.sleep(after);
    begin(await connectTcp(host.stack, ipv4(address), port, options));
  };

/** Everything that comes goes back, until the peer closes. */
export const echo = (): Step => async (socket) => {
  for await (const bytes of socket) await socket.write(bytes);
};

/** Waits for so many bytes, and no longer than the peer sends any; without a number for the first that come. */
export const read =
  (atLeast = 1): Step =>
  async (socket) => {
    for (let got = 0; got < atLeast; ) {
      const bytes = await socket.read(atLeast - got > 1 ? atLeast - got : undefined);
      if (bytes === undefined) return;
      got += bytes.length;
    }
  };

/** Reads until the peer has closed its direction. */
export const readAll = (): Step => async (socket) => {
  for await (const bytes of socket) if (bytes.length === 0) return;
};

/** Text is sent as UTF-8. */
export const send =
  (what: Uint8Array | string): Step =>
  (socket) =>
    socket.write(typeof what === 'string' ? encodeUtf8(what) : what);

/** Lets virtual time pass. */
export const wait =
  (duration: Micros): Step =>
  (_socket, host) =>
    host.sleep(duration);

/** Our direction is over; reading goes on. */
export const finish = (): Step => (socket) => socket.closeWrite();

/** Both directions are over. */
export const close = (): Step => (socket) => socket.close();

/** Ends the connection with a RST. */
export const abort = (): Step => (socket) => socket.abort();

/** Starts an application. A conversation that the peer ends early ends by itself; behind its last step a connection is closed. */
export function startApplication(application: Application, host: ApplicationHost, onError: (error: unknown) => void): void {
  if (typeof application === 'function') {
    void settle(() => application(host), onError);
    return;
  }
  const dialogues = (typeof application[0] === 'function' ? [application] : application) as readonly Dialogue[];
  for (const [open, ...steps] of dialogues) {
    const begin = (socket: TcpSocket): void => void settle(() => converse(socket, steps, host), onError);
    void settle(() => open(host, begin), onError);
  }
}

async function converse(socket: TcpSocket, steps: readonly Step[], host: ApplicationHost): Promise<void> {
  for (const step of steps) await step(socket, host);
  await socket.close();
}

async function settle(act: () => void | Promise<void>, onError: (error: unknown) => void): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof SocketError)) onError(error);
  }
}
