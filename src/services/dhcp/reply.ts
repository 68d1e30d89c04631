/** What a server answers and where to, RFC 2131 §4.1 and §4.3.1, table 3. */
import type { Micros } from '../../stack/index.ts';
import { LIMITED_BROADCAST, SECOND } from '../../stack/index.ts';
import type { DhcpMessage, MessageType } from './message.ts';
import { CLIENT_PORT, message, SERVER_PORT } from './message.ts';
import * as option from './options.ts';
import type { Pool } from './pool.ts';

/** What is given. */
export interface Grant {
  readonly address: number;
  /** Infinity: for ever. */
  readonly leaseTime: Micros;
}

/** An OFFER or ACK that gives an address, or an ACK to an INFORM, which gives none. */
export function positiveReply(type: MessageType, to: DhcpMessage, pool: Pool, serverId: number, grant?: Grant): DhcpMessage {
  const options = new Map<number, Uint8Array>([[option.SERVER_IDENTIFIER, option.ofAddresses(serverId)]]);
  if (grant !== undefined) addTimes(options, pool, grant.leaseTime);
  addParameters(options, to, pool);
  addEchoes(options, to);
  return reply(type, to, { yiaddr: grant?.address ?? 0, ciaddr: type === 'ack' ? to.ciaddr : 0, options });
}

/** RFC 2131 §4.3.2: says why, in words for whoever reads them. */
export function refusal(to: DhcpMessage, serverId: number, why: string): DhcpMessage {
  const options = new Map<number, Uint8Array>([
    [option.SERVER_IDENTIFIER, option.ofAddresses(serverId)],
    [option.MESSAGE, option.ofText(why)],
  ]);
  addEchoes(options, to);
  // by way of a relay agent: the client's old address is wrong there, so the agent shall broadcast
  return reply('nak', to, { broadcast: to.broadcast || to.giaddr !== 0, options });
}

/** Where a reply goes. */
export interface ReplyAddress {
  readonly address: number;
  readonly port: number;
  /** The client has the address only when it reads this: its Ethernet address is to be used without asking for it. */
  readonly isNewcomer: boolean;
}

/** RFC 2131 §4.1, in its order. */
export function replyAddress(to: DhcpMessage, { type, yiaddr }: DhcpMessage): ReplyAddress {
  if (to.giaddr !== 0) return { address: to.giaddr, port: SERVER_PORT, isNewcomer: false };
  const everybody = { address: LIMITED_BROADCAST, port: CLIENT_PORT, isNewcomer: false };
  if (type === 'nak') return everybody;
  if (to.ciaddr !== 0) return { address: to.ciaddr, port: CLIENT_PORT, isNewcomer: false };
  return to.broadcast || yiaddr === 0 ? everybody : { address: yiaddr, port: CLIENT_PORT, isNewcomer: true };
}

function reply(
  type: MessageType,
  { xid, chaddr, giaddr, broadcast }: DhcpMessage,
  more: Partial<DhcpMessage> & Pick<DhcpMessage, 'options'>,
): DhcpMessage {
  return message({ op: 'reply', type, xid, chaddr, giaddr, broadcast, ...more });
}

function addTimes(options: Map<number, Uint8Array>, { renewAfter, rebindAfter }: Pool, leaseTime: Micros): void {
  if (leaseTime === Number.POSITIVE_INFINITY) {
    options.set(option.LEASE_TIME, option.ofSeconds(option.INFINITE_LEASE));
    return;
  }
  const seconds = Math.floor(leaseTime / SECOND);
  options.set(option.LEASE_TIME, option.ofSeconds(seconds));
  options.set(option.RENEWAL_TIME, option.ofSeconds(Math.floor(seconds * renewAfter)));
  options.set(option.REBINDING_TIME, option.ofSeconds(Math.floor(seconds * rebindAfter)));
}

/** The mask in any case and first (RFC 2132 §3.3), then what the client asks for in its order; all there is when it does not say. */
function addParameters(options: Map<number, Uint8Array>, to: DhcpMessage, pool: Pool): void {
  const known = parametersOf(pool);
  const wanted = to.options.get(option.PARAMETER_REQUEST_LIST) ?? known.keys();
  for (const code of [option.SUBNET_MASK, ...wanted]) {
    const value = known.get(code);
    if (value !== undefined && !options.has(code)) options.set(code, value);
  }
}

function parametersOf(pool: Pool): Map<number, Uint8Array> {
  const { prefix, router, dns, domain } = pool;
  const known = new Map<number, Uint8Array>([[option.SUBNET_MASK, option.ofAddresses(prefix.mask)]]);
  if (router !== undefined) known.set(option.ROUTER, option.ofAddresses(router));
  if (dns.length > 0) known.set(option.DOMAIN_NAME_SERVER, option.ofAddresses(...dns));
  if (domain !== undefined) known.set(option.DOMAIN_NAME, option.ofText(domain));
  if (prefix.hasBroadcast) known.set(option.BROADCAST_ADDRESS, option.ofAddresses(prefix.broadcast));
  for (const [code, value] of pool.options) known.set(code, value);
  return known;
}

/** RFC 6842 §3: the client's identifier comes back; RFC 3046 §2.2: so does what its relay agent has added, as the last. */
function addEchoes(options: Map<number, Uint8Array>, to: DhcpMessage): void {
  for (const code of [option.CLIENT_IDENTIFIER, option.RELAY_AGENT]) {
    const value = to.options.get(code);
    if (value !== undefined) options.set(code, value);
  }
}
