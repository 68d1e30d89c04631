/** Points, boxes and lines of a picture, in pixels. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** By its corners. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** From one end of a cable to the other: two points, or more where it goes around something. */
export type Polyline = readonly Point[];

export const around = ({ x, y }: Point, halfWidth: number, halfHeight: number): Rect => ({
  left: x - halfWidth,
  top: y - halfHeight,
  right: x + halfWidth,
  bottom: y + halfHeight,
});

export const grown = ({ left, top, right, bottom }: Rect, by: number): Rect => ({
  left: left - by,
  top: top - by,
  right: right + by,
  bottom: bottom + by,
});

export const union = (rects: readonly Rect[]): Rect => ({
  left: Math.min(...rects.map(({ left }) => left)),
  top: Math.min(...rects.map(({ top }) => top)),
  right: Math.max(...rects.map(({ right }) => right)),
  bottom: Math.max(...rects.map(({ bottom }) => bottom)),
});

export const intersects = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Whether a straight line has a point in the box: looked at every few pixels, which is as exact as a picture needs. */
export function passesThrough(from: Point, to: Point, { left, top, right, bottom }: Rect): boolean {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 4) + 1;
  for (let step = 0; step <= steps; step++) {
    const { x, y } = between(from, to, step / steps);
    if (x > left && x < right && y > top && y < bottom) return true;
  }
  return false;
}

export const between = (from: Point, to: Point, part: number): Point => ({
  x: from.x + (to.x - from.x) * part,
  y: from.y + (to.y - from.y) * part,
});

/** Where the way from the middle of a box to a point outside leaves the box. */
export function leaving(middle: Point, halfWidth: number, halfHeight: number, to: Point): Point {
  const [dx, dy] = [to.x - middle.x, to.y - middle.y];
  const part = Math.min(halfWidth / Math.max(Math.abs(dx), 0.001), halfHeight / Math.max(Math.abs(dy), 0.001), 1);
  return between(middle, to, part);
}

/** The same line beside itself: to the left of whoever goes along it for negative distances. */
export function beside(from: Point, to: Point, distance: number): readonly [Point, Point] {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [nx, ny] = [(-(to.y - from.y) / length) * distance, ((to.x - from.x) / length) * distance];
  return [
    { x: from.x + nx, y: from.y + ny },
    { x: to.x + nx, y: to.y + ny },
  ];
}
