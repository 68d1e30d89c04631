/** Who stands at the two ends of a wire, and the names that a sentence may call them by. */
import type { Micros } from '../../stack/time.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { Direction } from '../faults.ts';
import type { Sighting } from './wire-watch.ts';

export interface WireEnds {
  /** Names of whoever sends what the faulty device transmits: the host that it belongs to. */
  readonly transmit: string | readonly string[];
  /** Names of whoever sends what it receives. */
  readonly receive: string | readonly string[];
  /** When the rules begin, and what their times count from, on the clock of the device. @default 0 */
  readonly began?: Micros;
}

const namesOf = (names: string | readonly string[]): readonly string[] =>
  (typeof names === 'string' ? [names] : names).map((name) => name.toLowerCase());

/** The direction in which the frames of a name travel; undefined when nobody is called so. */
export function directionOf(ends: WireEnds, name: string): Direction | undefined {
  if (namesOf(ends.transmit).includes(name.toLowerCase())) return 'transmit';
  return namesOf(ends.receive).includes(name.toLowerCase()) ? 'receive' : undefined;
}

/**
 * What tells whether a frame is from somebody: by the direction in which it travels for the name of an end, by the address of
 * its sender for an IPv4 address, which may be behind a router.
 * @throws RangeError when it is neither
 */
export function isFrom(ends: WireEnds, who: string): (sighting: Sighting) => boolean {
  const direction = directionOf(ends, who);
  if (direction !== undefined) return (sighting) => sighting.direction === direction;
  const address = parseV4(who);
  if (address !== undefined) return ({ facts }) => facts.source === address;
  const names = [...namesOf(ends.transmit), ...namesOf(ends.receive)].join(', ');
  throw new RangeError(`"${who}" is at neither end of this wire: say ${names}, or an IPv4 address`);
}
