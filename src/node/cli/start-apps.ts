/** The teaching applications that `up` and `shell` put on a stack, and what is said when something comes. */
import type { AppOptions as AppPlace } from '../../services/apps/app-service.ts';
import { startChat } from '../../services/apps/chat.ts';
import { startMessages } from '../../services/apps/messages.ts';
import { startUpload } from '../../services/apps/upload.ts';
import { startSites } from '../../services/http/sites.ts';
import type { Timekeeper } from '../../services/timekeeper.ts';
import type { Stack } from '../../stack/stack.ts';
import { folderFiles } from '../folder-files.ts';
import type { AppOptions } from './app-options.ts';

/** @param options checked before */
export function startApps(stack: Stack, options: AppOptions, time: Timekeeper, print: (line: string) => void): void {
  const { chat, chatRoom, upload, messages, files = '.', overwrite = false, sites = [] } = options;
  const at = (port: number): AppPlace => ({ port, time });
  const onLine = (name: string, line: string): void => print(`chat: ${printable(name)}: ${printable(line)}`);
  const onFile = (name: string, size: number): void => print(`file: ${printable(name)}, ${size} bytes`);
  const onMessage = (name: string, text: string): void => print(`message from ${printable(name)}: ${printable(text)}`);
  if (chat !== undefined) startChat(stack, { ...at(chat), onLine });
  if (chatRoom !== undefined) startChat(stack, { ...at(chatRoom), onLine, room: true });
  if (upload !== undefined) startUpload(stack, { ...at(upload), onFile, files: folderFiles(files, { overwrite }) });
  if (messages !== undefined) {
    startMessages(stack, { ...at(messages), onFile, onMessage, files: folderFiles(files, { overwrite }) });
  }
  for (const port of sites) startSites(stack, { ...at(port), sites: [{ documents: pagesOf(port, sites) }] });
}

/** Each site says where it is, and where the others are. */
const pagesOf = (port: number, all: readonly number[]): Record<string, string> => ({
  '/': `<!doctype html>\n<title>Site ${port}</title>\n<h1>The site on port ${port}</h1>\n<p>One address, ${all.length} sites: ${all.join(', ')}.</p>\n`,
  '/hello.txt': `hello from port ${port}\n`,
});

/** What comes over the network commands no terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '\u00b7');
