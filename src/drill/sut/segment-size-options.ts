/** How long segments may be, and what is known of the path: the socket options about it, and the sysctls. */
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { SECOND } from '../../stack/time.ts';
import type { OptionTable } from './file.ts';
import type { TcpFile } from './tcp-file.ts';

/** Linux: TCP_MIN_MSS and MAX_TCP_WINDOW bound what may be asked for. */
const LEAST = 88;
const MOST = 32_767;
/** What a socket says that was never connected, TCP_MSS_DEFAULT. */
const UNCONNECTED = 536;
const DO_NOT_DISCOVER = 0;
const DISCOVER = 1;
const LAST_MODE = 5;

export const SEGMENT_SIZE_OPTIONS: OptionTable<TcpFile> = {
  TCP_MAXSEG: {
    refuses: (file, value) => (isMaxSegment(file, value) ? undefined : 'EINVAL'),
    set: (file, value) => file.configure({ maxSegment: value }),
    get: (file) => {
      const { connection } = file;
      if (connection !== undefined && connection.state !== 'CLOSED') return connection.sender.control.mss;
      const limit = file.settings.maxSegment ?? 0;
      return limit > 0 ? limit : UNCONNECTED;
    },
  },
  IP_MTU_DISCOVER: {
    refuses: (_, value) => (value >= DO_NOT_DISCOVER && value <= LAST_MODE ? undefined : 'EINVAL'),
    set: (file, value) => file.configure({ pathMtuDiscovery: value !== DO_NOT_DISCOVER }),
    get: (file) => ((file.settings.pathMtuDiscovery ?? true) ? DISCOVER : DO_NOT_DISCOVER),
  },
  IP_MTU: {
    get: (file) => file.connection?.agreement.pathMtu ?? 0,
  },
};

/** Linux takes what could be a segment, and 0 for no limit of its own; FreeBSD lowers what it has, and raises nothing. */
function isMaxSegment({ host, settings }: TcpFile, value: number): boolean {
  if (host.personality.name === 'linux') return value === 0 || (value >= LEAST && value <= MOST);
  const now = (settings.maxSegment ?? 0) || UNCONNECTED;
  return value > 0 && value <= now;
}

type Knob = (values: readonly number[]) => Partial<TcpOptions>;

const PROBING = ['off', 'blackhole', 'always'] as const;

export const LINUX_MTU_KNOBS: Readonly<Record<string, Knob>> = {
  tcp_mtu_probing: ([value = 0]) => ({ mtuProbing: PROBING[value] ?? 'always' }),
  tcp_base_mss: ([value = 0]) => ({ mtuBase: value }),
  tcp_mtu_probe_floor: ([value = 0]) => ({ mtuFloor: value }),
  tcp_probe_interval: ([value = 0]) => ({ mtuProbeInterval: value * SECOND }),
  ip_no_pmtu_disc: ([value = 0]) => ({ pathMtuDiscovery: value === 0 }),
};

export const FREEBSD_MTU_KNOBS: Readonly<Record<string, Knob>> = {
  path_mtu_discovery: ([value = 0]) => ({ pathMtuDiscovery: value !== 0 }),
  pmtud_blackhole_detection: ([value = 0]) => ({ mtuProbing: value === 0 ? 'off' : 'blackhole' }),
  pmtud_blackhole_mss: ([value = 0]) => ({ mtuBase: value }),
};
