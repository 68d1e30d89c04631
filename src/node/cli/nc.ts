/** `tapstack nc`: standard input and output over a TCP connection or UDP datagrams of the stack, as client or listener. */
import type { Endpoint } from '../../stack/socket/endpoint.ts';
import { formatEndpoint } from '../../stack/socket/endpoint.ts';
import { listenTcp } from '../../stack/socket/tcp-listener.ts';
import type { TcpSocket } from '../../stack/socket/tcp-socket.ts';
import { connectTcp } from '../../stack/socket/tcp-socket.ts';
import { openUdp } from '../../stack/socket/udp-socket.ts';
import type { Stack } from '../../stack/stack.ts';
import { fromV4, parseV4 } from '../../stack/wire/ip-address.ts';
import type { NetworkOptions } from './network-options.ts';
import * as parse from './parse.ts';
import { openSession, printer } from './session.ts';
import { UsageError } from './usage-error.ts';

export interface NcOptions extends NetworkOptions {
  readonly listen?: boolean;
  readonly udp?: boolean;
}

/** @param where host and port; with `listen` only the port */
export async function nc(where: readonly string[], options: NcOptions): Promise<number> {
  const target = options.listen ? undefined : endpointOf(where);
  if (options.listen && where.length > 1) throw new UsageError('nc -l wants the port alone, such as: tapstack nc -l 7');
  const port = target?.port ?? portOf(where[0]);
  const session = await openSession(options, { print: printer(options, true) });
  const { stack } = session.host;
  try {
    if (options.udp) await exchangeDatagrams(stack, target, port);
    else await exchange(target === undefined ? await acceptOne(stack, port) : await connectTcp(stack, target.address, port));
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await session.close();
  }
}

function endpointOf([host, port, ...rest]: readonly string[]): Endpoint {
  const word = parseV4(host ?? '');
  if (word === undefined || port === undefined || rest.length > 0) {
    throw new UsageError('nc wants an address and a port, such as: tapstack nc 10.0.0.1 7; or to listen: tapstack nc -l 7');
  }
  return { address: fromV4(word), port: portOf(port) };
}

function portOf(text: string | undefined): number {
  if (text === undefined) throw new UsageError('nc -l wants the port to listen on, such as: tapstack nc -l 7');
  try {
    return parse.port(text);
  } catch (error) {
    throw new UsageError(`"${text}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function acceptOne(stack: Stack, port: number): Promise<TcpSocket> {
  const listener = listenTcp(stack, port);
  const socket = await listener.accept();
  listener.close();
  if (socket === undefined) throw new Error('the listener was closed');
  process.stderr.write(`connection from ${formatEndpoint(socket.remote)}\n`);
  return socket;
}

/** Both directions until both are closed. */
async function exchange(socket: TcpSocket): Promise<void> {
  const sending = (async () => {
    for await (const chunk of process.stdin) await socket.write(chunk as Uint8Array);
    socket.closeWrite();
  })();
  sending.catch(() => {}); // the reading side says what went wrong
  for await (const bytes of socket) process.stdout.write(bytes);
  // the peer has said its last word: a person at a terminal is done too, a file or a pipe still goes out to its end
  if (!process.stdin.isTTY) await sending.catch(() => {});
  process.stdin.destroy();
  await socket.close();
}

/** A line in is a datagram out; the listener answers whoever spoke last. Ends with the input. */
async function exchangeDatagrams(stack: Stack, target: Endpoint | undefined, port: number): Promise<void> {
  const socket = openUdp(stack, target === undefined ? { port } : {});
  let peer = target;
  if (target !== undefined) socket.connect(target.address, target.port);
  const receiving = (async () => {
    for await (const { bytes, from } of socket) {
      peer ??= from;
      process.stdout.write(bytes);
    }
  })();
  const sending = (async () => {
    for await (const chunk of process.stdin) if (peer !== undefined) await socket.send(chunk as Uint8Array, peer);
    if (target === undefined) return new Promise<void>(() => {}); // a listener goes on listening
    await new Promise((resolve) => setTimeout(resolve, LAST_ANSWER_MS));
    return undefined;
  })();
  await Promise.race([receiving, sending]);
  socket.close();
}

/** How long answers are waited for after the last line. */
const LAST_ANSWER_MS = 1000;
