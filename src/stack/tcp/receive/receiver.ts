/** The receiving half: the ring in which text is put in order, and the window we offer. */
import type { RingBuffer } from '../../bytes/ring-buffer.ts';
import { EMPTY_RING } from '../../bytes/ring-buffer.ts';
import { RingPool } from '../../bytes/ring-pool.ts';
import type { Micros } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, after, diff, max } from '../../wire/seq.ts';
import type { TcpOptions } from '../options.ts';
import type { ReceiveSpace } from '../spaces.ts';
import type { Room } from './freebsd-window.ts';
import * as freebsd from './freebsd-window.ts';
import { LinuxWindow } from './linux-window.ts';
import type { Islands } from './reassembly.ts';
import { NO_ISLANDS, Reassembly } from './reassembly.ts';
import { SackReport } from './sack-report.ts';

/** A small integer, which V8 keeps without a box. */
export const NO_CLAMP = 0x7fff_ffff;

export class Receiver {
  #islands: Reassembly | undefined = undefined;
  #report: SackReport | undefined = undefined;
  /** Bytes in order that the application has not read are `ring[0, ring.length)`; islands lie beyond. */
  #ring: RingBuffer = EMPTY_RING;
  readonly #rings: RingPool;
  readonly #space: ReceiveSpace;
  /** Bytes we are ready to hold; grows when the application keeps up with the peer. */
  #limit: number;
  #maximum: number;
  /** The largest window to be offered. */
  clamp: number;
  readonly #reportsDuplicates: boolean;
  /** The largest segment seen: what "full-sized" means for this peer. */
  #segmentSize = 536;
  /** What the application read in the current round trip, for growing. */
  #readInRound = 0;
  #roundEndsAt: Micros = 0;
  /** Offers the window in place of the rules below, where the options say so. */
  #linux: LinuxWindow | undefined;
  /** FreeBSD's window is counted in maximum segment sizes; undefined: the RFC's is. */
  readonly #room: { free: number; buffer: number; segment: number } | undefined;

  constructor(space: ReceiveSpace, options: TcpOptions, rings: RingPool = new RingPool()) {
    this.#rings = rings;
    this.#space = space;
    this.#limit = options.receiveBuffer;
    this.#reportsDuplicates = options.dsack;
    this.#maximum = Math.max(options.maxReceiveBuffer, options.receiveBuffer);
    this.clamp = options.windowClamp || NO_CLAMP;
    this.#linux = options.receiveWindow === 'linux' ? new LinuxWindow(this.synWindow) : undefined;
    this.#room = options.habits.window === 'freebsd' ? { free: 0, buffer: 0, segment: 0 } : undefined;
  }

  /** Fixes or frees the size of the buffer; a window that was offered is not taken back (SHLD-14). */
  setBuffer(size: number, maximum: number): void {
    this.#limit = size;
    this.#maximum = Math.max(maximum, size);
  }

  /** What lies beyond RCV.NXT; to be changed by the methods below only. */
  get islands(): Islands {
    return this.#islands ?? NO_ISLANDS;
  }

  /** What the next acknowledgment has to say of islands and duplicates; undefined when there never was any. */
  get report(): SackReport | undefined {
    return this.#report;
  }

  /** The next acknowledgment has something to report. */
  get hasReport(): boolean {
    return this.#report !== undefined && (this.islands.islands > 0 || this.#report.isDuplicatePending);
  }

