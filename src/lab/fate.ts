/** What becomes of one frame: by the dice, or by what a script says instead. */
import type { Micros } from '../stack/time.ts';
import type { Fault, Gate, Injection } from './faults.ts';

export class Fate {
  lost = false;
  corrupt = false;
  mark = false;
  copies = 1;
  /** How many later frames go before it. */
  behind = 0;
  gate: Gate | undefined = undefined;
  /** How long the gate may stay closed. */
  atMost: Micros = 0;
  extraDelay: Micros = 0;
  /** Which byte of the frame is turned over; -1: none. */
  flip = -1;
  injections: readonly Injection[] = [];

  clear(): void {
    this.lost = false;
    this.corrupt = false;
    this.mark = false;
    this.copies = 1;
    this.behind = 0;
    this.gate = undefined;
    this.extraDelay = 0;
    this.flip = -1;
    this.injections = [];
  }
}

/** What a script says counts instead of what the dice say. */
export function overrule(fate: Fate, fault: Fault): void {
  if (fault === 'pass') return;
  fate.clear();
  apply(fate, fault);
}

function apply(fate: Fate, fault: Fault): void {
  if (typeof fault === 'string') applyWord(fate, fault);
  else if ('all' in fault) for (const one of fault.all) apply(fate, one);
  else if ('delay' in fault) fate.extraDelay += fault.delay;
  else if ('behind' in fault) fate.behind = fault.behind;
  else if ('flip' in fault) fate.flip = fault.flip;
  else if ('inject' in fault) fate.injections = [...fate.injections, ...fault.inject];
  else {
    fate.gate = fault.until;
    fate.atMost = fault.atMost;
  }
}

function applyWord(fate: Fate, fault: Extract<Fault, string>): void {
  if (fault === 'drop') fate.lost = true;
  else if (fault === 'corrupt') fate.corrupt = true;
  else if (fault === 'mark') fate.mark = true;
  else if (fault === 'duplicate') fate.copies = 2;
}
