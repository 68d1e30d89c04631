/** What a client says in each of its states: RFC 2131 §4.4.1 and table 5. */
import type { MacAddress } from '../../stack/index.ts';
import { ascii } from '../ascii.ts';
import type { DhcpMessage, MessageType } from './message.ts';
import { message } from './message.ts';
import * as option from './options.ts';
import { WANTED } from './parameters.ts';

/** Who speaks, and what it says in every message. */
export interface Speaker {
  readonly mac: MacAddress;
  readonly hostName: string | undefined;
  readonly clientId: Uint8Array | undefined;
  /** In seconds. */
  readonly leaseTime: number | undefined;
  readonly broadcast: boolean;
}

/** What is particular to one message. Addresses are words; 0: left out. */
export interface Particulars {
  readonly type: Extract<MessageType, 'discover' | 'request' | 'decline' | 'release' | 'inform'>;
  readonly xid: number;
  readonly secs?: number;
  readonly ciaddr?: number;
  readonly requested?: number;
  readonly server?: number;
  /** Why, for whoever reads it at the server. */
  readonly text?: string;
}

/** What an Ethernet frame takes, less the headers: longer answers would come in fragments. */
const LONGEST_ANSWER = 1_500;

export function clientMessage(speaker: Speaker, said: Particulars): DhcpMessage {
  const { type, xid, secs = 0, ciaddr = 0 } = said;
  const { mac, broadcast } = speaker;
  const options = new Map<number, Uint8Array>();
  if (speaker.clientId !== undefined) options.set(option.CLIENT_IDENTIFIER, speaker.clientId);
  if (said.requested) options.set(option.REQUESTED_ADDRESS, option.ofAddresses(said.requested));
  if (said.server) options.set(option.SERVER_IDENTIFIER, option.ofAddresses(said.server));
  if (type === 'decline' || type === 'release') {
    if (said.text !== undefined) options.set(option.MESSAGE, ascii(said.text));
  } else addWishes(options, speaker, type);
  return message({ op: 'request', type, xid, secs, ciaddr, chaddr: mac, broadcast: broadcast && ciaddr === 0, options });
}

/** RFC 2131 table 5: neither a DECLINE nor a RELEASE asks for anything, and an INFORM not for a lease. */
function addWishes(options: Map<number, Uint8Array>, { hostName, leaseTime }: Speaker, type: MessageType): void {
  if (leaseTime !== undefined && type !== 'inform') options.set(option.LEASE_TIME, option.ofSeconds(leaseTime));
  options.set(option.MAXIMUM_MESSAGE_SIZE, option.ofU16(LONGEST_ANSWER));
  if (hostName !== undefined) options.set(option.HOST_NAME, ascii(hostName.slice(0, 255)));
  options.set(option.PARAMETER_REQUEST_LIST, WANTED);
}
