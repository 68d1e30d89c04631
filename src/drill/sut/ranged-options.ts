/** Socket options whose values Linux checks: which numbers it takes, what it makes of them, and how it tells them back. */
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { quickAck } from '../../stack/tcp/run-time-options.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, numberOf } from './constants.ts';
import type { Fields, OptionTable, SocketOption } from './file.ts';
import type { TcpFile } from './tcp-file.ts';

type Option = SocketOption<TcpFile>;
/** Names of the options whose values have this type. */
type Named<T> = { [K in keyof TcpOptions]: TcpOptions[K] extends T ? K : never }[keyof TcpOptions];

/** On or off. */
const flag = (name: Named<boolean>): Option => ({
  set: (file, value) => file.configure({ [name]: value !== 0 }),
  get: (file) => Number(file.settings[name] ?? false),
});

/** EINVAL outside of `[lowest, highest]`. @param unit of the script's number, in that of the option */
const ranged = (name: Named<number>, lowest: number, highest: number, unit = 1): Option => ({
  refuses: (_, value) => (value < lowest || value > highest ? 'EINVAL' : undefined),
  set: (file, value) => file.configure({ [name]: value * unit }),
  get: (file) => (file.settings[name] ?? 0) / unit,
});

/** Kept, and told back; it means nothing to the stack. */
const remembered = (name: string, of: (value: number) => number = (value) => value): Option => ({
  set: (file, value) => void file.kept.set(name, of(value)),
  get: (file) => file.kept.get(name) ?? 0,
});
const asFlag = (value: number): number => Number(value !== 0);
const fixed = (value: number): Option => ({ get: () => value });

/** Linux: SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF, and the sysctls wmem_max and rmem_max, of what getsockopt says. */
const LEAST = { sendBuffer: 4608, receiveBuffer: 2304 } as const;
const MOST = 2 * 212_992;
const FREEBSD_LEAST = 2048;

/** Linux doubles what is asked for, to pay for its own bookkeeping; the half that holds text is what was asked for. */
function buffer(name: 'sendBuffer' | 'receiveBuffer', most: number): Option {
  const maximum = name === 'sendBuffer' ? 'maxSendBuffer' : 'maxReceiveBuffer';
  return {
    set: (file, value) => {
      const size = isLinux(file)
        ? Math.floor(Math.max(Math.min(2 * value, most), LEAST[name]) / 2)
        : Math.max(value, FREEBSD_LEAST);
      file.configure({ [name]: size, [maximum]: size });
    },
    get: (file) => (isLinux(file) ? 2 * (file.settings[name] ?? 0) : sizeOf(file, name)),
  };
}

/** FreeBSD rounds the receive buffer up to whole segments, and says so. */
const sizeOf = (file: TcpFile, name: 'sendBuffer' | 'receiveBuffer'): number =>
  (name === 'receiveBuffer' ? file.connection?.receiver.limit : undefined) ?? file.settings[name] ?? 0;

const isLinux = (file: TcpFile): boolean => file.host.personality.name === 'linux';

/** `{tv_sec=1, tv_usec=500000}`; zero means no limit, and below zero no patience at all. */
const patience = (name: 'receiveTimeout' | 'sendTimeout'): Option => ({
  refuses: (_, __, raw) => (inRange(microseconds(raw)) ? undefined : 'EDOM'),
  set: (file, _, raw) => {
    const seconds = numberOf(fieldOf(raw, 'tv_sec')?.value, 'tv_sec');
    file[name] = seconds < 0 ? 0 : seconds * SECOND + microseconds(raw) || Number.POSITIVE_INFINITY;
  },
  get: (file): Fields => {
    const time = Number.isFinite(file[name]) ? file[name] : 0;
    return { tv_sec: Math.floor(time / SECOND), tv_usec: time % SECOND };
  },
});
const microseconds = (raw: Expr): number => numberOf(fieldOf(raw, 'tv_usec')?.value, 'tv_usec');
const inRange = (value: number): boolean => value >= 0 && value < SECOND;

/** `{onoff=1, linger=5}`. */
const linger: Option = {
  set: (file, _, raw) => {
    const on = numberOf(fieldOf(raw, 'onoff', 'l_onoff')?.value, 'onoff');
    const seconds = numberOf(fieldOf(raw, 'linger', 'l_linger')?.value, 'linger');
    file.linger = on === 0 ? undefined : seconds;
  },
  get: ({ linger: seconds }): Fields => ({
    onoff: Number(seconds !== undefined),
    l_onoff: Number(seconds !== undefined),
    linger: seconds ?? 0,
    l_linger: seconds ?? 0,
  }),
};

/** Linux: half of SOCK_MIN_RCVBUF; zero, which lets the buffer decide again, is for sockets without a connection. */
const LEAST_CLAMP = 1152;
const windowClamp: Option = {
  refuses: (file, value) => (value === 0 && file.connection !== undefined ? 'EINVAL' : undefined),
  set: (file, value) => file.configure({ windowClamp: value === 0 ? 0 : Math.max(value, LEAST_CLAMP) }),
  get: (file) => file.settings.windowClamp ?? 0,
};

