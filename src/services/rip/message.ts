/** What a message of RIP says, RFC 2453 §4. */
import type { Prefix } from '../../stack/index.ts';

/** RFC 2453 §3.9: requests and responses, from and to everybody. */
export const RIP_PORT = 520;
/** All RIPv2 routers of a link, 224.0.0.9: RFC 2453 §4.3. */
export const RIP_GROUP = 0xe000_0009 | 0;
/** The distance of what cannot be reached. */
export const INFINITY_METRIC = 16;
/** §4: more go into further messages. */
export const MOST_ENTRIES = 25;

/** A network and how far it is; in a request what is asked about. */
export interface RipEntry {
  readonly prefix: Prefix;
  /** A router on the same link that is nearer than the sender, as a word; 0: the sender itself (§4.4). */
  readonly nextHop: number;
  /** 1 to 16. */
  readonly metric: number;
  /** Of routes from outside of RIP; passed on as it is (§4.2). */
  readonly tag: number;
}

export interface RipMessage {
  readonly command: 'request' | 'response';
  /** A request for everything that the receiver knows (§3.9.1); it has no entries. */
  readonly wantsAll: boolean;
  readonly entries: readonly RipEntry[];
}

/** What is asked when a router comes up. */
export const REQUEST_FOR_ALL: RipMessage = { command: 'request', wantsAll: true, entries: [] };
