/** How segments travel: their size, their way and what their IP header says. */
import type { Micros } from '../../time.ts';
import { MINUTE } from '../../time.ts';
import type { SourceRoute } from '../../wire/source-route.ts';

export interface PathOptions {
  /**
   * Send with DF and believe routers that say a packet is too long (RFC 1191): IP_MTU_DISCOVER. Without, packets may be
   * fragmented on their way and such messages are ignored. @default true
   */
  readonly pathMtuDiscovery: boolean;
  /**
   * Find the path's MTU without routers' help, by probes of new text (RFC 4821): when time-outs make a black hole likely, or from
   * the beginning, with small segments at first. Linux: net.ipv4.tcp_mtu_probing 0, 1, 2. @default 'off'
   */
  readonly mtuProbing: 'off' | 'blackhole' | 'always';
  /** Text of a segment that every path is believed to take: where the search begins. Linux: tcp_base_mss. @default 1024 */
  readonly mtuBase: number;
  /** When that is lost too, it is halved, but not below this. Linux: tcp_mtu_probe_floor. @default 48 */
  readonly mtuFloor: number;
  /** After so long a search that is over begins again. Linux: tcp_probe_interval. @default 10 min */
  readonly mtuProbeInterval: Micros;
  /**
   * The routers to go through, first to last (RFC 9293 §3.9.2.1, MUST-51); in place of the way back of what the peer's segments
   * came by (MUST-52), which counts only when the stack accepts source routes. @default none
   */
  readonly sourceRoute: SourceRoute | undefined;
  readonly ttl: number;
  /** The octet with DSCP and ECN (MUST-48), of which TCP decides the two bits of ECN itself. @default 0 */
  readonly trafficClass: number;
}

export const PATH_DEFAULTS: PathOptions = {
  pathMtuDiscovery: true,
  mtuProbing: 'off',
  mtuBase: 1024,
  mtuFloor: 48,
  mtuProbeInterval: 10 * MINUTE,
  sourceRoute: undefined,
  ttl: 64,
  trafficClass: 0,
};
