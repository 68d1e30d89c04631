/** What a demo shows at its end: the conversation as a ladder, and where its capture is. */
import type { FrameLog } from '../../capture/frame-log.ts';
import { ladderText } from '../../capture/ladder-text.ts';

export interface DemoOptions {
  readonly capture: string;
  /** Every segment in the ladder. */
  readonly all?: boolean;
  /** Two stacks in memory, even where a TAP could be had. */
  readonly memory?: boolean;
}

/** Where the stack is. */
export const ADDRESS = '10.0.0.2';
const NAMES = new Map([
  ['10.0.0.1', 'Linux 10.0.0.1'],
  [ADDRESS, `tapstack ${ADDRESS}`],
]);

/** The conversation as a picture, and where its capture is. */
export function show(log: FrameLog, options: DemoOptions): void {
  say('The conversation, as it was recorded:\n\n');
  say(
    ladderText(log.frames(), {
      names: NAMES,
      width: Math.max(process.stdout.columns ?? 110, 80),
      color: process.stdout.isTTY === true,
      all: options.all === true,
    }),
  );
  say(`\n${log.length} frames are in ${options.capture}. Open it with: wireshark ${options.capture}\n`);
}

export const say = (text: string): void => {
  process.stdout.write(text);
};
