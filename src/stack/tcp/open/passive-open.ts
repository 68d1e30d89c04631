/** Segments that belong to no connection: RFC 9293 §3.10.7.1 CLOSED and §3.10.7.2 LISTEN, and the connections they begin. */
import type { Micros } from '../../time.ts';
import type { IpAddress } from '../../wire/ip-address.ts';
import { ANY, fromV4 } from '../../wire/ip-address.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, max } from '../../wire/seq.ts';
import { ACK, FIN, RST, Segment, SYN } from '../../wire/tcp.ts';
import { resetFor } from '../arrive/reset.ts';
import { learnFromSyn } from '../arrive/syn-sent.ts';
import { takeSynText } from '../arrive/text-arrives.ts';
import type { Connection, FourTuple, Path } from '../connection.ts';
import type { TcpDrop } from '../drops.ts';
import type { TcpOptions } from '../options.ts';
import { isSynQueueFull, refusesSyn } from './backlog.ts';
import { cookieAnswer, wordsOf } from './cookie-answer.ts';
import type { FastOpenKeys } from './fast-open-keys.ts';
import { admit } from './fast-open-server.ts';
import type { IsnGenerator } from './isn.ts';
import type { Listener } from './listener.ts';
import type { Listeners } from './listeners.ts';
import { SynCookies } from './syn-cookies.ts';
import { isUnicast } from './unicast.ts';

/** How far a connection out of TIME-WAIT begins beyond the old one: more than a window without scaling, as in Linux. */
const BEYOND_OLD = 0x1_0000;

/** Keeps this hash apart from those for other purposes. */
const SHARED_PORT = 5;

/** What an opening connection needs of its host. */
export interface PassiveOpenHost {
  /** Defaults for every connection. */
  readonly options: TcpOptions;
  readonly isn: IsnGenerator;
  /** The way to an address; undefined when there is none. */
  path(to: IpAddress, from: IpAddress): Path | undefined;
  /** A new connection that is known by its four-tuple from now on. */
  create(id: FourTuple, path: Path, options: TcpOptions): Connection;
  readonly fastOpenKeys: FastOpenKeys;
  ready(connection: Connection): void;
  /** Gives a connection to the application before its handshake is over. */
  acceptEarly(connection: Connection, listener: Listener): void;
  /** Sends a segment that belongs to no connection, in answer to one from `source` to `destination`. */
  answer(segment: Segment, source: number, destination: number): void;
}

export class PassiveOpen {
  readonly #host: PassiveOpenHost;
  readonly #listeners: Listeners;
  readonly #cookies: SynCookies;
  /** Who opened the last connection: many often come from one host, and share its address. */
  #remote = ANY;

  constructor(host: PassiveOpenHost, listeners: Listeners) {
    this.#host = host;
    this.#listeners = listeners;
    this.#cookies = new SynCookies(host.isn.hash);
  }

  /**
   * @param bytes the packet that `segment.payloadAt` points into
   * @param above the last number that this four-tuple used before: MAY-2 (1), a new initial number lies beyond it
   */
  onSegment(
    segment: Segment,
    bytes: Uint8Array,
    source: number,
    destination: number,
    now: Micros,
    above?: Seq,
  ): TcpDrop | undefined {
    const listener = this.#listenerOf(segment, source, destination);
    const { dropsSynFin, blackhole } = this.#host.options.habits;
    if (listener === undefined && (blackhole >= 2 || (blackhole === 1 && segment.has(SYN)))) return 'no such connection';
    if (listener === undefined) return this.#nobody(segment, source, destination);
    if (segment.has(RST)) return 'no such connection'; // first
    if (segment.has(ACK)) {
      if (blackhole < 3) this.reset(segment, source, destination); // second
      return 'no such connection';
    }
    if (!segment.has(SYN)) return 'no ACK flag'; // fourth
    if (dropsSynFin && segment.has(FIN)) return 'no such connection'; // net.inet.tcp.drop_synfin
    if (this.#remote.w3 !== source) this.#remote = fromV4(source);
    return this.#synArrives(listener, segment, bytes, this.#remote, fromV4(destination), now, above); // third
  }

  #nobody(segment: Segment, source: number, destination: number): TcpDrop {
    const isOpen = segment.has(SYN) && !segment.has(ACK);
    this.reset(segment, source, destination, isOpen ? 'RST: no listener on the port' : undefined);
    return isOpen ? 'no listener on the port' : 'no such connection';
  }

