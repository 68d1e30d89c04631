/** A client by hand: says on a link what a test wants said, and keeps the answers. */
import type { NetHost } from '../../../src/lab/network/net-host.ts';
import { decode } from '../../../src/services/dhcp/decode.ts';
import { encode } from '../../../src/services/dhcp/encode.ts';
import type { DhcpMessage } from '../../../src/services/dhcp/message.ts';
import { message } from '../../../src/services/dhcp/message.ts';
import * as option from '../../../src/services/dhcp/options.ts';
import type { IpAddress, MacAddress, UdpSocket } from '../../../src/stack/index.ts';
import { formatV4, fromV4, ipv4, LIMITED_BROADCAST, openUdp, parseV4, SECOND } from '../../../src/stack/index.ts';
import type { Lan } from './lan.ts';

/** Addresses in dotted form; absent: none. */
export interface Spoken {
  readonly mac?: number;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly requested?: string;
  readonly server?: string;
  /** @default for answers to another station than this one */
  readonly broadcast?: boolean;
  readonly leaseTime?: number;
  readonly options?: readonly (readonly [number, Uint8Array])[];
  /** @default everybody */
  readonly to?: string;
}

export class Talker {
  readonly #lan: Lan;
  readonly #socket: UdpSocket;
  readonly #mac: number;
  #xid = 0;

  constructor(lan: Lan, { stack }: NetHost, port = 68) {
    this.#lan = lan;
    this.#mac = stack.interfaces.get(1)!.mac;
    this.#socket = openUdp(stack, { port, interfaceId: 1, broadcast: true });
  }

  /** Says it and lets two seconds pass. @returns the answers */
  async says(type: DhcpMessage['type'], spoken: Spoken = {}): Promise<DhcpMessage[]> {
    this.send(type, spoken);
    await this.#lan.passes(2 * SECOND);
    return this.answers();
  }

  /** The same, in the words of `answerWords`. */
  async hears(type: DhcpMessage['type'], spoken: Spoken = {}): Promise<string[]> {
    return (await this.says(type, spoken)).map(answerWords);
  }

  send(type: DhcpMessage['type'], spoken: Spoken = {}): void {
    const {
      mac = this.#mac,
      ciaddr,
      giaddr,
      requested,
      server,
      broadcast = mac !== this.#mac,
      leaseTime,
      options = [],
      to,
    } = spoken;
    const all = new Map(options);
    if (requested !== undefined) all.set(option.REQUESTED_ADDRESS, option.ofAddresses(parseV4(requested)!));
    if (server !== undefined) all.set(option.SERVER_IDENTIFIER, option.ofAddresses(parseV4(server)!));
    if (leaseTime !== undefined) all.set(option.LEASE_TIME, option.ofSeconds(leaseTime));
    const said = message({
      op: 'request',
      type,
      xid: ++this.#xid,
      chaddr: mac as MacAddress,
      broadcast,
      ciaddr: parseV4(ciaddr ?? '')! | 0,
      giaddr: parseV4(giaddr ?? '')! | 0,
      options: all,
    });
    this.raw(encode(said).bytes, to);
  }

  raw(bytes: Uint8Array, to?: string): void {
    const address: IpAddress = to === undefined ? fromV4(LIMITED_BROADCAST) : ipv4(to);
    this.#socket.sendNow(bytes, { address, port: 67 });
  }

  answers(): DhcpMessage[] {
    const room = new Uint8Array(1_500);
    const answers: DhcpMessage[] = [];
    for (let length = this.#socket.receiveNow(room); length >= 0; length = this.#socket.receiveNow(room)) {
      const read = decode(room.subarray(0, length));
      if (typeof read === 'string') throw new Error(read);
      if (read.op === 'reply') answers.push(read);
    }
    return answers;
  }
}

/** "offer 10.0.0.100 for 3600 s", "nak: why" */
export function answerWords({ type, yiaddr, options }: DhcpMessage): string {
  const why = option.textIn(options, option.MESSAGE);
  const seconds = option.numberIn(options, option.LEASE_TIME);
  const address = yiaddr === 0 ? '' : ` ${formatV4(yiaddr)}`;
  return `${type}${address}${seconds === undefined ? '' : ` for ${seconds} s`}${why === undefined ? '' : `: ${why}`}`;
}
