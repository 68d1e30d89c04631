/** Waiting until a file descriptor can be read, inside Node's own event loop. */
import koffi from 'koffi';

/** What is being waited for; closing it twice does no harm. */
export interface Watch {
  close(): void;
}

/** A device that can say when `receive` is worth calling. */
export interface Watchable {
  /** @param onReadable called whenever frames may be waiting, perhaps again and again until they are taken */
  watch(onReadable: () => void): Watch;
}

/**
 * libuv's own poll handle, which koffi lends us: the descriptor joins the epoll set that Node waits on anyway. A thread
 * parked in poll(2), the other way, costs two thread switches a burst (1.5 times the processor time of a flood of pings) and
 * keeps the process from exiting until somebody writes to an eventfd.
 *
 * libuv takes a descriptor once, so all who watch it share one handle, which exists, and keeps the process alive, as long as
 * somebody watches.
 */
export class ReadableDescriptor implements Watchable {
  readonly #fd: number;
  readonly #onFailure: () => void;
  readonly #watchers = new Set<() => void>();
  #handle: { close(): void } | undefined = undefined;

  /**
   * @param fd a non-blocking one; it must stay open until `close` was called
   * @param onFailure called once when there is nothing left to wait for, before the watchers are told for the last time
   */
  constructor(fd: number, onFailure: () => void) {
    this.#fd = fd;
    this.#onFailure = onFailure;
  }

  watch(onReadable: () => void): Watch {
    const watcher = () => onReadable(); // so that one callback can watch twice
    this.#watchers.add(watcher);
    // koffi roots the callback, the callback holds this object, and this object the handle: a handle that the collector takes
    // stops polling without a word.
    this.#handle ??= koffi.node.poll(this.#fd, { readable: true }, (...said: unknown[]) => {
      if (!isFailure(said)) this.#tellAll();
      else setImmediate(() => this.#fail()); // not inside the handle's own callback
    });
    return { close: () => this.#forget(watcher) };
  }

  /** Ends every watch. */
  close(): void {
    this.#watchers.clear();
    this.#handle?.close();
    this.#handle = undefined;
  }

  /** libuv has stopped the handle: nobody would be told again. */
  #fail(): void {
    if (this.#handle === undefined) return; // closed meanwhile
    const watchers = [...this.#watchers];
    this.close();
    this.#onFailure();
    for (const watcher of watchers) watcher();
  }

  #tellAll(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #forget(watcher: () => void): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.close();
  }
}

/** koffi passes libuv's status, negative for a failure, before the events (its types know of the events only). */
const isFailure = ([status]: readonly unknown[]): boolean => typeof status === 'number' && status < 0;