  /** Bytes that the application can read. */
  get available(): number {
    return this.#ring.length;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Bytes that the buffer has room for. */
  get free(): number {
    return Math.max(this.#limit - this.#ring.length, 0);
  }

  /** FreeBSD: the handshake has decided the segment size, and the buffer becomes a whole number of segments. */
  countIn(segment: number): void {
    if (this.#room === undefined) return;
    this.#room.segment = segment;
    if (this.#limit > segment) this.#limit = Math.ceil(this.#limit / segment) * segment;
  }

  /** How far text is taken: as advertised, or with FreeBSD's window as far as there is room. */
  get acceptedUpTo(): Seq {
    return this.#room === undefined ? this.#space.edge : max(this.#space.edge, add(this.#space.nxt, this.free));
  }

  /** The window field of a SYN, which is never scaled. */
  get synWindow(): number {
    return this.#linux?.first ?? Math.min(this.#full(), 0xffff);
  }

  /** The peer's full segment is known: Linux's first window is a whole number of them. */
  fitWindow(segment: number): void {
    if (this.#linux === undefined) return;
    const full = this.#full();
    this.#linux = new LinuxWindow(Math.min(full > segment ? Math.floor(full / segment) * segment : full, 0xffff));
  }

  get segmentSize(): number {
    return this.#segmentSize;
  }

  /** Learns what a full segment of this peer is. @param size payload of one frame, also when a burst arrived as one packet */
  sawSegment(size: number, announcedMss: number): void {
    if (size > this.#segmentSize) this.#segmentSize = Math.min(size, announcedMss);
  }

  /** Stores `bytes[from, to)` at sequence number `at`, which the caller has trimmed to the window. False: too many islands. */
  store(at: Seq, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    const offset = this.#ring.length + diff(at, this.#space.nxt);
    const end = add(at, length);
    if (at !== this.#space.nxt && !this.#insert(at, end)) return false;
    if (this.#ring === EMPTY_RING) this.#ring = this.#rings.take(offset + length);
    this.#ring.reserve(offset + length);
    this.#ring.writeAt(offset, bytes, from, to);
    if (at !== this.#space.nxt) return true;
    const reached = this.#islands === undefined || this.#islands.islands === 0 ? end : this.#islands.advance(end);
    this.#ring.extend(diff(reached, this.#space.nxt));
    this.#space.nxt = reached;
    return true;
  }

  /** `[left, right)` arrived and was here already. */
  sawDuplicate(left: Seq, right: Seq): void {
    if (!this.#reportsDuplicates) return;
    this.#report ??= new SackReport();
    this.#report.sawDuplicate(left, right);
  }

  /** Moves up to `length` bytes to `into[at]`. @returns how many */
  read(into: Uint8Array, at: number, length: number): number {
    const count = Math.min(length, this.#ring.length);
    this.#ring.readAt(0, count, into, at);
    this.skip(count);
    this.#readInRound += count;
    return count;
  }

  /** Throws the next bytes away. */
  skip(count: number): void {
    this.#ring.discard(count);
    this.#giveRingBack();
  }

  /**
   * Dynamic right-sizing: an application that reads half a buffer in one round trip is slowed down by the buffer.
   * Doubles it then, as Linux does (tcp_rcv_space_adjust).
   * @param rtt the round-trip time as seen from here
   */
  adjust(rtt: Micros, now: Micros): void {
    if (now < this.#roundEndsAt) return;
    if (this.#readInRound * 2 > this.#limit && this.#limit < this.#maximum)
      this.#limit = Math.min(this.#limit * 2, this.#maximum);
    this.#readInRound = 0;
    this.#roundEndsAt = now + rtt;
  }

  /**
   * The window field for the next segment; moves the advertised edge. RFC 9293 §3.8.6.2.2: the edge stays where it is until
   * it can move by a full segment or half the buffer (MUST-39), and it never moves to the left (SHLD-14).
   */
  advertise(shift: number): number {
    if (this.#room !== undefined) return freebsd.advertise(this.#space, this.#measured(this.#room), shift);
    const rcv = this.#space;
    if (this.#linux !== undefined) {
      const window = this.#linux.next(this.#free(), this.#full(), this.#segmentSize, shift, Math.max(diff(rcv.edge, rcv.nxt), 0));
      rcv.edge = max(rcv.edge, add(rcv.nxt, window));
      return window >>> shift;
    }
    const candidate = this.#openEdge();
    const edge = diff(candidate, rcv.edge) >= this.#worthwhile() ? candidate : max(rcv.edge, rcv.nxt);
    const wanted = diff(edge, rcv.nxt);
    // rounding down would retract the edge by up to 2^shift - 1 bytes; where it would, round up. Against a peer whose
    // segments are smaller than that unit the edge creeps, so there is an end to it (RFC 7323 §2.4 allows the retraction)
    let field = wanted >>> shift;
    const mayCreep = this.#ring.length + diff(rcv.edge, rcv.nxt) < this.#limit + (this.#limit >> 2);
    if (mayCreep && after(rcv.edge, add(rcv.nxt, field << shift))) field++;
    field = Math.min(field, 0xffff);
    rcv.edge = max(rcv.edge, add(rcv.nxt, field << shift));
    return field;
  }

  /** Text arrived, and Linux's window grows with it. @param shift of the window @returns whether it did */
  grow(length: number, announcedMss: number, shift: number): boolean {
    const room = Math.min(this.#free(), this.#full() - announcedMss, 0xffff * 2 ** shift);
    return this.#linux?.grow(length, room, announcedMss, this.#segmentSize) ?? false;
  }

  /**
   * True when reading has opened the window so far that the peer should hear of it without being asked.
   * @param shift of the window
   */
  hasWindowUpdate(shift: number): boolean {
    if (this.#linux !== undefined) {
      const { wnd } = this.#space;
      const window = 2 * wnd > this.#full() ? 0 : this.#linux.select(this.#free(), this.#full(), this.#segmentSize, shift);
      return window > 0 && window >= 2 * wnd; // tcp_cleanup_rbuf: worth saying when it is twice what the peer knows
    }
    if (this.#room !== undefined) return freebsd.isWorthAnUpdate(this.#space, this.#measured(this.#room), shift);
    const { nxt, edge } = this.#space;
    // what the field has no bits for the peer would not learn: it would get the same acknowledgment twice
    const opened = Math.min(diff(this.#openEdge(), edge), diff(add(nxt, 0xffff << shift), edge));
    if (this.#space.wnd === 0) return opened >= this.#worthwhile();
    return opened >= Math.min(Math.max(2 * this.#segmentSize, this.#limit >> 2), this.#limit >> 1);
  }

  /** Gives the memory back: nothing will arrive any more. */
  release(): void {
    this.clearIslands();
    this.#giveRingBack();
    if (this.#ring.length === 0) this.#ring = EMPTY_RING;
  }

  /** Forgets what lies at or behind `end`: text behind a FIN is nobody's. */
  truncateIslands(end: Seq): void {
    this.#islands?.truncate(end);
  }

  clearIslands(): void {
    this.#islands?.clear();
  }

  #giveRingBack(): void {
    if (this.#ring.length > 0 || this.islands.islands > 0 || this.#ring === EMPTY_RING) return;
    if (this.#rings.give(this.#ring)) this.#ring = EMPTY_RING;
  }

  #insert(at: Seq, end: Seq): boolean {
    this.#islands ??= new Reassembly();
    this.#report ??= new SackReport();
    return this.#islands.insert(at, end);
  }

  #full(): number {
    return Math.min(this.#limit, this.clamp);
  }

  #free(): number {
    return Math.max(Math.min(this.#limit - this.#ring.length, this.clamp), 0);
  }

  #measured(room: { free: number; buffer: number; segment: number }): Room {
    room.free = this.free;
    room.buffer = this.#limit;
    return room;
  }

  #openEdge(): Seq {
    return add(this.#space.nxt, Math.max(Math.min(this.#limit - this.#ring.length, this.clamp), 0));
  }

  #worthwhile(): number {
    return Math.min(Math.min(this.#limit, this.clamp) >> 1, this.#segmentSize);
  }
}
