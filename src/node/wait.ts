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
 * The descriptor must be non-blocking, and stay open until the watch is closed.
 */
export function watchReadable(fd: number, onReadable: () => void): Watch {
  const watch = new PollWatch();
  watch.handle = koffi.node.poll(fd, { readable: true }, () => {
    // The closure must hold the watch: a handle that the collector takes stops polling without a word.
    if (watch.handle !== undefined) onReadable();
  });
  return watch;
}

class PollWatch implements Watch {
  handle: { close(): void } | undefined = undefined;

  close(): void {
    this.handle?.close();
    this.handle = undefined;
  }
}
