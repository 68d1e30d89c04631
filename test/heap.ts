/** How much memory is in use once everything that nobody holds has been collected. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** How often it is collected again before what is still there counts as held, and how long is waited in between. */
const PATIENCE = 200;
const PAUSE_MS = 50;

/**
 * Bytes of objects and of array buffers. Waits for the next turn, because a WeakRef keeps what it names alive until its own turn
 * ends; and collects again, because buffers are given back by a thread that may be late on a busy machine.
 *
 * @param goal enough when it is reached; what is held for good is still there at the end of our patience
 */
export async function heapInUse(goal = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = goal > 0 ? PATIENCE : 10; tries > 0 && least > goal; tries--) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}
