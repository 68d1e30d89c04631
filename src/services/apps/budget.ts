/** Bytes that may be held at once for all peers of a service together: what is announced costs nothing, what has come does. */
import { PeerFault } from '../talk/peer-fault.ts';

export class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Runs work that takes from the budget as bytes come; what it has taken is given back at its end. */
  async spend<T>(work: (take: (bytes: number) => void) => Promise<T>): Promise<T> {
    let taken = 0;
    const take = (bytes: number): void => {
      if (bytes > this.#left) throw new PeerFault('too much at once', 'others are sending, too; try again later');
      this.#left -= bytes;
      taken += bytes;
    };
    try {
      return await work(take);
    } finally {
      this.#left += taken;
    }
  }
}
