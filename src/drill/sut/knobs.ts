/** Sysctls: what each sets in the stack, or why it cannot be had yet. */
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';

type Changes = Partial<TcpOptions>;
/** From the words of the value to settings. */
type Knob = (values: readonly number[], text: string) => Changes;

const NOT_YET = 'the stack does not have it yet';
const nothing: Knob = () => ({});

/** The stack behaves as if the knob stood here, and cannot be turned. */
const fixedAt =
  (...accepted: readonly number[]): Knob =>
  ([value = 0]) => {
    if (!accepted.includes(value)) throw new Unsupported(`the value ${value}: ${NOT_YET}`);
    return {};
  };

const buffers =
  (first: 'receiveBuffer' | 'sendBuffer', most: 'maxReceiveBuffer' | 'maxSendBuffer'): Knob =>
  ([, usual = 0, maximum = usual]) => ({ [first]: usual, [most]: maximum });

const seconds =
  (name: keyof TcpOptions): Knob =>
  ([value = 0]) => ({ [name]: value * SECOND });

const milliseconds =
  (name: keyof TcpOptions): Knob =>
  ([value = 0]) => ({ [name]: value * MILLISECOND });

const LINUX: Readonly<Record<string, Knob | string>> = {
  tcp_timestamps: ([value = 0]) => ({ timestamps: value !== 0 }),
  tcp_window_scaling: ([value = 0]) => ({ windowScale: value !== 0 }),
  tcp_fin_timeout: seconds('finWait2'),
  tcp_keepalive_time: seconds('keepAliveIdle'),
  tcp_keepalive_intvl: seconds('keepAliveInterval'),
  tcp_keepalive_probes: ([value = 0]) => ({ keepAliveProbes: value }),
  tcp_rmem: buffers('receiveBuffer', 'maxReceiveBuffer'),
  tcp_wmem: buffers('sendBuffer', 'maxSendBuffer'),
  tcp_rto_min_us: ([value = 0]) => ({ minRto: value }),
  tcp_rto_max_ms: milliseconds('maxRto'),
  tcp_congestion_control: (_, text) => {
    if (text !== 'reno' && text !== 'cubic') throw new Unsupported(`the congestion control ${text}: ${NOT_YET}`);
    return { congestionControl: text };
  },
  tcp_sack: ([value = 0]) => ({ sack: value !== 0 }),
  tcp_dsack: fixedAt(1),
  tcp_fack: nothing,
  tcp_ecn: fixedAt(0),
  tcp_early_retrans: fixedAt(3),
  tcp_recovery: fixedAt(1),
  tcp_stdurg: ([value = 0]) => ({ stdUrg: value !== 0 }),
  tcp_frto: fixedAt(0),
  tcp_slow_start_after_idle: fixedAt(1),
  tcp_rfc1337: fixedAt(1),
  tcp_no_metrics_save: nothing,
  tcp_autocorking: nothing,
  tcp_tso_win_divisor: nothing,
  tcp_min_tso_segs: nothing,
  tcp_pacing_ss_ratio: nothing,
  tcp_pacing_ca_ratio: nothing,
  tcp_invalid_ratelimit: nothing,
  ip_local_port_range: nothing,
};

const FREEBSD: Readonly<Record<string, Knob | string>> = {
  rfc1323: ([value = 0]) => ({ timestamps: value === 1 || value === 3, windowScale: value === 1 || value === 2 }),
  recvspace: ([value = 0]) => ({ receiveBuffer: value }),
  sendspace: ([value = 0]) => ({ sendBuffer: value }),
  delacktime: milliseconds('ackDelay'),
  delayed_ack: ([value = 0]) => (value === 0 ? { ackDelay: 0 } : {}),
  keepinit: milliseconds('r2Syn'),
  keepidle: milliseconds('keepAliveIdle'),
  keepintvl: milliseconds('keepAliveInterval'),
  keepcnt: ([value = 0]) => ({ keepAliveProbes: value }),
  always_keepalive: ([value = 0]) => ({ keepAlive: value !== 0 }),
  msl: ([value = 0]) => ({ timeWait: 2 * value * MILLISECOND }),
  finwait2_timeout: milliseconds('finWait2'),
  rexmit_initial: milliseconds('initialRto'),
  rexmit_min: milliseconds('minRto'),
  rexmit_slop: nothing,
  'sack.enable': ([value = 0]) => ({ sack: value !== 0 }),
  'cc.algorithm': (_, text) => ({ congestionControl: text === 'cubic' ? 'cubic' : 'reno' }),
  'ecn.enable': fixedAt(0, 2),
  'ecn.maxretries': nothing,
  rexmit_drop_options: fixedAt(0),
  icmp_may_rst: fixedAt(1),
  drop_synfin: fixedAt(0),
  insecure_rst: fixedAt(0),
  insecure_syn: fixedAt(0),
  insecure_ack: fixedAt(0),
  blackhole: fixedAt(0),
  syncookies: fixedAt(0),
  log_in_vain: nothing,
  'hostcache.purgenow': nothing,
  'hostcache.enable': nothing,
  tso: nothing,
};

/** @param name as sysctl writes it, with dots or slashes @throws Unsupported */
export function settingsOf(name: string, value: string): Changes {
  const dotted = name.replaceAll('/', '.');
  const [table, key] = dotted.startsWith('net.inet.tcp.')
    ? [FREEBSD, dotted.slice('net.inet.tcp.'.length)]
    : [LINUX, dotted.replace(/^net\.ipv4\./, '')];
  const knob = table[key];
  if (knob === undefined) throw new Unsupported(`the sysctl ${dotted}`);
  if (typeof knob === 'string') throw new Unsupported(`the sysctl ${dotted}: ${knob}`);
  try {
    return knob(value.trim().split(/\s+/).map(Number), value.trim());
  } catch (error) {
    if (error instanceof Unsupported) throw new Unsupported(`the sysctl ${dotted} with ${error.message}`);
    throw error;
  }
}
