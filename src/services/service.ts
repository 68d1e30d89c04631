/** What the small services have in common: they take every comer, and no single one of them can end the service. */
import type { ReceivedDatagram, Stack, TcpListener, TcpSocket, UdpSocket } from '../stack/index.ts';
import { listenTcp, openUdp, Roster, SocketError, UdpError } from '../stack/index.ts';
import { nextDatagram } from './next-datagram.ts';

export interface Service {
  readonly port: number;
  /** TCP connections that live. */
  readonly connections: number;
  /** Ends it: nobody new, and whoever is connected is reset. */
  close(): void;
}

export interface ServiceOptions {
  /** @default the one that the RFC of the service assigns; 0: any free one, the same for both protocols */
  readonly port?: number;
  readonly tcp?: boolean;
  readonly udp?: boolean;
  /** TCP connections at once; more are reset. @default 256 */
  readonly maxConnections?: number;
}

/** What makes one service different from the others. */
export interface ServiceBehavior {
  readonly port: number;
  /** A conversation; when it is over or has failed, the connection is closed. */
  onConnection(socket: TcpSocket): Promise<void>;
  /** The answer to a datagram; undefined: none. */
  onDatagram(datagram: ReceivedDatagram): Uint8Array | undefined;
}

/** With somebody who is being served. */
interface Conversation {
  readonly socket: TcpSocket;
  place: number;
}

const MAX_CONNECTIONS = 256;
/** Below: ports of services, which would answer our answers. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** @throws TcpError or UdpError when the port is taken */
export function startService(stack: Stack, behavior: ServiceBehavior, options: ServiceOptions): Service {
  const { tcp = true, udp = true, maxConnections = MAX_CONNECTIONS } = options;
  const port = options.port ?? behavior.port;
  const live = new Roster<Conversation>();
  const listener = tcp ? listenTcp(stack, port) : undefined;
  const chosen = listener?.port ?? port;
  let datagrams: UdpSocket | undefined;
  try {
    datagrams = udp ? openUdp(stack, { port: chosen }) : undefined;
  } catch (error) {
    listener?.close();
    throw error;
  }
  if (listener !== undefined) serveConnections(listener, behavior, live, maxConnections);
  if (datagrams !== undefined) void serveDatagrams(datagrams, behavior);
  return {
    port: datagrams?.port ?? chosen,
    get connections() {
      return live.size;
    },
    close() {
      listener?.close();
      datagrams?.close();
      for (const { socket } of live) socket.abort();
    },
  };
}

/** Inside of the stack's run: often the first words are here already, and the answer leaves with the same run. */
function serveConnections(
  listener: TcpListener,
  behavior: ServiceBehavior,
  live: Roster<Conversation>,
  maxConnections: number,
): void {
  const serve = (socket: TcpSocket): void => {
    const conversation = { socket, place: -1 };
    live.add(conversation);
    void converse(socket, behavior).finally(() => live.delete(conversation));
  };
  listener.onChange = () => {
    for (let socket = listener.acceptNow(); socket !== undefined; socket = listener.acceptNow()) {
      if (live.size < maxConnections) serve(socket);
      else socket.abort();
    }
  };
}

/** A peer that resets or vanishes ends its own conversation and nothing else. */
async function converse(socket: TcpSocket, behavior: ServiceBehavior): Promise<void> {
  try {
    await behavior.onConnection(socket);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
  }
  await socket.close();
}

async function serveDatagrams(socket: UdpSocket, behavior: ServiceBehavior): Promise<void> {
  for (;;) {
    const datagram = await nextDatagram(socket);
    if (datagram === undefined) return;
    if (!mayAnswer(datagram)) continue;
    const answer = behavior.onDatagram(datagram);
    if (answer !== undefined) await sendAnswer(socket, answer, datagram);
  }
}

/**
 * Two services that answer each other's datagrams never stop, and anybody can start them with one forged source (CERT
 * Advisory CA-1996-01, "UDP Port Denial-of-Service Attack"). Services live below 1024, so nobody there is answered.
 */
const mayAnswer = ({ from }: ReceivedDatagram): boolean => from.port >= FIRST_UNPRIVILEGED_PORT;

/** RFC 1122 §4.1.3.5: from the address that was asked. The first attempt may only report what became of an earlier answer. */
async function sendAnswer(socket: UdpSocket, answer: Uint8Array, { from, to }: ReceivedDatagram): Promise<void> {
  for (let attempts = 2; attempts > 0; attempts--) {
    try {
      await socket.send(answer, from, to);
      return;
    } catch (error) {
      if (!(error instanceof UdpError)) throw error;
    }
  }
}
