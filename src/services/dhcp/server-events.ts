/** What a DHCP server has to say of itself: why it was silent, and what came of each lease. */
import type { DhcpFault } from './decode.ts';
import { DHCP_FAULTS } from './decode.ts';
import type { Lease } from './lease.ts';

/** Why a message that arrived led to no answer. */
export const SERVER_DROPS = [
  ...DHCP_FAULTS,
  'from a server',
  'no pool for the network',
  'every address is taken',
  'its offer is being prepared',
  'too many offers are being prepared',
  'it takes the offer of another server',
  'speaks to another server',
  'no record of the client',
  'request fits no state',
  'speaks of an address that is not its own',
  'answer could not be sent',
] as const;
export type ServerDrop = DhcpFault | (typeof SERVER_DROPS)[number];

export type ServerEventKind =
  | 'offered'
  | 'bound'
  | 'renewed'
  | 'refused'
  | 'declined'
  | 'in use'
  | 'released'
  | 'informed'
  | 'dropped';

export interface ServerEvent {
  readonly kind: ServerEventKind;
  /** Of the client; empty where the message could not be read. */
  readonly mac: string;
  /** What happened, in the words that stand beside the frame: "lease 192.168.1.100 for 1 h offered". */
  readonly words: string;
  /** As it stands now, where the event is about one. */
  readonly lease?: Lease;
}
