/** What a demo shows at its end: the conversation as a ladder, and where its capture is. */

import type { LadderRow } from '../../capture/ladder/ladder.ts';
import { ladder } from '../../capture/ladder/ladder.ts';
import { drawLadder } from '../../capture/ladder/text.ts';
import type { FrameLog } from '../../capture/record/frame-log.ts';
import { showsColor, terminalWidth } from './terminal.ts';

export interface DemoOptions {
  readonly capture: string;
  /** Every segment in the ladder. */
  readonly all?: boolean;
  /** Two stacks in memory, even where a TAP could be had. */
  readonly memory?: boolean;
}

/** Where the stack is. */
export const ADDRESS = '10.0.0.2';
/** Where its visitors come from. */
export const VISITOR = '10.0.0.1';

const NARROWEST = 80;
const WIDEST = 120;

/**
 * The conversation as a picture, and where its capture is.
 * @param visitor what to write above the visitor's column
 */
export function show(log: FrameLog, options: DemoOptions, visitor: string): void {
  const names = new Map([
    [VISITOR, `${visitor} ${VISITOR}`],
    [ADDRESS, `tapstack ${ADDRESS}`],
  ]);
  const { hosts, rows } = ladder(log.frames(), { names });
  say('The conversation, as it was recorded:\n\n');
  const noted = rows.map((row) => ({ ...row, parts: row.parts.filter(isStory), note: newsOf(row) }));
  say(
    drawLadder(
      { hosts, rows: noted },
      { width: terminalWidth(NARROWEST, WIDEST), color: showsColor(), all: options.all === true },
    ),
  );
  say(`\n${log.length} frames are in ${options.capture}. Open it with: wireshark ${options.capture}\n`);
}

/** Time stamps are long numbers that mean nothing to people. */
const isStory = (part: string): boolean => !part.startsWith('TS ');

/** Why a packet was sent, unless the words on the arrow say the same. */
function newsOf({ note, parts }: LadderRow): string {
  const said = new Set(parts[0]?.split(' '));
  return note.split(' ').every((word) => said.has(word)) ? '' : note;
}

export const say = (text: string): void => {
  process.stdout.write(text);
};
