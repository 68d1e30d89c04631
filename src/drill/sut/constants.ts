/** The numbers behind the words of system calls, as Linux has them, and the value of an argument. */
import type { Expr, Field } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { CONTROL_CONSTANTS } from './control-constants.ts';
import { ERRNO_NUMBERS } from './errno.ts';

export const O_NONBLOCK = 0x800;
export const O_RDWR = 2;
export const SOCK_NONBLOCK = O_NONBLOCK;
export const POLLIN = 1;
export const POLLPRI = 2;
export const POLLOUT = 4;
export const POLLERR = 8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;
export const POLLRDNORM = 0x40;
export const POLLWRNORM = 0x100;
export const POLLRDHUP = 0x2000;
export const EPOLLONESHOT = 2 ** 30;
export const EPOLLET = 2 ** 31;
export const MSG_OOB = 1;
export const MSG_PEEK = 2;
export const MSG_CTRUNC = 8;
export const MSG_DONTWAIT = 0x40;
export const MSG_WAITALL = 0x100;
export const MSG_FASTOPEN = 0x2000_0000;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const MSG_TRUNC = 0x20;
export const MSG_MORE = 0x8000;
export const MSG_ERRQUEUE = 0x2000;
export const MSG_ZEROCOPY = 0x400_0000;

export const CONSTANTS: Readonly<Record<string, number>> = {
  AF_INET: 2,
  AF_INET6: 10,
  PF_INET: 2,
  PF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK,
  SOCK_CLOEXEC: 0x8_0000,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  INADDR_ANY: 0,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR,
  O_NONBLOCK,
  O_NDELAY: O_NONBLOCK,
  O_CLOEXEC: 0x8_0000,
  FD_CLOEXEC: 1,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  POLLIN,
  POLLPRI,
  POLLOUT,
  POLLERR,
  POLLHUP,
  POLLNVAL,
  POLLRDNORM,
  POLLRDBAND: 0x80,
  POLLWRNORM,
  POLLWRBAND: 0x200,
  POLLRDHUP,
  EPOLLIN: POLLIN,
  EPOLLPRI: POLLPRI,
  EPOLLOUT: POLLOUT,
  EPOLLERR: POLLERR,
  EPOLLHUP: POLLHUP,
  EPOLLRDNORM: POLLRDNORM,
  EPOLLRDBAND: 0x80,
  EPOLLWRNORM: POLLWRNORM,
  EPOLLWRBAND: 0x200,
  EPOLLRDHUP: POLLRDHUP,
  EPOLLONESHOT,
  EPOLLET,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLL_CTL_MOD: 3,
  IP_PMTUDISC_DONT: 0,
  IP_PMTUDISC_WANT: 1,
  IP_PMTUDISC_DO: 2,
  IP_PMTUDISC_PROBE: 3,
  IP_PMTUDISC_INTERFACE: 4,
  IP_PMTUDISC_OMIT: 5,
  MSG_OOB,
  MSG_PEEK,
  MSG_DONTROUTE: 4,
  MSG_CTRUNC,
  MSG_TRUNC,
  MSG_DONTWAIT,
  MSG_EOR: 0x80,
  MSG_WAITALL,
  MSG_NOSIGNAL: 0x4000,
  MSG_MORE,
  MSG_ERRQUEUE,
  MSG_ZEROCOPY,
  MSG_FASTOPEN,
  SHUT_RD,
  SHUT_WR,
  SHUT_RDWR,
  TCP_ESTABLISHED: 1,
  TCP_SYN_SENT: 2,
  TCP_SYN_RECV: 3,
  TCP_FIN_WAIT1: 4,
  TCP_FIN_WAIT2: 5,
  TCP_TIME_WAIT: 6,
  TCP_CLOSE: 7,
  TCP_CLOSE_WAIT: 8,
  TCP_LAST_ACK: 9,
  TCP_LISTEN: 10,
  TCP_CLOSING: 11,
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
  ...CONTROL_CONSTANTS,
};

/** @param what names the argument in the refusal @throws Unsupported for a word without a number */
export function numberOf(expr: Expr | undefined, what: string): number {
  switch (expr?.kind) {
    case 'number':
      return expr.value;
    case 'word': {
      const value = CONSTANTS[expr.name] ?? ERRNO_NUMBERS[expr.name];
      if (value === undefined) throw new Unsupported(`the constant ${expr.name}`);
      return value;
    }
    case 'or':
      return expr.terms.reduce((sum, term) => orBits(sum, numberOf(term, what)), 0);
    case 'not':
      return ~numberOf(expr.of, what);
    case 'list':
      if (expr.items.length === 1) return numberOf(expr.items[0], what);
      break;
    case 'call':
      if (expr.name === 'htons' || expr.name === 'htonl') return numberOf(expr.args[0], what);
      break;
  }
  throw new Unsupported(`${what} written as ${expr === undefined ? 'nothing' : `a ${expr.kind}`}`);
}

/** Bitwise or of numbers that may use the 32nd bit. */
const orBits = (a: number, b: number): number => (a | b) >>> 0;

/** The number, or `otherwise` when the argument is `...` or absent. */
export const numberOr = (expr: Expr | undefined, otherwise: number, what: string): number =>
  expr === undefined || expr.kind === 'any' ? otherwise : numberOf(expr, what);

/** A field of a structure, by any of its names. */
export function fieldOf(expr: Expr | undefined, ...names: readonly string[]): Field | undefined {
  if (expr?.kind !== 'struct') return undefined;
  return expr.fields.find(({ name }) => name !== undefined && names.includes(name));
}

/** The structure in `[{...}]` or `{...}`. */
export const unwrapped = (expr: Expr | undefined): Expr | undefined =>
  expr?.kind === 'list' && expr.items.length === 1 && expr.items[0]?.kind === 'struct' ? expr.items[0] : expr;
