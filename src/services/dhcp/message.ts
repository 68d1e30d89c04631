/** A message of DHCP, RFC 2131 §2, as the programs at both ends hold it. What the fields look like on the wire: `wire.ts`. */
import type { MacAddress } from '../../stack/index.ts';
import type { Options } from './options.ts';

export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;

/** RFC 2132 §9.6, in the order of their numbers from 1 on. */
export const MESSAGE_TYPES = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Addresses are 32-bit words; 0: none. */
export interface DhcpMessage {
  /** Who speaks: 'request' from a client, 'reply' from a server. */
  readonly op: 'request' | 'reply';
  readonly type: MessageType;
  /** Relay agents that it has passed. */
  readonly hops: number;
  /** The client's number of the conversation, 32 bits without sign. */
  readonly xid: number;
  /** Seconds since the client began. */
  readonly secs: number;
  /** The client cannot hear what is sent to an address that it does not have yet. */
  readonly broadcast: boolean;
  /** The client's address, filled in by a client that has one and answers for it. */
  readonly ciaddr: number;
  /** "Your" address: what the server gives. */
  readonly yiaddr: number;
  /** The next server of a boot; not the DHCP server. */
  readonly siaddr: number;
  /** The relay agent on the client's network. */
  readonly giaddr: number;
  /** The client's Ethernet address. */
  readonly chaddr: MacAddress;
  /** In the order in which they are written; without type, overload, padding and end, which are the wire's business. */
  readonly options: Options;
}

const EMPTY = { hops: 0, secs: 0, broadcast: false, ciaddr: 0, yiaddr: 0, siaddr: 0, giaddr: 0 };

/** A message of which only what matters has to be said. */
export const message = (
  said: Partial<DhcpMessage> & Pick<DhcpMessage, 'op' | 'type' | 'xid' | 'chaddr' | 'options'>,
): DhcpMessage => ({ ...EMPTY, ...said });
