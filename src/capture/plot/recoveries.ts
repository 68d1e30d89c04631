/** When the sender was in recovery, as it has said in its comments. */
import type { Micros } from '../../stack/time.ts';
import { readComment } from '../words/comment.ts';
import type { PlotRequest } from './make.ts';
import { frameOf } from './make.ts';
import type { PlotSpan } from './plot.ts';
import { inOrderSeen } from './trace.ts';

/** Of the leading connection. One that does not end before the recording does lasts to its end. */
export function recoveriesOf(request: PlotRequest): PlotSpan[] {
  const { lead, end } = request;
  const frame = frameOf(request);
  const spans: PlotSpan[] = [];
  let open: { readonly at: Micros; readonly name: string } | undefined;
  const close = (at: Micros): void => {
    if (open !== undefined && at > open.at) spans.push({ from: frame.xOf(open.at), to: frame.xOf(at), name: open.name });
    open = undefined;
  };
  for (const { segment, at } of inOrderSeen(lead.trace, lead.sender)) {
    for (const words of segment.comments.flatMap((comment) => readComment(comment).happened)) {
      const phase = /\b(fast|RTO) recovery\b/.exec(words)?.[1];
      if (phase === undefined) continue;
      if (/\bleaves\b/.test(words)) close(at);
      else if (/\benters\b/.test(words)) {
        close(at);
        open = { at, name: `${phase} recovery` };
      }
    }
  }
  close(end);
  return spans;
}
