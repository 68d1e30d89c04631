/**
 * Where in the picture each moment stands. Time flows down: what happens later never stands higher, what takes long slopes
 * more than what takes short, and each row has room for its words. Long pauses are drawn short and marked.
 */
import type { Micros } from '../../../stack/time.ts';
import type { StateChange } from '../../words/comment.ts';
import type { NoteBlock } from './notes.ts';

/** One end of an arrow. */
export interface Moment {
  readonly at: Micros;
  readonly row: number;
  readonly kind: 'send' | 'arrive';
  readonly column: number;
  /** Notes with the same lane stand below each other. */
  readonly lane: number;
  readonly note: NoteBlock | undefined;
  readonly change: StateChange | undefined;
}

export interface Placed extends Moment {
  readonly y: number;
}

/** A pause that is drawn shorter than it was. */
export interface Pause {
  readonly y: number;
  readonly length: Micros;
}

export interface Timeline {
  readonly placed: readonly Placed[];
  readonly pauses: readonly Pause[];
  readonly bottom: number;
}

/** Between two departures, and between two arrivals at one host. */
const ROW = 25;
/** How far a typical packet sinks on its way. */
const TRANSIT = 46;
/** A span of time up to here is drawn true to scale, a longer one grows with its logarithm. */
const LINEAR = 70;
const PER_OCTAVE = 9;
const LONGEST = 118;
/** A span that would have been so long is marked as a pause. */
const PAUSE = 420;
/** Around the words of a pause. */
const PAUSE_ROOM = 52;
/** Between the notes of one lane. */
const NOTE_GAP = 5;
/** Of a note above its moment. */
export const NOTE_RISE = 10;

/** @param moments in any order; @param top where the first one stands */
export function timeline(moments: readonly Moment[], transits: readonly Micros[], top: number): Timeline {
  const ordered = moments.toSorted(inTime);
  const scale = scaleOf(ordered, transits);
  const walker = new Walker(top);
  const placed = ordered.map((moment) => walker.place(moment, scale));
  return { placed, pauses: walker.pauses, bottom: walker.bottom };
}

/** What arrives is there before what is sent in answer at the same instant. */
function inTime(one: Moment, other: Moment): number {
  if (one.at !== other.at) return one.at - other.at;
  if (one.kind !== other.kind) return one.kind === 'arrive' ? -1 : 1;
  return one.row - other.row;
}

/** Pixels per microsecond. */
function scaleOf(moments: readonly Moment[], transits: readonly Micros[]): number {
  const positive = transits.filter((transit) => transit > 0);
  if (positive.length > 0) return TRANSIT / median(positive);
  const steps = moments
    .slice(1)
    .map(({ at }, index) => at - moments[index]!.at)
    .filter((step) => step > 0);
  return steps.length === 0 ? 0 : ROW / median(steps);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}

class Walker {
  readonly pauses: Pause[] = [];
  bottom: number;
  #y: number;
  #at: Micros | undefined;
  #lastSend = Number.NEGATIVE_INFINITY;
  /** By column: the last arrival. By lane: where the last note ends. */
  readonly #arrivals = new Map<number, number>();
  readonly #notes = new Map<number, number>();

  constructor(top: number) {
    this.#y = top;
    this.bottom = top;
  }

  place(moment: Moment, scale: number): Placed {
    const { at, kind, column, lane, note } = moment;
    const span = this.#at === undefined ? 0 : at - this.#at;
    const pixels = span * scale;
    const isPause = pixels > PAUSE;
    const free = this.#y + (isPause ? PAUSE_ROOM : drawn(pixels));
    let y = free;
    if (kind === 'send') y = Math.max(y, this.#lastSend + ROW);
    else y = Math.max(y, (this.#arrivals.get(column) ?? Number.NEGATIVE_INFINITY) + ROW);
    if (note !== undefined) y = Math.max(y, (this.#notes.get(lane) ?? Number.NEGATIVE_INFINITY) + NOTE_GAP + NOTE_RISE);
    if (isPause) y = this.#pause(y, span);
    if (kind === 'send') this.#lastSend = y;
    else this.#arrivals.set(column, y);
    if (note !== undefined) this.#notes.set(lane, y - NOTE_RISE + note.height);
    this.bottom = Math.max(this.bottom, y, ...(note === undefined ? [] : [y - NOTE_RISE + note.height]));
    [this.#y, this.#at] = [y, at];
    return { ...moment, y };
  }

  /** Below every note, so that no words stand beside a pause but its own. */
  #pause(wanted: number, length: Micros): number {
    const y = Math.max(wanted, this.bottom + PAUSE_ROOM);
    this.pauses.push({ y: y - PAUSE_ROOM / 2, length });
    return y;
  }
}

const drawn = (pixels: number): number =>
  pixels <= LINEAR ? pixels : Math.min(LINEAR + PER_OCTAVE * Math.log2(pixels / LINEAR), LONGEST);
