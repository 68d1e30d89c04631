/** The options of a TCP socket, in one table: what each does to the stack, or why it cannot be had yet. */
import { deferredTimeouts } from '../../stack/tcp/open/defer-accept.ts';
import { DEFAULTS as TCP_DEFAULTS } from '../../stack/tcp/options.ts';
import { SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf } from './constants.ts';
import {
  SOF_TIMESTAMPING_OPT_ID,
  SOF_TIMESTAMPING_OPT_TSONLY,
  SOF_TIMESTAMPING_SOFTWARE,
  SOF_TIMESTAMPING_TX_ACK,
  SOF_TIMESTAMPING_TX_SCHED,
  SOF_TIMESTAMPING_TX_SOFTWARE,
} from './control-constants.ts';
import { ERRNO_NUMBERS, FREEBSD_ERRNO_NUMBERS } from './errno.ts';
import { keysFrom, queueLength, retune, TFO_CLIENT } from './fast-open.ts';
import type { OptionTable, SocketOption } from './file.ts';
import { RANGED_OPTIONS } from './ranged-options.ts';
import { SEGMENT_SIZE_OPTIONS } from './segment-size-options.ts';
import type { TcpFile } from './tcp-file.ts';

/** The settings kept for calls that an accepted socket has from its listener: sk_clone copies them. */
const INHERITED = ['TCP_INQ', 'SO_ZEROCOPY'] as const;

export function inherit(from: ReadonlyMap<string, number>, to: Map<string, number>): void {
  for (const name of INHERITED) {
    const value = from.get(name);
    if (value !== undefined) to.set(name, value);
  }
}

/** Kept, for the calls that ask for it. Linux takes no other values. */
const switched = (name: string): SocketOption<TcpFile> => ({
  refuses: (_, value) => (value === 0 || value === 1 ? undefined : 'EINVAL'),
  set: (file, value) => void file.kept.set(name, value),
  get: (file) => file.kept.get(name) ?? 0,
});

/** The SOF_TIMESTAMPING_... that there are. */
const STAMPS =
  SOF_TIMESTAMPING_TX_SCHED |
  SOF_TIMESTAMPING_TX_SOFTWARE |
  SOF_TIMESTAMPING_TX_ACK |
  SOF_TIMESTAMPING_SOFTWARE |
  SOF_TIMESTAMPING_OPT_ID |
  SOF_TIMESTAMPING_OPT_TSONLY;

const NOT_YET = 'the stack does not have it yet';

const ignored: SocketOption<TcpFile> = { set: () => {}, get: () => 0 };

export const TCP_FILE_OPTIONS: OptionTable<TcpFile> = {
  ...RANGED_OPTIONS,
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
      const numbers = file.host.personality.name === 'linux' ? ERRNO_NUMBERS : FREEBSD_ERRNO_NUMBERS;
      return errno === undefined ? 0 : (numbers[errno] ?? 0);
    },
  },
  SO_ACCEPTCONN: { get: (file) => (file.listener === undefined ? 0 : 1) },
  SO_OOBINLINE: {
    set: (file, value) => file.configure({ oobInline: value !== 0 }),
    get: (file) => Number(file.settings.oobInline ?? false),
  },
  SO_ZEROCOPY: switched('SO_ZEROCOPY'),
  SO_TIMESTAMPING: {
    refuses: (file, value) => {
      const state = file.connection?.state ?? 'CLOSED';
      return (value & SOF_TIMESTAMPING_OPT_ID) !== 0 && state === 'CLOSED' ? 'EINVAL' : undefined;
    },
    set: (file, value) => {
      if ((value & ~STAMPS) !== 0) throw new Unsupported('a time stamp of another kind than of what is sent');
      file.errorQueue.configure(value);
    },
    get: (file) => file.errorQueue.flags,
  },
  SO_MAX_PACING_RATE: NOT_YET,
  SO_BUSY_POLL: ignored,
  SO_DEBUG: ignored,
  ...SEGMENT_SIZE_OPTIONS,
  TCP_KEEPINIT: {
    set: (file, value) => file.configure({ r2Syn: value * SECOND }),
    get: (file) => (file.settings.r2Syn ?? 0) / SECOND,
  },
  TCP_NOOPT: NOT_YET,
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
  TCP_MD5SIG: NOT_YET,
  TCP_REPAIR: NOT_YET,
  TCP_SAVE_SYN: NOT_YET,
  TCP_SAVED_SYN: NOT_YET,
  TCP_TIMESTAMP: NOT_YET,
  TCP_ULP: NOT_YET,
  TCP_INQ: switched('TCP_INQ'),
  TCP_TX_DELAY: NOT_YET,
  TCP_REUSPORT_LB_NUMA: NOT_YET,
  TCP_FUNCTION_BLK: {
    set: (_, __, raw) => {
      const name = fieldOf(raw, 'function_set_name')?.value;
      if (name?.kind !== 'string' || name.value !== 'freebsd')
        throw new Unsupported('another TCP of FreeBSD than its base stack');
    },
  },
  TCP_DELACK: NOT_YET,
  TCP_REMOTE_UDP_ENCAPS_PORT: NOT_YET,
  TCP_LOG: NOT_YET,
  IP_TOS: {
    set: (file, value) => file.configure({ trafficClass: value & 0xfc }),
    get: (file) => file.settings.trafficClass ?? 0,
  },
  IP_RECVERR: NOT_YET,
  IP_RECVTOS: NOT_YET,
  IP_RECVTTL: NOT_YET,
  IP_MINTTL: NOT_YET,
  IP_FREEBIND: NOT_YET,
  IP_BIND_ADDRESS_NO_PORT: ignored,
  IP_PORTRANGE: ignored,
};

const deferredSeconds = ({ settings }: TcpFile): number => {
  const timeouts = deferredTimeouts({ ...TCP_DEFAULTS, ...settings });
  return Array.from({ length: timeouts }, (_, i) => Math.min(2 ** i, 120)).reduce((sum, seconds) => sum + seconds, 0);
};
