/** Which address and port an end inside gets outside: paired addresses, ports kept where they are free. */
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { End } from './mapping.ts';
import type { NatPlan } from './options.ts';

/** RFC 4787 §4.2.1 (REQ-3): what is well-known inside stays so outside. */
const LAST_LOW = 1023;

export const PORT_DROPS = ['no address outside yet', 'no port left outside', 'too many mappings for one host'] as const;
export type PortDrop = (typeof PORT_DROPS)[number];

/** What one address inside has. */
interface Pairing {
  readonly outside: number;
  mappings: number;
}

export class OutsideEnds {
  readonly #plan: NatPlan;
  /** RFC 4787 §4.1 (REQ-2): a host inside is one host outside too. */
  readonly #pairings = new Map<number, Pairing>();
  #turn = 0;

  constructor(plan: NatPlan) {
    this.#plan = plan;
  }

  /**
   * @param addresses those that there are outside now
   * @param own the end inside is the NAT itself, at one of its addresses outside
   */
  choose(
    protocol: number,
    inside: End,
    addresses: readonly number[],
    isFree: (address: number, port: number) => boolean,
  ): End | PortDrop {
    const pairing = this.#pairings.get(inside.address);
    if ((pairing?.mappings ?? 0) >= this.#plan.maxPerHost) return 'too many mappings for one host';
    const address = this.#addressFor(inside.address, pairing, addresses);
    if (address === undefined) return 'no address outside yet';
    const port = this.#portFor(protocol, inside.port, (each) => isFree(address, each));
    return port === 0 ? 'no port left outside' : { address, port };
  }

  /** A mapping was made. */
  taken(inside: number, outside: number): void {
    const pairing = this.#pairings.get(inside);
    if (pairing?.outside === outside) pairing.mappings++;
    else if (pairing === undefined) this.#pairings.set(inside, { outside, mappings: 1 });
  }

  /** A mapping was forgotten. */
  given(inside: number, outside: number): void {
    const pairing = this.#pairings.get(inside);
    if (pairing?.outside !== outside) return;
    pairing.mappings--;
    if (pairing.mappings === 0) this.#pairings.delete(inside);
  }

  #addressFor(inside: number, pairing: Pairing | undefined, addresses: readonly number[]): number | undefined {
    if (addresses.includes(inside)) return inside; // the NAT itself
    if (pairing !== undefined && addresses.includes(pairing.outside)) return pairing.outside;
    if (pairing !== undefined) this.#pairings.delete(inside); // its address has gone
    this.#turn = (this.#turn + 1) % Math.max(addresses.length, 1);
    return addresses.at(this.#turn - 1);
  }

  /** The port inside if it may be, else the next one that is free; 0: none is. */
  #portFor(protocol: number, wanted: number, isFree: (port: number) => boolean): number {
    const { firstPort, lastPort, preservePorts, hasLowPorts } = this.#plan;
    const isLow = protocol !== ipv4.PROTOCOL_ICMP && wanted <= LAST_LOW && hasLowPorts;
    const [first, last] = isLow ? [1, LAST_LOW] : [firstPort, lastPort];
    const isAllowed = (wanted >= first && wanted <= last) || (protocol === ipv4.PROTOCOL_ICMP && hasLowPorts);
    if (preservePorts && isAllowed && wanted > 0 && isFree(wanted)) return wanted;
    const count = last - first + 1;
    const from = wanted >= first && wanted <= last ? wanted : last;
    for (let step = 1; step <= count; step++) {
      const port = first + ((from - first + step) % count);
      if (isFree(port)) return port;
    }
    return 0;
  }
}
