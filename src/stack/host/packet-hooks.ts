/**
 * Where a packet can be looked at, changed or dropped on its way through a host: the five places of Linux's netfilter, for
 * address translation and firewalls.
 *
 * ```
 *   arrives -> prerouting -> route -> for us?  yes -> input -> TCP, UDP, ICMP -> route -> output -+
 *                                              no  -> forward ------------------------------------+-> postrouting -> leaves
 * ```
 */
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import type { Guard } from './guard.ts';
import type { NetworkInterface } from './interface.ts';

/** The word with which a hook lets a packet go on. */
export const ACCEPT = 'accept';

/**
 * The live part of `packet` is the whole IPv4 packet, its header at `packet.network`, which is `packet.start`. It is not
 * valid any more when the hook has returned. A hook that changes it leaves every checksum right; length may change too, within
 * the packet's capacity. `ACCEPT` lets it go on; any other word drops it, is counted as 'dropped by a rule', and is told to
 * the observers as the name of the rule. A hook that throws has dropped the packet too.
 *
 * They see neither ARP nor what a host sends to itself. The devices of a host with hooks have offload off.
 */
export interface PacketHooks {
  /**
   * Fragments are put together before `prerouting`, and cut anew for the next link: ports stand in the first fragment only.
   * @default false: every fragment is a packet of its own until it is delivered
   */
  readonly wholeDatagrams?: boolean;
  /** Has arrived, its header is valid, no route is chosen yet: destination NAT. */
  prerouting?(packet: Packet, from: NetworkInterface, now: Micros): string;
  /** Is for this host, all of it: put together if it came in fragments. */
  input?(packet: Packet, from: NetworkInterface, now: Micros): string;
  /** Goes through: its route is chosen, its time to live not yet lowered. */
  forward?(packet: Packet, from: NetworkInterface, to: NetworkInterface, now: Micros): string;
  /** Was made by this host; its route is chosen, and changing the destination does not change it. */
  output?(packet: Packet, to: NetworkInterface, now: Micros): string;
  /** Is about to leave, still in one piece: source NAT. */
  postrouting?(packet: Packet, to: NetworkInterface, now: Micros): string;
}

type Place = Exclude<keyof PacketHooks, 'wholeDatagrams'>;
const PLACES: readonly Place[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** Several sets of hooks as one: in each place they are asked in this order, until one of them says another word than `ACCEPT`. */
export function chainHooks(...all: readonly PacketHooks[]): PacketHooks {
  const chained: Partial<Record<Place, (...told: never[]) => string>> = {};
  for (const place of PLACES) {
    const asked = all.filter((hooks) => hooks[place] !== undefined);
    if (asked.length === 0) continue;
    chained[place] = (...told) => {
      for (const hooks of asked) {
        const verdict = (hooks[place] as (...told: never[]) => string)(...told);
        if (verdict !== ACCEPT) return verdict;
      }
      return ACCEPT;
    };
  }
  return { ...(chained as PacketHooks), wholeDatagrams: all.some((hooks) => hooks.wholeDatagrams === true) };
}

/** The hooks of one host, called so that their mistakes stay theirs. */
export class Rules {
  /** The word that dropped a packet last. */
  name = '';
  readonly hooks: PacketHooks;
  readonly #guard: Guard;

  constructor(hooks: PacketHooks, guard: Guard) {
    this.hooks = hooks;
    this.#guard = guard;
  }

  arrives(packet: Packet, from: NetworkInterface, now: Micros): boolean {
    return this.#accepts(() => this.hooks.prerouting?.(packet, from, now));
  }

  enters(packet: Packet, from: NetworkInterface, now: Micros): boolean {
    return this.#accepts(() => this.hooks.input?.(packet, from, now));
  }

  passes(packet: Packet, from: NetworkInterface, to: NetworkInterface, now: Micros): boolean {
    return this.#accepts(() => this.hooks.forward?.(packet, from, to, now));
  }

  isSent(packet: Packet, to: NetworkInterface, now: Micros): boolean {
    return this.#accepts(() => this.hooks.output?.(packet, to, now));
  }

  leaves(packet: Packet, to: NetworkInterface, now: Micros): boolean {
    return this.#accepts(() => this.hooks.postrouting?.(packet, to, now));
  }

  #accepts(hook: () => string | undefined): boolean {
    let verdict: string | undefined = 'a hook that threw';
    this.#guard.call(() => {
      verdict = hook();
    });
    if (verdict === undefined || verdict === ACCEPT) return true;
    this.name = verdict;
    return false;
  }
}
