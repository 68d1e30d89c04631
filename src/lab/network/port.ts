/** A socket in the wall of a device: what is behind it sees a link, whether a cable is plugged in or not. */
import type { FrameSink, InterfaceDetails } from '../../capture/record/frame-sink.ts';
import { RecordingDevice } from '../../capture/record/recording-device.ts';
import type { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../stack/device.ts';
import { NO_OFFLOAD } from '../../stack/device.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import type { Clock, Timed } from '../machine.ts';

/** Where the frames of a port are recorded. */
export interface PortRecording {
  readonly sink: FrameSink;
  readonly clock: Clock;
  /** Of the interface in the capture; asked for when the first cable is plugged in. */
  describe(port: Port): { readonly name: string; readonly details: InterfaceDetails };
}

export class Port implements LinkDevice, Timed {
  /** The device's name. */
  readonly node: string;
  readonly name: string;
  readonly offload: Offload = NO_OFFLOAD;
  onSooner: (() => void) | undefined = undefined;
  /** Called when a cable is plugged in for the first time: a device need not look at ports that nobody uses. */
  onFirstPlug: (() => void) | undefined = undefined;
  /** Frames that were sent while no cable was there. */
  unheard = 0;
  readonly #recording: PortRecording | undefined;
  #interfaceId: number | undefined = undefined;
  #line: LinkDevice | undefined = undefined;
  #parts: readonly Timed[] = [];
  #hasSignal: () => boolean = () => false;

  constructor(node: string, name: string, recording?: PortRecording) {
    this.node = node;
    this.name = name;
    this.#recording = recording;
  }

  get isPlugged(): boolean {
    return this.#line !== undefined;
  }

  /** A cable is plugged in, and nobody has unplugged it elsewhere. */
  get isUp(): boolean {
    return this.#hasSignal();
  }

  get mtu(): number {
    return this.#line?.mtu ?? 1500;
  }

  /**
   * @param parts what makes the line run, from the wire inwards: the cable's end, a faulty device
   * @param hasSignal whether the cable is connected
   */
  plug(line: LinkDevice, parts: readonly Timed[], hasSignal: () => boolean): void {
    this.#line = this.#recorded(line);
    this.#parts = parts;
    this.#hasSignal = hasSignal;
    this.onFirstPlug?.();
    this.onFirstPlug = undefined;
    for (const part of parts) if ('onSooner' in part) part.onSooner = () => this.onSooner?.();
    this.onSooner?.();
  }

  pull(): void {
    for (const part of this.#parts) if ('onSooner' in part) part.onSooner = undefined;
    this.#line = undefined;
    this.#parts = [];
    this.#hasSignal = () => false;
    this.onSooner?.();
  }

  transmit(packet: Packet): boolean {
    if (this.#line !== undefined) return this.#line.transmit(packet);
    this.unheard++;
    return true;
  }

  receive(into: Packet): boolean {
    return this.#line?.receive(into) ?? false;
  }

  run(now: Micros): void {
    for (const part of this.#parts) part.run?.(now);
  }

  nextTimeout(): Micros {
    let due = NEVER;
    for (const part of this.#parts) due = Math.min(due, part.nextTimeout());
    return due;
  }

  /** "r1.lan10" */
  toString(): string {
    return `${this.node}.${this.name}`;
  }

  #recorded(line: LinkDevice): LinkDevice {
    if (this.#recording === undefined) return line;
    const { sink, clock, describe } = this.#recording;
    if (this.#interfaceId === undefined) {
      const { name, details } = describe(this);
      this.#interfaceId = sink.addInterface(name, details);
    }
    return new RecordingDevice(line, { sink, interfaceId: this.#interfaceId, now: () => clock.now });
  }
}
