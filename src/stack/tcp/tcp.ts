/** All of TCP of one host: connections, listeners, and the segments between them and IP. */
import { Fifo } from '../bytes/fifo.ts';
import type { Packet } from '../bytes/packet.ts';
import type { Deadlines } from '../deadlines.ts';
import { EphemeralPorts } from '../ports.ts';
import type { Random } from '../random.ts';
import type { Micros } from '../time.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import type { Seq } from '../wire/seq.ts';
import type { SourceRoute } from '../wire/source-route.ts';
import * as wire from '../wire/tcp.ts';
import { Segment } from '../wire/tcp.ts';
import { Answers } from './answers.ts';
import type { TcpFault } from './arrive/icmp.ts';
import { icmpArrives, isInFlight } from './arrive/icmp.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { FourTuple, Path } from './connection.ts';
import { Connection } from './connection.ts';
import { Demux } from './demux.ts';
import type { TcpDrop } from './drops.ts';
import { NOT_ECT } from './ecn/ecn.ts';
import { News } from './news.ts';
import type { TcpObserver } from './observer.ts';
import { isAcceptQueueFull, isSynQueueFull, resetsOverflow } from './open/backlog.ts';
import { openFast } from './open/fast-open.ts';
import { FastOpenCache } from './open/fast-open-cache.ts';
import { FastOpenKeys } from './open/fast-open-keys.ts';
import { IsnGenerator } from './open/isn.ts';
import type { Listener, ListenOptions } from './open/listener.ts';
import { Listeners } from './open/listeners.ts';
import type { PassiveOpenHost } from './open/passive-open.ts';
import { PassiveOpen } from './open/passive-open.ts';
import { isUnicast } from './open/unicast.ts';
import type { TcpOptions } from './options.ts';
import { DEFAULTS } from './options.ts';
import { addressAnswer, addressSegment } from './send/ip-fields.ts';
import { writeHeader, writeSegment } from './send/write-segment.ts';
import { SharedParts } from './shared.ts';
import { checkRoute, learnRoute, routeOf } from './source-routing.ts';
import { TcpError } from './tcp-error.ts';
import type { TcpHost } from './tcp-host.ts';
import type { TcpOutput } from './tcp-output.ts';
import { mayReopen, TimeWait } from './time/time-wait.ts';

/** Keeps the key of Fast Open apart from the hashes for other purposes. */
const FAST_OPEN = 4;
/** Segments from one connection before the next has its turn. */
const TURN = 16;

export class Tcp implements PassiveOpenHost {
  /** Defaults for every connection of this host; others in their place hold for connections to come. */
  options: TcpOptions;
  readonly #host: TcpHost;
  readonly #deadlines: Deadlines;
  readonly isn: IsnGenerator;
  /** What makes and checks the cookies of Fast Open; change the key from time to time: `rotate`. */
  readonly fastOpenKeys: FastOpenKeys;
  /** What was learnt about servers as a client of Fast Open. */
  readonly fastOpenCache = new FastOpenCache();
  readonly observer: TcpObserver | undefined;
  readonly #ports: EphemeralPorts;
  readonly #passive: PassiveOpen;
  readonly #demux = new Demux();
  readonly #listeners = new Listeners();
  readonly #ready = new Fifo<Connection>();
  readonly #answers = new Answers();
  readonly #news = new News();
  readonly #segment = new Segment();
  readonly #shared = new SharedParts();
  #turn = 0;
  #timeWaits = 0;

  constructor(
    host: TcpHost,
    deadlines: Deadlines,
    random: Random,
    options: Partial<TcpOptions> = {},
    observer: TcpObserver | undefined = undefined,
  ) {
    this.#host = host;
    this.observer = observer;
    this.#deadlines = deadlines;
    this.isn = new IsnGenerator(random);
    this.fastOpenKeys = new FastOpenKeys(this.isn.keyFor(FAST_OPEN));
    this.#ports = new EphemeralPorts(random);
    this.options = { ...DEFAULTS, ...options };
    this.#passive = new PassiveOpen(this, this.#listeners);
  }

