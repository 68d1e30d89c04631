/** One UDP socket without promises: two bounded queues, whom it talks to, and what went wrong. */
import { isMulticastV4 } from '../wire/ip-address.ts';
import { Datagram, DatagramQueue, type QueueLimits, type RunLimits } from './datagram-queue.ts';
import { Binding } from './demux.ts';
import type { UdpFailure } from './failure.ts';

/** RFC 791 and RFC 768: 65,535 bytes of packet, less both headers. */
export const MAX_PAYLOAD = 65_507;

/** What an application may want to know; bits of `takeEvents`, the same as TCP's. */
export const READABLE = 1;
/** There is room again after a send found none. */
export const WRITABLE = 2;
/** `takeFailure` has something to say. */
export const FAILED = 16;

/** What `send` says: the datagram waits to be sent, or why it does not. */
export type UdpSendResult =
  | 'queued'
  | 'queue full'
  | 'message too long'
  | 'no destination'
  | 'destination port is 0'
  | 'broadcast not permitted'
  | 'closed';

/** Who wants to hear of events. Called after a run of the stack, never in the middle of one. */
export interface UdpOwner {
  notify(events: number): void;
}

/** What an endpoint asks of the `Udp` that it belongs to. */
export interface UdpRegistry {
  /** True for every address that reaches all hosts of some attached network. */
  isBroadcast(address: number): boolean;
  /** What one packet there may stand for that begins with a datagram of `length` bytes; undefined: for that one only. */
  joinLimits(address: number, length: number): RunLimits | undefined;
  /** The endpoint has begun to have datagrams to send. */
  hasOutput(endpoint: UdpEndpoint): void;
  /** The endpoint has begun to have events. */
  hasEvents(endpoint: UdpEndpoint): void;
  /** Takes the endpoint out of the table, lets it change its addresses, and puts it back. */
  rebind(endpoint: UdpEndpoint, localAddress: number, remoteAddress: number, remotePort: number): void;
  /** No datagram shall arrive here any more. */
  release(endpoint: UdpEndpoint): void;
}

/** Of each datagram that `send` takes, at the moment when it takes it. */
export class UdpOptions {
  ttl = 64;
  /** RFC 1112 §6.1: multicast stays on the local network unless the application asks for more. */
  multicastTtl = 1;
  /** DSCP and ECN as one octet. */
  trafficClass = 0;
  dontFragment = false;
  /** POSIX SO_BROADCAST: who floods a network shall have meant it. */
  broadcast = false;
}

/** What an endpoint was opened with. */
export interface UdpBound {
  /** 0: any address of ours. */
  readonly address: number;
  readonly port: number;
  readonly reuse: boolean;
  /** The only interface that it hears and speaks by (SO_BINDTODEVICE); 0: all. */
  readonly interfaceId: number;
}

/** What `send` may be told of one datagram. */
export interface UdpSendDetails {
  /** The interface to leave by, whatever the route says. @default that of the socket, else by the route */
  readonly interfaceId?: number;
  /** Why it is sent, for whoever records it. */
  readonly note?: string;
}

export interface UdpLimits {
  readonly receive: QueueLimits;
  readonly send: QueueLimits;
}

export class UdpEndpoint {
  readonly options: UdpOptions = new UdpOptions();
  readonly binding: Binding<UdpEndpoint> = new Binding<UdpEndpoint>(this);
  owner: UdpOwner | undefined = undefined;
  /** Datagrams that were for us and found the receive queue full. */
  overflows = 0;
  readonly #registry: UdpRegistry;
  readonly #bound: UdpBound;
  readonly #received: DatagramQueue;
  readonly #outgoing: DatagramQueue;
  readonly #about = new Datagram();
  #failure: UdpFailure | undefined = undefined;
  /** The state of the machine in bits: events not taken yet, and the flags below. */
  #bits = 0;

  constructor(registry: UdpRegistry, bound: UdpBound, limits: UdpLimits) {
    this.#registry = registry;
    this.#bound = bound;
    this.binding.localAddress = bound.address;
    this.binding.localPort = bound.port;
    this.binding.reuse = bound.reuse;
    this.binding.interfaceId = bound.interfaceId;
    this.#received = new DatagramQueue(limits.receive);
    this.#outgoing = new DatagramQueue(limits.send);
  }

