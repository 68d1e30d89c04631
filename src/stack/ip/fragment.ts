/** Fragmentation: one IPv4 packet cut into pieces that fit an MTU, RFC 791 §3.2. */
import type { Packet } from '../bytes/packet.ts';
import * as ipv4 from '../wire/ipv4.ts';

const OPTION_END = 0;
const OPTION_NO_OPERATION = 1;
/** RFC 791 §3.1: the first bit of an option's type says that every fragment carries it. */
const COPIED_FLAG = 0x80;

/**
 * Pull style: `begin` with a packet, then `next` until it says false. The packet is borrowed until then.
 * A packet that is itself a fragment is cut further, as a router has to. Whether it may be cut at all (DF) is for the
 * caller to know.
 */
export class Fragmenter {
  #packet: Packet | undefined = undefined;
  #mtu = 0;
  #at = 0; //          the next payload byte in the packet
  #offset = 0; //      where it lies in the original datagram
  #more = false; //    the packet was a fragment with more behind it
  readonly #laterHeader = new DataView(new ArrayBuffer(ipv4.MAX_HEADER)); // with the copied options only
  #laterLength = 0;

  /**
   * @param packet with its IPv4 header at `network`, finished: transport checksum included
   * @throws RangeError when the MTU cannot hold the header and eight bytes; RFC 791 §3.2: every link takes 68
   */
  begin(packet: Packet, mtu: number): void {
    const { view, network } = packet;
    const headerLength = ipv4.headerLength(view, network);
    if (mtu < headerLength + 8) throw new RangeError(`an MTU of ${mtu} has no room for ${headerLength} header bytes and 8 more`);
    if (packet.checksumStart !== 0) throw new Error('the transport checksum must be finished before a packet is fragmented');
    this.#packet = packet;
    this.#mtu = mtu;
    this.#at = network + headerLength;
    this.#offset = ipv4.fragmentOffset(view, network);
    this.#more = ipv4.moreFragments(view, network);
    this.#laterLength = writeLaterHeader(view, network, this.#laterHeader);
  }

  /** Fills `into` with the next fragment, marks included; false when there is none left. */
  next(into: Packet): boolean {
    const packet = this.#packet;
    if (packet === undefined) return false;
    const { view, network } = packet;
    const isFirst = this.#at === network + ipv4.headerLength(view, network);
    const headerLength = isFirst ? ipv4.headerLength(view, network) : this.#laterLength;
    const left = network + ipv4.totalLength(view, network) - this.#at;
    const isLast = headerLength + left <= this.#mtu;
    const length = isLast ? left : (this.#mtu - headerLength) & ~7; // RFC 791 §3.1: offsets count units of eight

    into.reset();
    into.network = into.start;
    into.transport = into.start + headerLength;
    into.payload = into.transport;
    into.end = into.transport + length;
    into.note = packet.note;
    if (isFirst) into.news = packet.news;
    const header = isFirst ? view : this.#laterHeader;
    const headerAt = isFirst ? network : 0;
    for (let i = 0; i < headerLength; i++) into.bytes[into.network + i] = header.getUint8(headerAt + i);
    into.bytes.set(packet.bytes.subarray(this.#at, this.#at + length), into.transport);
    ipv4.setFragment(into.view, into.network, headerLength + length, this.#offset, this.#more || !isLast);

    this.#at += length;
    this.#offset += length;
    if (isLast) this.#packet = undefined;
    return true;
  }
}

/**
 * Writes the header of every fragment but the first: RFC 791 §3.1 leaves out the options without the copied flag.
 * @returns its length
 */
function writeLaterHeader(view: DataView, at: number, into: DataView): number {
  const headerLength = ipv4.headerLength(view, at);
  for (let i = 0; i < ipv4.HEADER; i++) into.setUint8(i, view.getUint8(at + i));
  let to = ipv4.HEADER;
  for (let i = ipv4.HEADER; i < headerLength; ) {
    const type = view.getUint8(at + i);
    if (type === OPTION_END) break;
    const length = type === OPTION_NO_OPERATION ? 1 : Math.max(view.getUint8(at + i + 1), 2); // 2: no endless loop on a bad one
    for (let j = 0; (type & COPIED_FLAG) !== 0 && j < length && i + j < headerLength; j++)
      into.setUint8(to++, view.getUint8(at + i + j));
    i += length;
  }
  while (to % 4 !== 0) into.setUint8(to++, OPTION_END);
  into.setUint8(0, 0x40 | (to / 4));
  return to;
}
