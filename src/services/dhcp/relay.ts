/** A relay agent, RFC 1542 §4.1: carries what clients broadcast on their network to servers on others, and the answers back. */
import type { IpAddress, ReceivedDatagram, Stack, UdpSocket } from '../../stack/index.ts';
import { fromV4, LIMITED_BROADCAST, openUdp } from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { DhcpFault } from './decode.ts';
import { checkHeader, DHCP_FAULTS } from './decode.ts';
import { CLIENT_PORT, SERVER_PORT } from './message.ts';
import * as wire from './wire.ts';

/** Why something that arrived was not carried on. */
export const RELAY_DROPS = [
  ...DHCP_FAULTS,
  'too many hops',
  'came in by an interface without address',
  'for another relay agent',
] as const;
export type RelayDrop = DhcpFault | (typeof RELAY_DROPS)[number];

export interface DhcpRelayOptions {
  readonly time: Timekeeper;
  /** Each gets every request. */
  readonly servers: readonly IpAddress[];
  /** Requests that have passed so many agents are dropped; RFC 1542 §4.1.1 allows no more than 16. @default 4 */
  readonly maxHops?: number;
}

const DEFAULT_HOPS = 4;
const MOST_HOPS = 16;

export class DhcpRelay {
  /** What was not carried on, by reason. */
  readonly drops: Readonly<Record<RelayDrop, number>>;
  /** Messages carried on to servers and to clients. */
  requests = 0;
  replies = 0;
  readonly #drops = Object.fromEntries(RELAY_DROPS.map((reason) => [reason, 0])) as Record<RelayDrop, number>;
  readonly #stack: Stack;
  readonly #options: DhcpRelayOptions;
  readonly #maxHops: number;
  readonly #socket: UdpSocket;

  /** @throws RangeError when there is no server or too many hops are allowed, UdpError when the port is taken */
  constructor(stack: Stack, options: DhcpRelayOptions) {
    const { servers, maxHops = DEFAULT_HOPS } = options;
    if (servers.length === 0) throw new RangeError('a relay agent needs a server to carry requests to');
    if (!(maxHops >= 1 && maxHops <= MOST_HOPS))
      throw new RangeError(`a relay agent allows 1 to ${MOST_HOPS} hops, not ${maxHops}`);
    this.drops = this.#drops;
    this.#stack = stack;
    this.#options = options;
    this.#maxHops = maxHops;
    this.#socket = openUdp(stack, { port: SERVER_PORT, broadcast: true });
    void this.#serve();
  }

  close(): void {
    this.#socket.close();
  }

  async #serve(): Promise<void> {
    for (;;) {
      const datagram = await nextDatagram(this.#socket);
      if (datagram === undefined) return;
      const dropped = this.#receive(datagram);
      if (dropped !== undefined) this.#drops[dropped]++;
    }
  }

  /** Only what stands at fixed places is looked at and changed; the options pass as they are. */
  #receive(datagram: ReceivedDatagram): RelayDrop | undefined {
    const view = wire.viewOf(datagram.bytes);
    const fault = checkHeader(datagram.bytes, view);
    if (fault !== undefined) return fault;
    return view.getUint8(0) === wire.BOOTREQUEST ? this.#toServers(datagram, view) : this.#toClient(datagram, view);
  }

  /** §4.1.1. */
  #toServers({ bytes, interfaceId }: ReceivedDatagram, view: DataView): RelayDrop | undefined {
    const hops = view.getUint8(wire.HOPS) + 1;
    if (hops > this.#maxHops) return 'too many hops';
    const own = this.#stack.addresses.list().find((one) => one.interfaceId === interfaceId);
    if (own === undefined) return 'came in by an interface without address';
    view.setUint8(wire.HOPS, hops);
    const isFirst = view.getInt32(wire.GIADDR) === 0;
    if (isFirst) view.setInt32(wire.GIADDR, own.address);
    const note = `carried on for ${fromV4(view.getInt32(wire.GIADDR))}, hop ${hops}`;
    for (const address of this.#options.servers) {
      this.#socket.sendNow(bytes, { address, port: SERVER_PORT }, undefined, { note });
      this.requests++;
    }
    return undefined;
  }

  /** §4.1.2: by the interface whose address is in `giaddr`, and to the client as a server on its network would. */
  #toClient({ bytes }: ReceivedDatagram, view: DataView): RelayDrop | undefined {
    const giaddr = view.getInt32(wire.GIADDR);
    const own = this.#stack.addresses.list().find(({ address }) => address === giaddr);
    if (own === undefined) return 'for another relay agent';
    const yiaddr = view.getInt32(wire.YIADDR);
    const wantsBroadcast = (view.getUint16(wire.FLAGS) & wire.BROADCAST_FLAG) !== 0 || yiaddr === 0;
    const { interfaceId } = own;
    const arp = this.#stack.interfaces.get(interfaceId)?.arp;
    arp?.abandon(yiaddr, this.#options.time.now()); // the server has pinged it: that is not for the client
    const isKnown = !wantsBroadcast && arp?.learn(yiaddr, wire.readMac(view, wire.CHADDR), this.#options.time.now()) === true;
    const address = fromV4(isKnown ? yiaddr : LIMITED_BROADCAST);
    const note = 'carried back to the client';
    this.#socket.sendNow(bytes, { address, port: CLIENT_PORT }, fromV4(giaddr), { interfaceId, note });
    this.replies++;
    return undefined;
  }
}
