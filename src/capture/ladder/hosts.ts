/** Which host a packet comes from and goes to: the columns of a ladder. */
import type { Dissected } from '../dissect/dissected.ts';
import { UNSPECIFIED } from '../words/phrases.ts';

/** For everyone on the link. */
export const EVERYONE = -1;
/** The column for frames too short to have a sender. */
const UNKNOWN = 'unknown';

export class LadderHosts {
  readonly #addresses: string[];
  readonly #names: ReadonlyMap<string, string>;
  /** The IP address of an Ethernet address, for packets of hosts that have none yet. */
  readonly #addressOf = new Map<string, string>();

  /** @param names by address; these columns come first, in this order, when they occur */
  constructor(packets: readonly Dissected[], names: ReadonlyMap<string, string>) {
    this.#names = names;
    for (const packet of packets) this.#learn(packet);
    const sources = packets.map((packet) => this.#sourceOf(packet));
    const destinations = packets.map((packet) => this.#destinationOf(packet));
    const spoken = new Set(packets.flatMap((packet, index) => namesHosts(packet, sources[index]!, destinations[index]!)));
    // who was only asked for has a column when there would be no second one
    if (spoken.size < 2) for (const address of destinations) if (address !== '') spoken.add(address);
    if (spoken.size < 2) spoken.add('');
    this.#addresses = [
      ...[...names.keys()].filter((address) => spoken.has(address)),
      ...[...spoken].filter((address) => !names.has(address)),
    ];
  }

  get list(): { address: string; name: string }[] {
    return this.#addresses.map((address) => ({ address, name: this.#names.get(address) ?? (address || 'everyone') }));
  }

  columnsOf(packet: Dissected): { from: number; to: number } {
    const from = this.#addresses.indexOf(this.#sourceOf(packet));
    return { from: Math.max(from, 0), to: this.#columnOf(this.#destinationOf(packet)) };
  }

  #columnOf(address: string): number {
    return address === '' ? EVERYONE : this.#addresses.indexOf(address);
  }

  #learn({ ethernet, network }: Dissected): void {
    if (ethernet === undefined || network === undefined) return;
    const address = network.kind === 'arp' ? network.senderIp : network.source;
    if (address === UNSPECIFIED) return;
    // what ARP says holds; the source of an IP packet may be far behind a router
    if (network.kind === 'arp' || !this.#addressOf.has(ethernet.source)) this.#addressOf.set(ethernet.source, address);
  }

  #sourceOf({ ethernet, network }: Dissected): string {
    const station = ethernet?.source ?? UNKNOWN;
    const address = network?.kind === 'arp' ? network.senderIp : network?.source;
    return address === undefined || address === UNSPECIFIED ? (this.#addressOf.get(station) ?? station) : address;
  }

  /** Empty for everyone. */
  #destinationOf({ ethernet, network }: Dissected): string {
    if (network?.kind === 'arp') return network.targetIp === network.senderIp ? '' : network.targetIp;
    if (ethernet === undefined && network !== undefined) return network.destination;
    const station = ethernet?.destination ?? '';
    if (isGroup(station)) return '';
    return network?.destination ?? this.#addressOf.get(station) ?? station;
  }
}

/** An ARP question proves nobody's presence but the asker's. */
const namesHosts = ({ network }: Dissected, source: string, destination: string): string[] =>
  network?.kind === 'arp' || destination === '' ? [source] : [source, destination];

/** IEEE 802: an odd first octet marks a group; a frame too short to have an address is for nobody in particular. */
export const isGroup = (station: string): boolean => station === '' || Number.parseInt(station.slice(0, 2), 16) % 2 === 1;
