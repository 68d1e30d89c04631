/** What a device with offload does to a packet, done again for the capture: what is to be cut is cut, checksums are completed. */
import * as checksum from '../../stack/bytes/checksum.ts';
import { Packet } from '../../stack/bytes/packet.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { add } from '../../stack/wire/seq.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import * as udp from '../../stack/wire/udp.ts';

const VLAN_TAG = 4;
/** What belongs to the end of the data, and what to its beginning (RFC 3168 §6.1.2: CWR answers once). */
const ONLY_LAST = tcp.FIN | tcp.PSH;
const ONLY_FIRST = tcp.CWR;

/** Where an unfragmented IPv4 packet with TCP or UDP inside has its parts. */
interface Layout {
  readonly network: number;
  readonly transport: number;
  readonly end: number;
  readonly protocol: number;
}

/** @param length of the frame on the wire: more than its bytes where only the beginning was asked for */
type VisitFrame = (frame: Uint8Array, length: number) => void;

export class Segmenter {
  #scratch = new Packet();

  /**
   * Calls `visit` for every frame that the wire would see of this packet, in order. The bytes are good for the call only.
   * The packet is not changed.
   *
   * @param most bytes of a frame that are looked at: what is cut need not be copied beyond them. Frames may be longer
   */
  eachFrame(packet: Packet, visit: VisitFrame, most: number = Number.POSITIVE_INFINITY): void {
    if (packet.gsoSize > 0) {
      const layout = findLayout(packet);
      if (layout !== undefined) {
        this.#cut(packet, layout, visit, most);
        return;
      }
    }
    const frame = this.#complete(packet) ? this.#scratch.live() : packet.live();
    visit(frame, frame.length);
  }

