/** What happens when: frames of the peer in the batches in which the host read them, and the turns of the host in between. */
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import type { Placed, Recording } from './recording.ts';

export type Event =
  | { readonly kind: 'feed'; readonly at: Micros; readonly frames: readonly Placed[] }
  /** The host sends a frame: what its application does for that is done now. */
  | { readonly kind: 'turn'; readonly at: Micros; readonly placed: Placed };

/**
 * Frames that follow each other closer than this, without a word of the host between them, were read at once: in virtual time those
 * of the same moment, in real time those that came before the host woke up.
 */
const VIRTUAL_BATCH: Micros = 20;
const BATCH: Micros = 5 * MILLISECOND;

export function timeline({ frames, isHosts }: Recording): Event[] {
  const most = isHosts && isVirtual(frames) ? VIRTUAL_BATCH : BATCH;
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

/** Answers that take no time at all: no clock but a virtual one shows that. */
function isVirtual(frames: readonly Placed[]): boolean {
  let answers = 0;
  let atOnce = 0;
  for (const [index, { frame }] of frames.entries()) {
    const before = frames[index - 1]?.frame;
    if (before === undefined || before.isHosts || !frame.isHosts) continue;
    answers++;
    if (before.at === frame.at) atOnce++;
  }
  return atOnce * 2 > answers;
}
