/** The table of descriptors. The script's own numbers are used: it says which number a new descriptor has. */
import { Unsupported } from '../unsupported.ts';
import { EpollFile } from './epoll-file.ts';
import type { File } from './file.ts';
import type { Outcome } from './sut.ts';
import { ok } from './sut.ts';

export class Descriptors {
  readonly #files = new Map<number, File>();

  get(fd: number): File | undefined {
    return this.#files.get(fd);
  }

  /** Gives a file the number that the script expects, or the lowest free one when it expects a failure. */
  adopt(file: File, wanted: number): Outcome {
    let fd = wanted;
    if (wanted < 0) for (fd = 3; this.#files.has(fd); ) fd++;
    else if (this.#files.has(wanted)) throw new Unsupported(`descriptor ${wanted} a second time while it is open`);
    this.#files.set(fd, file);
    return ok(fd);
  }

  /** The stack has run: what its files note at this moment they note now. */
  settle(): void {
    for (const file of this.#files.values()) file.settle?.();
  }

  /** @returns whether another descriptor still refers to the file */
  remove(fd: number): boolean {
    const file = this.#files.get(fd);
    this.#files.delete(fd);
    if (file === undefined) return false;
    if ([...this.#files.values()].includes(file)) return true;
    for (const other of this.#files.values()) if (other instanceof EpollFile) other.forget(file);
    return false;
  }
}
