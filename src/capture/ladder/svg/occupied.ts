/** What stands in a picture already, by cells: a label is compared with its neighbours only. */
import type { Box, Line } from './labels.ts';
import { crosses, overlaps, reach } from './labels.ts';

/** In pixels. */
const CELL_HEIGHT = 60;
const CELL_WIDTH = 100;
/** More cells than any picture has beside each other. */
const PER_ROW = 4096;

/** A line, and the question that has come across it last: it stands in several cells and is asked once. */
interface Entry {
  readonly line: Line;
  asked: number;
}

export class Occupied {
  readonly #boxes = new Map<number, Box[]>();
  readonly #lines = new Map<number, Entry[]>();
  #question = 0;

  add(box: Box): void {
    forCells(box, (cell) => put(this.#boxes, cell, box));
  }

  remove(box: Box): void {
    forCells(box, (cell) => {
      const boxes = this.#boxes.get(cell) ?? [];
      boxes.splice(boxes.indexOf(box), 1);
    });
  }

  addLine(line: Line): void {
    const entry: Entry = { line, asked: 0 };
    const [top, bottom] = [Math.min(line.y1, line.y2), Math.max(line.y1, line.y2)];
    const xAt = (y: number): number =>
      top === bottom ? line.x1 : line.x1 + ((line.x2 - line.x1) * (y - line.y1)) / (line.y2 - line.y1);
    for (let row = Math.floor(top / CELL_HEIGHT); row <= Math.floor(bottom / CELL_HEIGHT); row++) {
      const [above, below] = [Math.max(row * CELL_HEIGHT, top), Math.min((row + 1) * CELL_HEIGHT, bottom)];
      const [one, other] = top === bottom ? [line.x1, line.x2] : [xAt(above), xAt(below)];
      const last = Math.floor(Math.max(one, other) / CELL_WIDTH);
      for (let cell = Math.floor(Math.min(one, other) / CELL_WIDTH); cell <= last; cell++)
        put(this.#lines, row * PER_ROW + cell, entry);
    }
  }

  isFree(box: Box): boolean {
    let free = true;
    forCells(box, (cell) => {
      free &&= !(this.#boxes.get(cell)?.some((other) => overlaps(box, other)) ?? false);
    });
    return free;
  }

  /** How many lines but its own go through the box; counted up to `enough`. */
  crossings(box: Box, own: Line, enough: number): number {
    const question = ++this.#question;
    let count = 0;
    forCells(box, (cell) => {
      for (const entry of this.#lines.get(cell) ?? []) {
        if (count >= enough) return;
        if (entry.asked === question) continue;
        entry.asked = question;
        if (entry.line !== own && crosses(entry.line, box)) count++;
      }
    });
    return count;
  }
}

function put<T>(cells: Map<number, T[]>, cell: number, item: T): void {
  const items = cells.get(cell);
  if (items === undefined) cells.set(cell, [item]);
  else items.push(item);
}

/** Those that the upright rectangle around the box touches. */
function forCells(box: Box, visit: (cell: number) => void): void {
  const [halfWidth, halfHeight] = [reach(box, 1, 0), reach(box, 0, 1)];
  const [left, right] = [Math.floor((box.x - halfWidth) / CELL_WIDTH), Math.floor((box.x + halfWidth) / CELL_WIDTH)];
  const bottom = Math.floor((box.y + halfHeight) / CELL_HEIGHT);
  for (let row = Math.floor((box.y - halfHeight) / CELL_HEIGHT); row <= bottom; row++) {
    for (let cell = left; cell <= right; cell++) visit(row * PER_ROW + cell);
  }
}
