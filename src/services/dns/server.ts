/** A server of DNS over UDP and TCP, RFC 1035 §4.2, RFC 7766: bytes to questions and answers to bytes; what it knows is handed in. */
import type { Endpoint, IpAddress, Micros, ReceivedDatagram, Stack, TcpSocket, UdpSocket } from '../../stack/index.ts';
import { listenTcp, openUdp, SECOND, SocketError, UdpError } from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import type { Service } from '../service.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { encodeWithin } from './fit.ts';
import type { DnsMessage } from './message.ts';
import { BADVERS, FORMERR, NOTIMP, PLAIN_UDP_SIZE, queryFor, responseTo, UDP_SIZE } from './message.ts';
import { RateLimit } from './rate-limit.ts';
import { readMessage, writeMessage } from './tcp-messages.ts';
import { decode } from './wire.ts';

export const DNS_PORT = 53;

/** Who asks, and how. */
export interface Asker {
  readonly from: Endpoint;
  /** The address of ours that was asked. */
  readonly to: IpAddress;
  readonly overTcp: boolean;
}

export interface Reply {
  readonly message: DnsMessage;
  /** Why it is so, for a capture: "from the cache, 280 s left". */
  readonly note?: string;
}

/** With the longest message that the asker takes over UDP. */
interface Answered extends Reply {
  readonly takes: number;
}

/** What the server knows. @param query of opcode 0 with one question. Never throws */
export type Answerer = (query: DnsMessage, asker: Asker) => Reply | Promise<Reply>;

export interface DnsServerOptions {
  readonly time: Timekeeper;
  /** @default 53 */
  readonly port?: number;
  /** One of the stack's own; others may serve other zones on others. @default all */
  readonly address?: IpAddress;
  /** The longest answer over UDP, for who takes so much. @default 1,232 bytes, which need no fragments anywhere */
  readonly udpSize?: number;
  /** Answers over UDP for one address. @default 1,000 a second */
  readonly perSecond?: number;
  /** Connections at once; more are reset. @default 128 */
  readonly maxConnections?: number;
  /** A connection on which no question comes for so long is closed (RFC 7766 §6.2.3). @default 10 s */
  readonly patience?: Micros;
}

export interface DnsService extends Service {
  /** What came in, by what became of it. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Questions over UDP that may wait for their answers. */
const MAX_WAITING = 1_024;
const MAX_CONNECTIONS = 128;
const PER_SECOND = 1_000;
const PATIENCE = 10 * SECOND;
const LONGEST_MESSAGE = 65_535;
const HEADER = 12;

/** @throws TcpError or UdpError when the port is taken */
export function startDns(stack: Stack, answerer: Answerer, options: DnsServerOptions): DnsService {
  const { port = DNS_PORT, address } = options;
  const where = address === undefined ? {} : { address };
  const datagrams = openUdp(stack, { port, ...where });
  try {
    const listener = listenTcp(stack, datagrams.port, where);
    const server = new DnsServer(datagrams, answerer, options);
    void server.serveDatagrams();
    listener.onChange = () => {
      for (let socket = listener.acceptNow(); socket !== undefined; socket = listener.acceptNow()) server.accept(socket);
    };
    return {
      port: datagrams.port,
      counts: server.counts,
      get connections() {
        return server.connections.size;
      },
      close() {
        listener.close();
        datagrams.close();
        for (const socket of server.connections) socket.abort();
      },
    };
  } catch (error) {
    datagrams.close();
    throw error;
  }
}

class DnsServer {
  readonly counts = new Map<string, number>();
  readonly connections = new Set<TcpSocket>();
  readonly #datagrams: UdpSocket;
  readonly #answerer: Answerer;
  readonly #options: DnsServerOptions;
  readonly #rate: RateLimit;
  #waiting = 0;

  constructor(datagrams: UdpSocket, answerer: Answerer, options: DnsServerOptions) {
    this.#datagrams = datagrams;
    this.#answerer = answerer;
    this.#options = options;
    this.#rate = new RateLimit(options.perSecond ?? PER_SECOND);
  }

