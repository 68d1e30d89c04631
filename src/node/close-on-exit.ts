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

  /** One that fails does not keep the others from being closed. */
  const closeAll = async (): Promise<void> => {
    const closing: (void | Promise<void>)[] = [];
    for (let resource = open.pop(); resource !== undefined; resource = open.pop()) {
      try {
        closing.push(Promise.resolve(resource.close()).catch(complain));
      } catch (error) {
        complain(error);
      }
    }
    await Promise.all(closing);
  };

  const onExit = (): void => void closeAll();
  const onSignal = (signal: Signal): void => {
    const exit = (): never => process.exit(128 + SIGNALS[signal]);
    setTimeout(exit, graceMs);
    void closeAll().then(exit); // at a second signal nothing is left to close, so nothing is waited for
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

/** Straight to the terminal: a warning would wait for a turn of the loop that does not come. */
const complain = (error: unknown): void => void process.stderr.write(`closing at exit failed: ${String(error)}\n`);
