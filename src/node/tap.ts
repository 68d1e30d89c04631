/** A Linux TAP: an Ethernet card whose cable ends in this process (Documentation/networking/tuntap.rst of the kernel). */
import type { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../stack/device.ts';
import { NO_OFFLOAD } from '../stack/device.ts';
import * as virtio from '../stack/wire/virtio-net.ts';
import { BufferAddresses } from './buffer-addresses.ts';
import type { InterfaceState } from './interface-config.ts';
import { configureInterface, readInterface } from './interface-config.ts';
import { IoVector } from './io-vector.ts';
import type { KernelCounters } from './kernel-counters.ts';
import { readKernelCounters, sinceThen } from './kernel-counters.ts';
import type { Libc } from './libc.ts';
import { EAGAIN, EBADFD, EINTR, EIO, ENOBUFS, ENOMEM, libc } from './libc.ts';
import type { AttachedTap } from './tap-attach.ts';
import { attachTap, checkTapName } from './tap-attach.ts';
import { TapError } from './tap-error.ts';
import type { Watch, Watchable } from './wait.ts';
import { ReadableDescriptor } from './wait.ts';

export interface TapOptions {
  /** A name, or one with `%d` for the first free number. @default 'tap%d' */
  readonly name?: string;
  /** @default what the interface has: 1500 for a new one */
  readonly mtu?: number;
  /** Let the kernel sum and cut (virtio-net header); where it refuses, it is done without. @default true */
  readonly offload?: boolean;
  /** Whether the interface outlives this process. @default it stays as it is: a new one vanishes */
  readonly persist?: boolean;
  /**
   * Packets that the kernel keeps for us until we read them; beyond it drops. The kernel's own default of 1000 overflows
   * when a window of more than 1000 segments arrives at once. @default 5000, if the interface has less and we may
   */
  readonly queueLength?: number;
}

export type TapDrop = 'interface is down' | 'device is gone' | 'malformed' | 'no memory' | 'needs offload' | 'too long' | 'other';

export interface TapCounters {
  received: number;
  sent: number;
  /** The kernel's queue was full; the caller kept the frame. */
  refused: number;
  readonly dropped: Record<TapDrop, number>;
}

const DEFAULT_QUEUE_LENGTH = 5000;
const TCP_OFFLOAD: Offload = { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 0 };
const FULL_OFFLOAD: Offload = { ...TCP_OFFLOAD, usoMaxSize: 65_535 };

export class TapDevice implements LinkDevice, Watchable {
  /** As the kernel gave it. */
  readonly name: string;
  readonly mtu: number;
  readonly offload: Offload;
  /** How the interface was configured before we opened it; undefined: it did not exist. */
  readonly before: InterfaceState | undefined;
  readonly counters: TapCounters = {
    received: 0,
    sent: 0,
    refused: 0,
    dropped: {
      'interface is down': 0,
      'device is gone': 0,
      malformed: 0,
      'no memory': 0,
      'needs offload': 0,
      'too long': 0,
      other: 0,
    },
  };
  readonly #libc: Libc = libc();
  readonly #addresses = new BufferAddresses();
  readonly #vector = new IoVector();
  readonly #readable: ReadableDescriptor;
  /** Bytes of virtio-net header in front of every frame: 10 or 0. */
  readonly #header: number;
  /** Of an interface that was there before us. */
  readonly #kernelBefore: KernelCounters | undefined;
  #fd: number;

  private constructor(attached: AttachedTap, mtu: number, before: InterfaceState | undefined) {
    this.name = attached.name;
    this.mtu = mtu;
    this.offload = offloadOf(attached);
    this.before = before;
    this.#kernelBefore = before === undefined ? undefined : readKernelCounters(attached.name);
    this.#header = attached.hasHeader ? virtio.HEADER : 0;
    this.#fd = attached.fd;
    this.#readable = new ReadableDescriptor(attached.fd, () => this.close());
  }

  /**
   * Opens an existing TAP or makes a new one. Its owner may do so without root; everybody else needs CAP_NET_ADMIN.
   * @throws TapError
   */
  static open(options: TapOptions = {}): TapDevice {
    const wanted = options.name ?? 'tap%d';
    checkTapName(wanted);
    const before = wanted.includes('%') ? undefined : readInterface(wanted);
    const attached = attachTap(wanted, options);
    try {
      const mtu = configure(attached.name, options);
      return new TapDevice(attached, mtu, before);
    } catch (error) {
      libc().close(attached.fd);
      throw error;
    }
  }

  /** True until it is closed, or its interface is deleted by somebody else; then it drops what it is given. */
  get isOpen(): boolean {
    return this.#fd >= 0;
  }

  /** Reads straight into the packet, with the virtio-net header in the headroom before `start`: nothing is moved. */
  receive(into: Packet): boolean {
    const at = into.start - this.#header;
    const room = into.bytes.length - at;
    while (this.#fd >= 0) {
      const length = this.#libc.read(this.#fd, this.#addresses.of(into.bytes) + at, room);
      if (length <= this.#header) {
        if (length < 0 && this.#libc.errno() === EBADFD) this.close();
        return false;
      }
      into.end = at + length;
      const reason = length === room ? 'too long' : this.#accept(into, at); // the kernel cuts what does not fit
      if (reason === undefined) {
        this.counters.received++;
        return true;
      }
      this.counters.dropped[reason]++;
      into.end = into.start;
    }
    return false;
  }

  #accept(packet: Packet, headerAt: number): TapDrop | undefined {
    if (this.#header > 0) return virtio.decode(packet, headerAt) ? undefined : 'malformed';
    packet.clearOffload();
    return undefined;
  }

  /** One write(2) or, where text is lent, writev(2); the virtio-net header goes into the headroom before `start`. */
  transmit(packet: Packet): boolean {
    const at = packet.start - this.#header;
    if (at < 0) throw new RangeError(`no headroom for a virtio-net header of ${this.#header} bytes: ${packet.start} left`);
    if (!this.offload.checksum && (packet.checksumStart !== 0 || packet.gsoSize > 0)) return this.#drop('needs offload');
    if (this.#fd < 0) return this.#drop('device is gone');
    if (this.#header > 0) virtio.encode(packet, at);
    if (this.#write(packet, at)) {
      this.counters.sent++;
      return true;
    }
    return this.#onWriteError(this.#libc.errno());
  }

  /** @returns whether the kernel took the packet, from its virtio-net header on */
  #write(packet: Packet, at: number): boolean {
    const length = packet.end - at;
    const address = this.#addresses.of(packet.bytes) + at;
    const { lent, lentAt, lentLength } = packet;
    if (lentLength === 0) return this.#libc.write(this.#fd, address, length) === length;
    const ring = this.#addresses.of(lent);
    const first = Math.min(lentLength, lent.length - lentAt);
    this.#vector.clear();
    this.#vector.add(address, length);
    this.#vector.add(ring + lentAt, first);
    if (first < lentLength) this.#vector.add(ring, lentLength - first);
    return this.#libc.writev(this.#fd, this.#vector.address, this.#vector.count) === length + lentLength;
  }

  /** What the kernel counted on its side since we opened it; undefined once the interface is gone. Costs a look into /proc. */
  get kernel(): KernelCounters | undefined {
    return sinceThen(readKernelCounters(this.name), this.#kernelBefore);
  }

  /** Waits inside Node's event loop; the watch ends with the device. */
  watch(onReadable: () => void): Watch {
    if (this.#fd < 0) throw new TapError('failed', `${this.name} is closed`);
    return this.#readable.watch(onReadable);
  }

  /** The interface vanishes with it unless it is persistent. Closing twice does no harm. */
  close(): void {
    if (this.#fd < 0) return;
    this.#readable.close(); // before the descriptor: its number may be given away at once
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }

  #drop(reason: TapDrop): true {
    this.counters.dropped[reason]++;
    return true; // the frame is gone, as on a cable that is not plugged in: trying again would not help
  }

  #onWriteError(code: number): boolean {
    switch (code) {
      case EAGAIN:
      case EINTR:
        this.counters.refused++;
        return false;
      case EIO:
        return this.#drop('interface is down');
      case EBADFD:
        this.close(); // somebody deleted the interface
        return this.#drop('device is gone');
      case ENOMEM:
      case ENOBUFS:
        return this.#drop('no memory');
      default:
        return this.#drop('other');
    }
  }
}

const offloadOf = ({ offloads, cutsDatagrams }: AttachedTap): Offload =>
  cutsDatagrams ? FULL_OFFLOAD : offloads ? TCP_OFFLOAD : NO_OFFLOAD;

/** Sets MTU and queue. @returns the MTU */
function configure(name: string, { mtu, queueLength }: TapOptions): number {
  const state = readInterface(name);
  if (state === undefined) throw new TapError('no such interface', `${name} vanished while it was opened`);
  if (mtu !== undefined && mtu !== state.mtu) configureInterface(name, { mtu });
  if (queueLength !== undefined && queueLength !== state.queueLength) configureInterface(name, { queueLength });
  if (queueLength === undefined && state.queueLength < DEFAULT_QUEUE_LENGTH) raiseQueue(name);
  return mtu ?? state.mtu;
}

/** The owner of a TAP may open it without being allowed to configure it: then it keeps the queue it has. */
function raiseQueue(name: string): void {
  try {
    configureInterface(name, { queueLength: DEFAULT_QUEUE_LENGTH });
  } catch (error) {
    if (!(error instanceof TapError) || error.reason !== 'no permission') throw error;
  }
}
