/** Whose owners have something to hear: connections and listeners, told one after the other when the stack has time for it. */
import { Fifo } from '../bytes/fifo.ts';
import { Connection } from './connection.ts';
import type { Listener } from './open/listener.ts';

/** A queue and a mark in who is in it; see `Roster` for why this is not a Set. */
export class News {
  readonly #waiting = new Fifo<Connection | Listener>();

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Events, if there are any, will be told to its owner, if there is one. */
  ofConnection(connection: Connection): void {
    if (connection.app.hasEvents && connection.app.owner !== undefined) this.#add(connection);
  }

  /** Somebody waits to be accepted. */
  ofListener(listener: Listener): void {
    this.#add(listener);
  }

  /** What an owner throws ends it; who comes behind is told by the next call. */
  tell(): void {
    for (let one = this.#waiting.shift(); one !== undefined; one = this.#waiting.shift()) {
      one.isNews = false;
      if (!(one instanceof Connection)) one.notify();
      else if (one.app.owner !== undefined && one.app.hasEvents) one.app.owner.notify(one.app.takeEvents());
    }
  }

  #add(one: Connection | Listener): void {
    if (one.isNews) return;
    one.isNews = true;
    this.#waiting.push(one);
  }
}
