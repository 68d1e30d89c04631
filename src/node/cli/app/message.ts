/** `tapstack app message`: a message and files over one connection, each in a frame of its own. */
import type { Item } from '../../../services/apps/messages.ts';
import { sendItems } from '../../../services/apps/messages.ts';
import type { NetworkOptions } from '../network-options.ts';
import { UsageError } from '../usage-error.ts';
import { checkFiles, fileAt, withClient } from './client.ts';

export interface MessageOptions extends NetworkOptions {
  readonly name: string;
  readonly file?: readonly string[];
}

/** @returns 0 when everything was answered with "ok" */
export function message(address: string, port: number, words: readonly string[], options: MessageOptions): Promise<number> {
  const { name, file: paths = [] } = options;
  if (words.length === 0 && paths.length === 0)
    throw new UsageError('message wants a text or --file: tapstack app message 10.0.0.1 5003 hello --file notes.txt');
  checkFiles(paths);
  return withClient(address, port, options, async ({ stack, time, to, print }) => {
    const messages: Item[] = words.length === 0 ? [] : [{ type: 'message', name, text: words.join(' ') }];
    const items: Item[] = [...messages, ...paths.map((path): Item => ({ type: 'file', ...fileAt(path) }))];
    await sendItems(stack, to, items, { time });
    print(`${items.length} sent, all of them taken`);
    return 0;
  });
}
