/** What a peer can do that ends a conversation with it, by name: services count these, and tell the peer where it still listens. */

export const PEER_FAULTS = [
  'said nothing for too long',
  'took nothing for too long',
  'ended in the middle',
  'line too long',
  'not UTF-8',
  'not what the protocol says',
  'larger than allowed',
  'too much at once',
] as const;
export type PeerFaultReason = (typeof PEER_FAULTS)[number];

export class PeerFault extends Error {
  override readonly name = 'PeerFault';
  readonly reason: PeerFaultReason;

  /** @param detail what exactly, for people */
  constructor(reason: PeerFaultReason, detail = '') {
    super(detail === '' ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}
