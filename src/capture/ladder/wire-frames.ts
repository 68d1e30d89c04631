/** What crossed the wires, once each: the sight of a frame when it leaves one recorded interface and enters another is one event. */
import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import { differences, hashOf, isIpv4, isSame } from './same-frame.ts';

/** A frame as it was recorded, with its number in the recording, from 1. */
export interface Sight {
  readonly frame: RecordedFrame;
  readonly number: number;
}

export interface WireFrame extends Sight {
  /** Where it was seen again, in that order: at most once on each interface. */
  readonly arrivals: readonly Sight[];
  /** Sent to a host whose interface is recorded too, where it never arrived. */
  readonly lost: boolean;
  /** What arrived is this frame with a few bits changed. */
  readonly corrupted: boolean;
  /** When what this is one more copy of was sent: the network delivered it twice. */
  readonly copyOf: Sight | undefined;
}

/** A frame seen leaving, and where it arrived. */
interface Departure extends Sight {
  readonly arrivals: Sight[];
  readonly copyOf: Sight | undefined;
}

/** @param frames in the order in which they were recorded */
export function wireFrames(frames: readonly RecordedFrame[]): WireFrame[] {
  const pairing = new Pairing();
  for (const [index, frame] of frames.entries()) pairing.take({ frame, number: index + 1 });
  const last = frames.reduce((latest, { at }) => Math.max(latest, at), 0);
  return pairing.departures.map(({ frame, number, arrivals, copyOf }) => {
    const expected = frame.direction === 'out' ? pairing.interfaceFor(frame) : undefined;
    // what was sent just before the end may still be on its way
    const isLost = expected !== undefined && arrivals.length === 0 && last - frame.at > pairing.longestTransit;
    const corrupted = arrivals.some((arrival) => !isSame(arrival.frame.bytes, frame.bytes));
    return { frame, number, arrivals, copyOf, lost: isLost, corrupted };
  });
}

/** Of a frame that was corrupted, so many bytes differ at most: other frames differ in their numbers and in their checksums. */
const MOST_CHANGED = 2;
/** Of equal frames, so many may be on their way at once. */
const MOST_ALIKE = 64;

class Pairing {
  readonly departures: Departure[] = [];
  longestTransit: Micros = 0;
  /** By a hash of their bytes. */
  readonly #sent = new Map<number, Departure[]>();
  /** Address of Ethernet or of IPv4 to the interface that sends with it. */
  readonly #stations = new Map<string, number>();
  /** By the two interfaces: how long the last frame took. */
  readonly #transits = new Map<string, Micros>();

  take(sight: Sight): void {
    const { frame } = sight;
    const key = hashOf(frame.bytes);
    const alike = (this.#sent.get(key) ?? []).filter((sent) => isSame(sent.frame.bytes, frame.bytes));
    const departure = frame.direction === 'in' ? (this.#departureOf(frame, alike) ?? this.#corruptedOf(frame, alike)) : undefined;
    if (departure !== undefined) {
      departure.arrivals.push(sight);
      this.#learnTransit(departure.frame, frame);
      return;
    }
    const copyOf =
      frame.direction === 'in' ? alike.findLast(({ frame: sent }) => sent.interfaceId !== frame.interfaceId) : undefined;
    const event: Departure = { ...sight, arrivals: [], copyOf };
    this.departures.push(event);
    if (frame.direction !== 'out') return;
    this.#stations.set(sourceOf(frame), frame.interfaceId);
    if (isIpv4(frame.bytes)) this.#stations.set(textOf(frame.bytes, SOURCE, DESTINATION), frame.interfaceId);
    const all = this.#sent.get(key);
    if (all === undefined) this.#sent.set(key, [event]);
    else if (all.push(event) > MOST_ALIKE) all.shift();
  }

  /** Where a frame should arrive. */
  interfaceFor(frame: RecordedFrame): number | undefined {
    const beyond = isIpv4(frame.bytes) ? this.#stations.get(textOf(frame.bytes, DESTINATION, DESTINATION + 4)) : undefined;
    const station = this.#stations.get(destinationOf(frame)) ?? beyond; // behind routers only the address of IPv4 tells
    return station === frame.interfaceId ? undefined : station;
  }

  /**
   * Of equal frames that have not arrived here yet, the one that would have taken as long as the last frame did: when a
   * repetition arrives it is because the earlier one got lost, but of acknowledgments that follow each other all arrive.
   */
  #departureOf(frame: RecordedFrame, alike: readonly Departure[]): Departure | undefined {
    let best: Departure | undefined;
    let leastOff = Number.POSITIVE_INFINITY;
    for (const departure of alike) {
      const { frame: sent, arrivals } = departure;
      if (sent.interfaceId === frame.interfaceId || arrivals.some(({ frame: seen }) => seen.interfaceId === frame.interfaceId))
        continue;
      const off = Math.abs(frame.at - sent.at - (this.#transits.get(lineOf(sent, frame)) ?? 0));
      if (off <= leastOff) [best, leastOff] = [departure, off];
    }
    return best;
  }

  /** What never arrived, and differs from this in so few bytes that it is this, corrupted on the way. */
  #corruptedOf(frame: RecordedFrame, alike: readonly Departure[]): Departure | undefined {
    if (alike.length > 0) return undefined; // one more copy
    return this.departures
      .slice(-MOST_ALIKE)
      .find(({ frame: sent, arrivals }) => arrivals.length === 0 && sent.direction === 'out' && isCorrupted(sent, frame));
  }

  #learnTransit(sent: RecordedFrame, arrived: RecordedFrame): void {
    const transit = arrived.at - sent.at;
    this.#transits.set(lineOf(sent, arrived), transit);
    this.longestTransit = Math.max(this.longestTransit, transit);
  }
}

const lineOf = (sent: RecordedFrame, arrived: RecordedFrame): string => `${sent.interfaceId}>${arrived.interfaceId}`;

const destinationOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 0, 6);
const sourceOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 6, 12);

const isCorrupted = (sent: RecordedFrame, arrived: RecordedFrame): boolean =>
  sent.interfaceId !== arrived.interfaceId && differences(sent.bytes, arrived.bytes, MOST_CHANGED) <= MOST_CHANGED;

/** Where an IPv4 header has its addresses, from the Ethernet destination on. */
const [SOURCE, DESTINATION] = [26, 30] as const;

/** A few bytes as a key of a map. */
const textOf = (bytes: Uint8Array, from: number, to: number): string => bytes.subarray(from, to).join();
