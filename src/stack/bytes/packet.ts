/** One reusable frame buffer: the bytes, one DataView over them for life, and where each layer begins. */

/**
 * Room kept free before the payload so that every layer can put its header in front of what is there:
 * virtio-net 12 + Ethernet 18 + IPv4 60 + TCP 60 = 150, rounded up.
 */
export const HEADROOM = 192;

/** The longest IPv4 datagram (RFC 791: its total length is 16 bits) in its Ethernet frame, behind the headroom. */
export const SUPER_CAPACITY = HEADROOM + 65_552;

const NOTHING = new Uint8Array(0);

/**
 * ```
 *  0        start   network  transport  payload        end         capacity
 *  | headroom | Ethernet | IPv4 | TCP     | data         |  free     |
 * ```
 * On the way in the marks are found from left to right, on the way out `prepend` moves `start` from right to left.
 * A packet that is handed to a device is only borrowed: the device copies what it wants to keep.
 *
 * The rest of the payload of a super-segment may lie elsewhere, in a buffer that is lent for the same time: a device that can
 * gather (writev) or copies anyway spares the copy into the packet, others call `linearize`.
 */
export class Packet {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** First live byte. */
  start = HEADROOM;
  /** One past the last live byte. */
  end = HEADROOM;
  /** Where the network header begins. */
  network = 0;
  /** Where the transport header begins. */
  transport = 0;
  /** Where the payload begins. */
  payload = 0;
  /** Payload bytes per frame when the device shall cut this super-segment or super-datagram (GSO, USO); 0: it is one frame. */
  gsoSize = 0;
  /** Where the device shall begin to sum; 0: nothing is left to the device. */
  checksumStart = 0;
  /** Where, from `checksumStart`, the device shall put the sum. */
  checksumOffset = 0;
  /** True when whoever delivered the packet vouches for its transport checksum. */
  checksumVouched = false;
  /** Where the payload goes on behind `end`: a buffer that wraps around at its end, as a ring does. */
  lent: Uint8Array<ArrayBuffer> = NOTHING;
  lentAt = 0;
  /** How much of the payload is lent. */
  lentLength = 0;
  /** Why this packet was sent, in a few words ("fast retransmit"); empty when there is nothing to say. */
  note = '';
  /** What an observer of the stack has to add, of the first frame only when a device cuts this packet. */
  news = '';

  constructor(capacity: number = SUPER_CAPACITY) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.end - this.start + this.lentLength;
  }

  /** Empties the packet: what is appended starts behind the headroom. */
  reset(headroom: number = HEADROOM): void {
    this.start = headroom;
    this.end = headroom;
    this.network = 0;
    this.transport = 0;
    this.payload = 0;
    this.clearOffload();
    this.#takeBack();
    this.note = '';
    this.news = '';
  }

  clearOffload(): void {
    this.gsoSize = 0;
    this.checksumStart = 0;
    this.checksumOffset = 0;
    this.checksumVouched = false;
  }

  /** How many frames the payload makes that begins at `payload`, with what is lent. */
  frames(payload: number = this.payload): number {
    return this.gsoSize === 0 ? 1 : Math.ceil((this.end + this.lentLength - payload) / this.gsoSize);
  }

  /** Makes room for a header in front of the live bytes and says where it begins. */
  prepend(headerLength: number): number {
    if (headerLength > this.start) throw new RangeError(`no headroom for ${headerLength} bytes: ${this.start} left`);
    this.start -= headerLength;
    return this.start;
  }

  /** Appends bytes behind the live ones. */
  append(source: Uint8Array): void {
    this.bytes.set(source, this.end);
    this.end += source.length;
  }

  /** The payload goes on in `buffer[at, at + length)`, from its beginning again where that is behind its end. */
  lend(buffer: Uint8Array<ArrayBuffer>, at: number, length: number): void {
    this.lent = buffer;
    this.lentAt = at;
    this.lentLength = length;
  }

  /** Brings what is lent into the packet, behind its live bytes. Fails when it does not fit. */
  linearize(): void {
    if (this.lentLength === 0) return;
    copyLent(this, this.bytes, this.end);
    this.end += this.lentLength;
    this.#takeBack();
  }

  #takeBack(): void {
    this.lent = NOTHING;
    this.lentAt = 0;
    this.lentLength = 0;
  }

  /** Becomes a copy of another packet in one piece, marks and offload state included. Fails when the bytes do not fit. */
  copyFrom(other: Packet): void {
    const { length } = other;
    const start = Math.min(other.start, this.bytes.length - length);
    if (start < 0) throw new RangeError(`a packet of ${length} bytes does not fit ${this.bytes.length}`);
    this.bytes.set(other.bytes.subarray(other.start, other.end), start);
    copyLent(other, this.bytes, start + other.end - other.start);
    this.#takeBack();
    const shift = start - other.start;
    this.start = start;
    this.end = start + length;
    this.network = other.network === 0 ? 0 : other.network + shift;
    this.transport = other.transport === 0 ? 0 : other.transport + shift;
    this.payload = other.payload === 0 ? 0 : other.payload + shift;
    this.gsoSize = other.gsoSize;
    this.checksumStart = other.checksumStart === 0 ? 0 : other.checksumStart + shift;
    this.checksumOffset = other.checksumOffset;
    this.checksumVouched = other.checksumVouched;
    this.note = other.note;
    this.news = other.news;
  }

  /** The live bytes as a view that is good until the packet is used again. Costs 34 ns: not for the data path. */
  live(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(this.start, this.end);
  }
}

function copyLent({ lent, lentAt, lentLength }: Packet, into: Uint8Array, at: number): void {
  if (lentLength === 0) return;
  const first = Math.min(lentLength, lent.length - lentAt);
  into.set(lent.subarray(lentAt, lentAt + first), at);
  if (first < lentLength) into.set(lent.subarray(0, lentLength - first), at + first);
}
