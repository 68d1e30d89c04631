/**
 * What we use of the package `dns-packet`, by our own words: its published types bring those of Node with them, and with them the
 * compiler would no longer refuse a timer in the pure part. `tsconfig.json` puts this file in their place.
 */

export interface Question {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
}

/** A record; what `data` is depends on the type. The fields from `udpPayloadSize` on are those of OPT. */
export interface Answer {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
  readonly ttl?: number;
  readonly data?: unknown;
  readonly udpPayloadSize?: number;
  readonly extendedRcode?: number;
  readonly ednsVersion?: number;
  readonly flags?: number;
  readonly options?: readonly unknown[];
}

export interface Packet {
  readonly type: 'query' | 'response';
  readonly id: number;
  /** The second word of the header but for its first bit. */
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

declare const dnsPacket: {
  /** @param packet whose lists it keeps */
  encode(packet: Packet): Uint8Array;
  /** @param bytes a Buffer @throws Error of any kind when it cannot be read */
  decode(bytes: Uint8Array): Packet;
};
// biome-ignore lint/style/noDefaultExport: so it is exported
export default dnsPacket;
