/** Tests of real programs and of whole transfers take seconds on a busy machine: the time-out only catches what hangs. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: { setupFiles: ['test/seed.ts'], include: ['test/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
});
