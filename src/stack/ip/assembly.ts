/** One datagram that is being put together from its fragments, RFC 791 §3.2. */
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import { NEVER } from '../time.ts';
import * as ipv4 from '../wire/ipv4.ts';
import type { BufferPool } from './buffer-pool.ts';
import { FragmentRanges, RANGE_DROPS } from './fragment-ranges.ts';

/** Why a whole datagram is given up. */
export const ASSEMBLY_DROPS = [
  ...RANGE_DROPS,
  'fragments are longer than 65,535 bytes together',
  'fragments disagree about ECN',
] as const;
export type AssemblyDrop = (typeof ASSEMBLY_DROPS)[number];

/** The codepoints of RFC 3168 §5, as bits of a set. */
const NOT_ECT = 1 << 0;
const CE = 1 << 3;
const NO_BYTES = new Uint8Array(0);

export class Assembly {
  // The key of RFC 791 §3.2, "the buffer identifier".
  readonly #source: number;
  readonly #destination: number;
  readonly #protocolAndId: number;

  deadline: Micros = NEVER;
  /** Why the datagram was given up; what still comes of it is dropped for the same reason. */
  fault: AssemblyDrop | 'none' = 'none';
  /** The first fragment's header as it arrived; its length is 0 until then. */
  readonly #header = new Uint8Array(ipv4.MAX_HEADER);
  #headerLength = 0;
  #firstLength = 0; // payload bytes of the first fragment
  readonly #ranges: FragmentRanges;
  #ecnSeen = 0; // a set of codepoints
  /** The payload, each fragment at its place. */
  buffer: Uint8Array<ArrayBuffer> = NO_BYTES;

  constructor(view: DataView, at: number, maxFragments: number) {
    this.#source = ipv4.source(view, at);
    this.#destination = ipv4.destination(view, at);
    this.#protocolAndId = keyWord(view, at);
    this.#ranges = new FragmentRanges(maxFragments);
  }

  get source(): number {
    return this.#source;
  }

  /** Fragments that are here. */
  get fragments(): number {
    return this.#ranges.count;
  }

  get isComplete(): boolean {
    return this.#ranges.isComplete;
  }

  /** True when an ICMP time exceeded can say which datagram it is about (RFC 792: "If fragment zero is not available…"). */
  get hasFirst(): boolean {
    return this.#headerLength > 0;
  }

  /** True when the fragment at `at` is part of this datagram. */
  matches(view: DataView, at: number): boolean {
    return (
      keyWord(view, at) === this.#protocolAndId &&
      ipv4.source(view, at) === this.#source &&
      ipv4.destination(view, at) === this.#destination
    );
  }

  /** Takes a fragment that `checkFragment` has passed. */
  add(packet: Packet, pool: BufferPool): 'new' | 'repeated' | AssemblyDrop {
    const { view, network } = packet;
    const from = network + ipv4.headerLength(view, network);
    const length = network + ipv4.totalLength(view, network) - from;
    const start = ipv4.fragmentOffset(view, network);
    const verdict = this.#ranges.add(start, start + length, ipv4.moreFragments(view, network));
    if (verdict === 'repeated') return this.#isSame(packet.bytes, from, start, length) ? 'repeated' : 'fragment overlaps';
    if (verdict !== 'new') return verdict;
    this.#makeRoom(start + length, pool);
    this.buffer.set(packet.bytes.subarray(from, from + length), start);
    this.#ecnSeen |= 1 << (ipv4.trafficClass(view, network) & 3);
    if (start === 0) this.#keepFirst(packet, length);
    return this.isComplete ? this.#checkWhole() : 'new';
  }

  /** Writes the whole datagram over a packet: header of the first fragment, all of the payload, no trace of fragments. */
  writeWhole(into: Packet): void {
    const length = this.#ranges.total;
    const header = this.#place(into, length);
    into.bytes.set(this.buffer.subarray(0, length), into.transport);
    if ((this.#ecnSeen & CE) !== 0) into.bytes[header + 1] = ipv4.trafficClass(into.view, header) | 3;
    ipv4.setFragment(into.view, header, this.#headerLength + length, 0, false);
  }

  /** Writes the first fragment as it arrived: what an ICMP error quotes. */
  writeFirst(into: Packet): void {
    this.#place(into, this.#firstLength);
    into.bytes.set(this.buffer.subarray(0, this.#firstLength), into.transport);
  }

  /** Gives the memory back. */
  free(pool: BufferPool): void {
    if (this.buffer.length > 0) pool.give(this.buffer);
    this.buffer = NO_BYTES;
    this.#headerLength = 0;
  }

  /** Two datagrams with one identification (RFC 4963) or a forger: in the same place stands something else. */
  #isSame(bytes: Uint8Array, from: number, start: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (bytes[from + i] !== this.buffer[start + i]) return false;
    return true;
  }

  #makeRoom(length: number, pool: BufferPool): void {
    if (length <= this.buffer.length) return;
    const larger = pool.take(length);
    larger.set(this.buffer);
    if (this.buffer.length > 0) pool.give(this.buffer);
    this.buffer = larger;
  }

  #keepFirst({ bytes, view, network }: Packet, length: number): void {
    this.#headerLength = ipv4.headerLength(view, network);
    this.#firstLength = length;
    for (let i = 0; i < this.#headerLength; i++) this.#header[i] = bytes[network + i]!;
  }

  #checkWhole(): 'new' | AssemblyDrop {
    if (this.#headerLength + this.#ranges.total > ipv4.MAX_PACKET) return 'fragments are longer than 65,535 bytes together';
    // RFC 3168 §5.3: a mark of congestion is not lost, and who is not ECN-capable cannot have been marked
    const isMixed = (this.#ecnSeen & CE) !== 0 && (this.#ecnSeen & NOT_ECT) !== 0;
    return isMixed ? 'fragments disagree about ECN' : 'new';
  }

  /** Puts the header down where header and `length` bytes fit, and says where. */
  #place(into: Packet, length: number): number {
    const room = into.bytes.length - this.#headerLength - length;
    if (room < 0) throw new RangeError(`a datagram of ${this.#headerLength + length} bytes does not fit ${into.bytes.length}`);
    into.reset(Math.min(into.start, room));
    into.network = into.start;
    into.transport = into.start + this.#headerLength;
    into.payload = into.transport;
    into.end = into.transport + length;
    for (let i = 0; i < this.#headerLength; i++) into.bytes[into.network + i] = this.#header[i]!;
    return into.network;
  }
}

const keyWord = (view: DataView, at: number): number => (ipv4.protocol(view, at) << 16) | ipv4.identification(view, at);
