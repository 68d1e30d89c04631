/** Packets that were used before, so that the data path makes no garbage. */
import { Packet } from './packet.ts';

export class PacketPool {
  readonly #free: Packet[] = [];
  readonly #capacity: number;
  readonly #keep: number;

  /**
   * @param capacity bytes of each packet's buffer
   * @param keep how many unused packets stay allocated; what comes back beyond it is left to the collector
   */
  constructor(capacity: number, keep = 64) {
    this.#capacity = capacity;
    this.#keep = keep;
  }

  /** An empty packet. */
  take(): Packet {
    const packet = this.#free.pop() ?? new Packet(this.#capacity);
    packet.reset();
    return packet;
  }

  /** Gives a packet back. Whoever does so must not touch it again. */
  give(packet: Packet): void {
    if (this.#free.length < this.#keep) this.#free.push(packet);
  }
}
