/** The sending half: what the application wrote, what of it is in flight, and how much more may be. */
import type { Packet } from '../../bytes/packet.ts';
import type { RingBuffer } from '../../bytes/ring-buffer.ts';
import { EMPTY_RING } from '../../bytes/ring-buffer.ts';
import type { Micros } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { add, diff, seq } from '../../wire/seq.ts';
import type { AckSample, CongestionControl } from '../congestion/control.ts';
import type { Flight } from '../loss/flight.ts';
import { Rack } from '../loss/rack.ts';
import type { Recovery } from '../loss/recovery.ts';
import type { DeliveryObserver, Scoreboard } from '../loss/sent-list.ts';
import type { SentSegment } from '../loss/sent-segment.ts';
import { TailProbe } from '../loss/tail-probe.ts';
import type { TcpOptions } from '../options.ts';
import type { SharedParts } from '../shared.ts';
import type { SendSpace } from '../spaces.ts';
import type { WindowProbes } from './persist.ts';
import { SendHistory } from './send-history.ts';

export class Sender {
  /** Its own only while something is under way, or once something was lost. */
  #flight: Flight;
  #rack: Rack | undefined = undefined;
  #tail: TailProbe | undefined = undefined;
  /** With Linux's habits only. */
  history: SendHistory | undefined = undefined;
  /** Duplicates that the peer has reported, RFC 2883. */
  duplicatesReported = 0;
  /** SND.NXT when the round began that `AckSample.roundEnded` speaks of. */
  roundEnd: Seq = seq(0);
  control: CongestionControl;
  /** The application has closed: a FIN follows the last byte. */
  finQueued = false;
  finAcknowledged = false;
  /** The last write said that more will follow (MSG_MORE): held like under a cork until the next write or acknowledgment. */
  more = false;
  /** What waits was pushed: no cork and no Nagle holds it. */
  pushed = false;
  /** Nothing was under way when what leaves now began to leave: to FreeBSD's Nagle all of one call is one. */
  wasIdle = false;
  /** When text or SYN was last sent, for the restart after idleness. */
  lastSentAt: Micros = 0;
  /** While the window is closed, or too small for what waits. */
  probing: WindowProbes | undefined = undefined;
  /** Bytes `[0, length)` written and not acknowledged; offset 0 is the first byte at or after SND.UNA. */
  #ring: RingBuffer = EMPTY_RING;
  readonly #space: SendSpace;
  /** What the connections of the host lend each other. */
  readonly shared: SharedParts;
  #limit: number;
  #maximum: number;
  readonly #limitedTransmit: boolean;

  constructor(space: SendSpace, control: CongestionControl, options: TcpOptions, shared: SharedParts) {
    this.#space = space;
    this.shared = shared;
    this.#flight = shared.flights.none;
    this.control = control;
    this.#limit = options.sendBuffer;
    this.#limitedTransmit = options.limitedTransmit;
    this.#maximum = Math.max(options.maxSendBuffer, options.sendBuffer);
  }

  /** The initial sequence number is chosen: what compares with SND.UNA counts from there. */
  begin(iss: Seq): void {
    this.roundEnd = iss;
  }

  /** The scoreboard: what is under way. */
  get sent(): Scoreboard {
    return this.#flight.sent;
  }

  get recovery(): Recovery {
    return this.#flight.recovery;
  }

  /** Reused for every acknowledgment, of every connection. */
  get sample(): AckSample {
    return this.shared.sample;
  }

  /** Since when the oldest data waits for its acknowledgment without any progress; NEVER when none waits. */
  get stalledSince(): Micros {
    return this.#flight.stalledSince;
  }

