/** Closes what must not be left behind, however the process ends. */

export interface Closeable {
  close(): void | Promise<void>;
}

export interface ExitGuard {
  /** Closed before everything that was added earlier. */
  add<T extends Closeable>(resource: T): T;
  /** Takes the handlers away and closes nothing. */
  release(): void;
}

/** What a shell expects of a process that a signal ended: 128 plus its number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof SIGNALS;

/**
 * At SIGINT, SIGTERM and SIGHUP closes everything, waits for what closes slowly, and exits with 128 + n; a second signal does
 * not wait. At every other exit, after an uncaught exception too, calls `close` without waiting.
 *
 * @param graceMs how long closing may take at a signal. @default 1000
 */
export function closeOnExit(resources: readonly Closeable[], graceMs = 1_000): ExitGuard {
  const open = [...resources];
  let isClosing = false;

  /** One that fails does not keep the others from being closed. */
  const closeAll = async (): Promise<void> => {
    const closing: (void | Promise<void>)[] = [];
    for (let resource = open.pop(); resource !== undefined; resource = open.pop()) {
      try {
        closing.push(resource.close());
      } catch (error) {
        closing.push(Promise.reject(error));
      }
    }
    for (const { status, reason } of (await Promise.allSettled(closing)) as { status: string; reason?: unknown }[]) {
      if (status === 'rejected') process.emitWarning(`closing at exit failed: ${String(reason)}`);
    }
  };

  const onExit = (): void => void closeAll();
  const onSignal = (signal: Signal): void => {
    const exit = (): never => process.exit(128 + SIGNALS[signal]);
    if (isClosing) exit();
    isClosing = true;
    setTimeout(exit, graceMs);
    void closeAll().then(exit);
  };

  const signals = Object.keys(SIGNALS) as Signal[];
  for (const signal of signals) process.on(signal, onSignal);
  process.on('exit', onExit);
  return {
    add: (resource) => {
      open.push(resource);
      return resource;
    },
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('exit', onExit);
    },
  };
}
