/** A device around a device that tells a sink of every frame, as it looks on the wire or as the device carried it. */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../stack/device.ts';
import type { Micros } from '../../stack/time.ts';
import { joinComment } from './comment.ts';
import type { Direction, FrameSink } from './frame-sink.ts';
import { Segmenter } from './segmentation.ts';

export interface RecordingOptions {
  /** Nothing is recorded, at the price of one comparison a frame, while it is undefined. */
  readonly sink: FrameSink | undefined;
  /** What the sink's `addInterface` returned. */
  readonly interfaceId: number;
  readonly now: () => Micros;
  /** Super-segments stay uncut, and checksums that were left to the device stay open. @default false */
  readonly isRaw?: boolean;
}

export class RecordingDevice implements LinkDevice {
  /** May be exchanged while running. */
  sink: FrameSink | undefined;
  /** What is recorded. */
  readonly inner: LinkDevice;
  readonly #interfaceId: number;
  readonly #now: () => Micros;
  readonly #isRaw: boolean;
  /** Made with the first frame that is recorded: it holds 64 KiB. */
  #segmenter: Segmenter | undefined = undefined;

  constructor(inner: LinkDevice, { sink, interfaceId, now, isRaw = false }: RecordingOptions) {
    this.inner = inner;
    this.sink = sink;
    this.#interfaceId = interfaceId;
    this.#now = now;
    this.#isRaw = isRaw;
  }

  get mtu(): number {
    return this.inner.mtu;
  }

  get offload(): Offload {
    return this.inner.offload;
  }

  /**
   * Only what the inner device accepted is recorded, with the time from before the call. A device gives the packet back as
   * it was, so it can be looked at afterwards.
   */
  transmit(packet: Packet): boolean {
    if (this.sink === undefined) return this.inner.transmit(packet);
    const at = this.#now();
    packet.linearize(); // before the device has it: afterwards an application may write where its text lay
    if (!this.inner.transmit(packet)) return false;
    this.#record(this.sink, packet, 'out', at);
    return true;
  }

  receive(into: Packet): boolean {
    if (!this.inner.receive(into)) return false;
    if (this.sink !== undefined) this.#record(this.sink, into, 'in', this.#now());
    return true;
  }

  #record(sink: FrameSink, packet: Packet, direction: Direction, at: Micros): void {
    const interfaceId = this.#interfaceId;
    const { note, news } = packet;
    let comment = news === '' ? note : joinComment(note, news);
    if (this.#isRaw) {
      sink.frame({ bytes: packet.live(), at, direction, interfaceId, comment });
      return;
    }
    this.#segmenter ??= new Segmenter();
    const visit = (bytes: Uint8Array, originalLength: number): void => {
      if (bytes.length === originalLength) sink.frame({ bytes, at, direction, interfaceId, comment });
      else sink.frame({ bytes, at, direction, interfaceId, comment, originalLength });
      comment = note;
    };
    this.#segmenter.eachFrame(packet, visit, sink.snapLength);
  }
}
