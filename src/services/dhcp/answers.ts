/** How a server's answers get to their clients, RFC 2131 §4.1: also to one that has no address yet. */
import type { InterfaceId, MacAddress, ReceivedDatagram, Stack, UdpSocket } from '../../stack/index.ts';
import { fromV4, LIMITED_BROADCAST } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { encode } from './encode.ts';
import type { DhcpMessage } from './message.ts';
import * as option from './options.ts';
import { replyAddress } from './reply.ts';
import * as wire from './wire.ts';

/** What is answered. */
export interface Asked {
  readonly message: DhcpMessage;
  readonly datagram: ReceivedDatagram;
  /** The address by which the client knows us. */
  readonly serverId: number;
}

const IP_AND_UDP = 28;

export class Answers {
  readonly #stack: Stack;
  readonly #socket: UdpSocket;
  readonly #time: Timekeeper;

  constructor(stack: Stack, socket: UdpSocket, time: Timekeeper) {
    this.#stack = stack;
    this.#socket = socket;
    this.#time = time;
  }

  /** @param note for whoever records the frame @returns false when it cannot be sent */
  send({ message, datagram, serverId }: Asked, reply: DhcpMessage, note: string): boolean {
    const maxLength = option.numberIn(message.options, option.MAXIMUM_MESSAGE_SIZE) ?? 0;
    const { bytes } = encode(reply, Math.max(wire.ALWAYS_TAKEN, Math.min(maxLength - IP_AND_UDP, LONGEST)));
    const { address, port, isNewcomer } = replyAddress(message, reply);
    const isOnLink = message.giaddr === 0 && !this.#isElsewhere(address, datagram);
    const isKnown = !isNewcomer || this.#introduce(datagram.interfaceId, address, message.chaddr);
    const to = { address: fromV4(isKnown ? address : LIMITED_BROADCAST), port };
    const interfaceId = isOnLink ? datagram.interfaceId : 0;
    return this.#socket.sendNow(bytes, to, fromV4(serverId), { interfaceId, note }) === 'queued';
  }

  /** A client that speaks to us from behind a router is answered by way of that router, not on the link. */
  #isElsewhere(address: number, { from }: ReceivedDatagram): boolean {
    return address === from.address.w3 && this.#stack.routes.lookup(address)?.gateway !== undefined;
  }

  /**
   * The client cannot answer ARP for an address that it is about to learn: the link is told where it is.
   * @returns false when its table is full: then everybody is spoken to
   */
  #introduce(interfaceId: InterfaceId, address: number, mac: MacAddress): boolean {
    return this.#stack.interfaces.get(interfaceId)?.arp.learn(address, mac, this.#time.now()) === true;
  }
}

/** One frame of Ethernet. */
const LONGEST = 1_472;
