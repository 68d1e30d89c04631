/** Waiting for something to become true, with patience for a busy machine: vitest's own gives up after one second. */
import { vi } from 'vitest';

export const until = (condition: () => boolean): Promise<boolean> => vi.waitUntil(condition, { timeout: 20_000, interval: 5 });
