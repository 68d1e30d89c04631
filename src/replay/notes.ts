/** What a reader should know about a capture that decides nothing: the same thing is said once, with how often. */

/** Frame numbers that are listed one by one before the rest is only counted. */
const LISTED = 5;

export class Notes {
  readonly #about = new Map<string, number[]>();
  readonly #lines: string[] = [];

  /** A line of its own. */
  say(line: string): void {
    if (!this.#lines.includes(line)) this.#lines.push(line);
  }

  /** Something that is true of a frame. @param what reads on behind "frame 7: " */
  about(frame: number, what: string): void {
    const frames = this.#about.get(what);
    if (frames === undefined) this.#about.set(what, [frame]);
    else if (frames.at(-1) !== frame) frames.push(frame);
  }

  get lines(): readonly string[] {
    return [...this.#lines, ...[...this.#about].map(([what, frames]) => `${which(frames)}: ${what}`)];
  }
}

function which(frames: readonly number[]): string {
  if (frames.length === 1) return `frame ${frames[0]}`;
  if (frames.length <= LISTED) return `frames ${frames.slice(0, -1).join(', ')} and ${frames.at(-1)}`;
  return `${frames.length} frames from ${frames[0]} to ${frames.at(-1)}`;
}
