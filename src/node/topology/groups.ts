/** Networks as shaded areas behind their members. */
import { textWidth } from '../../capture/picture/text-width.ts';
import { escapeXml, num } from '../../capture/picture/xml.ts';
import type { Rect } from './geometry.ts';
import { grown, intersects, union } from './geometry.ts';
import type { DrawnNetwork } from './networks.ts';
import type { Placed } from './place.ts';

export interface Group {
  readonly prefix: string;
  readonly rect: Rect;
  readonly color: string;
}

const COLORS = ['sky', 'green', 'orange', 'purple', 'blue'] as const;
const PADDING = 12;
const NAME_ROOM = 16;
const NAME_SIZE = 11.5;

/** One area around all members; around each of them where a stranger would stand in it. */
export function groupRects(networks: readonly DrawnNetwork[], { boxes }: Placed): Group[] {
  return networks.flatMap(({ prefix, members }, index) => {
    const rects = members.flatMap((name) => boxes.get(name)?.rect ?? []);
    if (rects.length === 0) return [];
    const color = COLORS[index % COLORS.length]!;
    const whole = withName(grown(union(rects), PADDING), prefix);
    const strangers = [...boxes.values()].filter(({ node }) => !members.includes(node.name));
    if (!strangers.some(({ rect }) => intersects(rect, whole))) return [{ prefix, rect: whole, color }];
    return rects.map((rect) => ({ prefix, rect: withName(grown(rect, 6), prefix), color }));
  });
}

/** High enough for the name above the members, and wide enough. */
const withName = (rect: Rect, name: string): Rect => ({
  ...rect,
  top: rect.top - NAME_ROOM,
  right: Math.max(rect.right, rect.left + textWidth(name, NAME_SIZE, true) + 16),
});

export function drawGroups(groups: readonly Group[]): string[] {
  return groups.map(({ prefix, rect: { left, top, right, bottom }, color }) => {
    const area = `<rect class="group g-${color}" x="${num(left)}" y="${num(top)}" width="${num(right - left)}" height="${num(bottom - top)}" rx="12"><title>${escapeXml(prefix)}</title></rect>`;
    return `${area}<text class="network gt-${color}" x="${num(left + 8)}" y="${num(top + 17)}">${escapeXml(prefix)}</text>`;
  });
}
