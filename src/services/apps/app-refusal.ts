/** A server has understood and does not want to: its own words. */
export class AppRefusal extends Error {
  override readonly name = 'AppRefusal';
}