  #synArrives(
    listener: Listener,
    syn: Segment,
    bytes: Uint8Array,
    remote: IpAddress,
    local: IpAddress,
    now: Micros,
    above?: Seq,
  ): TcpDrop | undefined {
    // MUST-57, MUST-63; IP has already turned away what was not addressed to us alone
    if (!isUnicast(remote) || syn.sourcePort === 0) return 'SYN from or to an impossible address';
    const host = this.#host;
    const path = host.path(remote, local);
    if (path === undefined) return 'SYN from or to an impossible address';
    const options = listener.optionsOver(host.options);
    const isFull = isSynQueueFull(listener, options);
    if (refusesSyn(listener, options) || (isFull && (listener.isChoked || !options.synCookies))) {
      listener.refused++;
      return 'listen backlog full';
    }
    if (isFull) {
      listener.cookieAt = now;
      host.answer(cookieAnswer(this.#cookies, host.isn, { syn, path, remote, options }, now), remote.w3, path.source.w3);
      return undefined;
    }
    const id = { local: path.source, localPort: syn.destinationPort, remote, remotePort: syn.sourcePort };
    const connection = host.create(id, path, options);
    const isn = host.isn.next(id, now, options.initialSequence);
    connection.openPassive(above === undefined ? isn : max(isn, add(above, BEYOND_OLD)));
    learnFromSyn(connection, syn, now);
    listener.begin(connection);
    this.#fastOpen(connection, listener, syn, bytes, now);
    host.ready(connection);
    return undefined;
  }

  /** Text in the SYN: accepted at once with a cookie, else kept or ignored (RFC 9293 §3.10.7.2 leaves it open). */
  #fastOpen(connection: Connection, listener: Listener, syn: Segment, bytes: Uint8Array, now: Micros): void {
    const { fastOpen: queue, fastOpenKeys: keys = this.#host.fastOpenKeys } = listener;
    const { id, options } = connection;
    if (queue !== undefined) connection.fastOpen = admit({ queue, keys }, syn, id, options, now);
    const isEarly = connection.fastOpen?.queue !== undefined;
    if (isEarly || options.synText) takeSynText(connection, syn, bytes, now);
    if (!isEarly) return;
    queue?.begin();
    this.#host.acceptEarly(connection, listener);
  }

  /** The connection whose SYN was answered with a cookie that this segment acknowledges; undefined when there is none. */
  resume(segment: Segment, source: number, destination: number, now: Micros): Connection | 'listen backlog full' | undefined {
    if (!segment.has(ACK) || segment.has(SYN | RST)) return undefined;
    const listener = this.#listenerOf(segment, source, destination);
    if (listener === undefined || !listener.expectsCookies(now)) return undefined;
    const path = this.#host.path(fromV4(source), fromV4(destination));
    if (path === undefined) return undefined;
    const id = { local: path.source, localPort: segment.destinationPort, remote: fromV4(source), remotePort: segment.sourcePort };
    const syn = this.#cookies.check(wordsOf(id), segment, now);
    if (syn === undefined) return undefined;
    if (listener.isChoked) return 'listen backlog full'; // its text will come again, and find room
    const connection = this.#host.create(id, path, listener.optionsOver(this.#host.options));
    connection.resumePassive(add(segment.ack, -1));
    learnFromSyn(connection, syn, now);
    connection.rcv.edge = add(connection.rcv.nxt, connection.receiver.synWindow);
    listener.begin(connection);
    return connection;
  }

  /** Of several that share the port, always the same one for a four-tuple: the cookie of a SYN comes back to whoever sent it. */
  #listenerOf(segment: Segment, source: number, destination: number): Listener | undefined {
    const { sourcePort, destinationPort } = segment;
    const found = this.#listeners.find(destination, destinationPort);
    if (found?.reusePort !== true) return found;
    const hash = this.#host.isn.hash.words(source, destination, (sourcePort << 16) | destinationPort, SHARED_PORT);
    return this.#listeners.findShared(destination, destinationPort, hash);
  }

  /** @param reason in the words that the capture shows */
  reset(segment: Segment, source: number, destination: number, reason = 'RST: no such connection'): void {
    const answer = new Segment();
    if (!resetFor(segment, answer)) return;
    answer.reason = reason;
    this.#host.answer(answer, source, destination);
  }
}
