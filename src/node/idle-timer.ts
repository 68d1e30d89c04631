/** Tells when nothing has happened for a while: `socket.setTimeout`. */

export class IdleTimer {
  readonly #expired: () => void;
  #timer: NodeJS.Timeout | undefined = undefined;
  #milliseconds: number | undefined = undefined;

  constructor(expired: () => void) {
    this.#expired = expired;
  }

  get milliseconds(): number | undefined {
    return this.#milliseconds;
  }

  /** Starts anew; 0: no timer. It does not keep the process alive, as in `net`. */
  set(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#timer = milliseconds > 0 ? setTimeout(this.#expired, milliseconds).unref() : undefined;
  }

  /** Something happened. */
  refresh(): void {
    this.#timer?.refresh();
  }
}
