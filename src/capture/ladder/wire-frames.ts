/** What crossed the wires, once each: the sight of a frame when it leaves one recorded interface and enters another is one event. */
import type { Micros } from '../../stack/time.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';

export interface WireFrame {
  /** As it was first seen. */
  readonly frame: RecordedFrame;
  /** Sent to a host whose interface is recorded too, where it never arrived. */
  readonly lost: boolean;
}

/** A frame seen leaving, and the interfaces that saw it arrive. */
interface Sighting {
  readonly frame: RecordedFrame;
  readonly arrivals: Set<number>;
}

/** @param frames in the order in which they were recorded */
export function wireFrames(frames: readonly RecordedFrame[]): WireFrame[] {
  const sightings: Sighting[] = [];
  const sent = new Map<string, Sighting[]>();
  const stations = new Map<string, number>(); // Ethernet address to the interface that sends with it
  let longestTransit: Micros = 0;
  for (const frame of frames) {
    const key = textOf(frame.bytes, 0, frame.bytes.length);
    const departure = frame.direction === 'in' ? findDeparture(sent.get(key), frame.interfaceId) : undefined;
    if (departure !== undefined) {
      departure.arrivals.add(frame.interfaceId);
      longestTransit = Math.max(longestTransit, frame.at - departure.frame.at);
      continue;
    }
    const sighting: Sighting = { frame, arrivals: new Set() };
    sightings.push(sighting);
    if (frame.direction !== 'out') continue;
    stations.set(sourceOf(frame), frame.interfaceId);
    const alike = sent.get(key);
    if (alike === undefined) sent.set(key, [sighting]);
    else alike.push(sighting);
  }
  const last = frames.at(-1)?.at ?? 0;
  return sightings.map(({ frame, arrivals }) => {
    const station = frame.direction === 'out' ? stations.get(destinationOf(frame)) : undefined;
    const isExpected = station !== undefined && station !== frame.interfaceId;
    // what was sent just before the end may still be on its way
    return { frame, lost: isExpected && arrivals.size === 0 && last - frame.at > longestTransit };
  });
}

/** The latest of equal frames that has not arrived here yet: a repetition is repeated because the earlier one got lost. */
const findDeparture = (alike: Sighting[] | undefined, interfaceId: number): Sighting | undefined =>
  alike?.findLast(({ frame, arrivals }) => frame.interfaceId !== interfaceId && !arrivals.has(interfaceId));

const destinationOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 0, 6);
const sourceOf = ({ bytes }: RecordedFrame): string => textOf(bytes, 6, 12);

/** Bytes as a key of a map. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 4096) text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 4096, to)));
  return text;
}
