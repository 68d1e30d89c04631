/** Which machine of a world runs next: those that are due at one instant, in the order in which they were added. */
import { Deadlines } from '../stack/deadlines.ts';
import type { Micros } from '../stack/time.ts';
import { NEVER } from '../stack/time.ts';
import type { Machine, Timed } from './machine.ts';

/** A machine with its name and with what makes it run. */
export class Station {
  readonly name: string;
  readonly machine: Machine;
  /** May grow: a cable is plugged in. Whoever adds a part sees to it that its `onSooner` is heard. */
  readonly parts: readonly Timed[];
  /** Its place in the order, given by the schedule. */
  rank = 0;
  /** Runs at this instant, whatever its timeout says: when it is added it may have something to do at once. */
  woken = true;
  isGone = false;
  deadlineIndex = -1;

  constructor(name: string, machine: Machine, parts: readonly Timed[]) {
    this.name = name;
    this.machine = machine;
    this.parts = parts;
  }

  /** When the machine is to run because of itself or of one of its parts. */
  nextTimeout(): Micros {
    let due = this.machine.nextTimeout();
    for (const part of this.parts) due = Math.min(due, part.nextTimeout());
    return due;
  }

  run(now: Micros): void {
    this.woken = false;
    for (const part of this.parts) part.run?.(now);
    this.machine.run(now);
  }

  /** The heap of deadlines says when; the schedule says in which order: see `Schedule.pass`. */
  onTimeout(): void {}
}

/**
 * A heap of deadlines finds the next instant among a thousand machines; at one instant passes are made over those that are due.
 * Who becomes due in a pass still has its turn in it unless that is over, as if all had been asked one after the other.
 */
export class Schedule {
  readonly #deadlines = new Deadlines<Station>();
  /** Due at this instant and still to come in this pass, by rank. */
  #ready: Station[] = [];
  /** Due at this instant, in the next pass. */
  #later: Station[] = [];
  /** The rank of the machine that runs; between passes nobody can join the one that is over. */
  #cursor = Number.POSITIVE_INFINITY;
  #ranks = 0;
  readonly #all = new Set<Station>();
  readonly #onSooner: () => void;

  /** @param onSooner told that a machine has moved its timeout earlier, outside of its run */
  constructor(onSooner: () => void) {
    this.#onSooner = onSooner;
  }

  add(station: Station): void {
    station.rank = this.#ranks++;
    this.#all.add(station);
    const sooner = (): void => {
      this.#deadlines.schedule(station);
      this.#onSooner();
    };
    for (const timed of [station.machine, ...station.parts]) if ('onSooner' in timed) timed.onSooner = sooner;
    this.#insert(station);
  }

  remove(station: Station): void {
    station.isGone = true;
    this.#all.delete(station);
    this.#deadlines.remove(station);
  }

  wake(station: Station): void {
    if (station.woken) return;
    station.woken = true;
    this.#insert(station);
  }

  /** Asks every machine when it wants to run. */
  review(): void {
    for (const station of this.#all) this.#deadlines.schedule(station);
  }

  /** Runs every machine that is due, once. False when none was. */
  pass(now: Micros): boolean {
    [this.#ready, this.#later] = [this.#later.sort((a, b) => a.rank - b.rank), this.#ready];
    this.#cursor = -1;
    this.#collect(now);
    let someRan = false;
    try {
      for (let station = this.#ready.shift(); station !== undefined; station = this.#ready.shift()) {
        this.#cursor = station.rank;
        if (isDue(station, now)) {
          someRan = true;
          this.#run(station, now);
        } else if (!station.isGone) this.#deadlines.schedule(station);
        this.#collect(now);
      }
    } finally {
      this.#cursor = Number.POSITIVE_INFINITY;
    }
    return someRan;
  }

  /** The next instant at which a machine is due: now if there is one still. NEVER: nothing is planned. */
  next(now: Micros): Micros {
    for (const station of this.#later) if (isDue(station, now)) return now;
    const next = this.#deadlines.next();
    return next === NEVER ? NEVER : Math.max(next, now);
  }

  /** A machine that throws is planned all the same. */
  #run(station: Station, now: Micros): void {
    try {
      station.run(now);
    } finally {
      if (!station.isGone) this.#deadlines.schedule(station);
    }
  }

  /** Moves what is due from the heap to this pass or the next. */
  #collect(now: Micros): void {
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) this.#insert(due);
  }

  #insert(station: Station): void {
    if (station.rank <= this.#cursor) {
      this.#later.push(station);
      return;
    }
    let index = this.#ready.length;
    while (index > 0 && this.#ready[index - 1]!.rank > station.rank) index--;
    this.#ready.splice(index, 0, station);
  }
}

const isDue = (station: Station, now: Micros): boolean => !station.isGone && (station.woken || station.nextTimeout() <= now);
