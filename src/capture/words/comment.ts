/** A frame's comment taken apart: what happened, which state was left for which, and the numbers that changed. */

/** Two names of RFC 9293 §3.3.2. */
export interface StateChange {
  readonly from: string;
  readonly to: string;
}

export interface CommentParts {
  /** "fast retransmit", "dropped: outside the receive window"; without the state change. */
  readonly happened: readonly string[];
  readonly change: StateChange | undefined;
  /** "cwnd 14480, ssthresh 7240"; empty when none changed. */
  readonly numbers: string;
}

const STATES: ReadonlySet<string> = new Set([
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
]);

const NUMBERS = /^(?:cwnd|ssthresh|flight|srtt|RTO) \d/;

/** Any text will do: what is no state change and no number is something that happened. */
export function readComment(comment: string): CommentParts {
  const said = eventsOf(comment);
  const changes = stateChanges(comment);
  const [first, last] = [changes[0], changes.at(-1)];
  return {
    happened: said.filter((part) => part !== '' && stateChange(part) === undefined),
    change: first === undefined || last === undefined ? undefined : { from: first.from, to: last.to },
    numbers: linesOf(comment).filter(isNumbers).join(', '),
  };
}

/** One after the other: a segment may move a connection through several states. */
export const stateChanges = (comment: string): StateChange[] =>
  eventsOf(comment)
    .map(stateChange)
    .filter((change) => change !== undefined);

const linesOf = (comment: string): string[] => comment.split('\n').map((line) => line.trim());

const isNumbers = (line: string): boolean => NUMBERS.test(line);

const eventsOf = (comment: string): string[] =>
  linesOf(comment)
    .filter((line) => !isNumbers(line))
    .flatMap((line) => line.split(/;\s+/));

/** "SYN-SENT to ESTABLISHED", with any words behind it dropped. */
function stateChange(part: string): StateChange | undefined {
  const match = /^([A-Z12-]+) to ([A-Z12-]+)(?=$|[ ,:(])/.exec(part);
  const [, from = '', to = ''] = match ?? [];
  return STATES.has(from) && STATES.has(to) ? { from, to } : undefined;
}
