/** The ports that somebody listens on. */

import type { IpAddress } from '../../wire/ip-address.ts';
import { TcpError } from '../tcp-error.ts';
import type { ListenOptions } from './listener.ts';
import { Listener } from './listener.ts';

const overlap = (a: IpAddress | undefined, b: IpAddress | undefined): boolean =>
  a === undefined || b === undefined || a.equals(b);

export class Listeners {
  readonly #byPort = new Map<number, Listener[]>();

  all(): Listener[] {
    return [...this.#byPort.values()].flat();
  }

  has(port: number): boolean {
    return this.#byPort.has(port);
  }

  /** Whoever listens on this address wins over whoever listens on all. @param address as a word */
  find(address: number, port: number): Listener | undefined {
    const listeners = this.#byPort.get(port);
    if (listeners === undefined) return undefined;
    return listeners.find((l) => l.address?.w3 === address) ?? listeners.find((l) => l.address === undefined);
  }

  /** Of those that share a port, the one that a hash of the four-tuple chooses. */
  findShared(address: number, port: number, hash: number): Listener | undefined {
    const listeners = this.#byPort.get(port) ?? [];
    const exact = listeners.filter((l) => l.address?.w3 === address);
    const sharing = exact.length > 0 ? exact : listeners.filter((l) => l.address === undefined);
    return sharing[(hash >>> 0) % sharing.length];
  }

  /** @throws TcpError when somebody listens there already */
  listen(port: number, options: ListenOptions): Listener {
    const others = this.#byPort.get(port) ?? [];
    const { address, reusePort = false } = options;
    const clash = others.some((o) => !(reusePort && o.reusePort) && overlap(o.address, address));
    if (clash) throw new TcpError('port in use', `cannot listen on port ${port}`);
    const listener = new Listener(port, options);
    this.#byPort.set(port, [...others, listener]);
    return listener;
  }

  unlisten(listener: Listener): void {
    listener.close();
    const others = (this.#byPort.get(listener.port) ?? []).filter((other) => other !== listener);
    if (others.length === 0) this.#byPort.delete(listener.port);
    else this.#byPort.set(listener.port, others);
  }
}
