/** What crossed the wires, once each: the sight of a frame when it leaves one recorded interface and enters another is one event. */
import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';

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
    return { frame, number, arrivals, copyOf, lost: isLost };
  });
}

/** Of equal frames, so many may be on their way at once. */
const MOST_ALIKE = 64;

class Pairing {
  readonly departures: Departure[] = [];
  longestTransit: Micros = 0;
  /** By bytes. */
  readonly #sent = new Map<string, Departure[]>();
  /** Address of Ethernet or of IPv4 to the interface that sends with it. */
  readonly #stations = new Map<string, number>();
  /** By the two interfaces: how long the last frame took. */
  readonly #transits = new Map<string, Micros>();

  take(sight: Sight): void {
    const { frame } = sight;
    const key = keyOf(frame.bytes);
    const alike = this.#sent.get(key) ?? [];
    const departure = frame.direction === 'in' ? this.#departureOf(frame, alike) : undefined;
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
    if (alike.push(event) === 1) this.#sent.set(key, alike);
    if (alike.length > MOST_ALIKE) alike.shift();
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

  #learnTransit(sent: RecordedFrame, arrived: RecordedFrame): void {
    const transit = arrived.at - sent.at;
    this.#transits.set(lineOf(sent, arrived), transit);
    this.longestTransit = Math.max(this.longestTransit, transit);
  }
}

const lineOf = (sent: RecordedFrame, arrived: RecordedFrame): string => `${sent.interfaceId}>${arrived.interfaceId}`;

const destinationOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 0, 6);
const sourceOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 6, 12);

const TYPE_IPV4 = '\b\0';
/** Where an IPv4 header has its traffic class, its time to live, its checksum and its addresses, from the Ethernet destination on. */
const [TRAFFIC_CLASS, TTL, CHECKSUM, SOURCE, DESTINATION] = [15, 22, 24, 26, 30] as const;
const MARK = 3;

const isIpv4 = (bytes: Uint8Array): boolean => textOf(bytes, 12, 14) === TYPE_IPV4;

/**
 * What stays the same on the way. Routers change the Ethernet addresses, the time to live, the mark of congestion and with them
 * the checksum of the IPv4 header.
 */
function keyOf(bytes: Uint8Array): string {
  if (!isIpv4(bytes)) return textOf(bytes, 0, bytes.length);
  const trafficClass = String.fromCharCode((bytes[TRAFFIC_CLASS] ?? 0) & ~MARK);
  const between = textOf(bytes, TRAFFIC_CLASS + 1, TTL) + textOf(bytes, TTL + 1, CHECKSUM);
  return trafficClass + between + textOf(bytes, SOURCE, bytes.length);
}

/** Bytes as a key of a map. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 4096) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 4096, to)));
  return text;
}