  /** Every connection, in no particular order; those that rest in TIME-WAIT are not among them: see `timeWaitCount`. */
  *connections(): Generator<Connection> {
    for (const entry of this.#demux) if (!(entry instanceof TimeWait)) yield entry;
  }

  /** The ends of those that rest in TIME-WAIT, in no particular order. */
  *resting(): Generator<FourTuple> {
    for (const entry of this.#demux) if (entry instanceof TimeWait) yield entry.id;
  }

  /** Four-tuples of which only the memory is left. */
  get timeWaitCount(): number {
    return this.#timeWaits;
  }

  listeners(): Iterable<Listener> {
    return this.#listeners.all();
  }

  /** OPEN, passive; port 0: any free one. @throws TcpError when somebody listens there already */
  listen(port: number, options: ListenOptions = {}): Listener {
    return this.#listeners.listen(port === 0 ? this.#ports.pick((p) => !this.#listeners.has(p)) : port, options);
  }

  /** Stops listening; connections that nobody accepted are aborted. */
  unlisten(listener: Listener): void {
    this.#listeners.unlisten(listener);
  }

  get connectionCount(): number {
    return this.#demux.count;
  }

  /**
   * OPEN, active: RFC 9293 §3.9.1.1. The SYN leaves at the next run.
   * @throws TcpError when there is no route or no port, or the address is nobody's (MUST-46)
   */
  connect(remote: IpAddress, remotePort: number, now: Micros, options: ConnectOptions = {}): Connection {
    const what = `cannot connect to ${remote}:${remotePort}`;
    const { localAddress, localPort = 0, fastOpen = false, data, ...settings } = options;
    if (!isUnicast(remote) || remotePort === 0) throw new TcpError('not an address to connect to', what);
    const route = settings.sourceRoute ?? this.options.sourceRoute;
    if (route !== undefined) checkRoute(route);
    const path = this.#host.path(route?.hops[0] ?? remote, localAddress);
    if (path === undefined) throw new TcpError('network unreachable', what);
    const local = path.source;
    const isFree = (port: number): boolean => this.#demux.find(local.w3, port, remote.w3, remotePort) === undefined;
    const port = localPort === 0 ? this.#ports.pick((p) => !this.#listeners.has(p) && isFree(p)) : localPort;
    if (port === 0) throw new TcpError('no free port', what);
    if (!isFree(port)) throw new TcpError('port in use', what);
    const id = { local, localPort: port, remote, remotePort };
    const isPlain = Object.keys(settings).length === 0;
    const connection = this.create(id, path, isPlain ? this.options : { ...this.options, ...settings });
    connection.openActive(this.isn.next(id, now, connection.options.initialSequence));
    if (fastOpen) openFast(connection, this.fastOpenCache, now);
    if (data !== undefined) connection.send(data);
    this.ready(connection);
    return connection;
  }

  /**
   * A segment in `packet[at, end)` has arrived, from `source` to `destination`.
   * @param ecn the two bits of the IP header that speak of congestion (RFC 3168 §5)
   * @returns why it was not accepted; undefined when it was
   */
  onSegment(
    packet: Packet,
    at: number,
    end: number,
    source: number,
    destination: number,
    now: Micros,
    ecn = NOT_ECT,
  ): TcpDrop | undefined {
    const { view } = packet;
    if (!wire.isValid(view, at, end)) return 'TCP header too short or its length wrong';
    if (!packet.checksumVouched && !wire.isChecksumValid(view, at, end, source, destination)) return 'TCP checksum wrong';
    const segment = this.#segment;
    wire.decode(view, at, end, segment);
    segment.gsoSize = packet.gsoSize;
    segment.ecn = ecn;
    const found = this.#demux.find(destination, segment.destinationPort, source, segment.sourcePort);
    if (found instanceof TimeWait) return this.#inTimeWait(found, segment, packet.bytes, source, destination, now);
    const connection = found ?? this.#passive.resume(segment, source, destination, now);
    if (connection === undefined) return this.#passive.onSegment(segment, packet.bytes, source, destination, now);
    if (connection === 'listen backlog full') return connection;
    const { listener } = connection;
    const isLeftOver = listener !== undefined && this.#overflows(connection, listener, segment, source, destination);
    if (isLeftOver) return 'listen backlog full';
    return this.#toConnection(connection, segment, packet.bytes, source, destination, now);
  }

  #toConnection(
    connection: Connection,
    segment: Segment,
    bytes: Uint8Array,
    source: number,
    destination: number,
    now: Micros,
  ): TcpDrop | undefined {
    const { observer } = this;
    if (observer !== undefined) observer.segmentArrives(connection, segment, now);
    const verdict = connection.onSegment(segment, bytes, now);
    if (observer !== undefined) observer.segmentTaken(connection, segment, verdict, now);
    if (connection.listener !== undefined) this.#settle(connection, connection.listener);
    // told before anything is sent: our FIN, if the application has no more to say, acknowledges the peer's
    if (connection.app.peerClosed) this.#news.ofConnection(connection);
    // §3.10.7.3 first, §3.10.7.4 fifth: the connection stays, but whoever sent this is told to stop
    const inHandshake = connection.state === 'SYN-SENT' || connection.state === 'SYN-RECEIVED';
    if (verdict === 'acknowledges what was never sent' && inHandshake)
      this.#passive.reset(segment, source, destination, 'RST: acknowledges what was never sent');
    if (verdict === 'text after the application closed')
      this.#passive.reset(segment, source, destination, 'RST: text after the application closed');
    return verdict === 'done' ? undefined : verdict;
  }

  /** Writes the next segment with its TCP header into `packet`; the checksum is left to IP. False when there is none. */
  pollTransmit(packet: Packet, out: TcpOutput, now: Micros): boolean {
    const answer = this.#answers.shift();
    if (answer !== undefined) {
      addressAnswer(answer.source, answer.destination, this.options.ttl, out);
      packet.reset();
      writeHeader(packet, answer.segment);
      this.observer?.segmentLeaves(undefined, answer.segment, packet, now);
      return true;
    }
    for (let connection = this.#ready.peek(); connection !== undefined; connection = this.#ready.peek()) {
      if (connection.pollTransmit(this.#segment, now)) {
        this.#emit(connection, packet, out, now);
        if (++this.#turn >= TURN) this.#rotate();
        return true;
      }
      this.#ready.shift();
      this.#turn = 0;
      connection.isReady = false;
      this.#rest(connection);
    }
    return false;
  }

  /** True while something waits to be polled. */
  get hasWork(): boolean {
    return this.#ready.length > 0 || !this.#answers.isEmpty || !this.#news.isEmpty;
  }

  /** True when a segment with this sequence number is under way: what an ICMP error must quote to be believed (RFC 5927 §4.1). */
  isInFlight(local: number, localPort: number, remote: number, remotePort: number, quoted: Seq): boolean {
    const connection = this.#demux.find(local, localPort, remote, remotePort);
    return connection instanceof Connection && isInFlight(connection, quoted);
  }

  /** An ICMP error quotes a segment of ours. @returns false when it is about nothing we know */
  onIcmpError(local: number, localPort: number, remote: number, remotePort: number, quoted: Seq, fault: TcpFault): boolean {
    const connection = this.#demux.find(local, localPort, remote, remotePort);
    if (!(connection instanceof Connection)) return false;
    const isBelieved = icmpArrives(connection, fault, quoted);
    this.observer?.icmpArrived(connection, fault, isBelieved);
    return isBelieved;
  }

  /** A segment that was accepted had come by a source route, which `route` leads back. */
  onReturnRoute(local: number, localPort: number, remote: number, remotePort: number, route: SourceRoute): void {
    const connection = this.#demux.find(local, localPort, remote, remotePort);
    if (connection instanceof Connection) learnRoute(connection, route);
  }

  /** Tells every owner what happened; to be called when the stack's run is over. */
  notifyOwners(): void {
    this.#news.tell();
  }

  /** The connection may have something to send or to report. */
  ready(connection: Connection): void {
    if (connection.isReady) return;
    connection.isReady = true;
    this.#ready.push(connection);
    this.#host.wake();
  }

  doubtPath(connection: Connection): void {
    this.#host.doubt(routeOf(connection)?.hops[0] ?? connection.id.remote);
  }

  /** Nothing more to send: its timers go into the heap, its news to its owner, and when it is over it goes. */
  #rest(connection: Connection): void {
    this.#news.ofConnection(connection);
    if (connection.state === 'TIME-WAIT' && connection.receiver.available === 0) {
      this.#intoTimeWait(connection);
      return;
    }
    if (connection.state !== 'CLOSED') {
      this.#deadlines.schedule(connection);
      return;
    }
    if (connection.listener !== undefined) this.#settle(connection, connection.listener);
    this.#deadlines.remove(connection);
    this.#demux.remove(connection);
    connection.host = undefined;
  }

  #rotate(): void {
    const connection = this.#ready.shift();
    if (connection !== undefined) this.#ready.push(connection);
    this.#turn = 0;
  }

  /** A new connection that is known by its four-tuple from now on. */
  create(id: FourTuple, path: Path, options: TcpOptions): Connection {
    const connection = new Connection(id, options, path, this.isn.timestampOffset(id), this.#shared);
    connection.host = this;
    this.observer?.connectionBegins(connection);
    this.#demux.add(connection);
    return connection;
  }

  /** The last segment of a handshake, and no room for what it would establish. */
  #overflows(connection: Connection, listener: Listener, segment: Segment, source: number, destination: number): boolean {
    const { options, snd } = connection;
    if (segment.has(wire.SYN | wire.RST) || segment.ack !== snd.nxt || !isAcceptQueueFull(listener, options)) return false;
    if (!resetsOverflow(options)) return true;
    connection.fail('aborted');
    this.#passive.reset(segment, source, destination);
    return true;
  }

  /** The application gets the connection although its handshake is not over. */
  acceptEarly(connection: Connection, listener: Listener): void {
    if (listener.settle(connection)) this.#news.ofListener(listener);
  }

  #settle(connection: Connection, listener: Listener): void {
    if (connection.state === 'SYN-RECEIVED' || connection.state === 'LISTEN') return;
    if (listener.settle(connection)) this.#news.ofListener(listener);
  }

