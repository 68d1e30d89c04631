/** Wrong use, or a machine that cannot do what was asked: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
