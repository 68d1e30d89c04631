/** System calls by name: which arguments they have and what they do with a file. */

import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import type { SocketAddress } from './address.ts';
import { addressOf } from './address.ts';
import { fieldOf, MSG_DONTWAIT, MSG_FASTOPEN, numberOf, numberOr, O_NONBLOCK, O_RDWR, unwrapped } from './constants.ts';
import { telling } from './control-message.ts';
import type { Descriptors } from './descriptors.ts';
import { EpollFile } from './epoll-file.ts';
import { ERRNO_NUMBERS, FREEBSD_ERRNO_NUMBERS } from './errno.ts';
import type { Attempt, Fields, File } from './file.ts';
import { done, waits } from './file.ts';
import type { Host } from './host.ts';
import { atMark } from './out-of-band.ts';
import { epollWait, poll } from './polling.ts';
import type { CallRequest, Out, Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';
import { TcpFile } from './tcp-file.ts';
import { infoOf } from './tcp-info.ts';
import { UdpFile } from './udp-file.ts';

export interface CallContext {
  readonly host: Host;
  readonly files: Descriptors;
  /** What `...` stands for in bind, and in connect and sendto. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** The number of a new descriptor. */
  readonly wanted: number;
}

type Handler = (args: readonly Expr[], context: CallContext) => Outcome | Attempt;
type FileHandler = (file: File, args: readonly Expr[], context: CallContext) => Outcome | Attempt;

/** @throws Unsupported for a call that is not in the table */
export function perform(
  { name, args }: CallRequest,
  context: CallContext,
): { result: Outcome | Attempt; file: File | undefined } {
  const handler = CALLS[name];
  if (handler !== undefined) return { result: handler(args, context), file: undefined };
  const onFile = FILE_CALLS[name];
  if (onFile === undefined) throw new Unsupported(`the system call ${name}`);
  const file = context.files.get(numberOf(args[0], 'a descriptor'));
  return { result: file === undefined ? failed('EBADF') : onFile(file, args.slice(1), context), file };
}

const CALLS: Readonly<Record<string, Handler>> = {
  socket: (args, { host, files, wanted }) => {
    if (numberOr(args[0], 2, 'the domain') === 10) throw new Unsupported('IPv6');
    const type = numberOf(args[1], 'the type of a socket');
    const kind = type & 15;
    if (kind !== 1 && kind !== 2) throw new Unsupported(`sockets of type ${kind}`);
    const file = kind === 1 ? new TcpFile(host) : new UdpFile(host);
    file.nonBlocking = (type & O_NONBLOCK) !== 0;
    return files.adopt(file, wanted);
  },
  close: (args, { files }) => {
    const fd = numberOf(args[0], 'a descriptor');
    const file = files.get(fd);
    if (file === undefined) return failed('EBADF');
    return files.remove(fd) ? ok(0) : file.close();
  },
  dup: (args, { files, wanted }) => {
    const file = files.get(numberOf(args[0], 'a descriptor'));
    return file === undefined ? failed('EBADF') : files.adopt(file, wanted);
  },
  epoll_create: (_, { files, wanted }) => files.adopt(new EpollFile(), wanted),
  epoll_create1: (_, { files, wanted }) => files.adopt(new EpollFile(), wanted),
  poll: (args, { files, host }) => poll(args, files, host.now),
  usleep: (args, { host }) => sleep(host.now + numberOf(args[0], 'microseconds')),
};

const sleep = (until: number): Attempt => waits(() => undefined, { deadline: until, wouldBlock: ok(0) });

const FILE_CALLS: Readonly<Record<string, FileHandler>> = {
  bind: (file, [address], { local }) => file.bind(addressOf(address, local)),
  listen: (file, [backlog]) => file.listen(numberOr(backlog, 128, 'the backlog')),
  accept: (file, _, context) => accept(file, context, 0),
  accept4: (file, [, , flags], context) => accept(file, context, numberOr(flags, 0, 'the flags')),
  connect: (file, [address], { remote }) => file.connect(addressOf(address, remote)),
  read: (file, [, count]) => file.read(numberOf(count, 'the length'), 0),
  recv: (file, [, count, flags]) => receive(file, numberOf(count, 'the length'), flags),
  recvfrom: (file, [, count, flags]) => receive(file, numberOf(count, 'the length'), flags),
  recvmsg: (file, [message, flags]) => telling(receive(file, vectorLength(fieldOf(message, 'msg_iov')?.value), flags), message),
  readv: (file, [vector]) => file.read(vectorLength(vector), 0),
  write: (file, [, count]) => file.write(numberOf(count, 'the length'), 0, undefined),
  writev: (file, [vector]) => file.write(vectorLength(vector), 0, undefined),
  send: (file, [, count, flags]) => send(file, numberOf(count, 'the length'), flags, undefined),
  sendto: (file, [, count, flags, address], { remote }) =>
    send(
      file,
      numberOf(count, 'the length'),
      flags,
      address === undefined ? undefined : destination(file, address, remote, flags),
    ),
  sendmsg: (file, [message, flags], { remote }) =>
    send(
      file,
      vectorLength(messageVector(message)),
      flags,
      destination(file, fieldOf(message, 'msg_name')?.value, remote, flags),
    ),
  shutdown: (file, [how]) => file.shutdown(numberOf(how, 'the direction')),
  fcntl: (file, [command, value], { host }) => fcntl(file, numberOf(command, 'the command of fcntl'), value, host),
  ioctl: (file, [request, value]) => ioctl(file, request, value),
  setsockopt: (file, [, name, value]) => file.setOption(optionName(name), optionValue(value)),
  getsockopt: (file, [, name, value], { host }) => getsockopt(file, optionName(name), value, host),
  epoll_ctl: (file, [operation, fd, event], { files }) => epollControl(file, files, operation, fd, event),
  epoll_wait: (file, [events, limit, timeout], { host }) => epollWait(file, events, limit, timeout, host.now),
};

/** A TCP socket is connected and needs no address; of UDP's calls `...` and NULL mean the peer of connect where there is one. */
function destination(
  file: File,
  address: Expr | undefined,
  remote: SocketAddress,
  flags: Expr | undefined,
): SocketAddress | undefined {
  const isNull = address === undefined || address.kind === 'any' || isNullPointer(address);
  const opensFast = (numberOr(flags, 0, 'the flags') & MSG_FASTOPEN) !== 0;
  // a socket that is not connected yet knows whether its system connects it then
  if (file instanceof TcpFile)
    return address !== undefined && (opensFast || !isNullPointer(address)) ? addressOf(address, remote) : undefined;
  if (isNull && file instanceof UdpFile && file.endpoint().isConnected) return undefined;
  return isNull ? remote : addressOf(address, remote);
}

const isNullPointer = (expr: Expr): boolean => expr.kind === 'number' && expr.value === 0;

function accept(file: File, { files, wanted }: CallContext, flags: number): Outcome | Attempt {
  return file.accept((accepted) => {
    accepted.nonBlocking = (flags & O_NONBLOCK) !== 0;
    return files.adopt(accepted, wanted);
  });
}

const receive = (file: File, length: number, flags: Expr | undefined): Attempt => {
  const bits = numberOr(flags, 0, 'the flags');
  return impatient(file.read(length, bits), bits);
};

const send = (file: File, length: number, flags: Expr | undefined, to: SocketAddress | undefined): Attempt => {
  const bits = numberOr(flags, 0, 'the flags');
  return impatient(file.write(length, bits, to), bits);
};

/** MSG_DONTWAIT: this call alone does not block. */
function impatient(attempt: Attempt, flags: number): Attempt {
  if ((flags & MSG_DONTWAIT) === 0) return attempt;
  return done(attempt.attempt() ?? attempt.wouldBlock);
}

/** What sendmsg sends. */
function messageVector(message: Expr | undefined): Expr | undefined {
  const control = fieldOf(message, 'msg_control')?.value;
  const isEmpty = control === undefined || control.kind === 'any' || (control.kind === 'list' && control.items.length === 0);
  if (!isEmpty) throw new Unsupported('ancillary data to send (msg_control)');
  return fieldOf(message, 'msg_iov')?.value;
}

/** The lengths of `[{..., 100}, {..., 200}]`, added. */
function vectorLength(vector: Expr | undefined): number {
  if (vector?.kind !== 'list') throw new Unsupported('a vector that is not a list of {..., length}');
  return vector.items.reduce((sum, item) => {
    const last = item.kind === 'struct' ? item.fields.at(-1)?.value : undefined;
    return sum + numberOf(last, 'the length in a vector');
  }, 0);
}

/** The number that F_GETFL gives there. */
const FREEBSD_O_NONBLOCK = 4;

function fcntl(file: File, command: number, value: Expr | undefined, host: Host): Outcome {
  switch (command) {
    case 1:
    case 2:
      return ok(0);
    case 3:
      return ok(O_RDWR | (file.nonBlocking ? (host.personality.name === 'freebsd' ? FREEBSD_O_NONBLOCK : O_NONBLOCK) : 0));
    case 4:
      file.nonBlocking = (numberOf(value, 'the flags') & O_NONBLOCK) !== 0;
      return ok(0);
    default:
      throw new Unsupported(`fcntl command ${command}`);
  }
}

function ioctl(file: File, request: Expr | undefined, value: Expr | undefined): Outcome {
  const name = request?.kind === 'word' ? request.name : '';
  if (name === 'FIONBIO') {
    file.nonBlocking = numberOf(value, 'the value of FIONBIO') !== 0;
    return ok(0);
  }
  if (file instanceof TcpFile && file.listener !== undefined) return failed('EINVAL');
  const actual = QUEUES[name]?.(file);
  if (actual === undefined) throw new Unsupported(`ioctl ${name === '' ? 'without a known name' : name}`);
  return ok(0, value === undefined ? [] : [{ what: name, expected: value, actual }]);
}

const toRead = (file: File): number => file.queued().input;
const notAcknowledged = (file: File): number => file.queued().output;

/** What ioctl counts. */
const QUEUES: Readonly<Record<string, (file: File) => number>> = {
  SIOCINQ: toRead,
  FIONREAD: toRead,
  SIOCATMARK: (file) => atMark(file instanceof TcpFile ? file.connection : undefined),
  SIOCOUTQ: notAcknowledged,
  TIOCOUTQ: notAcknowledged,
  FIONWRITE: notAcknowledged,
  SIOCOUTQNSD: (file) => file.queued().unsent ?? 0,
};

function optionName(expr: Expr | undefined): string {
  if (expr?.kind !== 'word') throw new Unsupported('a socket option that is not a word');
  return expr.name;
}

/** `[1]`, `{...}`, `"reno"` or `1`. */
function optionValue(expr: Expr | undefined): Expr {
  const value = unwrapped(expr);
  if (value === undefined) throw new Unsupported('a socket option without a value');
  return value;
}

function getsockopt(file: File, name: string, value: Expr | undefined, host: Host): Outcome {
  if (name === 'TCP_INFO') return getInfo(file, unwrapped(value));
  const actual = file.getOption(name);
  if (typeof actual === 'string') return ok(0, [{ what: `${name} is "${actual}"`, ...sameWord(unwrapped(value), actual) }]);
  if (typeof actual !== 'number') return isOutcome(actual) ? actual : ok(0, fieldsOf(unwrapped(value), actual));
  if (value === undefined) return ok(0);
  const shown = host.personality.name === 'freebsd' && actual !== 0 ? (FREEBSD_FLAGS[name] ?? actual) : actual;
  return ok(0, [{ what: name, expected: name === 'SO_ERROR' ? numbered(value, host) : value, actual: shown }]);
}

/** FreeBSD tells of a switch that is on by the bit that it has inside. */
const FREEBSD_FLAGS: Readonly<Record<string, number>> = {
  SO_DEBUG: 1,
  SO_ACCEPTCONN: 2,
  SO_REUSEADDR: 4,
  SO_KEEPALIVE: 8,
  SO_OOBINLINE: 0x100,
  SO_REUSEPORT: 0x200,
  TCP_NODELAY: 4,
  TCP_NOOPT: 8,
  TCP_NOPUSH: 0x1000,
};

/** An error by its name: what its number is depends on the kernel. */
function numbered(value: Expr, { personality }: Host): Expr {
  const inner = value.kind === 'list' && value.items.length === 1 ? value.items[0] : value;
  if (inner?.kind !== 'word') return value;
  const number = (personality.name === 'linux' ? ERRNO_NUMBERS : FREEBSD_ERRNO_NUMBERS)[inner.name];
  return number === undefined ? value : { kind: 'number', value: number };
}

const isOutcome = (answer: Fields | Outcome): answer is Outcome => typeof answer['kind'] === 'string';

/** As numbers, which is what is compared: 1 when the script has the same word, or none. */
const sameWord = (value: Expr | undefined, actual: string): { expected: Expr; actual: number } => ({
  expected: { kind: 'number', value: 1 },
  actual: Number(value?.kind !== 'string' || value.value === actual),
});

const fieldsOf = (value: Expr | undefined, actual: Fields): Out[] =>
  value?.kind !== 'struct'
    ? []
    : value.fields.map(({ name = '', value: expected }) => ({ what: name, expected, actual: actual[name] ?? Number.NaN }));

/** Compares the fields that the script writes. */
function getInfo(file: File, value: Expr | undefined): Outcome {
  const info = file instanceof TcpFile ? infoOf(file) : undefined;
  if (info === undefined) return failed('ENOPROTOOPT');
  if (value?.kind !== 'struct') return ok(0);
  return ok(
    0,
    value.fields.map(({ name = '', value: expected }) => {
      const actual = info[name];
      if (actual === undefined) throw new Unsupported(`the field ${name} of TCP_INFO`);
      return { what: name, expected, actual };
    }),
  );
}

function epollControl(
  file: File,
  files: Descriptors,
  operation: Expr | undefined,
  fd: Expr | undefined,
  event: Expr | undefined,
) {
  if (!(file instanceof EpollFile)) return failed('EINVAL');
  const number = numberOf(fd, 'a descriptor');
  const watched = files.get(number);
  if (watched === undefined) return failed('EBADF');
  const events = fieldOf(unwrapped(event), 'events')?.value;
  return file.control(
    numberOf(operation, 'the operation'),
    number,
    watched,
    events === undefined ? 0 : numberOf(events, 'events'),
  );
}
