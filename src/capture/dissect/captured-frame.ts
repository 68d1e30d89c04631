/** A frame in its capture: with its number and its time, and with its fields as soon as somebody asks for them. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import { dissect } from './dissect.ts';
import type { Dissected } from './dissected.ts';
import type { Layer } from './layers/field.ts';
import type { FramePlace } from './layers/frame.ts';
import { frameLayer } from './layers/frame.ts';
import { layersOf } from './layers/layers.ts';

/** What TCP's numbers are relative to. */
export interface RelativeNumbers {
  readonly seq: number;
  readonly ack: number;
}

export class CapturedFrame {
  readonly frame: RecordedFrame;
  readonly place: FramePlace;
  #packet: Dissected | undefined = undefined;
  #bases: RelativeNumbers = { seq: 0, ack: 0 };
  #all: readonly Layer[] | undefined = undefined;
  readonly #some = new Map<string, readonly Layer[]>();

  constructor(frame: RecordedFrame, place: FramePlace) {
    this.frame = frame;
    this.place = place;
  }

  get number(): number {
    return this.place.number;
  }

  get packet(): Dissected {
    const { bytes, originalLength } = this.frame;
    this.#packet ??= dissect(bytes, { linkType: this.place.linkType, originalLength });
    return this.#packet;
  }

  get bases(): RelativeNumbers {
    return this.#bases;
  }

  /** To be told before the layers are asked for. */
  numberFrom(bases: RelativeNumbers): void {
    this.#bases = bases;
  }

  /** All, outermost first; what is known of the frame itself is the first. */
  get layers(): readonly Layer[] {
    const { bytes } = this.frame;
    this.#all ??= [frameLayer(this.frame, this.place), ...layersOf(bytes, this.packet, { bases: this.#bases })];
    return this.#all;
  }

  /** Those of one protocol, the packet that an ICMP error quotes included. */
  layersOf(protocol: string): readonly Layer[] {
    const known = this.#some.get(protocol);
    if (known !== undefined) return known;
    const layers = this.#make(protocol);
    this.#some.set(protocol, layers);
    return layers;
  }

  #make(protocol: string): readonly Layer[] {
    if (protocol === 'frame') return [frameLayer(this.frame, this.place)];
    return layersOf(this.frame.bytes, this.packet, { bases: this.#bases, wants: (name) => name === protocol });
  }
}
