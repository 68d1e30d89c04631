/** Which frames of a capture a command is to look at: by number, by time, by conversation, by filter. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { ConversationChoice } from '../../../capture/analyse/choose.ts';
import { CHOICE_FORMS, chooseConversation, isOf } from '../../../capture/analyse/choose.ts';
import type { FrameFilter } from '../../../capture/filter/filter.ts';
import { parseFilter } from '../../../capture/filter/filter.ts';
import { FilterError } from '../../../capture/filter/filter-error.ts';
import type { Micros } from '../../../stack/time.ts';
import * as parse from '../parse.ts';
import type { Walked } from './walk.ts';

export interface SelectionOptions {
  readonly frames?: readonly Range[];
  readonly from?: Micros;
  readonly to?: Micros;
  readonly conversation?: ConversationChoice;
  readonly filter?: FrameFilter;
}

/** Both ends belong to it. */
interface Range {
  readonly first: number;
  readonly last: number;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--frames <numbers>', 'such as 1-20,25,100-').argParser(parseRanges))
    .addOption(new Option('--from <time>', 'after the first frame, such as 1.5s').argParser(parse.duration))
    .addOption(new Option('--to <time>', 'after the first frame, such as 2s').argParser(parse.duration))
    .addOption(new Option('--conversation <which>', CHOICE_FORMS).argParser(parseChoice))
    .addOption(filterOption());
}

/** Of every command that looks at some frames only. */
export const filterOption = (): Option =>
  new Option('--filter <expression>', "as Wireshark's display filters, such as 'tcp.port == 80 and not arp'").argParser(
    readFilter,
  );

/** Frames are to be shown to it in their order, all of them. */
export class Selection {
  readonly #options: SelectionOptions;
  readonly #lastNumber: number;
  #number = 0;
  #start: Micros | undefined = undefined;

  constructor(options: SelectionOptions) {
    this.#options = options;
    this.#lastNumber = options.frames?.reduce((most, { last }) => Math.max(most, last), 0) ?? Number.POSITIVE_INFINITY;
  }

  /** No later frame can be chosen. */
  get isOver(): boolean {
    return this.#number >= this.#lastNumber;
  }

  /** What a frame is and to whom it belongs has to be told. */
  get looksInside(): boolean {
    return this.#options.conversation !== undefined || this.#options.filter !== undefined;
  }

  isChosen({ frame, belonging, captured }: Pick<Walked, 'frame'> & Partial<Walked>): boolean {
    const index = ++this.#number;
    this.#start ??= frame.at;
    const since = frame.at - this.#start;
    const { frames, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, conversation, filter } = this.#options;
    if (since < from || since > to) return false;
    if (frames?.some(({ first, last }) => index >= first && index <= last) === false) return false;
    if (conversation !== undefined && !isOf(conversation, belonging)) return false;
    return filter === undefined || (captured !== undefined && filter.matches(captured));
  }
}

/** What Wireshark's users may be surprised by is said on standard error. */
function readFilter(text: string): FrameFilter {
  try {
    const filter = parseFilter(text);
    for (const hint of filter.hints) process.stderr.write(`tapstack: ${hint}\n`);
    return filter;
  } catch (error) {
    if (error instanceof FilterError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function parseRanges(text: string): Range[] {
  return text.split(',').map((part) => {
    const match = /^(\d{1,15})(?:(-)(\d{1,15})?)?$/.exec(part.trim());
    const first = Number(match?.[1] ?? 0);
    const last = match?.[2] === undefined ? first : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (first < 1 || last < first) throw new InvalidArgumentError('frames are written 1-20,25,100-');
    return { first, last };
  });
}

function parseChoice(text: string): ConversationChoice {
  const choice = chooseConversation(text);
  if (choice === undefined) throw new InvalidArgumentError(`a conversation is ${CHOICE_FORMS}`);
  return choice;
}