  async serveDatagrams(): Promise<void> {
    for (;;) {
      const datagram = await nextDatagram(this.#datagrams);
      if (datagram === undefined) return;
      if (this.#waiting < MAX_WAITING) void this.#serveDatagram(datagram);
      else this.#count('too many questions at once');
    }
  }

  accept(socket: TcpSocket): void {
    const { maxConnections = MAX_CONNECTIONS } = this.#options;
    if (this.connections.size >= maxConnections) {
      this.#count('too many connections');
      socket.abort();
      return;
    }
    this.connections.add(socket);
    void this.#converse(socket).finally(() => this.connections.delete(socket));
  }

  async #serveDatagram({ bytes, from, to }: ReceivedDatagram): Promise<void> {
    const verdict = this.#rate.verdict(from.address.w3, this.#options.time.now());
    if (verdict !== 'answer') this.#count('more than its share');
    if (verdict === 'drop') return;
    this.#waiting++;
    const reply = await this.#reply(bytes, { from, to, overTcp: false });
    this.#waiting--;
    if (reply === undefined) return;
    const limit = verdict === 'truncate' ? 0 : Math.min(reply.takes, this.#options.udpSize ?? UDP_SIZE);
    this.#send(encodeWithin(reply.message, limit), { from, to }, reply.note);
  }

  /** RFC 1122 §4.1.3.5: from the address that was asked. The first attempt may only report what became of an earlier answer. */
  #send(bytes: Uint8Array, { from, to }: Pick<Asker, 'from' | 'to'>, note = ''): void {
    if (bytes[2]! & 0x02) this.#count('answers cut, to be asked for over TCP');
    this.#datagrams.send(bytes, from, to, { note }).catch((error: unknown) => {
      if (!(error instanceof UdpError)) throw error;
      this.#datagrams.sendNow(bytes, from, to, { note });
    });
  }

  /** RFC 7766 §6.2.1: any number of questions one after the other. A peer that fails ends its own conversation and nothing else. */
  async #converse(socket: TcpSocket): Promise<void> {
    const { time, patience = PATIENCE } = this.#options;
    let giveUp = time.after(patience, () => socket.abort());
    try {
      for (let bytes = await readMessage(socket); bytes !== undefined; bytes = await readMessage(socket)) {
        giveUp();
        giveUp = time.after(patience, () => socket.abort());
        const reply = await this.#reply(bytes, { from: socket.remote, to: socket.local.address, overTcp: true });
        if (reply === undefined) break; // what is no question is no way to go on
        await writeMessage(socket, encodeWithin(reply.message, LONGEST_MESSAGE));
      }
      await socket.close();
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
    } finally {
      giveUp();
    }
  }

  /** @returns undefined for what deserves no answer */
  async #reply(bytes: Uint8Array, asker: Asker): Promise<Answered | undefined> {
    const decoded = decode(bytes);
    if ('problem' in decoded) {
      this.#count(decoded.problem);
      return isQuery(bytes) ? { message: formatError(bytes), note: decoded.problem, takes: PLAIN_UDP_SIZE } : undefined;
    }
    const query = decoded.message;
    if (query.isResponse) {
      this.#count('a response, not a question'); // to answer it would begin a game of ping-pong
      return undefined;
    }
    this.#count('questions');
    // RFC 6891 §6.2.5: values below 512 are taken as 512
    const takes = Math.max(PLAIN_UDP_SIZE, query.edns?.size ?? 0);
    const rcode = refusalOf(query);
    if (rcode !== undefined) return { message: responseTo(query, { rcode }), takes };
    return { ...(await this.#answerer(query, asker)), takes };
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

const isQuery = (bytes: Uint8Array): boolean => bytes.length >= HEADER && (bytes[2]! & 0x80) === 0;

/** What cannot be read is answered by its number. */
const formatError = (bytes: Uint8Array): DnsMessage => {
  const query = queryFor((bytes[0]! << 8) | bytes[1]!, { name: '', type: 'A', class: 'IN' }, { edns: undefined });
  return { ...responseTo(query, { rcode: FORMERR }), questions: [] };
};

function refusalOf(query: DnsMessage): number | undefined {
  if (query.opcode !== 0) return NOTIMP;
  if (query.edns !== undefined && query.edns.version > 0) return BADVERS;
  return query.questions.length === 1 ? undefined : FORMERR;
}
