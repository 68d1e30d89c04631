/** What sentences about faults call the two ends of a TAP. */
import type { WireEnds } from '../lab/by-meaning/wire.ts';

export const TAP_ENDS: WireEnds = { transmit: 'stack', receive: ['linux', 'tap'] };
