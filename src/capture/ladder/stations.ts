/** The columns of a ladder by Ethernet address: in a network with routers each hop is an arrow from one station to the next. */
import type { Dissected } from '../dissect/dissected.ts';
import { EVERYONE, isGroup } from './hosts.ts';

export class LadderStations {
  readonly #names: ReadonlyMap<string, string>;
  readonly #columns: string[];

  /** @param names by Ethernet address, in the order of the columns; a station with several addresses has one column */
  constructor(packets: readonly Dissected[], names: ReadonlyMap<string, string>) {
    this.#names = names;
    const heard = new Set(packets.flatMap(({ ethernet }) => [ethernet?.source ?? '', ethernet?.destination ?? '']));
    const present = [...heard].filter((address) => !isGroup(address)).map((address) => this.#nameOf(address));
    const known = [...new Set(names.values())].filter((name) => present.includes(name));
    this.#columns = [...new Set([...known, ...present])];
  }

  get list(): { address: string; name: string }[] {
    return this.#columns.map((name) => ({ address: name, name }));
  }

  columnsOf({ ethernet }: Dissected): { from: number; to: number } {
    const from = this.#columns.indexOf(this.#nameOf(ethernet?.source ?? ''));
    const destination = ethernet?.destination ?? '';
    const to = isGroup(destination) ? EVERYONE : this.#columns.indexOf(this.#nameOf(destination));
    return { from: Math.max(from, 0), to };
  }

  #nameOf(address: string): string {
    return this.#names.get(address) ?? address;
  }
}
