/** A host's command line: `runCommand(host, 'ping -c 3 10.0.0.2')` gives what a terminal would show. */

import { inColumns } from './columns.ts';
import type { ToolCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { GOING_COMMANDS } from './going-commands.ts';
import { TABLE_COMMANDS } from './table-commands.ts';
import type { ToolHost } from './tool-host.ts';
import { argumentsOf, wordsOf } from './words.ts';

/** The same under another name, for fingers that know it. */
const ALIASES: Readonly<Record<string, string>> = { netstat: 'ss', tracert: 'traceroute', curl: 'get', wget: 'get' };

const commands = (): readonly ToolCommand[] => [...GOING_COMMANDS, ...TABLE_COMMANDS];

/**
 * Runs one command line on a host.
 * @returns the text, without the end of its last line; also where the network failed ("connection refused")
 * @throws CommandError when the line itself cannot be carried out: no such command, option or host
 */
export async function runCommand(host: ToolHost, line: string): Promise<string> {
  const [name, ...rest] = wordsOf(line);
  if (name === undefined || name === 'help') return help(rest[0]);
  const command = find(name);
  return await command.run(host, argumentsOf(command.name, rest, command.options));
}

/** What there is; of one command how it is written. */
function help(name: string | undefined): string {
  if (name !== undefined) return usageOf(find(name));
  const rows = commands().map((command) => [usageOf(command), command.summary]);
  return inColumns(['Command', 'What it does'], rows);
}

const usageOf = ({ name, usage }: ToolCommand): string => `${name} ${usage}`.trim();

function find(name: string): ToolCommand {
  const command = commands().find((each) => each.name === (ALIASES[name] ?? name));
  if (command !== undefined) return command;
  const names = commands().map((each) => each.name);
  throw new CommandError(`there is no command "${name}": there are ${names.join(', ')}, help`);
}
