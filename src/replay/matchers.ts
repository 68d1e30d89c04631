/**
 * For vitest, and for every runner with `expect.extend`: `expect.extend(replayMatchers)`, then
 * `await expect(capture).toReplay({ host: '10.0.0.2' })`.
 */
import { parseV4 } from '../stack/wire/ip-address.ts';
import type { ReplayInput, ReplayOptions } from './replay.ts';
import { replay } from './replay.ts';

/** What a matcher gives back to its runner. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * What `expect(...)` has more. Vitest learns of it by three lines in a test or in a declaration file:
 * ```ts
 * declare module 'vitest' {
 *   interface Matchers<T> extends ReplayMatchers {}
 * }
 * ```
 */
export interface ReplayMatchers {
  /** Fed with the other side's frames, the stack sends what was recorded. To be awaited. */
  toReplay(options: ReplayOptions): Promise<void>;
}

export const replayMatchers = {
  async toReplay(received: unknown, options: ReplayOptions): Promise<MatcherResult> {
    if (!isInput(received)) throw new TypeError('toReplay wants a capture: the bytes of a file, or what readCapture gives');
    if (parseV4(options.host) === undefined) throw new TypeError(`toReplay wants a host such as 10.0.0.2, not "${options.host}"`);
    const { matches, report } = await replay(received, options);
    return { pass: matches, message: () => (matches ? `expected a difference, but ${report}` : report) };
  },
};

const isInput = (received: unknown): received is ReplayInput =>
  received instanceof Uint8Array ||
  Array.isArray(received) ||
  (typeof received === 'object' && received !== null && 'frames' in received && 'interfaces' in received);
