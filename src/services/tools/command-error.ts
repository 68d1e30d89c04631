/** A command line that cannot be carried out as it is written: one line that says what is wrong, and what would be right. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
