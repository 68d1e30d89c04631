/** What a RIP router is told, and what it counts. */
import type { InterfaceId, Micros, Random } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { EntryFault, RipFault } from './wire.ts';
import { ENTRY_FAULTS, RIP_FAULTS } from './wire.ts';

/**
 * What a router tells those from whom it has a route about that route (RFC 2453 §3.4.3): the truth, nothing, or that it cannot be
 * reached this way.
 */
export type Horizon = 'off' | 'split horizon' | 'poisoned reverse';

export interface RipOptions {
  readonly time: Timekeeper;
  readonly random: Random;
  /** RIP is spoken on these (`NetworkInterface.id`), and their networks are told of. @default all */
  readonly interfaces?: readonly InterfaceId[];
  /** @default 'poisoned reverse' */
  readonly horizon?: Horizon;
  /** Changes are told at once (§3.10.1); false: with the next regular update, to see what that leads to. @default true */
  readonly triggeredUpdates?: boolean;
  /** What a link adds to the distance, 1 to 15. @default 1 */
  readonly metric?: number;
  /** Between regular updates. @default 30 s */
  readonly interval?: Micros;
  /** A regular update comes up to so much sooner or later, so that routers do not fall into step (§3.8). @default 5 s */
  readonly jitter?: Micros;
  /** A route of which nothing is heard is given up. @default 180 s */
  readonly timeout?: Micros;
  /** So long others are told that a route is gone, before it is forgotten. @default 120 s */
  readonly garbage?: Micros;
  /** After a triggered update the next one waits, by a random time from the first to the second. @default 1 to 5 s */
  readonly triggerPause?: readonly [from: Micros, to: Micros];
}

/** Why something that arrived was not believed, or not answered. */
export const RIP_DROPS = [
  ...RIP_FAULTS,
  ...ENTRY_FAULTS,
  'not by an interface where RIP is spoken',
  'not from a neighbour',
  'response from another port than 520',
  'routing table full',
] as const;
export type RipDrop = RipFault | EntryFault | (typeof RIP_DROPS)[number];