const notSentLowWater: Option = {
  set: (file, value) => file.configure({ notSentLowWater: value === 0 || value < 0 ? Number.POSITIVE_INFINITY : value }),
  get: ({ settings: { notSentLowWater: mark = Number.POSITIVE_INFINITY } }) => (Number.isFinite(mark) ? mark : 0),
};

/** Linux: TCP_FIN_TIMEOUT_MAX. Zero is the default, below zero no FIN-WAIT-2 for an orphan. */
const LONGEST_LINGER = 120;
const linger2: Option = {
  set: (file, value) => {
    const usual = (file.host.tcp.finWait2 ?? 60 * SECOND) / SECOND;
    const seconds = value < 0 ? 0 : value === 0 ? usual : Math.min(value, LONGEST_LINGER);
    file.configure({ finWait2: seconds * SECOND });
  },
  get: (file) => (file.settings.finWait2 ?? 0) / SECOND || -1,
};

const LARGEST_INT = 0x7fff_ffff;
const receiveLowWater: Option = {
  set: (file, value) => {
    file.receiveLowWater = value < 0 ? LARGEST_INT : value || 1;
  },
  get: (file) => file.receiveLowWater,
};

const quick: Option = {
  set: (file, value) => {
    file.kept.set('TCP_QUICKACK', asFlag(value));
    if (file.connection !== undefined) quickAck(file.connection, value !== 0);
  },
  get: (file) => file.kept.get('TCP_QUICKACK') ?? 1,
};

const CONTROLS: ReadonlySet<string> = new Set(['reno', 'cubic']);
/** What kernels have too; any other name is nobody's. */
const NOT_OURS: ReadonlySet<string> = new Set([
  'bbr',
  'bic',
  'cdg',
  'dctcp',
  'highspeed',
  'htcp',
  'hybla',
  'illinois',
  'lp',
  'vegas',
]);
const nameOf = (raw: Expr): string => (raw.kind === 'string' ? raw.value.replace('newreno', 'reno') : '');

const congestion: Option = {
  refuses: (_, __, raw) => (CONTROLS.has(nameOf(raw)) || NOT_OURS.has(nameOf(raw)) ? undefined : 'ENOENT'),
  set: (file, _, raw) => {
    const name = nameOf(raw);
    if (name !== 'reno' && name !== 'cubic') throw new Unsupported(`the congestion control ${name}`);
    file.configure({ congestionControl: name });
  },
  get: (file) => file.settings.congestionControl ?? 'cubic',
};

export const RANGED_OPTIONS: OptionTable<TcpFile> = {
  SO_TYPE: fixed(1),
  SO_DOMAIN: fixed(2),
  SO_PROTOCOL: fixed(6),
  SO_BROADCAST: remembered('SO_BROADCAST', asFlag),
  SO_DONTROUTE: remembered('SO_DONTROUTE', asFlag),
  SO_PRIORITY: remembered('SO_PRIORITY'),
  SO_MARK: remembered('SO_MARK'),
  SO_KEEPALIVE: flag('keepAlive'),
  SO_LINGER: linger,
  SO_RCVTIMEO: patience('receiveTimeout'),
  SO_SNDTIMEO: patience('sendTimeout'),
  SO_RCVBUF: buffer('receiveBuffer', MOST),
  SO_SNDBUF: buffer('sendBuffer', MOST),
  SO_RCVBUFFORCE: buffer('receiveBuffer', LARGEST_INT),
  SO_SNDBUFFORCE: buffer('sendBuffer', LARGEST_INT),
  SO_RCVLOWAT: receiveLowWater,
  TCP_NODELAY: flag('noDelay'),
  TCP_CORK: flag('cork'),
  TCP_NOPUSH: flag('cork'),
  TCP_QUICKACK: quick,
  TCP_KEEPIDLE: ranged('keepAliveIdle', 1, 32_767, SECOND),
  TCP_KEEPINTVL: ranged('keepAliveInterval', 1, 32_767, SECOND),
  TCP_KEEPCNT: ranged('keepAliveProbes', 1, 127),
  TCP_USER_TIMEOUT: ranged('userTimeout', 0, LARGEST_INT, MILLISECOND),
  TCP_LINGER2: linger2,
  TCP_WINDOW_CLAMP: windowClamp,
  TCP_NOTSENT_LOWAT: notSentLowWater,
  TCP_CONGESTION: congestion,
  IP_TTL: {
    refuses: (_, value) => (value === -1 || (value >= 1 && value <= 255) ? undefined : 'EINVAL'),
    set: (file, value) => file.configure({ ttl: value === -1 ? 64 : value }),
    get: (file) => file.settings.ttl ?? 64,
  },
};
