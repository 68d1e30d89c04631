/** A TCP socket as POSIX and Linux describe it, over the verbs of the stack's `Connection`. */
import type { Connection } from '../../stack/tcp/connection.ts';
import { maySendEarly } from '../../stack/tcp/open/fast-open.ts';
import type { Listener } from '../../stack/tcp/open/listener.ts';
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { mayWrite } from '../../stack/tcp/state.ts';
import { TcpError } from '../../stack/tcp/tcp-error.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER, SECOND } from '../../stack/time.ts';
import { fromV4 } from '../../stack/wire/ip-address.ts';
import type { Expr } from '../script/ast.ts';
import { fillPayload } from '../wire/payload.ts';
import type { SocketAddress } from './address.ts';
import type { PortHolder } from './bindings.ts';
import { checkReadFlags, checkWriteFlags } from './call-flags.ts';
import {
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_FASTOPEN,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_WAITALL,
  numberOf,
  POLLERR,
  POLLHUP,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
} from './constants.ts';
import { errnoOf, refusal } from './errno.ts';
import { ErrorQueue, progressOf } from './error-queue.ts';
import type { FastOpenSocket } from './fast-open.ts';
import {
  cookieRule,
  fastOpenSocket,
  mayDefer,
  queueOf,
  TFO_CLIENT,
  TFO_CLIENT_NO_COOKIE,
  TFO_SERVER_COOKIE_NOT_REQUIRED,
} from './fast-open.ts';
import type { Attempt, Fields, File } from './file.ts';
import { done, optionOf, waits } from './file.ts';
import { refusesConnect, refusesText } from './freebsd-calls.ts';
import type { Host } from './host.ts';
import { bytesToRead, receiveOutOfBand } from './out-of-band.ts';
import { READABLE_BITS, readyBits, WRITABLE_BITS } from './readiness.ts';
import { receiveText, withControl } from './receive-text.ts';
import type { Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';
import { inherit, TCP_FILE_OPTIONS } from './tcp-file-options.ts';

export class TcpFile implements File, PortHolder {
  readonly host: Host;
  nonBlocking = false;
  connection: Connection | undefined = undefined;
  listener: Listener | undefined = undefined;
  /** SO_LINGER in seconds; undefined: off. */
  linger: number | undefined = undefined;
  reuseAddress = false;
  reusePort = false;
  #isClosed = false;
  readonly fastOpen: FastOpenSocket = fastOpenSocket();
  /** SO_RCVLOWAT. */
  receiveLowWater = 1;
  /** Options that are only told back. */
  readonly kept: Map<string, number> = new Map();
  readonly errorQueue: ErrorQueue = new ErrorQueue(() => progressOf(this.connection, this.#writePlace));
  #wakes = 0;
  receiveTimeout: Micros = NEVER;
  sendTimeout: Micros = NEVER;
  /** What was asked of this socket before there was a connection. */
  #settings: Partial<TcpOptions> = {};
  #local: SocketAddress | undefined = undefined;
  /** Where to, when connect has left the SYN to the first text (TCP_FASTOPEN_CONNECT). */
  #deferred: SocketAddress | undefined = undefined;
  /** A connection attempt whose end no call has reported. */
  #isConnecting = false;
  #failureTold = false;
  #readShut = false;
  /** Bytes written so far: what the next ones are to be. */
  #writePlace = 0;

  constructor(host: Host) {
    this.host = host;
  }

  /** Takes over an accepted connection. @param kept what its listener was told: sk_clone copies it */
  static of(host: Host, connection: Connection, kept: ReadonlyMap<string, number>): TcpFile {
    const file = new TcpFile(host);
    inherit(kept, file.kept);
    file.connection = connection;
    connection.app.owner = file;
    file.#local = { address: connection.id.local.w3, port: connection.id.localPort };
    host.bindings.add(file);
    return file;
  }

  get local(): SocketAddress | undefined {
    return this.#local;
  }

  get isListening(): boolean {
    return this.listener?.isOpen === true;
  }

  get isGone(): boolean {
    return this.#isClosed && (this.connection === undefined || this.connection.state === 'CLOSED');
  }

  /** The stack's word that something happened. */
  notify(): void {
    this.#wakes++;
  }

  settle(): void {
    this.errorQueue.settle(this.host.now - this.host.began);
  }

  get wakes(): number {
    return this.#wakes + this.errorQueue.wakes;
  }

  /** The settings in force, or to be. */
  get settings(): Partial<TcpOptions> {
    return this.connection?.options ?? { ...this.host.tcp, ...this.#settings };
  }

  configure(changes: Partial<TcpOptions>): void {
    this.#settings = { ...this.#settings, ...changes };
    this.connection?.setOptions(changes);
    this.listener?.setOptions(changes);
  }

  bind(address: SocketAddress): Outcome {
    if (this.#local !== undefined || this.connection !== undefined) return failed('EINVAL');
    const own = this.host.stack.addresses;
    if (address.address !== 0 && !own.owns(address.address)) return failed('EADDRNOTAVAIL');
    if (this.host.bindings.isTaken(this, address)) return failed('EADDRINUSE');
    this.#local = address;
    this.host.bindings.add(this);
    return ok(0);
  }

  listen(backlog: number): Outcome {
    if (this.connection !== undefined) return failed('EINVAL');
    if (this.listener !== undefined) return ok(0);
    const { address, port } = this.#local ?? { address: 0, port: 0 };
    if (this.host.bindings.isListenedOn(this, { address, port })) return failed('EADDRINUSE');
    const where = { reusePort: this.reusePort, ...(address === 0 ? {} : { address: fromV4(address) }) };
    try {
      const rule = cookieRule(this.host, this.fastOpen, TFO_SERVER_COOKIE_NOT_REQUIRED);
      const { keys } = this.fastOpen;
      const fast = { ...rule, fastOpen: queueOf(this.host, this.fastOpen, backlog), ...(keys && { fastOpenKeys: keys }) };
      const options = { ...this.settings, ...where, ...fast, backlog: Math.max(backlog, 1) };
      this.listener = this.host.stack.tcp.listen(port, options);
      this.listener.owner = this;
    } catch (error) {
      return refusal(error);
    }
    return ok(0);
  }

  accept(adopt: (file: File) => Outcome): Attempt {
    const { listener } = this;
    if (listener === undefined) return done(failed('EINVAL'));
    const take = (): Outcome | undefined => {
      const connection = listener.accept();
      if (connection?.app.failure !== undefined && isFreebsd(this)) return failed('ECONNABORTED');
      return connection === undefined ? undefined : adopt(TcpFile.of(this.host, connection, this.kept));
    };
    return waits(take, { deadline: this.#due(this.receiveTimeout) });
  }

  connect({ address, port }: SocketAddress): Attempt {
    const refused = isFreebsd(this) ? refusesConnect(this.connection, this.listener !== undefined) : undefined;
    if (refused !== undefined) return done(failed(refused));
    if (this.listener !== undefined) return done(failed('EISCONN'));
    if (this.#deferred !== undefined) return done(failed('EISCONN'));
    if (this.#isUnconnected) {
      if (mayDefer(this.host, this.fastOpen, address)) {
        this.#deferred = { address, port };
        return done(ok(0));
      }
      const refused = this.#open(address, port, this.fastOpen.connects);
      if (refused !== undefined) return done(refused);
      return waits(() => this.#connected(), { wouldBlock: failed('EINPROGRESS'), deadline: this.#due(this.sendTimeout) });
    }
    if (!this.#isConnecting) return done(failed('EISCONN'));
    return waits(() => this.#connected(), { wouldBlock: failed('EALREADY'), deadline: this.#due(this.sendTimeout) });
  }

  get #isUnconnected(): boolean {
    return this.connection === undefined || (this.connection.state === 'CLOSED' && !this.#isConnecting);
  }

  #open(address: number, port: number, fastOpen = false): Outcome | undefined {
    const { stack } = this.host;
    const local = this.#local;
    const from = local === undefined || local.address === 0 ? {} : { localAddress: fromV4(local.address) };
    try {
      const rule = cookieRule(this.host, this.fastOpen, TFO_CLIENT_NO_COOKIE);
      const options = { ...this.settings, ...from, ...rule, fastOpen, localPort: local?.port ?? 0 };
      this.connection = stack.tcp.connect(fromV4(address), port, this.host.now, options);
      this.connection.app.owner = this;
    } catch (error) {
      if (error instanceof TcpError && error.reason === 'port in use') return failed(this.host.personality.fourTupleTaken);
      return refusal(error);
    }
    this.#isConnecting = true;
    this.#failureTold = false;
    return undefined;
  }

  #connected(): Outcome | undefined {
    const state = this.connection?.state;
    if (state === 'SYN-SENT' || state === 'SYN-RECEIVED') return undefined;
    this.#isConnecting = false;
    const errno = this.takeError();
    return errno === undefined ? ok(0) : failed(errno);
  }

  /** The error that waits to be told, once. */
  takeError(): string | undefined {
    const failure = this.connection?.app.failure;
    if (failure === undefined || this.#failureTold) return undefined;
    this.#failureTold = true;
    const afterFin = failure === 'reset by peer' && this.connection?.app.peerClosed === true;
    return afterFin ? this.host.personality.resetAfterFin : errnoOf(failure);
  }

  read(length: number, flags: number): Attempt {
    if ((flags & MSG_OOB) !== 0) {
      const { connection } = this;
      return done(connection === undefined ? failed('ENOTCONN') : receiveOutOfBand(connection, length, (flags & MSG_PEEK) !== 0));
    }
    checkReadFlags(flags);
    if ((flags & MSG_ERRQUEUE) !== 0) return done(this.errorQueue.receive(length));
    const least = (flags & MSG_WAITALL) === 0 ? this.receiveLowWater : length;
    const take = (): Outcome | undefined => this.#take(length, least, (flags & MSG_PEEK) !== 0);
    const left = this.kept.get('TCP_INQ') === 1;
    const told = isFreebsd(this) ? take : () => withControl(take(), this.connection, left);
    return waits(told, { deadline: this.#due(this.receiveTimeout) });
  }

  #take(length: number, least: number, peek: boolean): Outcome | undefined {
    const { connection } = this;
    if (connection === undefined) return failed('ENOTCONN');
    if (length === 0) return ok(0);
    const available = connection.readable;
    if (available >= Math.min(least, length) && available > 0)
      return peek ? ok(Math.min(available, length)) : receiveText(connection, length);
    // Linux: the end of the stream comes before an error (SOCK_DONE), and what was received before both
    const isDone = connection.app.peerClosed && this.host.personality.name === 'linux';
    const errno = available > 0 || isDone ? undefined : this.takeError();
    if (errno !== undefined) return failed(errno);
    const isOver = connection.app.peerClosed || connection.state === 'CLOSED' || this.#readShut;
    if (!isOver) return undefined;
    return available > 0 && !peek ? receiveText(connection, length) : ok(Math.min(available, length));
  }

  write(length: number, flags: number, to?: SocketAddress): Attempt {
    checkWriteFlags(flags);
    this.errorQueue.begin(flags, this.kept.get('SO_ZEROCOPY') === 1);
    const implied = this.host.personality.sendConnects && this.#isUnconnected ? to : undefined;
    if (implied !== undefined) return done(this.#connectAndSend(length, implied));
    const target = (flags & MSG_FASTOPEN) === 0 ? this.#deferred : to;
    return target === undefined ? this.#write(length, flags, 0) : this.#writeFast(length, flags, target);
  }

  /** sendto on a socket that was never connected, where that connects it: with TCP_FASTOPEN the text goes with the SYN. */
  #connectAndSend(length: number, { address, port }: SocketAddress): Outcome {
    const isFast = (this.host.fastOpen & TFO_CLIENT) !== 0 && (this.fastOpen.queue ?? 0) > 0;
    const refused = this.#open(address, port, isFast);
    if (refused !== undefined || this.connection === undefined) return refused ?? failed('EINVAL');
    return ok(this.#send(this.connection, length, false));
  }

  /** sendto(MSG_FASTOPEN), or the first text after TCP_FASTOPEN_CONNECT: what the SYN can carry goes with it. */
  #writeFast(length: number, flags: number, { address, port }: SocketAddress): Attempt {
    if ((this.host.fastOpen & TFO_CLIENT) === 0) return done(failed('EOPNOTSUPP'));
    if (!this.#isUnconnected || this.listener !== undefined) {
      if (!this.#isConnecting) return done(failed('EISCONN'));
      return this.#connected() === undefined ? done(failed('EALREADY')) : this.#write(length, flags, 0);
    }
    this.#deferred = undefined;
    const refused = this.#open(address, port, true);
    const { connection } = this;
    if (refused !== undefined || connection === undefined) return done(refused ?? failed('EINVAL'));
    // what a call that blocks has at hand goes out together with the acknowledgment of the SYN-ACK
    const now = this.#isImpatient(flags) ? (connection.fastOpen?.room ?? 0) : length;
    const sent = this.#send(connection, Math.min(length, now), false);
    const rest = this.#write(length, flags, sent);
    return { ...rest, wouldBlock: sent > 0 ? ok(sent) : failed('EINPROGRESS') };
  }

  #write(length: number, flags: number, already: number): Attempt {
    let written = already;
    const put = (): Outcome | undefined => {
      const refused = this.#refusesText();
      if (refused !== undefined) return written > 0 ? ok(written) : refused;
      const { connection } = this;
      if (connection === undefined || this.#isOpening(connection)) return undefined;
      written += this.#send(connection, length - written, (flags & MSG_OOB) !== 0, (flags & MSG_MORE) !== 0);
      if (written > 0 && this.#isImpatient(flags)) return ok(written);
      return written === length ? ok(written) : undefined;
    };
    return waits(put, { deadline: this.#due(this.sendTimeout) });
  }

  #isOpening(connection: Connection): boolean {
    return connection.state === 'SYN-SENT' || (connection.state === 'SYN-RECEIVED' && !maySendEarly(connection));
  }

  #isImpatient(flags: number): boolean {
    return this.nonBlocking || (flags & MSG_DONTWAIT) !== 0;
  }

  #refusesText(): Outcome | undefined {
    const { connection } = this;
    if (connection === undefined) return failed(this.host.personality.notConnected);
    const errno = (isFreebsd(this) ? refusesText(connection) : undefined) ?? this.takeError();
    if (errno !== undefined) return failed(errno);
    return connection.sender.finQueued || !mayWrite(connection.state) ? failed('EPIPE') : undefined;
  }

  #send(connection: Connection, length: number, urgent: boolean, more = false): number {
    const bytes = new Uint8Array(Math.min(length, connection.sender.free));
    fillPayload('out', this.#writePlace, bytes, 0, bytes.length);
    const count = connection.send(bytes, 0, bytes.length, { urgent, more });
    this.#writePlace += count;
    this.errorQueue.onWritten(count);
    return count;
  }

  shutdown(how: number): Outcome {
    const { connection } = this;
    if (how < SHUT_RD || how > SHUT_RDWR) return failed('EINVAL');
    const isOver = connection?.state === 'CLOSED' || (isFreebsd(this) && connection?.state === 'TIME-WAIT');
    if (connection === undefined || isOver) return failed('ENOTCONN');
    if (how !== SHUT_WR) {
      this.#readShut = true;
      connection.closeRead();
    }
    if (how !== SHUT_RD) connection.closeWrite();
    return ok(0);
  }

  close(): Attempt {
    this.#isClosed = true;
    if (this.listener !== undefined) this.host.stack.tcp.unlisten(this.listener);
    const { connection, linger } = this;
    if (connection === undefined) return done(ok(0));
    if (linger === 0) connection.abort();
    else connection.close();
    if (linger === undefined || linger === 0) return done(ok(0));
    const isOver = (): boolean => connection.state === 'CLOSED' || connection.sender.finAcknowledged;
    return waits(() => (isOver() ? ok(0) : undefined), { wouldBlock: ok(0), deadline: this.host.now + linger * SECOND });
  }

  ready(): number {
    const { connection, listener } = this;
    if (listener !== undefined) return listener.queued.waiting > 0 ? READABLE_BITS : 0;
    if (connection === undefined) return this.#deferred === undefined ? WRITABLE_BITS | POLLHUP : WRITABLE_BITS;
    const hasError = connection.app.failure !== undefined && !this.#failureTold;
    const bits = readyBits(connection, this.#readShut, hasError, this.receiveLowWater);
    return this.errorQueue.isEmpty ? bits : bits | POLLERR;
  }

  setOption(name: string, value: Expr): Outcome {
    const option = optionOf(TCP_FILE_OPTIONS, name);
    if (option.set === undefined) return failed('ENOPROTOOPT');
    const number = value.kind === 'struct' || value.kind === 'string' ? 0 : numberOf(value, `the value of ${name}`);
    const refused = option.refuses?.(this, number, value);
    if (refused !== undefined) return failed(refused);
    option.set(this, number, value);
    return ok(0);
  }

  getOption(name: string): number | string | Fields | Outcome {
    return optionOf(TCP_FILE_OPTIONS, name).get?.(this) ?? failed('ENOPROTOOPT');
  }

  queued(): { readonly input: number; readonly output: number; readonly unsent: number } {
    return {
      input: this.connection === undefined ? 0 : bytesToRead(this.connection),
      output: this.connection?.sender.buffered ?? 0,
      unsent: Math.max(this.connection?.sender.unsent ?? 0, 0),
    };
  }

  #due(timeout: Micros): Micros {
    return this.host.now + timeout;
  }
}

const isFreebsd = ({ host }: TcpFile): boolean => host.personality.name === 'freebsd';
