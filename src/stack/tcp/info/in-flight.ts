/** What is in flight, counted in segments as Linux counts them: a record of a burst stands for as many as it was cut into. */
import type { Scoreboard } from '../loss/sent-list.ts';
import { segmentsIn } from './traffic.ts';

export interface InFlight {
  /** Sent and not cumulatively acknowledged. */
  readonly inFlight: number;
  readonly sacked: number;
  /** Believed lost, those sent again since included. */
  readonly lost: number;
  /** Sent again and not acknowledged since. */
  readonly again: number;
}

export function inFlightOf(list: Scoreboard, mss: number): InFlight {
  let inFlight = 0;
  let sacked = 0;
  let lost = 0;
  let again = 0;
  for (let record = list.first; record !== undefined; record = record.next) {
    const segments = segmentsIn(record, mss);
    const isOutAgain = record.retransmissions > 0 && !record.lost && !record.sacked;
    inFlight += segments;
    if (record.sacked) sacked += segments;
    if (record.lost || isOutAgain) lost += segments;
    if (isOutAgain) again += segments;
  }
  return { inFlight, sacked, lost, again };
}
