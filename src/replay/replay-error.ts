/** A replay that cannot even be tried: no capture, no such host in it, an option that makes no sense. One line says what would be right. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}
