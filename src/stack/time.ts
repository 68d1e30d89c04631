/** Time in the stack: integer microseconds on a clock that the caller owns and that never runs backwards. */

/** Microseconds. The unit of pcap and packetdrill, exact in a double for 285 years. */
export type Micros = number;

export const MICROSECOND: Micros = 1;
export const MILLISECOND: Micros = 1_000;
export const SECOND: Micros = 1_000_000;
export const MINUTE: Micros = 60 * SECOND;

/** The deadline of a timer that is not running. A number, so that `Math.min` and `<` need no special case. */
export const NEVER: Micros = Number.POSITIVE_INFINITY;
