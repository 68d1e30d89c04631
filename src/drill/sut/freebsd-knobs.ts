/** The sysctls of FreeBSD below net.inet.tcp and beside it: what each sets, or why it cannot be had. */

import { shiftFor } from '../../stack/tcp/open/handshake.ts';
import type { Habits } from '../../stack/tcp/options/habits.ts';
import { MILLISECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';
import { FREEBSD_HABITS } from './freebsd-habits.ts';
import type { Knob } from './knob.ts';
import { ecn, fixedAt, milliseconds, nothing } from './knob.ts';
import { FREEBSD_MTU_KNOBS } from './segment-size-options.ts';

/** Where the socket waits when fast_finwait2_recycle is on. */
const RECYCLED = 60_000 * MILLISECOND;

/** A habit that a number turns into. */
const habit =
  (change: (value: number) => Partial<Habits>): Knob =>
  ([value = 0], _, { habits = FREEBSD_HABITS }) => ({ habits: { ...habits, ...change(value) } });

const isOn = (name: { [K in keyof Habits]: Habits[K] extends boolean ? K : never }[keyof Habits]): Knob =>
  habit((value) => ({ [name]: value !== 0 }));

const micros = (name: keyof Habits): Knob => habit((value) => ({ [name]: value * MILLISECOND }));

/** @throws Unsupported */
function blackholeOf(value: number): Habits['blackhole'] {
  if (value === 0 || value === 1 || value === 2 || value === 3) return value;
  throw new Unsupported(`the value ${value}`);
}

const KNOBS: Readonly<Record<string, Knob>> = {
  ...FREEBSD_MTU_KNOBS,
  rfc1323: ([value = 0]) => ({ timestamps: value === 1 || value === 3, windowScale: value === 1 || value === 2 }),
  recvspace: ([value = 0]) => ({ receiveBuffer: value }),
  sendspace: ([value = 0]) => ({ sendBuffer: value }),
  recvbuf_auto: nothing,
  sendbuf_auto: nothing,
  recvbuf_max: nothing,
  sendbuf_max: ([value = 0]) => ({ maxSendBuffer: value }),
  sendbuf_inc: nothing,
  recvbuf_inc: nothing,
  delacktime: milliseconds('ackDelay'),
  delayed_ack: ([value = 0]) => (value === 0 ? { ackDelay: 0 } : {}),
  keepinit: milliseconds('r2Syn'),
  keepidle: milliseconds('keepAliveIdle'),
  keepintvl: milliseconds('keepAliveInterval'),
  keepcnt: ([value = 0]) => ({ keepAliveProbes: value }),
  always_keepalive: ([value = 0]) => ({ keepAlive: value !== 0 }),
  msl: ([value = 0]) => ({ timeWait: 2 * value * MILLISECOND }),
  finwait2_timeout: milliseconds('finWait2'),
  fast_finwait2_recycle: ([value = 0], _, { finWait2 = 0 }) => (value !== 0 && finWait2 > RECYCLED ? { finWait2: RECYCLED } : {}),
  nolocaltimewait: nothing, // the peer is never this host
  maxtcptw: nothing,
  rexmit_initial: milliseconds('initialRto'),
  // the floor lies below the slop
  rexmit_min: ([value = 0], _, { rtoSlop = 0 }) => ({ minRto: value * MILLISECOND + rtoSlop }),
  rexmit_slop: ([value = 0]) => ({ rtoSlop: value * MILLISECOND, minRto: (30 + value) * MILLISECOND }),
  rexmit_drop_options: isOn('dropsSynOptions'),
  persmin: micros('persistMin'),
  persmax: micros('persistMax'),
  'syncache.rexmtlimit': ([value = 0]) => ({ synAckRetries: value }),
  'syncache.rst_on_sock_fail': fixedAt(1),
  'syncache.see_other': nothing,
  syncookies: ([value = 0]) => ({ synCookies: value !== 0 }),
  syncookies_only: fixedAt(0),
  drop_synfin: isOn('dropsSynFin'),
  icmp_may_rst: isOn('icmpMayReset'),
  insecure_rst: isOn('insecureRst'),
  insecure_syn: isOn('insecureSyn'),
  insecure_ack: isOn('insecureAck'),
  tolerate_missing_ts: isOn('toleratesMissingTimestamps'),
  blackhole: habit((value) => ({ blackhole: blackholeOf(value) })),
  blackhole_local: nothing,
  ack_war_timewindow: micros('challengePeriod'),
  ack_war_cnt: habit((value) => ({ challenges: value })),
  minmss: ([value = 0]) => ({ minMss: value }),
  mssdflt: habit((value) => ({ defaultMss: value })),
  v6mssdflt: nothing,
  'sack.enable': ([value = 0]) => ({ sack: value !== 0 }),
  'sack.maxholes': nothing,
  'sack.globalmaxholes': nothing,
  'sack.revised': fixedAt(1),
  'sack.tso': nothing,
  'sack.lrd': nothing,
  do_lrd: nothing,
  do_prr: ([value = 0]) => ({ prr: value === 0 ? 'never' : 'sack' }),
  do_prr_conservative: fixedAt(0),
  rfc6675_pipe: nothing,
  rfc3042: ([value = 0]) => ({ limitedTransmit: value !== 0 }),
  rfc3390: nothing, // initcwnd_segments comes first
  rfc3465: nothing,
  abc_l_var: nothing,
  newcwv: fixedAt(0),
  initcwnd_segments: ([value = 0]) => ({ initialWindow: value }),
  'cc.algorithm': (_, text) => ({ congestionControl: text === 'cubic' ? 'cubic' : 'reno' }),
  'cc.abe': ([value = 0]) => ({ abe: value !== 0 }),
  'cc.hystartplusplus.bblogs': nothing,
  'ecn.enable': ecn(['off', 'on', 'passive']),
  'ecn.maxretries': ([value = 0]) => ({ ecnSynRetries: value, ecnSynAckRetries: value }),
  'ecn.generalized': fixedAt(0),
  functions_default: (_, text) => refuseUnless(text === 'freebsd', `the stack "${text}"`),
  functions_inherit_listen_socket_stack: nothing,
  ts_offset_per_conn: nothing,
  log_in_vain: nothing,
  log_debug: nothing,
  do_tcpdrain: nothing,
  tso: nothing,
  lro: nothing,
  retries: nothing,
  isn_reseed_interval: nothing,
  require_unique_port: nothing,
  per_cpu_timers: nothing,
  timer_race: nothing,
  soreceive_stream: nothing,
  maxunacktime: fixedAt(0),
  'reass.cursegments': nothing,
  'reass.maxsegments': nothing,
  'reass.maxqueuelen': nothing,
  'reass.new_limit': nothing,
  'reass.queueguard': nothing,
  'fastopen.server_enable': fixedAt(0),
  'fastopen.client_enable': fixedAt(0, 1),
};

/** Beside net.inet.tcp. */
const OTHERS: readonly (readonly [RegExp, Knob])[] = [
  [/^kern\.ipc\.maxsockbuf$/, habit((value) => ({ windowShift: shiftFor(value) }))],
  [/^kern\.(?:timecounter|eventtimer|ipc|random|hz|log)\b/, nothing],
  [/^net\.inet\.tcp\.(?:hostcache|bb|bblog|log|rack|hpts|stats|lro)\b/, nothing],
  [
    /^net\.inet\.(?:icmp\.icmplim|icmp\.bmcastecho|ip\.(?:random_id|portrange|rfc6864|redirect)|udp\.(?:log_in_vain|recvspace|maxdgram))/,
    nothing,
  ],
  [/^(?:debug|security|dev)\./, nothing],
];

function refuseUnless(isFine: boolean, what: string): Record<string, never> {
  if (!isFine) throw new Unsupported(what);
  return {};
}

/** @returns undefined for a name that nobody here knows */
export function freebsdKnob(name: string): Knob | undefined {
  const key = name.replace(/^net\.inet\.tcp\./, '');
  const own = name === key ? undefined : KNOBS[key];
  return own ?? OTHERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whose sysctls these are. */
export const isFreebsdName = (name: string): boolean => /^(?:net\.inet6?|kern|debug|security|dev)\./.test(name);
