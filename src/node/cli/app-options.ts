/** The options of `up` and `shell` that put teaching applications on the stack: see `start-apps.ts`. */
import { accessSync, constants, statSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

/** None of them is there unless it is asked for. */
export interface AppOptions {
  readonly chat?: number;
  readonly chatRoom?: number;
  readonly upload?: number;
  readonly messages?: number;
  /** A folder. */
  readonly files?: string;
  readonly overwrite?: boolean;
  /** Ports, one for each site. */
  readonly sites?: readonly number[];
}

const HEADING = 'Applications (clients: tapstack app):';

export function addAppOptions(command: Command): Command {
  const port = (name: string, description: string): Option =>
    new Option(`--${name} <port>`, description).argParser(parse.port).helpGroup(HEADING);
  return command
    .addOption(port('chat', 'a chat: greets, and answers each line'))
    .addOption(port('chat-room', 'a chat in which everybody reads the lines of the others'))
    .addOption(port('upload', 'takes files whose size is announced first'))
    .addOption(port('messages', 'takes messages and files, framed by a length and a JSON header'))
    .addOption(new Option('--files <folder>', 'where files go that come; nothing is overwritten').helpGroup(HEADING))
    .addOption(new Option('--overwrite', 'a file may be replaced by one of the same name').helpGroup(HEADING))
    .addOption(new Option('--sites <ports>', 'web sites, one on each port: 8081,8082').argParser(parse.ports).helpGroup(HEADING));
}

/** Every port that is asked for, with the option that does. */
export const portsOfApps = ({ chat, chatRoom, upload, messages, sites = [] }: AppOptions): [name: string, port: number][] => {
  const named: readonly (readonly [string, number | undefined])[] = [
    ['chat', chat],
    ['chat-room', chatRoom],
    ['upload', upload],
    ['messages', messages],
    ...sites.map((port) => ['sites', port] as const),
  ];
  return named.filter((each): each is [string, number] => each[1] !== undefined);
};

export const hasApps = (options: AppOptions): boolean => portsOfApps(options).length > 0;

/** @throws UsageError when there is nowhere to put files */
export function checkApps({ upload, messages, files }: AppOptions): void {
  const needy = [upload === undefined ? undefined : '--upload', messages === undefined ? undefined : '--messages'];
  const [first] = needy.filter((name) => name !== undefined);
  if (files === undefined) {
    if (first !== undefined) throw new UsageError(`${first} wants --files FOLDER, where files go that come`);
    return;
  }
  if (first === undefined) throw new UsageError('--files is for --upload and --messages: nothing else takes files');
  if (!isWritableFolder(files)) throw new UsageError(`--files ${files}: name a folder that is there and that you may write to`);
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
