/** Connecting over a stack in the ways of Node: `net.connect`, the `createConnection` of an HTTP request, and an HTTP agent. */
import type { AgentOptions, ClientRequestArgs } from 'node:http';
import { Agent } from 'node:http';
import type { ConnectOptions, Stack } from '../stack/index.ts';
import { fromV4, parseV4, TcpError } from '../stack/index.ts';
import { netError } from './net-errors.ts';
import type { StackSocketOptions } from './net-socket.ts';
import { StackSocket } from './net-socket.ts';

export interface ConnectNetOptions extends StackSocketOptions {
  /** An IPv4 address: names are not looked up. */
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  /** Milliseconds without traffic before 'timeout'. */
  readonly timeout?: number | undefined;
}

/**
 * Connects as `net.connect` does: failures arrive as 'error' events.
 * @param onConnect is added to the listeners of 'connect'
 * @throws RangeError when the port or an address is none: that is a mistake in the program
 */
export function connectNet(stack: Stack, options: ConnectNetOptions, onConnect?: () => void): StackSocket {
  const port = portOf(options.port);
  const remote = addressOf(options.host);
  const socket = open(stack, remote, port, options);
  if (options.timeout) socket.setTimeout(options.timeout);
  if (onConnect !== undefined) socket.once('connect', onConnect);
  return socket;
}

function open(stack: Stack, host: number, port: number, options: ConnectNetOptions): StackSocket {
  try {
    return new StackSocket(stack.tcp.connect(fromV4(host), port, stack.now, settingsOf(options)), options);
  } catch (error) {
    if (!(error instanceof TcpError)) throw error;
    const socket = new StackSocket(undefined, options);
    const failure = netError(error.reason, { syscall: 'connect', address: options.host, port });
    process.nextTick(() => socket.destroy(failure));
    return socket;
  }
}

function settingsOf({ localAddress, localPort, noDelay, keepAlive }: ConnectNetOptions): ConnectOptions {
  return {
    ...(localAddress === undefined ? {} : { localAddress: fromV4(addressOf(localAddress)) }),
    ...(localPort === undefined ? {} : { localPort }),
    ...(noDelay === undefined ? {} : { noDelay }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
  };
}

function addressOf(host: string): number {
  const word = parseV4(host);
  if (word === undefined) throw new RangeError(`"${host}" is not an IPv4 address such as 10.0.0.2, and names are not looked up`);
  return word;
}

/** @throws RangeError when it is no port to connect to */
function portOf(port: number): number {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new RangeError(`port ${port} is not a number from 1 to 65535`);
  return number;
}

const targetOf = ({ host, hostname, port, defaultPort, timeout }: ClientRequestArgs): ConnectNetOptions => ({
  host: host ?? hostname ?? '',
  port: Number(port ?? defaultPort ?? 80),
  noDelay: true, // as the agent of node:http does
  timeout,
});

/** For `http.request({ host, port, createConnection: createConnectionOver(stack) })`. */
export const createConnectionOver =
  (stack: Stack) =>
  (options: ClientRequestArgs): StackSocket =>
    connectNet(stack, targetOf(options));

/** An HTTP agent whose connections go over the stack: `http.request({ host, port, agent })`. */
export class StackAgent extends Agent {
  readonly #stack: Stack;

  constructor(stack: Stack, options: AgentOptions = {}) {
    super(options);
    this.#stack = stack;
  }

  /** Called by node:http. */
  override createConnection(options: ClientRequestArgs): StackSocket {
    return connectNet(this.#stack, targetOf(options));
  }
}
