/** What a plot points at: timeouts, fast retransmits and the like, as the stack itself has said in its comments. */
import { readComment } from '../words/comment.ts';
import type { PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { PlotEvent } from './plot.ts';
import { seenAt } from './trace.ts';

/** Words of comments, and what a plot calls them; the first that fits. */
const KINDS: readonly (readonly [RegExp, string, PlotEvent['color']])[] = [
  [/^fast retransmit/i, 'fast retransmit', 'vermillion'],
  [/^tail loss probe/i, 'tail loss probe', 'purple'],
  [/^(?:retransmission time-?out|RTO|retransmission: RTO|timeout)\b/i, 'RTO', 'vermillion'],
  [/spurious|undo/i, 'undo', 'green'],
  [/^zero-window probe/i, 'zero-window probe', 'orange'],
  [/^keep-alive/i, 'keep-alive', 'grey'],
];

/** Of the leading connection, in the order of time; the same twice at one moment is one. */
export function eventsOf(request: PlotRequest): PlotEvent[] {
  const { lead } = request;
  const frame = frameOf(request);
  const events: PlotEvent[] = [];
  for (const segment of lead.trace.segments) {
    if (segment.from !== lead.sender) continue;
    const words = segment.comments.flatMap((comment) => readComment(comment).happened);
    const kind = KINDS.find(([pattern]) => words.some((part) => pattern.test(part)));
    if (kind === undefined) continue;
    const x = frame.xOf(seenAt(lead.sender, segment));
    if (!events.some((event) => event.x === x && event.name === kind[1])) events.push({ x, name: kind[1], color: kind[2] });
  }
  return events;
}
