/** What one stream has counted since it began. */
export interface Tally {
  /** Sent or received. */
  bytes: number;
  /** Datagrams sent; or, of a receiver, the highest number seen: how many there should have been. */
  packets: number;
  lost: number;
  outOfOrder: number;
  /** Seconds, RFC 1889. */
  jitter: number;
}

export const emptyTally = (): Tally => ({ bytes: 0, packets: 0, lost: 0, outOfOrder: 0, jitter: 0 });

/** What happened between the two; jitter is no sum, it is the later one's. */
export const since = (earlier: Readonly<Tally>, later: Readonly<Tally>): Tally => ({
  bytes: later.bytes - earlier.bytes,
  packets: later.packets - earlier.packets,
  lost: later.lost - earlier.lost,
  outOfOrder: later.outOfOrder - earlier.outOfOrder,
  jitter: later.jitter,
});
