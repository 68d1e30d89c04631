/** IPv4 packets for tests: written in one call, compared by their bytes. */
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';

export const word = (text: string): number => {
  const parsed = parseV4(text);
  if (parsed === undefined) throw new Error(`bad address in a test: ${text}`);
  return parsed;
};

export const ALICE = word('10.0.0.1');
export const BOB = word('10.0.0.2');

export interface DatagramSpec {
  readonly source?: number;
  readonly destination?: number;
  readonly protocol?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly trafficClass?: number;
  readonly options?: readonly number[];
  readonly payload?: Uint8Array | number;
  /** Makes it a fragment. */
  readonly offset?: number;
  readonly more?: boolean;
}

/** Bytes that are all different from their neighbours, so that a byte at the wrong place shows. */
export const pattern = (length: number, seed = 0): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >>> 8) * 7 + seed) & 0xff);

export function datagram(spec: DatagramSpec = {}, into: Packet = new Packet()): Packet {
  const { options = [], payload = 8, offset = 0, more = false } = spec;
  const bytes = typeof payload === 'number' ? pattern(payload) : payload;
  const headerLength = ipv4.HEADER + options.length;
  into.reset();
  into.network = into.start;
  into.transport = into.network + headerLength;
  into.payload = into.transport;
  into.end = into.transport + bytes.length;
  const fields = {
    source: spec.source ?? ALICE,
    destination: spec.destination ?? BOB,
    protocol: spec.protocol ?? ipv4.PROTOCOL_UDP,
    ttl: 64,
    trafficClass: spec.trafficClass ?? 0,
    identification: spec.identification ?? 7,
    dontFragment: spec.dontFragment ?? false,
  };
  ipv4.encode(into.view, into.network, fields, headerLength + bytes.length);
  into.bytes.set(options, into.network + ipv4.HEADER);
  into.bytes.set(bytes, into.transport);
  into.bytes[into.network] = 0x40 | (headerLength / 4);
  ipv4.setFragment(into.view, into.network, headerLength + bytes.length, offset, more);
  return into;
}

export const bytesOf = (packet: Packet): number[] => [...packet.bytes.subarray(packet.network, packet.end)];
export const payloadOf = (packet: Packet): number[] => [...packet.bytes.subarray(packet.transport, packet.end)];
