/** The options of a TCP socket, in one table: what each does to the stack, or why it cannot be had yet. */
import { deferredTimeouts } from '../../stack/tcp/open/defer-accept.ts';
import { DEFAULTS as TCP_DEFAULTS } from '../../stack/tcp/options.ts';
import { SECOND } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, numberOf } from './constants.ts';
import { ERRNO_NUMBERS } from './errno.ts';
import { keysFrom, queueLength, retune, TFO_CLIENT } from './fast-open.ts';
import type { OptionTable, SocketOption } from './file.ts';
import type { TcpFile } from './tcp-file.ts';

const NOT_YET = 'the stack does not have it yet';

const ignored: SocketOption<TcpFile> = { set: () => {}, get: () => 0 };

/** Refuses a value other than the one that the stack has anyway. */
const only = (fixed: number): SocketOption<TcpFile> => ({
  set: (_, value) => {
    if (value !== fixed) throw new Unsupported(`a socket option with the value ${value}: ${NOT_YET}`);
  },
  get: () => fixed,
});

const BUFFER_MIN = 2048;

export const TCP_FILE_OPTIONS: OptionTable<TcpFile> = {
  SO_REUSEADDR: {
    set: (file, value) => {
      file.reuseAddress = value !== 0;
    },
    get: (file) => Number(file.reuseAddress),
  },
  SO_REUSEPORT: {
    set: (file, value) => {
      file.reusePort = value !== 0;
    },
    get: (file) => Number(file.reusePort),
  },
  SO_ERROR: {
    get: (file) => {
      const errno = file.takeError();
      return errno === undefined ? 0 : (ERRNO_NUMBERS[errno] ?? 0);
    },
  },
  SO_TYPE: { get: () => 1 },
  SO_ACCEPTCONN: { get: (file) => (file.listener === undefined ? 0 : 1) },
  SO_KEEPALIVE: {
    set: (file, value) => file.configure({ keepAlive: value !== 0 }),
    get: (file) => Number(file.settings.keepAlive ?? false),
  },
  SO_LINGER: {
    set: (file, _, raw) => {
      file.linger = lingerOf(raw);
    },
  },
  SO_RCVTIMEO: {
    set: (file, _, raw) => {
      file.receiveTimeout = timeOf(raw);
    },
  },
  SO_SNDTIMEO: {
    set: (file, _, raw) => {
      file.sendTimeout = timeOf(raw);
    },
  },
  // Linux doubles what is asked for, to pay for its own bookkeeping; the half that holds data is what was asked for
  SO_RCVBUF: {
    set: (file, value) => {
      const size = Math.max(value, BUFFER_MIN);
      file.configure({ receiveBuffer: size, maxReceiveBuffer: size });
    },
    get: (file) => reported(file, file.settings.receiveBuffer ?? 0),
  },
  SO_SNDBUF: {
    set: (file, value) => {
      const size = Math.max(value, BUFFER_MIN);
      file.configure({ sendBuffer: size, maxSendBuffer: size });
    },
    get: (file) => reported(file, file.settings.sendBuffer ?? 0),
  },
  SO_RCVLOWAT: only(1),
  SO_PRIORITY: ignored,
  SO_MARK: ignored,
  SO_OOBINLINE: {
    set: (file, value) => file.configure({ oobInline: value !== 0 }),
    get: (file) => Number(file.settings.oobInline ?? false),
  },
  SO_ZEROCOPY: NOT_YET,
  SO_TIMESTAMPING: NOT_YET,
  SO_MAX_PACING_RATE: NOT_YET,
  SO_BUSY_POLL: ignored,
  SO_DEBUG: ignored,
  TCP_NODELAY: {
    set: (file, value) => file.configure({ noDelay: value !== 0 }),
    get: (file) => Number(file.settings.noDelay ?? false),
  },
  TCP_KEEPIDLE: {
    set: (file, value) => file.configure({ keepAliveIdle: value * SECOND }),
    get: (file) => (file.settings.keepAliveIdle ?? 0) / SECOND,
  },
  TCP_KEEPINTVL: {
    set: (file, value) => file.configure({ keepAliveInterval: value * SECOND }),
    get: (file) => (file.settings.keepAliveInterval ?? 0) / SECOND,
  },
  TCP_KEEPCNT: {
    set: (file, value) => file.configure({ keepAliveProbes: value }),
    get: (file) => file.settings.keepAliveProbes ?? 0,
  },
  TCP_USER_TIMEOUT: {
    set: (file, value) => file.configure({ userTimeout: value * 1000 }),
    get: (file) => (file.settings.userTimeout ?? 0) / 1000,
  },
  TCP_LINGER2: {
    set: (file, value) => file.configure({ finWait2: value * SECOND }),
    get: (file) => (file.settings.finWait2 ?? 0) / SECOND,
  },
  TCP_CONGESTION: {
    set: (file, _, raw) => {
      const name = raw.kind === 'string' ? raw.value.replace('newreno', 'reno') : '';
      if (name !== 'reno' && name !== 'cubic') throw new Unsupported(`the congestion control ${name}: ${NOT_YET}`);
      // chosen when the connection begins: the stack does not change horses
      if (file.connection !== undefined && file.settings.congestionControl !== name)
        throw new Unsupported('another congestion control for an open connection');
      file.configure({ congestionControl: name });
    },
  },
  TCP_MAXSEG: NOT_YET,
  TCP_CORK: NOT_YET,
  TCP_NOPUSH: NOT_YET,
  TCP_NOOPT: NOT_YET,
  TCP_QUICKACK: NOT_YET,
  // Linux counts in time-outs of the SYN-ACK and gives back how long those last
  TCP_DEFER_ACCEPT: {
    set: (file, value) => file.configure({ deferAccept: value * SECOND }),
    get: (file) => deferredSeconds(file),
  },
  TCP_SYNCNT: {
    refuses: (_, value) => (value < 1 || value > 127 ? 'EINVAL' : undefined),
    set: (file, value) => file.configure({ synRetries: value, synAckRetries: value }),
    get: (file) => file.settings.synRetries ?? 0,
  },
  TCP_WINDOW_CLAMP: NOT_YET,
  TCP_FASTOPEN: {
    refuses: (file, value) => (value < 0 || file.connection !== undefined ? 'EINVAL' : undefined),
    set: (file, _, raw) => {
      file.fastOpen.queue = queueLength(raw);
      if (file.listener !== undefined) retune(file.listener, file.host, file.fastOpen);
    },
    get: (file) => file.fastOpen.queue ?? 0,
  },
  TCP_FASTOPEN_CONNECT: {
    refuses: (file, value) => {
      if (value !== 0 && value !== 1) return 'EINVAL';
      if ((file.host.fastOpen & TFO_CLIENT) === 0) return 'EOPNOTSUPP';
      return file.connection === undefined && file.listener === undefined ? undefined : 'EINVAL';
    },
    set: (file, value) => {
      file.fastOpen.connects = value !== 0;
    },
    get: (file) => Number(file.fastOpen.connects),
  },
  TCP_FASTOPEN_KEY: {
    set: (file, _, raw) => {
      if (raw.kind !== 'string') throw new Unsupported('a key of Fast Open that is not a string');
      file.fastOpen.keys = keysFrom(raw.value);
      if (file.listener !== undefined) file.listener.fastOpenKeys = file.fastOpen.keys;
    },
  },
  TCP_FASTOPEN_NO_COOKIE: {
    refuses: (file, value) => ((value !== 0 && value !== 1) || file.connection !== undefined ? 'EINVAL' : undefined),
    set: (file, value) => {
      file.fastOpen.withoutCookie = value !== 0;
    },
    get: (file) => Number(file.fastOpen.withoutCookie),
  },
  TCP_NOTSENT_LOWAT: NOT_YET,
  TCP_MD5SIG: NOT_YET,
  TCP_REPAIR: NOT_YET,
  TCP_SAVE_SYN: NOT_YET,
  TCP_SAVED_SYN: NOT_YET,
  TCP_TIMESTAMP: NOT_YET,
  TCP_ULP: NOT_YET,
  TCP_INQ: NOT_YET,
  TCP_TX_DELAY: NOT_YET,
  TCP_REUSPORT_LB_NUMA: NOT_YET,
  TCP_FUNCTION_BLK: NOT_YET,
  TCP_DELACK: NOT_YET,
  TCP_REMOTE_UDP_ENCAPS_PORT: NOT_YET,
  TCP_LOG: NOT_YET,
  IP_TTL: {
    set: (file, value) => file.configure({ ttl: value }),
    get: (file) => file.settings.ttl ?? 64,
  },
  IP_TOS: {
    set: (file, value) => file.configure({ trafficClass: value & 0xfc }),
    get: (file) => file.settings.trafficClass ?? 0,
  },
  IP_RECVERR: NOT_YET,
  IP_RECVTOS: NOT_YET,
  IP_RECVTTL: NOT_YET,
  IP_MINTTL: NOT_YET,
  IP_MTU_DISCOVER: NOT_YET,
  IP_MTU: NOT_YET,
  IP_FREEBIND: NOT_YET,
  IP_BIND_ADDRESS_NO_PORT: ignored,
  IP_PORTRANGE: ignored,
};

const deferredSeconds = ({ settings }: TcpFile): number => {
  const timeouts = deferredTimeouts({ ...TCP_DEFAULTS, ...settings });
  return Array.from({ length: timeouts }, (_, i) => Math.min(2 ** i, 120)).reduce((sum, seconds) => sum + seconds, 0);
};

/** What getsockopt says of a buffer. */
const reported = (file: TcpFile, size: number): number => (file.host.personality.name === 'linux' ? 2 * size : size);

/** `{onoff=1, linger=5}`. */
function lingerOf(raw: Expr): number | undefined {
  const on = numberOf(fieldOf(raw, 'onoff', 'l_onoff')?.value, 'onoff');
  const seconds = numberOf(fieldOf(raw, 'linger', 'l_linger')?.value, 'linger');
  return on === 0 ? undefined : seconds;
}

/** `{tv_sec=1, tv_usec=500000}`; zero means no limit. */
function timeOf(raw: Expr): number {
  const whole = numberOf(fieldOf(raw, 'tv_sec')?.value, 'tv_sec');
  const rest = numberOf(fieldOf(raw, 'tv_usec')?.value, 'tv_usec');
  return whole * SECOND + rest || Number.POSITIVE_INFINITY;
}
