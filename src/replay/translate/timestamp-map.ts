/** Timestamps as they were written down, in a script or a capture, and the live ones (RFC 7323): what pairs have been seen. */

export class TimestampMap {
  /** Script's TSval to live TSval. */
  readonly #pairs = new Map<number, number>();
  /** Live less script, of the pair learned last. */
  #shift = 0;
  /** The same of the first pair: what the clock is held to. */
  #firstShift: number | undefined = undefined;
  /** The script's echoes count from the first pair, and need not repeat a value that was seen: --tcp_ts_ecr_scaled. */
  readonly #isScaled: boolean;

  constructor(isScaled: boolean) {
    this.#isScaled = isScaled;
  }

  learn(script: number, live: number): void {
    this.#pairs.set(script, live);
    this.#shift = live - script;
    this.#firstShift ??= this.#shift;
  }

  toScript(live: number): number {
    return (live - this.#shift) >>> 0;
  }

  /** What the host's value would be in the script if both clocks had gone at the same pace since the first pair. */
  byClock(live: number): number {
    return (live - (this.#firstShift ?? this.#shift)) >>> 0;
  }

  /** An echo that was never learned is moved as far as the last one that was; zero says "nothing" and stays. */
  liveEcho(echo: number): number {
    if (this.#isScaled && echo !== 0) return (echo + (this.#firstShift ?? 0)) >>> 0;
    return this.#pairs.get(echo) ?? (echo === 0 ? 0 : (echo + this.#shift) >>> 0);
  }
}
