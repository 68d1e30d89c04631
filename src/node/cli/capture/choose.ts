/** Which frames of a capture a picture is of, and what its hosts are called: options that several commands share. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ConversationChoice } from '../../../capture/analyse/choose.ts';
import { CHOICE_FORMS, chooseConversation, isOf } from '../../../capture/analyse/choose.ts';
import type { Conversation } from '../../../capture/analyse/conversations.ts';
import { Conversations } from '../../../capture/analyse/conversations.ts';
import { endpointText } from '../../../capture/analyse/ends.ts';
import { CaptureWalk } from '../../../capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../capture/dissect/captured-frame.ts';
import type { Capture } from '../../../capture/file/capture-data.ts';
import { parseFilter } from '../../../capture/filter/filter.ts';
import { FilterError } from '../../../capture/filter/filter-error.ts';
import type { Micros } from '../../../stack/time.ts';
import { SECOND } from '../../../stack/time.ts';
import * as parse from '../parse.ts';
import { UsageError } from '../usage-error.ts';

export interface ChoiceOptions {
  readonly conversation?: string;
  readonly filter?: string;
  readonly from?: Micros;
  readonly to?: Micros;
  readonly names?: ReadonlyMap<string, string>;
}

export function addChoiceOptions(command: Command): Command {
  return command
    .option('--conversation <which>', `one conversation: ${CHOICE_FORMS}`)
    .option('--filter <expression>', "frames that a display filter selects, in Wireshark's language")
    .option('--from <time>', 'from this time after the first frame on, such as 1.5s or 200ms', parse.duration)
    .option('--to <time>', 'up to this time after the first frame', parse.duration)
    .option('--names <name=address|file>', 'what to call a host, or a file of lines "address name"; may be repeated', addNames);
}

/** The file's own names first, then those of the command line: later ones win. */
export function namesOf(capture: Pick<Capture, 'names'>, { names = new Map() }: ChoiceOptions): ReadonlyMap<string, string> {
  const known = new Map(names);
  for (const [address, [first]] of capture.names) if (first !== undefined && !known.has(address)) known.set(address, first);
  return known;
}

/** @returns their numbers, from 1; undefined: all @throws UsageError when the choice cannot be understood, or is of nothing */
export function chosenFrames(capture: Capture, options: ChoiceOptions): ReadonlySet<number> | undefined {
  const { conversation, filter, from = 0, to = Number.POSITIVE_INFINITY } = options;
  if (conversation === undefined && filter === undefined && options.from === undefined && options.to === undefined)
    return undefined;
  if (from > to) throw new UsageError('--from is later than --to');
  const choice = conversation === undefined ? undefined : choiceOf(conversation);
  const conversations = new Conversations();
  const selects = selectorOf(filter);
  const walk = new CaptureWalk(capture.interfaces);
  const chosen = new Set<number>();
  for (const frame of capture.frames) {
    const captured = walk.next(frame);
    const belonging = choice === undefined ? undefined : conversations.add(frame, captured.packet);
    const at = captured.place.sinceFirst * SECOND;
    if (at < from || at > to || !selects(captured)) continue;
    if (choice === undefined || isOf(choice, belonging)) chosen.add(captured.number);
  }
  if (choice !== undefined && !conversations.list.some((one) => choice.matches(one)))
    throw new UsageError(`--conversation ${conversation}: ${noneSuch(conversations.list)}`);
  return chosen;
}

function choiceOf(text: string): ConversationChoice {
  const choice = chooseConversation(text);
  if (choice === undefined) throw new UsageError(`--conversation ${text}: give ${CHOICE_FORMS}`);
  return choice;
}

function noneSuch(list: readonly Conversation[]): string {
  const first = list.find(({ protocol }) => protocol === 'TCP' || protocol === 'UDP') ?? list[0];
  const example = first === undefined ? '' : `, such as ${endpointText(first.a)}-${endpointText(first.b)}`;
  return `no such conversation; there ${list.length === 1 ? 'is 1' : `are ${list.length}`} in the file${example}`;
}

function selectorOf(text: string | undefined): (frame: CapturedFrame) => boolean {
  if (text === undefined) return () => true;
  try {
    const filter = parseFilter(text);
    for (const hint of filter.hints) process.stderr.write(`tapstack: ${hint}\n`);
    return (frame) => filter.matches(frame);
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(`--filter: ${error.message}`);
    throw error;
  }
}

/** For commander: what stands on the command line more than once adds up. */
function addNames(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [name = '', address = ''] = splitOnce(text, '=');
  if (address !== '') return new Map([...before, [address.trim(), name.trim()]]);
  return new Map([...before, ...namesInFile(text)]);
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** In the form of a hosts file. */
function namesInFile(path: string): [string, string][] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new InvalidArgumentError('write NAME=ADDRESS, or a file that can be read, of lines such as "10.0.0.1 client"');
  }
  return text.split('\n').flatMap((line): [string, string][] => {
    const [address = '', name = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
    return name === '' ? [] : [[address, name]];
  });
}
