/** For the tests of UDP: a host of two addresses, and datagrams made by hand. */
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { SeededRandom } from '../../../src/stack/random.ts';
import { Datagram } from '../../../src/stack/udp/datagram-queue.ts';
import { UdpEndpoint } from '../../../src/stack/udp/endpoint.ts';
import { Udp, type UdpDrop, type UdpHost, type UdpOpenOptions, UdpOut } from '../../../src/stack/udp/udp.ts';
import { parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as wire from '../../../src/stack/wire/udp.ts';

export const word = (text: string): number => {
  const address = parseV4(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};

export const OURS = word('10.0.0.1');
export const OURS_TOO = word('10.0.1.1');
export const PEER = word('10.0.0.2');
export const STRANGER = word('192.0.2.7');
export const SUBNET_BROADCAST = word('10.0.0.255');
export const GROUP = word('224.0.0.251');

/** The routes of our host; nobody needs waking. */
export const host: UdpHost = {
  isBroadcast: (address) => address === SUBNET_BROADCAST,
  sourceFor: (destination) => (destination === STRANGER ? undefined : OURS),
  superLength: () => 0,
  wake: () => {},
};

export const newUdp = (): Udp => new Udp(host, new SeededRandom(1));

export function open(udp: Udp, options: UdpOpenOptions = {}): UdpEndpoint {
  const endpoint = udp.open(options);
  if (!(endpoint instanceof UdpEndpoint)) throw new Error(endpoint);
  return endpoint;
}

export const text = (value: string): Uint8Array => Uint8Array.from(value, (letter) => letter.charCodeAt(0));

export interface Arrival {
  readonly from?: number;
  readonly fromPort?: number;
  readonly to?: number;
  readonly port?: number;
  readonly data?: Uint8Array;
  /** Bytes behind the datagram, as Ethernet pads them. */
  readonly trailing?: number;
  readonly toMany?: boolean;
  /** Changes the datagram after it was made. */
  readonly spoil?: (packet: Packet, at: number) => void;
}

export function arrives(udp: Udp, arrival: Arrival): UdpDrop | undefined {
  const {
    from = PEER,
    fromPort = 1234,
    to = OURS,
    port = 53,
    data = text('hello'),
    trailing = 0,
    toMany = false,
    spoil,
  } = arrival;
  const packet = new Packet(70_000);
  packet.append(data);
  const at = packet.prepend(wire.HEADER);
  wire.encode(packet.view, at, packet.end, { address: from, port: fromPort }, { address: to, port });
  packet.append(new Uint8Array(trailing).fill(0xee));
  spoil?.(packet, at);
  return udp.onDatagram(packet, at, packet.end, from, to, toMany);
}

export interface Heard {
  readonly data: string;
  readonly address: number;
  readonly port: number;
  readonly localAddress: number;
}

export function hear(endpoint: UdpEndpoint): Heard | undefined {
  const about = new Datagram();
  const into = new Uint8Array(Math.max(endpoint.nextLength, 0));
  if (!endpoint.receive(into, about)) return undefined;
  const { address, port, localAddress } = about;
  return { data: String.fromCharCode(...into), address, port, localAddress };
}

/** Everything that the stack would send now; each packet with the IP fields it would get. */
export function sent(udp: Udp): { fields: UdpOut; packet: Packet; data: string }[] {
  const all: { fields: UdpOut; packet: Packet; data: string }[] = [];
  for (;;) {
    const packet = new Packet();
    const fields = new UdpOut();
    if (!udp.pollTransmit(packet, fields)) return all;
    all.push({ fields, packet, data: String.fromCharCode(...packet.bytes.subarray(packet.payload, packet.end)) });
  }
}
