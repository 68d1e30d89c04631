/** What a plot points at: timeouts, fast retransmits and the like, as the stack itself has said in its comments. */
import { readComment } from '../words/comment.ts';
import type { PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { PlotEvent } from './plot.ts';
import { seenAt } from './trace.ts';

const UNDO = 'undone';

/** Words of comments, and what a plot calls them; the first that fits. */
const KINDS: readonly (readonly [RegExp, string, PlotEvent['color']])[] = [
  [/^fast retransmit/i, 'fast retransmit', 'vermillion'],
  [/^tail loss probe/i, 'tail loss probe', 'purple'],
  [/\bRTO expired\b|^SYN (?:ACK )?again\b/, 'RTO', 'vermillion'],
  [/\bundone\b/, UNDO, 'green'],
  [/^zero-window probe/i, 'zero-window probe', 'orange'],
  [/^keep-alive/i, 'keep-alive', 'grey'],
];

/** Of the leading connection, in the order of time; the same twice at one moment is one. */
export function eventsOf(request: PlotRequest): PlotEvent[] {
  const { lead } = request;
  const frame = frameOf(request);
  const events = new Map<string, PlotEvent>();
  for (const segment of lead.trace.segments) {
    const words = segment.comments.flatMap((comment) => readComment(comment).happened);
    const [, name, color] = KINDS.find(([pattern]) => words.some((part) => pattern.test(part))) ?? [];
    // what the other side sends again is no event of this direction, but what its answer undoes is
    if (name === undefined || color === undefined || (segment.from !== lead.sender && name !== UNDO)) continue;
    const x = frame.xOf(seenAt(lead.sender, segment));
    events.set(`${name} ${x}`, { x, name, color });
  }
  return [...events.values()];
}
