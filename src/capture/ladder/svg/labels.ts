/** Turned rectangles and lines: where the words on an arrow stand, and what is in their way. */

export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A rectangle turned by an angle: middle, half of its width and height, radians. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly angle: number;
}

export const LABEL_SIZE = 11.5;
const LABEL_HEIGHT = 13;
/** From the line to the middle of the words. */
const RISE = 8.5;

/**
 * Where words of this width stand: above the line, or below it.
 * @param lead from its beginning to the words; undefined: in its middle
 */
export function labelBox(line: Line, width: number, lead: number | undefined, isBelow = false): Box {
  const length = Math.hypot(line.x2 - line.x1, line.y2 - line.y1);
  const toRight = line.x2 >= line.x1;
  // words are read from left to right, whichever way the arrow goes
  const angle = toRight ? Math.atan2(line.y2 - line.y1, line.x2 - line.x1) : Math.atan2(line.y1 - line.y2, line.x1 - line.x2);
  const along = lead === undefined ? length / 2 : lead + width / 2;
  const part = length === 0 ? 0 : along / length;
  const rise = isBelow ? -RISE : RISE;
  return {
    x: line.x1 + (line.x2 - line.x1) * part + Math.sin(angle) * rise,
    y: line.y1 + (line.y2 - line.y1) * part - Math.cos(angle) * rise,
    halfWidth: width / 2,
    halfHeight: LABEL_HEIGHT / 2,
    angle,
  };
}

/** Whether two turned rectangles share any point: no axis of either keeps them apart. */
export function overlaps(one: Box, other: Box): boolean {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  for (const { angle } of [one, other]) {
    for (const turn of [angle, angle + Math.PI / 2]) {
      const [ax, ay] = [Math.cos(turn), Math.sin(turn)];
      if (Math.abs(dx * ax + dy * ay) >= reach(one, ax, ay) + reach(other, ax, ay)) return false;
    }
  }
  return true;
}

/** Half of a box's extent along an axis. */
export const reach = ({ halfWidth, halfHeight, angle }: Box, ax: number, ay: number): number =>
  halfWidth * Math.abs(Math.cos(angle) * ax + Math.sin(angle) * ay) +
  halfHeight * Math.abs(-Math.sin(angle) * ax + Math.cos(angle) * ay);

/** Whether any point of the line lies in the box. Asked often: no objects are made. */
export function crosses(line: Line, { x, y, halfWidth, halfHeight, angle }: Box): boolean {
  const [cos, sin] = angle === 0 ? [1, 0] : [Math.cos(angle), Math.sin(angle)];
  const [dx1, dy1, dx2, dy2] = [line.x1 - x, line.y1 - y, line.x2 - x, line.y2 - y];
  // as the box sees the two ends
  const [fromX, fromY] = [dx1 * cos + dy1 * sin, dy1 * cos - dx1 * sin];
  const [toX, toY] = [dx2 * cos + dy2 * sin, dy2 * cos - dx2 * sin];
  if (Math.min(fromY, toY) > halfHeight || Math.max(fromY, toY) < -halfHeight) return false;
  if (Math.min(fromX, toX) > halfWidth || Math.max(fromX, toX) < -halfWidth) return false;
  // the line runs past a corner when all corners are on one side of it
  const side = fromX * toY - fromY * toX;
  const reached = halfWidth * Math.abs(toY - fromY) + halfHeight * Math.abs(toX - fromX);
  return Math.abs(side) <= reached;
}
