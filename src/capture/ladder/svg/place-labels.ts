/** Words along arrows: as many as there is room for, never on top of each other, and where few arrows run through them. */
import type { Box, Line } from './labels.ts';
import { labelBox } from './labels.ts';
import type { Occupied } from './occupied.ts';

/** Of words above a line that leaves the first point of `line`. */
export interface Label {
  readonly box: Box;
  /** How many of the parts are shown. */
  readonly parts: number;
  readonly width: number;
}

/** What wants to stand on an arrow: widths of the words when the first part, the first two, ... are shown. */
export interface LabelWish {
  readonly line: Line;
  readonly widths: readonly number[];
  /** In the middle of the arrow, rather than where it begins. */
  readonly centered: boolean;
  /** How much of the line may be covered for certain; more only where nothing else stands. */
  readonly share: number;
}

/** From the lifeline to the words, best first. Beside an arrow that ends where this one begins there is room further on. */
const LEADS = [14, 70, 140, 210];
/** From the head of the arrow to the words. */
const TRAIL = 18;

/**
 * First every label gets the words that fit its share of the arrow; then those which have free room beside them get more.
 * A label for which there is no room at all has no parts.
 */
export function placeLabels(wishes: readonly LabelWish[], occupied: Occupied): Label[] {
  const drafts = wishes.map((wish) => {
    const fitting = wish.widths.filter((width) => width <= roomOf(wish) * wish.share).length;
    return firstFree(wish, Math.max(fitting, Math.min(1, wish.widths.length)), occupied);
  });
  return drafts.map((draft, index) => grow(wishes[index]!, draft, occupied));
}

interface Draft extends Label {
  readonly lead: number | undefined;
  readonly isBelow: boolean;
}

const roomOf = ({ line }: LabelWish): number => Math.hypot(line.x2 - line.x1, line.y2 - line.y1) - LEADS[0]! - TRAIL;

function draftOf({ line, widths }: LabelWish, parts: number, lead: number | undefined, isBelow = false): Draft {
  const width = widths[parts - 1] ?? 0;
  return { box: labelBox(line, width, lead, isBelow), parts, width, lead, isBelow };
}

function firstFree(wish: LabelWish, most: number, occupied: Occupied): Draft {
  for (let parts = most; parts > 0; parts--) {
    const draft = bestPlace(wish, parts, occupied, false) ?? (parts === 1 ? bestPlace(wish, parts, occupied, true) : undefined);
    if (draft === undefined) continue;
    occupied.add(draft.box);
    return draft;
  }
  return draftOf(wish, 0, undefined);
}

/** The first free place with the fewest arrows running through it. */
function bestPlace(wish: LabelWish, parts: number, occupied: Occupied, isBelow: boolean): Draft | undefined {
  let best: Draft | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const lead of wish.centered ? [undefined] : LEADS) {
    const draft = draftOf(wish, parts, lead, isBelow);
    if (lead !== undefined && lead > LEADS[0]! && lead + draft.width > roomOf(wish)) break;
    const crossings = occupied.crossings(draft.box, wish.line, fewest);
    if (crossings >= fewest || !occupied.isFree(draft.box)) continue;
    [best, fewest] = [draft, crossings];
    if (crossings === 0) break;
  }
  return best;
}

function grow(wish: LabelWish, draft: Draft, occupied: Occupied): Label {
  if (draft.parts === 0) return draft;
  let best = draft;
  occupied.remove(draft.box);
  const crossed = occupied.crossings(draft.box, wish.line, Number.POSITIVE_INFINITY);
  for (let parts = draft.parts + 1; parts <= wish.widths.length; parts++) {
    const longer = draftOf(wish, parts, draft.lead, draft.isBelow);
    const isFree = (draft.lead ?? 0) + longer.width <= roomOf(wish) && occupied.isFree(longer.box);
    if (!isFree || occupied.crossings(longer.box, wish.line, crossed + 1) > crossed) break;
    best = longer;
  }
  occupied.add(best.box);
  return best;
}
