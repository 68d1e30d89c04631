/** `tapstack app chat`: lines of standard input go to the chat, what comes is printed. */
import { createInterface } from 'node:readline';
import { joinChat } from '../../../services/apps/chat-client.ts';
import { MINUTE } from '../../../stack/time.ts';
import type { NetworkOptions } from '../network-options.ts';
import { printable } from '../start-apps.ts';
import { withClient } from './client.ts';

export interface ChatOptions extends NetworkOptions {
  readonly name: string;
}

/** People think. */
const PATIENCE = 60 * MINUTE;

/** @returns 0 when both have said goodbye */
export const chat = (address: string, port: number, options: ChatOptions): Promise<number> =>
  withClient(address, port, options, async ({ stack, time, to, print }) => {
    const session = await joinChat(stack, to, options.name, { time, patience: PATIENCE });
    print(`${printable(session.server)} greets ${options.name}`);
    const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    const saying = (async () => {
      for await (const line of input) await session.say(line);
      return session.goodbye();
    })();
    saying.catch(() => input.close()); // the reading side says what went wrong
    for (let line = await session.line(); line !== undefined; line = await session.line()) print(printable(line));
    input.close();
    process.stdin.destroy();
    await saying;
    await session.close();
    return 0;
  });
