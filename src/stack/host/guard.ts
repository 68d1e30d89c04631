/** Calls into applications: what one of them throws ends neither the run of the stack nor the turn of the others. */

/** Told what an application threw while the stack called it. */
export type ErrorObserver = (error: unknown) => void;

export class Guard {
  readonly #onError: ErrorObserver | undefined;
  #unreported: { readonly error: unknown } | undefined = undefined;

  constructor(onError: ErrorObserver | undefined) {
    this.#onError = onError;
  }

  /** @returns false when the call threw */
  call(application: () => void): boolean {
    try {
      application();
      return true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /** To be called when a run is over: with nobody to tell, the first error is thrown after all, for a bug must not be silent. */
  rethrow(): void {
    const unreported = this.#unreported;
    this.#unreported = undefined;
    if (unreported !== undefined) throw unreported.error;
  }

  #report(error: unknown): void {
    try {
      if (this.#onError === undefined) throw error;
      this.#onError(error);
    } catch (unreported) {
      this.#unreported ??= { error: unreported };
    }
  }
}