  set stalledSince(at: Micros) {
    if (at !== this.#flight.stalledSince) this.#ownFlight().stalledSince = at;
  }

  /** Takes note of a first transmission. */
  record(at: Seq, length: number, now: Micros): SentSegment {
    return this.#ownFlight().sent.append(at, length, now);
  }

  /** Nothing is to be sent for now: what is not needed until then goes back to where it was borrowed. */
  rest(): void {
    if (this.#ring !== EMPTY_RING && this.#ring.length === 0) this.#giveRing();
    const flight = this.#flight;
    const { flights } = this.shared;
    if (flight === flights.none || !flight.isOver) return;
    this.#flight = flights.none;
    flights.give(flight);
  }

  #giveRing(): void {
    if (this.shared.rings.give(this.#ring)) this.#ring = EMPTY_RING;
  }

  #ownFlight(): Flight {
    const { flights } = this.shared;
    if (this.#flight !== flights.none) return this.#flight;
    const { una, synAcknowledged } = this.#space;
    this.#flight = flights.take(synAcknowledged ? add(una, -1) : una); // nothing older than SND.UNA can cause duplicates any more
    return this.#flight;
  }

  /** From the first text on: a connection that only ever shook hands has nothing to learn from. */
  get rack(): Rack {
    this.#rack ??= new Rack();
    return this.#rack;
  }

  get tail(): TailProbe {
    this.#tail ??= new TailProbe();
    return this.#tail;
  }

  /** A tail probe goes out at the next poll. */
  get isTailProbeDue(): boolean {
    return this.#tail?.due ?? false;
  }

  get reorderingSeen(): boolean {
    return this.#rack?.reorderingSeen ?? false;
  }

  get isTailProbeOut(): boolean {
    return this.#tail?.isOut ?? false;
  }

  /** Probes sent since the window closed. */
  get probes(): number {
    return this.probing?.sent ?? 0;
  }

  /** Bytes that the application may still write. */
  get free(): number {
    return Math.max(this.#limit - this.#ring.length, 0);
  }

  /** Bytes written and not acknowledged. */
  get buffered(): number {
    return this.#ring.length;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Fixes or frees the size of the buffer; what is in it stays. */
  setBuffer(size: number, maximum: number): void {
    this.#limit = size;
    this.#maximum = Math.max(maximum, size);
  }

  /** How many bytes more may be written so that no more than `lowWater` wait behind what could leave at once. */
  writable(lowWater: number): number {
    if (lowWater === Number.POSITIVE_INFINITY) return lowWater;
    const { una, wnd, nxt } = this.#space;
    const leaves = Math.max(Math.min(diff(add(una, wnd), nxt), this.room), 0);
    return Math.max(lowWater + leaves - Math.max(this.unsent, 0), 0);
  }

  /** Sequence number of the first byte in the buffer: the SYN comes before it. */
  #base(): Seq {
    return this.#space.synAcknowledged ? this.#space.una : add(this.#space.iss, 1);
  }

  /** The number behind the last byte written: where the FIN will stand. */
  get end(): Seq {
    return add(this.#base(), this.#ring.length);
  }

  /** Bytes never sent. Negative when the FIN has been sent. */
  get unsent(): number {
    return diff(this.end, this.#space.synSent ? this.#space.nxt : this.#base());
  }

  get finSent(): boolean {
    return this.finAcknowledged || (this.finQueued && diff(this.#space.nxt, this.end) > 0);
  }

  /** Bytes in the network as far as we know: RFC 5681's FlightSize less what has left it. */
  pipe(mss: number): number {
    const limited = this.#limitedTransmit;
    const isOpen = this.recovery.phase === 'open';
    const selectively = isOpen && !limited ? 0 : this.sent.sackedLength;
    const left = this.sent.lostLength + selectively + this.recovery.departed(limited) * mss;
    return Math.max(this.#space.flight - left, 0);
  }

  /** What may go out now as far as congestion control is concerned. May be negative. */
  get room(): number {
    return this.control.window - this.pipe(this.control.mss);
  }

  /** @returns how many bytes of `bytes[from, to)` were taken */
  write(bytes: Uint8Array, from: number, to: number): number {
    const count = Math.min(to - from, this.free);
    if (count === 0) return 0;
    if (this.#ring === EMPTY_RING) this.#ring = this.shared.rings.take(count);
    this.#ring.reserve(this.#ring.length + count);
    this.#ring.writeAt(this.#ring.length, bytes, from, from + count);
    this.#ring.extend(count);
    return count;
  }

  /** Something was written behind `from`: a push for it. @param more none for now: MSG_MORE */
  mark(from: Seq, options: TcpOptions, more = false): void {
    if (!SendHistory.isNeeded(options)) return;
    const { nxt, maxWnd: maxWindow, synAcknowledged } = this.#space;
    this.history ??= new SendHistory(from, options);
    this.history.marks?.write({ from, to: this.end, nxt: synAcknowledged ? nxt : from, mss: this.control.mss, maxWindow, more });
  }

  /** PSH belongs to the text `[at, end)`. */
  pushes(at: Seq, end: Seq): boolean {
    return this.history?.marks?.isIn(at, end) ?? end === this.end;
  }

  /** Copies text for a segment at sequence number `at`. */
  copy(at: Seq, length: number, into: Uint8Array, offset: number): void {
    this.#ring.readAt(diff(at, this.#base()), length, into, offset);
  }

  /** Lends text for a segment at sequence number `at` to its packet. */
  lend(at: Seq, length: number, packet: Packet): void {
    this.#ring.lendTo(packet, diff(at, this.#base()), length);
  }

  /** SND.UNA moves to `ack`: forgets what lies before it. @param observer told of each record; not of the SYN's */
  acknowledge(ack: Seq, observer?: DeliveryObserver): void {
    const covered = Math.max(diff(ack, this.#base()), 0);
    if (covered > this.#ring.length) this.finAcknowledged = true;
    this.#ring.discard(Math.min(covered, this.#ring.length));
    this.#space.una = ack;
    this.sent.acknowledge(ack, this.#space.synAcknowledged ? observer : undefined);
    this.#space.synAcknowledged = true;
    this.history?.acknowledge(ack);
    // twice the congestion window: one in flight and one being written
    if (this.control.window * 2 > this.#limit) this.#limit = Math.min(this.control.window * 2, this.#maximum);
  }

  /** Gives the memory back. */
  release(): void {
    this.sent.clear();
    this.#ring.discard(this.#ring.length);
    this.rest();
    this.#ring = EMPTY_RING;
  }
}
