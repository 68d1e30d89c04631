/** What this runner, or the stack under it, cannot do: the script is neither passed nor failed. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