  get isClosed(): boolean {
    return (this.#bits & CLOSED) !== 0;
  }

  get isConnected(): boolean {
    return this.binding.remotePort !== 0;
  }

  /** Payload bytes that wait: received and not read, and to be sent. */
  get queued(): { readonly receive: number; readonly send: number } {
    return { receive: this.#received.size, send: this.#outgoing.size };
  }

  /** Payload bytes of the datagram that `receive` would give; -1 when there is none. */
  get nextLength(): number {
    return this.#received.nextLength;
  }

  /**
   * Queues a datagram for the stack to poll. Without a destination it goes to the peer of `connect`.
   *
   * @param from the address of ours to send from, when it shall not be the bound one (RFC 1122 §4.1.3.5)
   */
  send(
    bytes: Uint8Array,
    address: number = this.binding.remoteAddress,
    port: number = this.binding.remotePort,
    from: number = this.binding.localAddress,
    { interfaceId = this.#bound.interfaceId, note = '' }: UdpSendDetails = NO_DETAILS,
  ): UdpSendResult {
    const refusal = this.#refusal(bytes.length, address, port);
    if (refusal !== undefined) return refusal;
    const about = this.#about;
    about.address = address;
    about.port = port;
    about.localAddress = isMulticastV4(from) || this.#registry.isBroadcast(from) ? 0 : from; // RFC 1122 §4.1.3.6
    about.ttl = isMulticastV4(address) ? this.options.multicastTtl : this.options.ttl;
    about.trafficClass = this.options.trafficClass;
    about.dontFragment = this.options.dontFragment;
    about.interfaceId = interfaceId;
    about.note = note;
    if (!this.#outgoing.push(about, bytes, 0, bytes.length)) {
      this.#bits |= WAITS_FOR_ROOM;
      return 'queue full';
    }
    if (this.#outgoing.length === 1) this.#registry.hasOutput(this);
    return 'queued';
  }

  /**
   * Takes the oldest datagram. What does not fit `into` is lost: `about.length` tells.
   * @returns false when there is none
   */
  receive(into: Uint8Array, about: Datagram): boolean {
    return this.#received.shift(about, into, 0, into.length);
  }

  /**
   * From now on hears only this peer, and sends there by default. What others sent before stays in the queue.
   *
   * @param localAddress ours on the way there; by default the bound one
   * @throws RangeError for an address or port that is nobody's
   */
  connect(address: number, port: number, localAddress: number = this.#bound.address): void {
    if (address === 0 || port < 1 || port > 65_535) throw new RangeError('a peer has an address and a port from 1 to 65535');
    this.#registry.rebind(this, localAddress, address, port);
  }

  /** Hears everybody again. */
  disconnect(): void {
    this.#registry.rebind(this, this.#bound.address, 0, 0);
  }

  /** Receives no more; what was sent before is still on its way. */
  close(): void {
    if (this.isClosed) return;
    this.#bits |= CLOSED;
    this.#received.clear();
    this.#registry.release(this);
  }

  /** The events since the last call. */
  takeEvents(): number {
    const events = this.#bits & EVENTS;
    this.#bits &= ~EVENTS;
    return events;
  }

  /** The last failure since the last call. */
  takeFailure(): UdpFailure | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /**
   * Datagrams for this endpoint in `bytes[from, to)`: each of `size` bytes, the last may be shorter.
   * @returns how many of them found the queue full
   */
  onDatagrams(about: Readonly<Datagram>, bytes: Uint8Array, from: number, to: number, size: number): number {
    let lost = 0;
    let at = from;
    do {
      const end = Math.min(at + size, to);
      if (this.#received.push(about, bytes, at, end)) this.#raise(READABLE);
      else lost++;
      at = end;
    } while (at < to);
    this.overflows += lost;
    return lost;
  }

  /** One that was sent did not arrive. Of several failures the last is kept. */
  onFailure(failure: UdpFailure): void {
    if (this.isClosed) return;
    this.#failure = failure;
    this.#raise(FAILED);
  }

  /**
   * Takes the next datagram to send, and with it those that may go in one packet with it: see `DatagramQueue.shiftRun`.
   * @returns the bytes of all; -1 when there is none
   */
  takeOutgoing(about: Datagram, target: Uint8Array, at: number): number {
    const length = this.#outgoing.nextLength;
    if (length < 0) return -1;
    if (length > target.length - at) throw new RangeError('the packet is too small for the datagram');
    // what leaves by an interface that no route has chosen goes by itself: the route knows another device
    const maySeveral = this.#outgoing.length > 1 && this.#outgoing.nextInterface === 0;
    const mayJoin = maySeveral ? this.#registry.joinLimits(this.#outgoing.nextAddress, length) : undefined;
    const taken = this.#outgoing.shiftRun(about, target, at, mayJoin ?? ALONE);
    if (this.#outgoing.length > 0) this.#registry.hasOutput(this);
    if (this.#bits & WAITS_FOR_ROOM) {
      this.#bits &= ~WAITS_FOR_ROOM;
      this.#raise(WRITABLE);
    }
    return taken;
  }

  /** Tells the owner what happened; without one the events wait for `takeEvents`. */
  notifyOwner(): void {
    this.#bits &= ~LISTED;
    if (this.owner === undefined) return;
    const events = this.takeEvents();
    if (events !== 0) this.owner.notify(events);
  }

  #raise(events: number): void {
    if (this.isClosed) return;
    this.#bits |= events;
    if (this.#bits & LISTED) return;
    this.#bits |= LISTED;
    this.#registry.hasEvents(this);
  }

  #refusal(length: number, address: number, port: number): UdpSendResult | undefined {
    if (this.isClosed) return 'closed';
    if (length > MAX_PAYLOAD) return 'message too long';
    if (address === 0) return 'no destination';
    if (port === 0) return 'destination port is 0';
    if (!this.options.broadcast && this.#registry.isBroadcast(address)) return 'broadcast not permitted';
    return undefined;
  }
}

const NO_DETAILS: UdpSendDetails = {};
const ALONE: RunLimits = { datagrams: 1, bytes: MAX_PAYLOAD, shortest: 1 };

const EVENTS = READABLE | WRITABLE | FAILED;
/** A send found the queue full. */
const WAITS_FOR_ROOM = 0x100;
/** The registry knows that there are events. */
const LISTED = 0x200;
const CLOSED = 0x400;
