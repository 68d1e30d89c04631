/** What happens when: frames of the peer in the batches in which the host read them, and the turns of the host in between. */
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import type { Placed, Recording } from './recording.ts';

export type Event =
  | { readonly kind: 'feed'; readonly at: Micros; readonly frames: readonly Placed[] }
  /** The host sends a frame: what its application does for that is done now. */
  | { readonly kind: 'turn'; readonly at: Micros; readonly placed: Placed };

/**
 * Frames that follow each other closer than this, without a word of the host between them, were read at once: at the host's own
 * interface one after the other, elsewhere when the host woke up.
 */
const OWN_BATCH: Micros = 20;
const BATCH: Micros = 1 * MILLISECOND;

export function timeline({ frames, isHosts }: Recording): Event[] {
  const most = isHosts ? OWN_BATCH : BATCH;
  const events: Event[] = [];
  let batch: Placed[] = [];
  const end = (): void => {
    const last = batch.at(-1);
    if (last !== undefined) events.push({ kind: 'feed', at: last.frame.at, frames: batch });
    batch = [];
  };
  for (const placed of frames) {
    const { frame } = placed;
    const before = batch.at(-1);
    if (frame.isHosts || (before !== undefined && frame.at - before.frame.at > most)) end();
    if (frame.isHosts) events.push({ kind: 'turn', at: frame.at, placed });
    else batch.push(placed);
  }
  end();
  return events;
}
