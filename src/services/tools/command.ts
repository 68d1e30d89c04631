/** What a command of `runCommand` is. */
import type { ToolHost } from './tool-host.ts';
import type { Arguments, OptionRule } from './words.ts';

export interface ToolCommand {
  readonly name: string;
  /** Behind the name: "[-c COUNT] HOST". */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly OptionRule[];
  /** @returns what a terminal would show, without the end of the last line. @throws CommandError */
  run(host: ToolHost, given: Arguments): Promise<string>;
}
