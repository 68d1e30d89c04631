/** How far long work is, on a terminal: nothing for what is quickly done, and nothing of it stays. */

const QUIET_MS = 500;
const EVERY_MS = 100;
const BAR = 30;
const MIB = 1024 * 1024;

/** Where the bar appears; a terminal, or it does not. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressBar {
  readonly #name: string;
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #next: number;
  #isShown = false;

  /** @param now milliseconds on any clock */
  constructor(name: string, terminal: Terminal = process.stderr, now: () => number = () => performance.now()) {
    this.#name = name;
    this.#terminal = terminal;
    this.#now = now;
    this.#next = now() + QUIET_MS;
  }

  /** Bytes done, of how many where that is known. */
  show(done: number, size: number | undefined): void {
    if (this.#terminal.isTTY !== true) return;
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + EVERY_MS;
    this.#isShown = true;
    const text = size === undefined || size < done ? `${mebibytes(done)} MiB` : barOf(done, size);
    this.#terminal.write(`\r${`${text}  ${this.#name}`.slice(0, (this.#terminal.columns ?? 80) - 1)}\x1b[K`);
  }

  remove(): void {
    if (this.#isShown) this.#terminal.write('\r\x1b[K');
    this.#isShown = false;
  }
}

const mebibytes = (bytes: number): string => Math.floor(bytes / MIB).toLocaleString('en-US');

function barOf(done: number, size: number): string {
  const full = Math.round((done / size) * BAR);
  const percent = `${Math.floor((done / size) * 100)}`.padStart(3);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${percent} % of ${mebibytes(size)} MiB`;
}