  #cut(packet: Packet, layout: Layout, visit: VisitFrame, most: number): void {
    const isTcp = layout.protocol === ipv4.PROTOCOL_TCP;
    const payloadAt = layout.transport + (isTcp ? tcp.headerLength(packet.view, layout.transport) : udp.HEADER);
    const headers = packet.bytes.subarray(packet.start, payloadAt);
    const total = layout.end - payloadAt;
    const room = Math.max(most - headers.length, 0);
    let index = 0;
    let offset = 0;
    do {
      const size = Math.min(packet.gsoSize, total - offset);
      this.#scratch.reset(0);
      this.#scratch.append(headers);
      const from = payloadAt + offset;
      this.#scratch.append(packet.bytes.subarray(from, from + Math.min(size, room)));
      this.#scratch.network = layout.network - packet.start;
      this.#scratch.transport = layout.transport - packet.start;
      const length = headers.length + size; // the scratch begins at 0
      adjustIp(this.#scratch, index, length);
      if (isTcp) adjustTcp(this.#scratch, { index, offset, isLast: offset + size === total }, length);
      else adjustUdp(this.#scratch, length);
      const payload = checksum.add(packet.view, from, from + size); // where it lies: the scratch may have its beginning only
      const { transport } = this.#scratch;
      writeSum(this.#scratch, transport, transport + checksumOffset(layout.protocol), { end: headers.length, payload });
      visit(this.#scratch.live(), length);
      index++;
      offset += size;
    } while (offset < total);
  }

  /** @returns false when the packet is complete as it is; else the completed one is in the scratch */
  #complete(packet: Packet): boolean {
    if (packet.checksumStart !== 0) {
      this.#copy(packet);
      const from = this.#scratch.checksumStart;
      writeSum(this.#scratch, from, from + this.#scratch.checksumOffset);
      return true;
    }
    if (!packet.checksumVouched) return false;
    const layout = findLayout(packet);
    if (layout === undefined || !holdsOnlyPseudoHeader(packet, layout)) return false;
    this.#copy(packet);
    const from = layout.transport - packet.start;
    writeSum(this.#scratch, from, from + checksumOffset(layout.protocol));
    return true;
  }

  #copy(packet: Packet): void {
    const { start, checksumStart, checksumOffset: offset } = packet;
    if (packet.length > this.#scratch.bytes.length) this.#scratch = new Packet(packet.length);
    this.#scratch.reset(0);
    this.#scratch.append(packet.live());
    this.#scratch.checksumStart = checksumStart - start;
    this.#scratch.checksumOffset = offset;
  }
}

function adjustIp({ view, network }: Packet, index: number, end: number): void {
  view.setUint16(network + 2, end - network);
  view.setUint16(network + 4, (ipv4.identification(view, network) + index) & 0xffff);
  ipv4.updateChecksum(view, network);
}

function adjustUdp({ view, network, transport }: Packet, end: number): void {
  view.setUint16(transport + 4, end - transport);
  udp.writePartialChecksum(view, transport, end, ipv4.source(view, network), ipv4.destination(view, network));
}

/** @param end of the frame, were it whole */
function adjustTcp(
  frame: Packet,
  { index, offset, isLast }: { index: number; offset: number; isLast: boolean },
  end: number,
): void {
  const { view, network, transport } = frame;
  view.setInt32(transport + 4, add(tcp.sequence(view, transport), offset));
  const removed = (isLast ? 0 : ONLY_LAST) | (index === 0 ? 0 : ONLY_FIRST);
  view.setUint8(transport + 13, tcp.flags(view, transport) & ~removed);
  tcp.writePartialChecksum(view, transport, end, ipv4.source(view, network), ipv4.destination(view, network));
}

/**
 * The field itself takes part in the sum: it holds the sum of the pseudo-header.
 * The payload's own sum may be given apart, when it lies elsewhere: then the headers end at `end`.
 */
function writeSum(frame: Packet, from: number, fieldAt: number, { end, payload } = { end: frame.end, payload: 0 }): void {
  const sum = checksum.finish(checksum.add(frame.view, from, end, payload));
  // RFC 768: zero would say that there is no checksum; all ones is the same number. TCP has no such rule.
  const isUdp = fieldAt - from === udp.CHECKSUM_OFFSET;
  frame.view.setUint16(fieldAt, isUdp && sum === 0 ? 0xffff : sum);
}

const checksumOffset = (protocol: number): number => (protocol === ipv4.PROTOCOL_TCP ? tcp.CHECKSUM_OFFSET : udp.CHECKSUM_OFFSET);

/** What a kernel delivers when it relies on a device that never was: the sum over the pseudo-header, and no more. */
function holdsOnlyPseudoHeader({ view }: Packet, { network, transport, end, protocol }: Layout): boolean {
  const pseudo = checksum.pseudoHeader(ipv4.source(view, network), ipv4.destination(view, network), protocol, end - transport);
  const field = view.getUint16(transport + checksumOffset(protocol));
  return field === checksum.fold(pseudo) && !checksum.isZero(view, transport, end, pseudo);
}

function findLayout(packet: Packet): Layout | undefined {
  const { view, end } = packet;
  const network = findNetwork(packet);
  if (network === 0 || !ipv4.isValid(view, network, end) || ipv4.isFragment(view, network)) return undefined;
  const transport = network + ipv4.headerLength(view, network);
  const packetEnd = network + ipv4.totalLength(view, network);
  const protocol = ipv4.protocol(view, network);
  if (protocol === ipv4.PROTOCOL_TCP && !tcp.isValid(view, transport, packetEnd)) return undefined;
  if (protocol === ipv4.PROTOCOL_UDP && !udp.isValid(view, transport, packetEnd)) return undefined;
  return protocol === ipv4.PROTOCOL_TCP || protocol === ipv4.PROTOCOL_UDP
    ? { network, transport, end: packetEnd, protocol }
    : undefined;
}

/** Behind VLAN tags too; 0 when it is not IPv4. */
function findNetwork({ view, start, end }: Packet): number {
  let at = start;
  while (ethernet.isValid(at, end)) {
    const type = ethernet.etherType(view, at);
    if (type === ethernet.TYPE_IPV4) return at + ethernet.HEADER;
    if (type !== ethernet.TYPE_VLAN) return 0;
    at += VLAN_TAG;
  }
  return 0;
}
