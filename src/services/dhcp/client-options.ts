/** What a DHCP client is told, and what it tells. */
import type { IpAddress, Micros, NetworkInterface, ProbeTimes, Random, Stack } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { ClientLease } from './parameters.ts';

/** RFC 2131 §4.4, figure 5. */
export type ClientState = 'INIT' | 'SELECTING' | 'REQUESTING' | 'BOUND' | 'RENEWING' | 'REBINDING' | 'INIT-REBOOT' | 'REBOOTING';

export interface DhcpClientOptions {
  readonly stack: Stack;
  /** The one that is to have an address. */
  readonly interface: NetworkInterface;
  readonly time: Timekeeper;
  readonly random: Random;
  /** Told to the server. */
  readonly hostName?: string;
  /** Option 61, a type and what follows. @default the Ethernet address by itself says who we are */
  readonly clientId?: Uint8Array;
  /** The lease time that is asked for. @default the server's */
  readonly leaseTime?: Micros;
  /** An address from before, which is asked for first (INIT-REBOOT). */
  readonly previous?: IpAddress;
  /** How the address is probed for before it is used (RFC 5227 §2.1); false: it is not. @default the times of the RFC, 4 to 7 s */
  readonly conflictCheck?: ProbeTimes | false;
  /** After the first offer, how long others are waited for. @default 0: the first one is taken */
  readonly collectOffers?: Micros;
  /** Picks one of several offers, in the order in which they came. @default one of `previous`, else the first */
  readonly choose?: (offers: readonly ClientLease[]) => ClientLease | undefined;
  /** Ask for answers by broadcast. A stack hears the others as well. @default false */
  readonly broadcast?: boolean;
  /** RFC 2131 §4.4.1 would have a client wait 1 to 10 s, so that a building does not ask all at once after a power cut. @default 0 */
  readonly startDelay?: Micros;
  /** Of the routes that it sets: of two for one network the lower wins. @default 0 */
  readonly metric?: number;
  /** Told of everything that happens, after it has. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/**
 * - bound: there is an address, or it was renewed
 * - refused: the server says no, and why
 * - conflict: somebody has the address that was given
 * - expired: the lease is over, and nobody has renewed it
 * - released: given back at the end
 */
export type ClientEventKind = 'state' | 'bound' | 'refused' | 'conflict' | 'expired' | 'released';

export interface ClientEvent {
  readonly kind: ClientEventKind;
  readonly state: ClientState;
  /** What happened, in words; empty for a mere change of state. */
  readonly words: string;
  readonly lease: ClientLease | undefined;
}
