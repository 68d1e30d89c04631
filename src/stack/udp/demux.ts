/** Which endpoint a datagram is for: a hash table of local and remote ends, the most specific match first. */

/** What one endpoint listens to. Words and ports are 0 where anything will do. */
export class Binding<T> {
  readonly item: T;
  localAddress = 0;
  localPort = 0;
  remoteAddress = 0;
  remotePort = 0;
  /** The only interface that it hears; 0: all of them. */
  interfaceId = 0;
  /** Two bindings overlap on a port only when both say so (POSIX SO_REUSEADDR). */
  reuse = false;
  /** The table's: the next one in the same bucket. */
  next: Binding<T> | undefined = undefined;

  constructor(item: T) {
    this.item = item;
  }
}

/** Every word goes through a multiplication of its own first: of plain XOR, addresses and ports that count up together collide. */
function hash(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): number {
  let h = Math.imul(localAddress, 0x9e37_79b1) ^ Math.imul(localPort, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d) + Math.imul(remoteAddress, 0xc2b2_ae35);
  h = Math.imul(h ^ (h >>> 13), 0x297a_2d39) + Math.imul(remotePort, 0x27d4_eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Whether a binding takes what comes in by an interface. */
export const hears = (binding: Binding<unknown>, interfaceId: number): boolean =>
  binding.interfaceId === 0 || interfaceId === 0 || binding.interfaceId === interfaceId;

export class Demux<T> {
  #buckets: (Binding<T> | undefined)[] = new Array<Binding<T> | undefined>(64).fill(undefined);
  #count = 0;
  readonly #byPort = new Map<number, Set<Binding<T>>>();

  get size(): number {
    return this.#count;
  }

  /** Enters a binding, whose numbers then stay as they are until it is removed. Of equal ones the newest is found. */
  add(binding: Binding<T>): void {
    if (this.#count >= this.#buckets.length) this.#grow();
    this.#link(binding);
    this.#count++;
    const others = this.#byPort.get(binding.localPort);
    if (others === undefined) this.#byPort.set(binding.localPort, new Set([binding]));
    else others.add(binding);
  }

  /** Does nothing when the binding is absent. */
  remove(binding: Binding<T>): void {
    const samePort = this.#byPort.get(binding.localPort);
    if (samePort?.delete(binding) !== true) return;
    if (samePort.size === 0) this.#byPort.delete(binding.localPort);
    this.#unlink(binding);
    this.#count--;
  }

  /**
   * The binding for a datagram from `remote` to `local`: connected, else bound to the address, else bound to the port only.
   * @param interfaceId where it came in; 0: not to be asked about
   */
  find(
    localAddress: number,
    localPort: number,
    remoteAddress: number,
    remotePort: number,
    interfaceId = 0,
  ): Binding<T> | undefined {
    return (
      this.#get(localAddress, localPort, remoteAddress, remotePort, interfaceId) ??
      this.#get(0, localPort, remoteAddress, remotePort, interfaceId) ??
      this.#get(localAddress, localPort, 0, 0, interfaceId) ??
      this.#get(0, localPort, 0, 0, interfaceId)
    );
  }

  /** Every item, in no particular order. */
  *[Symbol.iterator](): Generator<T> {
    for (const bindings of this.#byPort.values()) for (const { item } of bindings) yield item;
  }

  /** Every binding on a local port. */
  onPort(localPort: number): ReadonlySet<Binding<T>> | undefined {
    return this.#byPort.get(localPort);
  }

  /** True when a binding to `address` (0: any) on an interface (0: any) would share the port with one that does not allow it. */
  conflicts(localAddress: number, localPort: number, reuse: boolean, interfaceId = 0): boolean {
    for (const other of this.#byPort.get(localPort) ?? []) {
      if (!hears(other, interfaceId)) continue;
      const overlaps = localAddress === 0 || other.localAddress === 0 || localAddress === other.localAddress;
      if (overlaps && !(reuse && other.reuse)) return true;
    }
    return false;
  }

  #get(
    localAddress: number,
    localPort: number,
    remoteAddress: number,
    remotePort: number,
    interfaceId: number,
  ): Binding<T> | undefined {
    let binding = this.#buckets[this.#bucket(localAddress, localPort, remoteAddress, remotePort)];
    while (binding !== undefined) {
      if (
        binding.localPort === localPort &&
        binding.remotePort === remotePort &&
        binding.remoteAddress === remoteAddress &&
        binding.localAddress === localAddress &&
        hears(binding, interfaceId)
      ) {
        return binding;
      }
      binding = binding.next;
    }
    return undefined;
  }

  #bucket(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): number {
    return hash(localAddress, localPort, remoteAddress, remotePort) & (this.#buckets.length - 1);
  }

  #bucketOf(binding: Binding<T>): number {
    return this.#bucket(binding.localAddress, binding.localPort, binding.remoteAddress, binding.remotePort);
  }

  #link(binding: Binding<T>): void {
    const bucket = this.#bucketOf(binding);
    binding.next = this.#buckets[bucket];
    this.#buckets[bucket] = binding;
  }

  #unlink(binding: Binding<T>): void {
    const bucket = this.#bucketOf(binding);
    let before = this.#buckets[bucket];
    if (before === binding) {
      this.#buckets[bucket] = binding.next;
    } else {
      while (before !== undefined && before.next !== binding) before = before.next;
      if (before === undefined) throw new Error('a binding changed its numbers while it was in the table');
      before.next = binding.next;
    }
    binding.next = undefined;
  }

  #grow(): void {
    const old = this.#buckets;
    this.#buckets = new Array<Binding<T> | undefined>(old.length * 2).fill(undefined);
    for (const first of old) {
      const chain: Binding<T>[] = [];
      for (let binding = first; binding !== undefined; binding = binding.next) chain.push(binding);
      for (const binding of chain.reverse()) this.#link(binding); // the oldest first, so that the newest is found again
    }
  }
}
