/** Any stream of Ethernet frames as a link: one chunk is one frame. */
import type { Duplex } from 'node:stream';
import { Fifo } from '../stack/bytes/fifo.ts';
import type { Packet } from '../stack/bytes/packet.ts';
import type { LinkDevice } from '../stack/device.ts';
import { NO_OFFLOAD } from '../stack/device.ts';
import type { Watch, Watchable } from './wait.ts';

/** What is used of a stream, so that look-alikes of a `Duplex` are welcome. */
export type FrameStream = Pick<Duplex, 'on' | 'write' | 'pause' | 'resume' | 'destroy'>;

export interface DuplexDeviceOptions {
  /** @default 1500 */
  readonly mtu?: number;
  /** Frames kept until the stack takes them; then the stream is paused. @default 1000 */
  readonly queueLimit?: number;
}

export type DuplexDrop = 'not a frame' | 'too long' | 'needs offload' | 'stream is closed';

export class DuplexDevice implements LinkDevice, Watchable {
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  readonly counters: { received: number; sent: number; refused: number; readonly dropped: Record<DuplexDrop, number> } = {
    received: 0,
    sent: 0,
    refused: 0,
    dropped: { 'not a frame': 0, 'too long': 0, 'needs offload': 0, 'stream is closed': 0 },
  };
  readonly #stream: FrameStream;
  readonly #queue = new Fifo<Uint8Array>();
  readonly #queueLimit: number;
  readonly #watchers = new Set<() => void>();
  #isPaused = false;
  #isFull = false;
  #isClosed = false;
  #error: Error | undefined = undefined;

  constructor(stream: FrameStream, { mtu = 1500, queueLimit = 1000 }: DuplexDeviceOptions = {}) {
    this.#stream = stream;
    this.mtu = mtu;
    this.#queueLimit = queueLimit;
    stream.on('data', (chunk: unknown) => this.#onData(chunk));
    stream.on('drain', () => {
      this.#isFull = false;
      this.#wakeAll();
    });
    stream.on('error', (error: Error) => {
      this.#error ??= error;
      this.#onClose();
    });
    stream.on('end', () => this.#onClose());
    stream.on('close', () => this.#onClose());
  }

  /** False when the stream ended, failed or was closed; what arrived before can still be taken. */
  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Why the stream failed; undefined when it did not. */
  get error(): Error | undefined {
    return this.#error;
  }

  receive(into: Packet): boolean {
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      this.#resumeBelowHalf();
      if (frame.length > into.bytes.length - into.start) {
        this.counters.dropped['too long']++;
        continue;
      }
      into.clearOffload();
      into.bytes.set(frame, into.start);
      into.end = into.start + frame.length;
      this.counters.received++;
      return true;
    }
    return false;
  }

  transmit(packet: Packet): boolean {
    if (this.#isClosed) return this.#drop('stream is closed');
    if (packet.checksumStart !== 0 || packet.gsoSize > 0) return this.#drop('needs offload');
    if (this.#isFull) {
      this.counters.refused++;
      return false;
    }
    this.#isFull = !this.#stream.write(packet.bytes.slice(packet.start, packet.end)); // a copy: the stream keeps it
    this.counters.sent++;
    return true;
  }

  /** Told of frames, of room after `transmit` gave false, and of the end. */
  watch(onReadable: () => void): Watch {
    const watcher = () => onReadable(); // so that one callback can watch twice
    this.#watchers.add(watcher);
    return { close: () => this.#watchers.delete(watcher) };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#onClose();
    this.#stream.destroy();
  }

  #onData(chunk: unknown): void {
    if (this.#isClosed) return;
    if (!(chunk instanceof Uint8Array)) {
      this.counters.dropped['not a frame']++;
      return;
    }
    this.#queue.push(Uint8Array.prototype.slice.call(chunk)); // a copy (a Buffer's own slice is none)
    if (this.#queue.length >= this.#queueLimit && !this.#isPaused) {
      this.#isPaused = true;
      this.#stream.pause();
    }
    this.#wakeAll();
  }

  #resumeBelowHalf(): void {
    if (!this.#isPaused || this.#queue.length * 2 > this.#queueLimit) return;
    this.#isPaused = false;
    this.#stream.resume();
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #drop(reason: DuplexDrop): true {
    this.counters.dropped[reason]++;
    return true;
  }
}
