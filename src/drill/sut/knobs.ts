/** Sysctls: what each sets in the stack, or why it cannot be had yet. */
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';
import { freebsdKnob, isFreebsdName } from './freebsd-knobs.ts';
import type { Changes, Knob } from './knob.ts';
import { ecn, fixedAt, milliseconds, NOT_YET, nothing, seconds } from './knob.ts';
import { LINUX_MTU_KNOBS } from './segment-size-options.ts';

const buffers =
  (first: 'receiveBuffer' | 'sendBuffer', most: 'maxReceiveBuffer' | 'maxSendBuffer'): Knob =>
  ([, usual = 0, maximum = usual]) => ({ [first]: usual, [most]: maximum });

/** How long so many retransmissions take that begin after 200 ms, double, and stay at 120 s: tcp_model_timeout. */
function timeOfRetries(retries: number): number {
  const doubling = Math.min(retries, 9);
  return (2 ** (doubling + 1) - 1) * 200 * MILLISECOND + (retries - doubling) * 120 * SECOND;
}

const LINUX: Readonly<Record<string, Knob | string>> = {
  ...LINUX_MTU_KNOBS,
  tcp_timestamps: ([value = 0]) => ({ timestamps: value !== 0 }),
  tcp_window_scaling: ([value = 0]) => ({ windowScale: value !== 0 }),
  tcp_fin_timeout: seconds('finWait2'),
  tcp_keepalive_time: seconds('keepAliveIdle'),
  tcp_keepalive_intvl: seconds('keepAliveInterval'),
  tcp_keepalive_probes: ([value = 0]) => ({ keepAliveProbes: value }),
  // half of a buffer pays for the kernel's bookkeeping; the scale is chosen for all of the largest
  tcp_rmem: ([, usual = 0, maximum = usual]) => ({ receiveBuffer: usual >> 1, maxReceiveBuffer: maximum }),
  tcp_wmem: buffers('sendBuffer', 'maxSendBuffer'),
  tcp_rto_min_us: ([value = 0]) => ({ minRto: value }),
  tcp_rto_max_ms: milliseconds('maxRto'),
  tcp_congestion_control: (_, text) => {
    if (text !== 'reno' && text !== 'cubic') throw new Unsupported(`the congestion control ${text}: ${NOT_YET}`);
    return { congestionControl: text };
  },
  tcp_syn_retries: ([value = 0]) => ({ synRetries: value }),
  tcp_synack_retries: ([value = 0]) => ({ synAckRetries: value }),
  tcp_syn_linear_timeouts: ([value = 0]) => ({ synLinearTimeouts: value }),
  tcp_abort_on_overflow: ([value = 0]) => ({ abortOnOverflow: value !== 0 }),
  tcp_syncookies: ([value = 0]) => {
    if (value === 2) throw new Unsupported(`the value 2: ${NOT_YET}`);
    return { synCookies: value !== 0 };
  },
  tcp_min_snd_mss: ([value = 0]) => ({ minMss: value }),
  tcp_max_syn_backlog: nothing,
  'net.core.somaxconn': nothing,
  tcp_sack: ([value = 0]) => ({ sack: value !== 0 }),
  tcp_dsack: ([value = 0]) => ({ dsack: value !== 0 }),
  tcp_fack: nothing,
  tcp_ecn: ecn(['off', 'on', 'passive']),
  tcp_ecn_fallback: ([value = 0]) => ({ ecnSynRetries: value === 0 ? Number.POSITIVE_INFINITY : 0 }),
  tcp_early_retrans: ([value = 0]) => ({ tailLossProbe: value === 3 || value === 4 }),
  // bits: 1 RACK, 2 a static reordering window, 4 no duplicate threshold
  tcp_recovery: ([value = 0]) => ({ ...fixedAt(0, 1)([value], '', {}), rack: (value & 1) !== 0 }),
  tcp_stdurg: ([value = 0]) => ({ stdUrg: value !== 0 }),
  tcp_frto: ([value = 0]) => ({ frto: value !== 0 }),
  tcp_rfc1337: ([value = 0]) => ({ protectTimeWait: value !== 0 }),
  tcp_orphan_retries: ([value = 0]) => ({ orphanTimeout: timeOfRetries(value || 8) }),
  tcp_retries2: ([value = 0]) => ({ r2: timeOfRetries(value) }),
  tcp_slow_start_after_idle: ([value = 0]) => ({ idleRestart: value === 0 ? 'none' : 'halve' }),
  tcp_invalid_ratelimit: milliseconds('challengeInterval'),
  ip_default_ttl: ([value = 64]) => ({ ttl: value }),
};

/** What only tunes the kernel's own machinery: pacing, offloads, memory accounts, caches, and limits that no single script meets. */
const WITHOUT_EFFECT = new Set(
  `tcp_no_metrics_save tcp_autocorking tcp_tso_win_divisor tcp_min_tso_segs tcp_tso_rtt_log tcp_pacing_ss_ratio tcp_pacing_ca_ratio
  tcp_limit_output_bytes tcp_mem tcp_early_demux tcp_low_latency tcp_max_orphans tcp_max_tw_buckets tcp_challenge_ack_limit
  tcp_retrans_collapse tcp_backlog_ack_defer tcp_comp_sack_delay_ns tcp_comp_sack_slack_ns tcp_comp_sack_nr tcp_comp_sack_rtt_percent
  tcp_thin_linear_timeouts tcp_thin_dupack tcp_moderate_rcvbuf tcp_max_reordering tcp_allowed_congestion_control tcp_available_ulp
  tcp_probe_threshold tcp_min_snd_mss tcp_max_syn_backlog tcp_plb_enabled
  tcp_fwmark_accept tcp_l3mdev_accept tcp_migrate_req tcp_child_ehash_entries tcp_ehash_entries tcp_tw_recycle tcp_dma_copybreak
  ip_local_port_range ip_local_reserved_ports ip_autobind_reuse ip_nonlocal_bind ip_forward ip_early_demux inet_peer_maxttl
  icmp_ratelimit icmp_ratemask icmp_msgs_per_sec icmp_msgs_burst`.split(/\s+/),
);
const FOREIGN_TREES = /^(?:net\.core\.|net\.ipv4\.(?:conf|route|neigh)\.|net\.ipv6\.|kernel\.|vm\.|fs\.)/;

/** @param name as sysctl writes it, with dots or slashes @param current the settings in force @throws Unsupported */
export function settingsOf(name: string, value: string, current: Changes): Changes {
  const dotted = name.replaceAll('/', '.').replace(/^\.?proc\.sys\./, '');
  if (FOREIGN_TREES.test(dotted) || WITHOUT_EFFECT.has(dotted.replace(/^net\.ipv4\./, ''))) return {};
  const knob = isFreebsdName(dotted) ? freebsdKnob(dotted) : LINUX[dotted.replace(/^net\.ipv4\./, '')];
  if (knob === undefined) throw new Unsupported(`the sysctl ${dotted}`);
  if (typeof knob === 'string') throw new Unsupported(`the sysctl ${dotted}: ${knob}`);
  try {
    return knob(value.trim().split(/\s+/).map(Number), value.trim(), current);
  } catch (error) {
    if (error instanceof Unsupported) throw new Unsupported(`the sysctl ${dotted} with ${error.message}`);
    throw error;
  }
}
