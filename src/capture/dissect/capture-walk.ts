/** Numbers the frames of a capture as they come by, and keeps what each needs to know of those before it. */

import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import { SequenceTracker } from '../words/sequence-tracker.ts';
import { CapturedFrame } from './captured-frame.ts';

export interface WalkOptions {
  /** Sequence numbers since the beginning of their conversation. Costs a look into every frame. @default true */
  readonly relative?: boolean;
}

/** What of an interface is needed here: a reader of files gives more. */
interface NamedInterface {
  readonly name: string;
  readonly linkType: number;
}

const ETHERNET = 1;

/** A moment; microseconds since the epoch and nanoseconds do not fit into one number. */
interface Moment {
  readonly at: Micros;
  readonly nanoseconds: number;
}

export class CaptureWalk {
  readonly #interfaces: readonly NamedInterface[];
  readonly #tracker: SequenceTracker | undefined;
  #count = 0;
  #first: Moment | undefined = undefined;
  #previous: Moment | undefined = undefined;

  /** @param interfaces by their number; may grow while the capture is read */
  constructor(interfaces: readonly NamedInterface[], { relative = true }: WalkOptions = {}) {
    this.#interfaces = interfaces;
    this.#tracker = relative ? new SequenceTracker() : undefined;
  }

  /** The next frame; every frame has to come by, in order. */
  next(frame: RecordedFrame): CapturedFrame {
    const moment: Moment = { at: frame.at, nanoseconds: frame.nanoseconds ?? 0 };
    this.#first ??= moment;
    const { name = '', linkType = ETHERNET } = this.#interfaces[frame.interfaceId] ?? {};
    this.#count++;
    const captured = new CapturedFrame(frame, {
      number: this.#count,
      interfaceName: name,
      linkType,
      sinceFirst: secondsBetween(this.#first, moment),
      sincePrevious: secondsBetween(this.#previous ?? moment, moment),
    });
    this.#previous = moment;
    this.#observe(captured);
    return captured;
  }

  #observe(captured: CapturedFrame): void {
    if (this.#tracker === undefined) return;
    const { network, transport } = captured.packet;
    if (network === undefined || network.kind === 'arp' || transport?.kind !== 'tcp') return;
    captured.numberFrom(this.#tracker.observe(network.source, network.destination, transport));
  }
}

const secondsBetween = (from: Moment, to: Moment): number =>
  (to.at - from.at) / 1_000_000 + (to.nanoseconds - from.nanoseconds) / 1e9;
