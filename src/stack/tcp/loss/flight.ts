/** What a sender keeps while something of its own is under way: the scoreboard, and where the repair of losses stands. */
import type { Micros } from '../../time.ts';
import { NEVER } from '../../time.ts';
import type { Seq } from '../../wire/seq.ts';
import { Recovery } from './recovery.ts';
import { SentList } from './sent-list.ts';
import { RecordPool } from './sent-segment.ts';

/** Flights kept for reuse; what a host with more busy connections needed beyond is given back. */
const KEPT = 256;

export class Flight {
  readonly sent: SentList;
  readonly recovery: Recovery = new Recovery();
  /** Since when the oldest data waits for its acknowledgment without any progress; NEVER when none waits. */
  stalledSince: Micros = NEVER;

  constructor(records: RecordPool) {
    this.sent = new SentList(records);
  }

  /** Nothing is under way, and nothing was lost that is worth remembering. */
  get isOver(): boolean {
    const { sent, recovery, stalledSince } = this;
    return sent.isEmpty && sent.lostTotal === 0 && stalledSince === NEVER && recovery.isUntouched;
  }
}

/**
 * Lends flights to all connections of a host. Most of them are silent, and one that has nothing under way looks like any other:
 * they share `none`. Measured: 280 bytes less for each.
 */
export class FlightPool {
  /** Of who has nothing under way: to be read. To reset what is reset already does no harm. */
  readonly none: Flight;
  readonly #records = new RecordPool();
  readonly #free: Flight[] = [];

  constructor() {
    this.none = new Flight(this.#records);
  }

  /** @param recover where RFC 6582's `recover` begins: what compares with SND.UNA counts from there */
  take(recover: Seq): Flight {
    const flight = this.#free.pop() ?? new Flight(this.#records);
    flight.recovery.recover = recover;
    return flight;
  }

  /** @param flight is over */
  give(flight: Flight): void {
    if (this.#free.length < KEPT) this.#free.push(flight);
  }
}