  #inTimeWait(
    record: TimeWait,
    segment: Segment,
    bytes: Uint8Array,
    source: number,
    destination: number,
    now: Micros,
  ): TcpDrop | undefined {
    const listener = this.#listeners.find(destination, record.id.localPort);
    const isFull = listener !== undefined && isSynQueueFull(listener, listener.optionsOver(this.options));
    const mayTake = record.isFreebsd || (listener !== undefined && !isFull);
    if (mayTake && mayReopen(record, segment)) {
      record.end();
      this.#forget(record);
      return this.#passive.onSegment(segment, bytes, source, destination, now, record.sndNxt);
    }
    const answer = new Segment();
    const verdict = record.onSegment(segment, now, answer);
    this.observer?.timeWaitTook(record, segment, verdict, now);
    this.#deadlines.schedule(record);
    if (answer.flags !== 0) this.answer(answer, source, destination);
    return verdict === 'done' ? undefined : verdict;
  }

  /** Both FINs are exchanged, everything is said and read: a record takes the connection's place for the rest of the 2 MSL. */
  #intoTimeWait(connection: Connection): void {
    this.#deadlines.remove(connection);
    this.#demux.remove(connection);
    connection.host = undefined;
    const record = new TimeWait(connection, (over) => this.#forget(over));
    this.#demux.add(record);
    this.#timeWaits++;
    this.#deadlines.schedule(record);
  }

  #forget(record: TimeWait): void {
    this.#deadlines.remove(record);
    this.#demux.remove(record);
    this.#timeWaits--;
  }

  path(to: IpAddress, from?: IpAddress): Path | undefined {
    return this.#host.path(to, from);
  }

  pathMtu({ id, agreement }: Connection): number {
    return this.#host.path(id.remote, id.local)?.pathMtu ?? agreement.pathMtu;
  }

  learnPathMtu({ id }: Connection, mtu: number): void {
    this.#host.learnPathMtu?.(id.remote, mtu);
  }

  /** Queues a segment that belongs to no connection, as the answer to one from `source` to `destination`. */
  answer(answer: Segment, source: number, destination: number): void {
    this.observer?.answerQueued(answer);
    this.#answers.push(answer, source, destination);
    this.#host.wake();
  }

  #emit(connection: Connection, packet: Packet, out: TcpOutput, now: Micros): void {
    addressSegment(connection, this.#segment, out);
    writeSegment(connection, this.#segment, packet);
    if (this.observer !== undefined) this.observer.segmentLeaves(connection, this.#segment, packet, now);
  }
}
