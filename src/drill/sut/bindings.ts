/** Which sockets hold which local ports: SO_REUSEADDR and SO_REUSEPORT as bind(2) and listen(2) of Linux see them. */
import type { SocketAddress } from './address.ts';

/** A socket as far as its port is concerned. */
export interface PortHolder {
  readonly local: SocketAddress | undefined;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly isListening: boolean;
  /** Closed, and nothing left of its connection: TIME-WAIT is something. */
  readonly isGone: boolean;
}

function overlaps({ local }: PortHolder, { address, port }: SocketAddress): boolean {
  if (local === undefined || local.port !== port || port === 0) return false;
  return local.address === 0 || address === 0 || local.address === address;
}

export class Bindings {
  #holders: PortHolder[] = [];

  add(holder: PortHolder): void {
    this.#holders = this.#holders.filter(({ isGone }) => !isGone);
    if (!this.#holders.includes(holder)) this.#holders.push(holder);
  }

  /** True when somebody who does not share the port listens there: SO_REUSEADDR is for bind alone. */
  isListenedOn(wanting: PortHolder, place: SocketAddress): boolean {
    return this.#holders.some(
      (other) => other !== wanting && other.isListening && overlaps(other, place) && !(wanting.reusePort && other.reusePort),
    );
  }

  /** True when somebody has the place who does not share it with `wanting`. */
  isTaken(wanting: PortHolder, place: SocketAddress): boolean {
    return this.#holders.some((other) => {
      if (other === wanting || other.isGone || !overlaps(other, place)) return false;
      const sharesPort = wanting.reusePort && other.reusePort;
      const sharesAddress = wanting.reuseAddress && other.reuseAddress && !other.isListening;
      return !sharesPort && !sharesAddress;
    });
  }
}
