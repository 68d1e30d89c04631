/** `tapstack capture diff`: two captures, or two runs, side by side, with the first field that differs. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { DiffRow, FieldDifference } from '../../../capture/analyse/diff.ts';
import { diff } from '../../../capture/analyse/diff.ts';
import { IGNORE_WORDS, IgnoredFields } from '../../../capture/analyse/frame-fields.ts';
import { CaptureWalk } from '../../../capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../capture/dissect/captured-frame.ts';
import { describe } from '../../../capture/words/describe.ts';
import { plain } from '../../../capture/words/plain.ts';
import { SequenceTracker } from '../../../capture/words/sequence-tracker.ts';
import * as parse from '../parse.ts';
import { terminalWidth } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { CaptureInput } from './input.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { number, plural } from './table.ts';

interface DiffOptions {
  readonly ignore?: readonly string[];
  readonly limit: number;
  readonly context: number;
}

export function addDiff(capture: Command, exit: (code: number) => void): void {
  capture
    .command('diff')
    .summary('two captures side by side: what differs first')
    .description(
      'Compares two captures frame by frame and field by field, and shows what differs side by side. The time that is compared is ' +
        `that since the first frame. Exits with 1 when they differ. Words for --ignore besides names of fields: ${IGNORE_WORDS.join(', ')}.`,
    )
    .argument('<a>', FILE_HELP)
    .argument('<b>', 'the other capture')
    .addOption(new Option('--ignore <fields>', 'such as time,ip.id,tcp.options.timestamp').argParser(parseFields))
    .addOption(new Option('--limit <count>', 'how many differences are shown').argParser(parse.count).default(5))
    .addOption(new Option('--context <count>', 'how many equal frames before each are shown').argParser(parse.count).default(2))
    .action((a: string, b: string, options: DiffOptions) => exit(compare(a, b, options)));
}

function compare(a: string, b: string, options: DiffOptions): number {
  if (a === '-' && b === '-') throw new UsageError('standard input can be one of the captures, not both');
  const [one, other] = [openCapture(a, { progress: false }), openCapture(b, { progress: false })];
  const view = new SideBySide(options);
  view.heading(a, b);
  for (const row of diff(steps(one), steps(other), new IgnoredFields(options.ignore ?? []))) view.row(row);
  process.stdout.write(view.summary());
  return view.isSame ? 0 : 1;
}

function* steps(input: CaptureInput): Generator<CapturedFrame> {
  const walk = new CaptureWalk(input.info.interfaces);
  for (const frame of input) yield walk.next(frame);
}

function parseFields(text: string, before: readonly string[] = []): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  if (!words.every((word) => /^[a-z][\w.]*$/i.test(word)))
    throw new InvalidArgumentError(`fields are written time,ip.id; words are ${IGNORE_WORDS.join(', ')}`);
  return [...before, ...words];
}

const NARROWEST = 100;
const WIDEST = 200;

/** Prints what differs as it comes, with what was the same just before. */
class SideBySide {
  readonly #options: DiffOptions;
  readonly #half: number;
  readonly #trackers = { a: new SequenceTracker(), b: new SequenceTracker() };
  #before: string[] = [];
  #same = 0;
  #different = 0;
  #onlyA = 0;
  #onlyB = 0;
  /** Frames that were the same since something was printed. */
  #passed = 0;

  constructor(options: DiffOptions) {
    this.#options = options;
    const width = terminalWidth(NARROWEST, WIDEST, 160);
    this.#half = Math.floor((width - 5) / 2);
  }

  get isSame(): boolean {
    return this.#faults === 0;
  }

  get #faults(): number {
    return this.#different + this.#onlyA + this.#onlyB;
  }

  heading(a: string, b: string): void {
    process.stdout.write(`${this.#line(' ', a, b)}\n`);
  }

  row({ a, b, differences }: DiffRow): void {
    const [left, right] = [this.#words(a, 'a'), this.#words(b, 'b')];
    if (a !== undefined && b !== undefined && differences.length === 0) {
      this.#same++;
      this.#passed++;
      this.#before = [...this.#before, this.#line(' ', left, right)].slice(-this.#options.context);
      return;
    }
    if (a === undefined) this.#onlyB++;
    else if (b === undefined) this.#onlyA++;
    else this.#different++;
    if (this.#faults > this.#options.limit) return;
    const hidden = this.#passed - this.#before.length;
    if (hidden > 0) process.stdout.write(`  ... ${plural(hidden, 'frame')} the same\n`);
    const mark = a === undefined ? '>' : b === undefined ? '<' : '|';
    for (const line of [...this.#before, this.#line(mark, left, right)]) process.stdout.write(`${line}\n`);
    for (const difference of differences) process.stdout.write(`${this.#field(difference)}\n`);
    this.#before = [];
    this.#passed = 0;
  }

  summary(): string {
    if (this.isSame) return `the same: ${plural(this.#same, 'frame')}\n`;
    const parts = [
      `${plural(this.#same, 'frame')} the same`,
      `${number(this.#different)} different`,
      `${number(this.#onlyA)} only in the first`,
      `${number(this.#onlyB)} only in the second`,
    ];
    const more = this.#faults > this.#options.limit ? `; shown: the first ${this.#options.limit}` : '';
    return `\n${parts.join(', ')}${more}\n`;
  }

  #words(captured: CapturedFrame | undefined, side: 'a' | 'b'): string {
    if (captured === undefined) return '';
    const time = captured.place.sinceFirst.toFixed(6);
    return `${captured.number} ${time} ${describe(captured.packet, { relative: this.#trackers[side] })}`;
  }

  #line(mark: string, left: string, right: string): string {
    const [one, other] = [this.#fit(left), this.#fit(right)];
    return `${one.padEnd(this.#half)} ${mark} ${other}`.trimEnd();
  }

  #field({ field, a, b }: FieldDifference): string {
    const [one, other] = aroundDifference(a, b, Math.max(this.#half - field.length - 6, 20));
    return this.#line('|', `    ${field} ${one}`, `    ${field} ${other}`);
  }

  #fit(text: string): string {
    const shown = plain(text);
    return shown.length <= this.#half ? shown : `${shown.slice(0, this.#half - 1)}…`;
  }
}

/** Of long values the part where they part. */
function aroundDifference(a: string, b: string, width: number): [string, string] {
  const shown = (text: string): string => (text === '' ? '(none)' : text);
  if (Math.max(a.length, b.length) <= width || a === '' || b === '') return [shown(a), shown(b)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 8);
  const part = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, from + width - 1)}`;
  return [part(a), part(b)];
}
